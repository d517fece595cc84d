import type { JsonObject, LlmConfig } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { Log } from '../../foundation/log.ts'
import { completeWith, defaultTokens } from './complete.ts'
import { type BudgetAlert, openCaps } from './config/caps.ts'
import { installationSources } from './config/choose-sources.ts'
import { openConfigStore, type StoredConfig } from './config/config-store.ts'
import type { RateOf } from './config/usage-report.ts'
import { llmErrors } from './errors.ts'
import { MESSAGE_TOKENS, messageWith } from './message.ts'
import { isUsable, type ModelSource, modelName } from './resolve-model.ts'
import { llmRoutes } from './routes.ts'
import type { Llm, LlmModels, LlmRequest, OpenLlm, TokenCharge, TokenMeter, Tuning } from './types.ts'

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
  /** What a tenant says of a purpose; it stands before what holds for the installation. */
  tuningOf?: ((tenantId: string, purpose: LlmRequest['purpose']) => Promise<Tuning>) | undefined
  readonly keyring: Keyring
  /** Tells people that a budget is nearly or wholly used. */
  alert?: ((alert: BudgetAlert) => Promise<void>) | undefined
  /** What models cost the operator. */
  readonly rateOf?: RateOf | undefined
  /** Records that an administrator, or a service (null), changed the settings. */
  audit?:
    | ((actor: { readonly userId: string | null; readonly tenantId: string | null }, what: JsonObject) => Promise<void>)
    | undefined
}

interface LlmParts extends LlmOptions {
  readonly config: ReturnType<typeof openConfigStore>
  readonly caps: ReturnType<typeof openCaps>
}

/** What every request says about itself, for the choice of a source and for its row. */
type Asked = Pick<
  LlmRequest,
  'purpose' | 'tenantId' | 'userId' | 'appId' | 'traceId' | 'model' | 'maxTokens' | 'temperature' | 'signal'
> & { readonly system?: string | undefined; readonly messages: readonly unknown[] }
interface Used {
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
}

