import { type JsonObject, LLM_PURPOSES, type LlmPurpose } from '@imperal/contract'
import {
  APICallError,
  generateText,
  jsonSchema,
  type LanguageModel,
  NoObjectGeneratedError,
  Output,
  streamText,
} from 'ai'
import type { PlatformError } from '../../foundation/errors.ts'
import { llmErrors } from './errors.ts'
import { objectIn, schemaInstruction } from './json-text.ts'
import { languageModel, type ModelSource, modelName } from './resolve-model.ts'
import { withoutThinking } from './thinking.ts'
import type { LlmAnswer, LlmRequest } from './types.ts'

const TIMEOUT_MS = 120_000
// Models of the user's own machine may be slow (K9.4).
const LOCAL_TIMEOUT_MS = 300_000
export const timeoutOf = ({ provider }: ModelSource): AbortSignal =>
  AbortSignal.timeout(provider === 'openai_compatible' ? LOCAL_TIMEOUT_MS : TIMEOUT_MS)
/** Most tokens of an answer for which nobody said how many. */
export const defaultTokens = (purpose: LlmPurpose): number => LLM_PURPOSES[purpose].tokens[0]

/** Models that refuse a temperature (K9.4). */
export const isReasoning = (model: string): boolean => /^(o\d|gpt-5)/.test(model)

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
}
/** Why a model stopped, in the words of sdk.md 10.4. */
export const stopReasonOf = (finish: string): string => STOP_REASONS[finish] ?? finish

interface Usage {
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
}
interface Raw {
  readonly text: string
  readonly object: JsonObject | null
  readonly usage: Usage
  readonly finish: string
}

/** Temperature and its kin, as far as they are set. */
function samplingOf({ temperature, topP, presencePenalty, frequencyPenalty }: LlmRequest) {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(presencePenalty === undefined ? {} : { presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequencyPenalty }),
  }
}

interface Way {
  readonly source: ModelSource
  readonly name: string
  readonly signal: AbortSignal
  readonly retries: number
}

function callSettings(request: LlmRequest, model: LanguageModel, { source, name, signal, retries }: Way) {
  const options = withoutThinking(source, name, request.purpose)
  const system = [request.system ?? '', request.schema ? schemaInstruction(request.schema) : '']
    .filter((part) => part !== '')
    .join('\n\n')
  return {
    model,
    ...(system === '' ? {} : { instructions: system }),
    messages: request.messages.map((message) => ({ role: message.role, content: message.content })),
    maxOutputTokens: request.maxTokens ?? defaultTokens(request.purpose),
    ...(isReasoning(name) ? {} : samplingOf(request)),
    abortSignal: signal,
    maxRetries: request.onText ? 0 : retries,
    // Author schemas may have optional members, which the strict mode of this provider refuses.
    providerOptions: { ...options, openai: { ...options.openai, strictJsonSchema: false } },
  }
}

async function streamed(settings: ReturnType<typeof callSettings>, onText: (delta: string) => void): Promise<Raw> {
  let failure: unknown
  const result = streamText({
    ...settings,
    onError: ({ error }) => {
      failure = error
    },
  })
  let text = ''
  for await (const delta of result.textStream) {
    text += delta
    onText(delta)
  }
  if (failure !== undefined) throw failure
  return { text, object: null, usage: await result.usage, finish: await result.finishReason }
}

async function structured(
  settings: ReturnType<typeof callSettings>,
  schema: JsonObject,
  native: boolean,
): Promise<Raw> {
  if (!native) {
    const result = await generateText(settings)
    return { text: result.text, object: objectIn(result.text), usage: result.usage, finish: result.finishReason }
  }
  try {
    const result = await generateText({
      ...settings,
      output: Output.object({ schema: jsonSchema<JsonObject>(schema as never) }),
    })
    return { text: result.text, object: objectIn(result.text), usage: result.usage, finish: result.finishReason }
  } catch (error) {
    // The provider answered: whether an object is in its words is for us to say, and no outage.
    if (!NoObjectGeneratedError.isInstance(error)) throw error
    const { text = '', usage = {}, finishReason = 'stop' } = error
    return { text, object: objectIn(text), usage, finish: finishReason }
  }
}

const DEEPEST_CAUSE = 6

/** Why the checks of the way out did not let a request through; null: it went out. */
function closedBecause(error: unknown): string | null {
  let at = error as { code?: unknown; message?: unknown; cause?: unknown; lastError?: unknown } | null | undefined
  for (let depth = 0; depth < DEEPEST_CAUSE && at != null; depth++) {
    if (at.code === 'EGRESS_REFUSED') return String(at.message)
    at = (at.cause ?? at.lastError) as typeof at
  }
  return null
}

/** Every failure of a provider as one of our errors; the original stays as the cause for the log. */
export function toLlmError(error: unknown, source: ModelSource, timedOut: boolean): PlatformError {
  const closed = closedBecause(error)
  if (closed !== null) return llmErrors.ADDRESS_CLOSED({ why: closed }, error)
  if (timedOut) return llmErrors.TIMEOUT({}, error)
  const call = APICallError.isInstance(error)
    ? error
    : APICallError.isInstance((error as { lastError?: unknown } | null)?.lastError)
      ? (error as { lastError: APICallError }).lastError
      : null
  if (call?.statusCode === 429) return llmErrors.RATE_LIMITED({ retryAfter: 5 }, error)
  if (call?.statusCode !== undefined && call.statusCode >= 400 && call.statusCode < 500) {
    return llmErrors.REFUSED({ provider: source.provider, status: call.statusCode }, error)
  }
  return llmErrors.FAILED({}, error)
}

/** One request to one source; `retries` counts further tries at the same source after a passing fault. @throws LLM_* */
export async function completeWith(
  source: ModelSource,
  request: LlmRequest,
  options: { fetch: typeof fetch; retries: number },
): Promise<LlmAnswer> {
  const name = request.model || modelName(source, request.purpose)
  const timeout = timeoutOf(source)
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
  const way = { source, name, signal, retries: options.retries }
  const settings = callSettings(request, languageModel(source, name, options.fetch), way)
  let raw: Raw
  try {
    if (request.schema) raw = await structured(settings, request.schema, source.provider !== 'openai_compatible')
    else if (request.onText) raw = await streamed(settings, request.onText)
    else {
      const result = await generateText(settings)
      raw = { text: result.text, object: null, usage: result.usage, finish: result.finishReason }
    }
  } catch (error) {
    if (request.signal?.aborted) throw error
    throw toLlmError(error, source, timeout.aborted)
  }
  if (request.schema && raw.object === null) throw llmErrors.BAD_OBJECT({ text: raw.text.slice(0, 200) })
  const input = raw.usage.inputTokens ?? 0
  const output = raw.usage.outputTokens ?? 0
  return {
    text: raw.text,
    object: raw.object,
    model: name,
    provider: source.provider,
    owner: source.owner,
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
    stopReason: stopReasonOf(raw.finish),
  }
}

/** One request to a configured model, without a record or a price: for whoever measures models. @throws LLM_* */
export const askModel = (source: ModelSource, request: LlmRequest): Promise<LlmAnswer> =>
  completeWith(source, request, { fetch, retries: 1 })
