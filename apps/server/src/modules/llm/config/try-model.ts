import type { ModelTest, ModelTestRequest } from '@imperal/contract'
import type { z } from 'zod'
import { PlatformError } from '../../../foundation/errors.ts'
import { completeWith } from '../complete.ts'
import { llmErrors } from '../errors.ts'
import { messageWith } from '../message.ts'
import { isUsable, type ModelSource } from '../resolve-model.ts'

type Tried = z.output<typeof ModelTestRequest>['config']

/** What is stored for the same provider and address, whose key an unfinished form may use. */
export interface KnownAccess {
  readonly provider: string
  readonly baseUrl: string | null
  readonly apiKey: string | null
}

/** @throws LLM_BAD_ADDRESS */
export function sourceToTry(config: Tried, known: KnownAccess | null, owner: ModelSource['owner']): ModelSource {
  const isOfKnown = known !== null && known.provider === config.provider
  const address = config.base_url === undefined && isOfKnown ? known.baseUrl : config.base_url || null
  if (address !== null && !/^https?:\/\//.test(address)) throw llmErrors.BAD_ADDRESS()
  const isKnown = isOfKnown && known.baseUrl === address
  return {
    provider: config.provider,
    model: config.model,
    routingModel: null,
    executionModel: null,
    baseUrl: address,
    // A stored key goes nowhere but where it was stored for.
    apiKey: config.api_key || (isKnown ? known.apiKey : null),
    owner,
    isTyped: true,
  }
}

const PROMPT = 'Answer with the one word: ready'
const asked = { purpose: 'navigate', tenantId: '', userId: '', appId: null } as const
const MOST_MS = 30_000

/** Why a model did not answer, in words for people. */
const wordsOf = (error: unknown): string =>
  error instanceof PlatformError
    ? [error.message, ...(error.hint === undefined ? [] : [error.hint])].join(' ')
    : 'The model did not answer in time.'

/** Asks for one word; nothing is metered, for the tokens are few. */
export async function tryModel(source: ModelSource, doFetch: typeof fetch, now: () => number): Promise<ModelTest> {
  const started = now()
  const answer = (more: Partial<ModelTest>): ModelTest => ({
    ok: false,
    latency_ms: Math.round(now() - started),
    model: source.model,
    text: '',
    error: null,
    ...more,
  })
  if (!isUsable(source)) return answer({ error: 'A key, or for an endpoint of your own its address, is missing.' })
  try {
    const { text } = await completeWith(
      source,
      {
        ...asked,
        messages: [{ role: 'user', content: PROMPT }],
        // Models that think need room for it before they say anything.
        maxTokens: 64,
        signal: AbortSignal.timeout(MOST_MS),
      },
      { fetch: doFetch, retries: 0 },
    )
    return answer({ ok: true, text: text.slice(0, 200) })
  } catch (error) {
    return answer({ error: wordsOf(error) })
  }
}

/** Asks a model to call a tool, as sdk.md 10.1 lets apps do. */
export async function tryTools(source: ModelSource, doFetch: typeof fetch, now: () => number) {
  const started = now()
  const took = () => Math.round(now() - started)
  if (!isUsable(source))
    return { ok: false, tool_use_supported: false, latency_ms: took(), error: 'A key or an address is missing.' }
  try {
    const { content } = await messageWith(
      source,
      {
        ...asked,
        messages: [{ role: 'user', content: 'Call the tool `ready`.' }],
        tools: [
          { name: 'ready', description: 'Says that you are ready.', inputSchema: { type: 'object', properties: {} } },
        ],
        toolChoice: { type: 'any' },
        maxTokens: 64,
        signal: AbortSignal.timeout(MOST_MS),
      },
      { fetch: doFetch, retries: 0 },
    )
    const supported = content.some((block) => block.type === 'tool_use')
    return { ok: true, tool_use_supported: supported, latency_ms: took(), error: null }
  } catch (error) {
    return { ok: false, tool_use_supported: false, latency_ms: took(), error: wordsOf(error) }
  }
}