const RECORD = `insert into llm.usage (tenant_id, user_id, app_id, purpose, provider, model, input_tokens, output_tokens, latency_ms, is_own_key, error, trace_id, is_failover)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

/** The sources to try for one request, in order (K9.1, K9.6): the own model first, the installation's when allowed. */
async function sourcesFor(parts: LlmParts, stored: StoredConfig, request: Asked): Promise<ModelSource[]> {
  const own = await parts.ownModel(request.tenantId, request.userId)
  const installation = installationSources(stored, parts.installation, request)
  if (!own || !isUsable(own)) return installation
  return own.fallback === 'platform' ? [own, ...installation] : [own]
}

/** What the platform says of a purpose holds for every model that answers it, the user's own included (K9.2). */
function tuned<R extends Asked>(request: R, { caps, purposes }: LlmConfig, said: { usual: number; tenant: Tuning }): R {
  const tuning = purposes?.[request.purpose]
  const { maxTokens, ...sampling } = said.tenant
  const wanted = request.maxTokens ?? maxTokens ?? tuning?.max_tokens ?? said.usual
  const temperature = request.temperature ?? sampling.temperature ?? tuning?.temperature ?? undefined
  return {
    ...Object.fromEntries(Object.entries(sampling).filter(([name]) => !Object.hasOwn(request, name))),
    ...request,
    maxTokens: Math.min(wanted, caps?.quality_ceiling_tokens ?? QUALITY_CEILING),
    ...(temperature === undefined ? {} : { temperature }),
  }
}
const QUALITY_CEILING = 50_000

const mostTokens = (request: Asked): number => request.maxTokens ?? defaultTokens(request.purpose)

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

/** What the row of a failed request says. A key that is not accepted has a word of its own, for it is the operator's to mend. */
function wordFor(error: unknown): string {
  const { code, details } = error as { code?: unknown; details?: { status?: unknown } }
  if (code === 'LLM_REFUSED' && (details?.status === 401 || details?.status === 403)) return 'LLM_KEY_REFUSED'
  return typeof code === 'string' ? code : 'ABORTED'
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
    const failure = wordFor(error)
    await Promise.all([record({ input_tokens: 0, output_tokens: 0 }, failure), charge?.end(null)])
    throw error
  }
}

/**
 * The first source, and after its failure the next one with its own model: behind the user's own the installation's, and behind
 * that the one to fail over to. @throws LLM_UNAVAILABLE without any
 */
async function cascade<R extends Asked, T extends Used>(
  options: LlmParts,
  original: R,
  way: {
    ask(source: ModelSource, request: R, retries: number): Promise<T>
    mayRepeat(): boolean
    usualTokens(request: R): number
  },
): Promise<T> {
  const stored = await options.config.current()
  const tenant = (await options.tuningOf?.(original.tenantId, original.purpose)) ?? {}
  const request = tuned(original, stored.config, { usual: way.usualTokens(original), tenant })
  const sources = await sourcesFor(options, stored, request)
  if (sources.length === 0) throw llmErrors.UNAVAILABLE()
  const attempt = async (source: ModelSource, asked: R, retries: number, isFailover = false) => {
    if (source.owner === 'installation') await options.caps.check(asked, stored.config)
    const answer = await metered(options, source, {
      request: asked,
      ask: () => way.ask(source, asked, retries),
      isFailover,
    })
    if (source.owner === 'installation') await options.caps.watch(asked, stored.config)
    return answer
  }
  for (const [at, source] of sources.entries()) {
    const isLast = at === sources.length - 1
    try {
      return at === 0
        ? await attempt(source, request, isLast ? 1 : 0)
        : await attempt(source, { ...request, model: undefined }, 0, true)
    } catch (error) {
      if (isLast || !way.mayRepeat() || request.signal?.aborted || isSpent(error)) throw error
      options.log.warn({ err: error, provider: source.provider }, 'the model failed, trying the next one')
    }
  }
  throw llmErrors.UNAVAILABLE()
}

const isSpent = (error: unknown): boolean => (error as { code?: unknown }).code === 'LLM_BUDGET_SPENT'

const PURPOSES = ['routing', 'execution', 'navigate'] as const

/** Of a stored configuration, which is replaced when it changes: every call of a handler asks for them. */
const modelsKnown = new WeakMap<StoredConfig, LlmModels | null>()

/** Tiers as terminals call them (api.md 3.22). */
const TIER_OF: Readonly<Record<string, string>> = {
  webbeesmart: 'economy',
  supersmart: 'standard',
  ultrasmart: 'premium',
}

function modelsOf(parts: LlmParts): LlmModels | null {
  const stored = parts.config.known()
  let models = modelsKnown.get(stored)
  if (models === undefined) {
    models = chooseModels(stored, parts.installation)
    modelsKnown.set(stored, models)
  }
  return models
}

function chooseModels(stored: StoredConfig, installation: LlmParts['installation']): LlmModels | null {
  const entries = PURPOSES.flatMap((purpose) => {
    const [source] = installationSources(stored, installation, { purpose, appId: null })
    return source === undefined
      ? []
      : [[purpose, { provider: source.provider, model: modelName(source, purpose) }] as const]
  })
  return entries.length < PURPOSES.length ? null : (Object.freeze(Object.fromEntries(entries)) as LlmModels)
}

function assemble(options: LlmOptions): LlmParts {
  const { db, keyring, clock, log } = options
  return {
    ...options,
    config: openConfigStore({ db, keyring, now: () => clock.now() }),
    caps: openCaps({
      db,
      now: () => clock.iso(),
      tell: async (alert) => options.alert?.(alert),
      onFailure: (error) => log.warn({ err: error }, 'budgets of models could not be watched'),
    }),
  }
}

export function openLlm(options: LlmOptions): OpenLlm {
  const parts = assemble(options)
  const waysTo = (source: ModelSource, retries: number) => ({
    fetch: options.fetchFor(source.owner === 'user' || source.isTyped === true ? 'user' : 'installation'),
    retries,
  })
  // Known before anybody asks what models there are; a failure shows at the first request.
  parts.config.current().catch((error: unknown) => options.log.warn({ err: error }, 'settings of models were not read'))
  const llm: Llm = {
    async available(tenantId, userId) {
      const request = { purpose: 'routing', tenantId, userId, appId: null, messages: [] } as const
      return (await sourcesFor(parts, await parts.config.current(), request)).length > 0
    },
    models: () => modelsOf(parts),
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
      return cascade(parts, watched, {
        ask: (source, asked, retries) => completeWith(source, asked, waysTo(source, retries)),
        mayRepeat: () => !shown,
        usualTokens: ({ purpose }) => defaultTokens(purpose),
      })
    },
    createMessage: (request) =>
      cascade(parts, request, {
        ask: (source, asked, retries) => messageWith(source, asked, waysTo(source, retries)),
        mayRepeat: () => true,
        usualTokens: () => MESSAGE_TOKENS,
      }),
  }
  return {
    ...llm,
    modelOfTier: async (tier) => {
      const tiers: Readonly<Record<string, string | null | undefined>> =
        (await parts.config.current()).config.tiers ?? {}
      return tiers[TIER_OF[tier ?? ''] ?? tier ?? ''] ?? undefined
    },
    assistantLimits: async () => (await parts.config.current()).limits,
    routes: llmRoutes({
      db: options.db,
      store: parts.config,
      caps: parts.caps,
      installation: options.installation,
      ownModel: options.ownModel,
      fetchFor: options.fetchFor,
      now: () => options.clock.now(),
      rateOf: options.rateOf ?? (() => null),
      changed: async (actor, what) => options.audit?.(actor, what),
    }),
  }
}
