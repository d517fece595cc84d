import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { completeWith } from './complete.ts'
import { llmErrors } from './errors.ts'
import { messageWith } from './message.ts'
import { isUsable, type ModelSource, modelName } from './resolve-model.ts'
import type { Llm, LlmModels, LlmPurpose, LlmRequest } from './types.ts'

export interface LlmOptions {
  readonly db: Database
  readonly log: Log
  readonly clock: Clock
  /** The model of the installation, from the settings. */
  readonly installation: ModelSource | null
  /** The user's own model, when one is stored; `fallback` tells whether the installation's model may step in. */
  ownModel(tenantId: string, userId: string): Promise<(ModelSource & { fallback: 'platform' | 'error' }) | null>
  /** How a source is reached: addresses that a user typed pass the egress checks. */
  fetchFor(owner: ModelSource['owner']): typeof fetch
}

/** What every request says about itself, for the choice of a source and for its row. */
type Asked = Pick<LlmRequest, 'purpose' | 'tenantId' | 'userId' | 'appId' | 'model' | 'signal'>
interface Used {
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
}

const RECORD = `insert into llm.usage (tenant_id, user_id, app_id, purpose, provider, model, input_tokens, output_tokens, latency_ms, is_own_key, error)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

const usableInstallation = ({ installation }: LlmOptions): ModelSource[] =>
  installation && isUsable(installation) ? [installation] : []

/** The sources to try for one user, in order (K9.1, K9.6): the own model first, the installation's when allowed. */
async function sourcesFor(options: LlmOptions, tenantId: string, userId: string): Promise<ModelSource[]> {
  const own = await options.ownModel(tenantId, userId)
  const installation = usableInstallation(options)
  if (!own || !isUsable(own)) return installation
  return own.fallback === 'platform' ? [own, ...installation] : [own]
}

/** Asks one source and leaves one row, also when it fails. */
async function metered<T extends Used>(
  options: LlmOptions,
  source: ModelSource,
  { request, ask }: { request: Asked; ask: () => Promise<T> },
): Promise<T> {
  const started = options.clock.now()
  const record = async (usage: Used['usage'], error: string | null) => {
    const values = [
      request.tenantId,
      request.userId,
      request.appId,
      request.purpose,
      source.provider,
      request.model || modelName(source, request.purpose),
      usage.input_tokens,
      usage.output_tokens,
      Math.round(options.clock.now() - started),
      source.owner === 'user',
      error,
    ]
    await options.db.atomic(request.tenantId, [{ text: RECORD, values }]).catch((cause: unknown) => {
      options.log.error({ err: cause }, 'a model request could not be metered')
    })
  }
  try {
    const answer = await ask()
    await record(answer.usage, null)
    return answer
  } catch (error) {
    const { code } = error as { code?: unknown }
    await record({ input_tokens: 0, output_tokens: 0 }, typeof code === 'string' ? code : 'ABORTED')
    throw error
  }
}

/** The first source, and after its failure the second one with its own model. @throws LLM_UNAVAILABLE without any */
async function cascade<R extends Asked, T extends Used>(
  options: LlmOptions,
  request: R,
  way: { ask(source: ModelSource, request: R, retries: number): Promise<T>; mayRepeat(): boolean },
): Promise<T> {
  const [first, second] = await sourcesFor(options, request.tenantId, request.userId)
  if (!first) throw llmErrors.UNAVAILABLE()
  const attempt = (source: ModelSource, asked: R, retries: number) =>
    metered(options, source, { request: asked, ask: () => way.ask(source, asked, retries) })
  try {
    return await attempt(first, request, second ? 0 : 1)
  } catch (error) {
    if (!second || !way.mayRepeat() || request.signal?.aborted) throw error
    options.log.warn({ err: error, provider: first.provider }, 'the model failed, trying the other one')
    return attempt(second, { ...request, model: undefined }, 0)
  }
}

const PURPOSES: readonly LlmPurpose[] = ['routing', 'execution', 'navigate']

function modelsOf(options: LlmOptions): LlmModels | null {
  const [source] = usableInstallation(options)
  if (source === undefined) return null
  const entries = PURPOSES.map((purpose) => [purpose, { provider: source.provider, model: modelName(source, purpose) }])
  return Object.freeze(Object.fromEntries(entries)) as LlmModels
}

export function openLlm(options: LlmOptions): Llm {
  const models = modelsOf(options)
  const waysTo = (source: ModelSource, retries: number) => ({ fetch: options.fetchFor(source.owner), retries })
  return {
    async available(tenantId, userId) {
      return (await sourcesFor(options, tenantId, userId)).length > 0
    },
    models: () => models,
    complete(request) {
      // A stream that has already shown text cannot start again with another model.
      let shown = false
      const watched: LlmRequest = request.onText
        ? {
            ...request,
            onText: (delta) => {
              shown = true
              request.onText?.(delta)
            },
          }
        : request
      return cascade(options, watched, {
        ask: (source, asked, retries) => completeWith(source, asked, waysTo(source, retries)),
        mayRepeat: () => !shown,
      })
    },
    createMessage: (request) =>
      cascade(options, request, {
        ask: (source, asked, retries) => messageWith(source, asked, waysTo(source, retries)),
        mayRepeat: () => true,
      }),
  }
}
