import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { Log } from '../../foundation/log.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { Audit } from '../audit/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Registry } from '../registry/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { Store } from '../store/index.ts'
import { type Attempts, openAttempts } from './attempts.ts'
import { authorizeUrl } from './authorize-url.ts'
import { accountsOf, usersOfAccount } from './known-accounts.ts'
import type { ProviderFetch } from './provider-requests.ts'
import { openRefresh } from './refresh-tokens.ts'
import { connectionsHandlers } from './routes.ts'
import { accountCollections, openTokens, sealTokens } from './sealed-accounts.ts'
import type { ConnectableApp, Connections, Endpoints } from './types.ts'

export interface ConnectionsOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly audit: Pick<Audit, 'record'>
  readonly outbox: Pick<Outbox, 'publish'>
  readonly registry: Pick<Registry, 'resolve'>
  readonly secrets: Secrets
  readonly store: Store
  readonly publicUrl: string
  /** Keys that sign states; the first one signs. There is no fallback (api.md 1.9). */
  readonly stateKeys: readonly string[]
  /** Whether a state must carry its age and a nonce; without, what an app signed itself is taken as well. */
  readonly strictState: boolean
  readonly endpoints: Endpoints
  /** What Google's messages about mailboxes have to carry; absent: they are ignored. */
  readonly gmailPushToken?: string | undefined
  /** Tenant of a user; null: there is no such user. */
  tenantOf(userId: string): Promise<string | null>
  readonly fetch: ProviderFetch
}

/** What the parts of the module work with. */
export interface ConnectionsParts extends ConnectionsOptions {
  readonly attempts: Attempts
  /** The app as the user has it; null when it is not there for the user any more. */
  appOf(who: StoreScope): Promise<ConnectableApp | null>
}

const SWEEP_MS = 600_000

export function openConnections(options: ConnectionsOptions): Connections {
  const attempts = openAttempts(options)
  const parts: ConnectionsParts = {
    ...options,
    attempts,
    async appOf(who) {
      const mine = await options.registry.resolve(who, who.appId)
      if (mine === null || mine.install?.isDisabled === true || mine.app.status === 'suspended') return null
      return { appId: who.appId, ownerTenantId: mine.app.ownerTenantId, manifest: mine.version.manifest }
    },
  }
  const refresh = openRefresh(parts)
  const isAccounts = (app: ConnectableApp, collection: string) => accountCollections(app.manifest).has(collection)
  const timer = setInterval(() => {
    attempts
      .forgetOld()
      .catch((error: unknown) => options.log.warn({ err: error }, 'old consents could not be dropped'))
  }, SWEEP_MS)
  timer.unref()
  return {
    authorizeUrl: (who, app, ask) => authorizeUrl(parts, who, app, ask),
    refresh: (writer, who, app, request) => refresh({ writer, who, app, request }),
    emailsOf: async (user) => (await accountsOf(parts, user)).flatMap(({ email }) => email ?? []),
    usersOf: (app, accountId) => usersOfAccount(parts, app, accountId),
    seal: (app, { tenantId }, collection, data) =>
      isAccounts(app, collection) ? sealTokens(options.keyring, app.appId, tenantId, data) : data,
    open: (app, { tenantId }, collection, data) =>
      isAccounts(app, collection) ? openTokens(options.keyring, app.appId, tenantId, data) : data,
    routes: connectionsHandlers(parts),
    async close() {
      clearInterval(timer)
    },
  }
}
