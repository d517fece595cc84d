import { models as contract, type JsonObject, LlmProvider } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import {
  httpErrors,
  implement,
  type MountedRoute,
  type Principal,
  requireInstallation,
} from '../../foundation/http/index.ts'
import type { Caps } from './config/caps.ts'
import { type ConfigStore, shownConfig } from './config/config-store.ts'
import { type KnownAccess, sourceToTry, tryModel, tryTools } from './config/try-model.ts'
import { type RateOf, usageLines, usageOfDay } from './config/usage-report.ts'
import { type ModelSource, modelName } from './resolve-model.ts'

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

export interface LlmRouteOptions {
  readonly db: Database
  readonly store: ConfigStore
  readonly caps: Caps
  readonly installation: ModelSource | null
  ownModel(tenantId: string, userId: string): Promise<ModelSource | null>
  /** Addresses that somebody typed pass the egress checks; those of the environment are trusted. */
  fetchFor(owner: ModelSource['owner']): typeof fetch
  now(): number
  readonly rateOf: RateOf
  /** Records who changed what. */
  changed(actor: { readonly userId: string | null; readonly tenantId: string | null }, what: JsonObject): Promise<void>
}

const NAMES: Readonly<Record<LlmProvider, string>> = {
  anthropic: 'Anthropic',
  openai: 'OpenAI',
  google: 'Google',
  openai_compatible: 'OpenAI-compatible',
}

/** What the environment says: shown beside what administrators set, without its key. */
const environmentOf = (env: ModelSource | null): JsonObject =>
  env === null
    ? {}
    : {
        provider: env.provider,
        model: modelName(env, 'navigate'),
        routing_model: modelName(env, 'routing'),
        execution_model: modelName(env, 'execution'),
        base_url: env.baseUrl,
        has_key: env.apiKey !== null && env.apiKey !== '',
      }

/** Names of what a change touches; never its values, which may be keys. */
const touched = (change: object): JsonObject => ({ changed: Object.keys(change).sort() })

/** A service that acts for somebody is that person. @throws HTTP_FORBIDDEN */
function checkNamed(principal: Principal | null, userId: string): void {
  if (principal?.userId != null && principal.userId !== userId)
    throw httpErrors.FORBIDDEN({ reason: 'The request names another user than the one it acts for.' })
}

/** The HTTP face of the models. */
export function llmRoutes(options: LlmRouteOptions): MountedRoute[] {
  const { db, store, caps, installation, now } = options
  const view = async () => ({
    config: shownConfig(await store.current()),
    environment: environmentOf(installation),
  })
  const accessOf = async (provider: LlmProvider): Promise<KnownAccess | null> => {
    const stored = await store.current()
    const apiKey = stored.keys[provider]
    const baseUrl = stored.config.providers?.[provider]?.base_url ?? null
    if (apiKey !== undefined) return { provider, baseUrl, apiKey }
    return installation?.provider === provider ? installation : null
  }
  const report = async (user: Owner | null, days: number) => {
    const { config } = await store.current()
    const lines = await usageLines(db, { user, days, now: now(), rateOf: options.rateOf })
    const cap = user === null ? config.caps?.installation_monthly_tokens : config.caps?.user_monthly_tokens
    return { ...lines, month: { tokens: await caps.used(user), cap: cap ?? null } }
  }
  const today = () => new Date(now()).toISOString().slice(0, 10)
  const tried = async (config: Parameters<typeof sourceToTry>[0]) =>
    sourceToTry(config, await accessOf(config.provider), 'installation')

  const fetchOf = ({ baseUrl }: ModelSource) =>
    options.fetchFor(baseUrl === null || baseUrl === installation?.baseUrl ? 'installation' : 'user')
  const tryOne = async (config: Parameters<typeof sourceToTry>[0]) => {
    const source = await tried(config)
    return tryModel(source, fetchOf(source), now)
  }

  return [
    implement(contract.readConfig, view),
    implement(contract.changeConfig, async ({ body, user }) => {
      await store.change(body)
      await options.changed(user, touched(body))
      return view()
    }),
    implement(contract.testModel, ({ body }) => tryOne(body.config)),
    implement(contract.usage, ({ query }) => report(null, query.days)),
    implement(contract.ownTest, async ({ body, user }) => {
      const own = await options.ownModel(user.tenantId, user.userId)
      return tryModel(sourceToTry(body.config, own, 'user'), options.fetchFor('user'), now)
    }),
    implement(contract.ownUsage, ({ query, user }) => report(user, query.days)),
    // A service that names a user is that user: what concerns everybody takes an administrator of the installation.
    implement(contract.serviceConfig, async ({ principal }) => {
      requireInstallation(principal)
      return shownConfig(await store.current())
    }),
    implement(contract.changeServiceConfig, async ({ body, principal }) => {
      requireInstallation(principal)
      const next = await store.change(body.config)
      const by = principal?.userId == null ? { userId: null, tenantId: null } : principal
      await options.changed(by, touched(body.config))
      return shownConfig(next)
    }),
    implement(contract.providers, async ({ principal }) => {
      requireInstallation(principal)
      const { config, keys } = await store.current()
      const named = (id: LlmProvider) =>
        [
          ...new Set([
            config.provider === id ? config.model : null,
            installation?.provider === id ? installation.model : null,
          ]),
        ].filter((model): model is string => model != null && model !== '')
      return LlmProvider.options
        .map((id) => ({
          id: id === 'openai_compatible' ? 'custom' : id,
          name: NAMES[id],
          models: named(id),
          has_key: keys[id] !== undefined || (installation?.provider === id && (installation.apiKey ?? '') !== ''),
        }))
        .filter((one) => one.has_key || one.id === 'custom')
    }),
    implement(contract.serviceTest, ({ body, principal }) => {
      requireInstallation(principal)
      return tryOne(body.config)
    }),
    implement(contract.serviceToolTest, async ({ body, principal }) => {
      requireInstallation(principal)
      const source = await tried(body.config)
      return tryTools(source, fetchOf(source), now)
    }),
    implement(contract.serviceUsage, ({ query, principal }) => {
      requireInstallation(principal)
      return usageOfDay(db, query.date || today(), null)
    }),
    implement(contract.serviceUserUsage, ({ query, params, principal }) => {
      checkNamed(principal, params.user_id)
      return usageOfDay(db, query.date || today(), params.user_id)
    }),
    // Own models are read for every request; there is nothing to forget.
    implement(contract.invalidate, async ({ params, principal }) => {
      checkNamed(principal, params.user_id)
      return { ok: true as const }
    }),
  ]
}
