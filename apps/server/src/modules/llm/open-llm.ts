import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { completeWith, DEFAULT_TOKENS } from './complete.ts'
import { llmErrors } from './errors.ts'
import { messageWith } from './message.ts'
import { isUsable, type ModelSource, modelName } from './resolve-model.ts'
import type { Llm, LlmModels, LlmPurpose, LlmRequest, TokenCharge, TokenMeter } from './types.ts'

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
  /** Charging for the installation's models; without one they cost nothing. */
  readonly meter?: TokenMeter | undefined
}

/** What every request says about itself, for the choice of a source and for its row. */
type Asked = Pick<
  LlmRequest,
  'purpose' | 'tenantId' | 'userId' | 'appId' | 'traceId' | 'model' | 'maxTokens' | 'signal'
> & { readonly system?: string | undefined; readonly messages: readonly unknown[] }
interface Used {
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
}

const RECORD = `insert into llm.usage (tenant_id, user_id, app_id, purpose, provider, model, input_tokens, output_tokens, latency_ms, is_own_key, error, trace_id, is_failover)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

const usableInstallation = ({ installation }: LlmOptions): ModelSource[] =>
  installation && isUsable(installation) ? [installation] : []

/** The sources to try for one user, in order (K9.1, K9.6): the own model first, the installation's when allowed. */
async function sourcesFor(options: LlmOptions, tenantId: string, userId: string): Promise<ModelSource[]> {
  const own = await options.ownModel(tenantId, userId)
  const installation = usableInstallation(options)
  if (!own || !isUsable(own)) return installation
  return own.fallback === 'platform' ? [own, ...installation] : [own]
}

const mostTokens = (request: Asked): number => request.maxTokens ?? DEFAULT_TOKENS[request.purpose]

/** What an app asks of the installation's model is its user's to pay; the assistant's own work is part of what calls cost. */
async function begin(options: LlmOptions, source: ModelSource, request: Asked): Promise<TokenCharge | null> {
  if (options.meter === undefined || source.owner === 'user' || request.appId === null) return null
  return options.meter.begin({
    tenantId: request.tenantId,
    userId: request.userId,
    appId: request.appId,
    traceId: request.traceId ?? null,
    model: request.model || modelName(source, request.purpose),
    maxTokens: mostTokens(request),
    promptBytes: Buffer.byteLength(JSON.stringify([request.system ?? '', request.messages])),
  })
}

/** Asks one source and leaves one row, also when it fails. */
async function metered<T extends Used>(
  options: LlmOptions,
  source: ModelSource,
  { request, ask, isFailover }: { request: Asked; ask: () => Promise<T>; isFailover: boolean },
): Promise<T> {
  const charge = await begin(options, source, request)
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
      request.traceId ?? null,
      isFailover,
    ]
    await options.db.atomic(request.tenantId, [{ text: RECORD, values }]).catch((cause: unknown) => {
      options.log.error({ err: cause }, 'a model request could not be metered')
    })
  }
  try {
    const answer = await ask()
    await Promise.all([record(answer.usage, null), charge?.end(answer.usage)])
    return answer
  } catch (error) {
    const { code } = error as { code?: unknown }
    const failure = typeof code === 'string' ? code : 'ABORTED'
    await Promise.all([record({ input_tokens: 0, output_tokens: 0 }, failure), charge?.end(null)])
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
  const attempt = (source: ModelSource, asked: R, retries: number, isFailover = false) =>
    metered(options, source, { request: asked, ask: () => way.ask(source, asked, retries), isFailover })
  try {
    return await attempt(first, request, second ? 0 : 1)
  } catch (error) {
    if (!second || !way.mayRepeat() || request.signal?.aborted) throw error
    options.log.warn({ err: error, provider: first.provider }, 'the model failed, trying the other one')
    return attempt(second, { ...request, model: undefined }, 0, true)
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
