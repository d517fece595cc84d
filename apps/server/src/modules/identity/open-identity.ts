import { DEFAULT_TENANT } from '@imperal/contract'
import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { Log } from '../../foundation/log.ts'
import type { Post } from '../../foundation/mail/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Outbox } from '../outbox/index.ts'
import { openAccessTokens } from './access-token.ts'
import {
  administratorEmail,
  administratorsOf,
  ensureFirstAccount,
  isPasswordOf,
  unusedFirstAccount,
} from './accounts.ts'
import { actorFor, usersOfTenant } from './administration/actor-for.ts'
import { keptForDays } from './administration/agencies.ts'
import { declareAppScopes } from './administration/scopes.ts'
import { openAttempts } from './attempts.ts'
import { openAuthenticator } from './authenticate.ts'
import { openCallTokens } from './call-tokens.ts'
import { adoptTimezone, readOwnModel, readSettings } from './change-settings.ts'
import { type IdentityPorts, openChores } from './chores.ts'
import { HOUR, type IdentityContext, type IdentityPolicy } from './context.ts'
import { changeTier, enrolDeveloper, findDeveloper, findDevelopers } from './developers.ts'
import { openDirectory } from './directory.ts'
import { tidyUp } from './maintenance.ts'
import { IDENTITY_CHANNEL, KEYS_NOTICE, openChanges } from './notices.ts'
import { readNicknames } from './read-nicknames.ts'
import { identityRoutes } from './routes.ts'
import { openSigningKeys } from './signing-keys.ts'
import { isAdmitted } from './standing.ts'
import type { Identity } from './types.ts'
import { findUserOfEmail } from './user-of-email.ts'

export interface IdentityOptions {
  readonly db: Database
  readonly bus: Bus
  readonly log: Log
  readonly clock: Clock
  readonly keyring: Keyring
  readonly audit: Audit
  readonly outbox: Outbox
  /** Not closed here: other modules post as well. */
  readonly post: Post
  /** Tokens of internal services; more than one while they are rotated. */
  readonly serviceTokens: readonly string[]
  /** Whether services are let in from an address (api.md 1.6); absent: from everywhere. */
  readonly mayServe?: ((ip: string) => boolean) | undefined
  /** Administrative keys of the registry (`imp_reg_key_…`), for `x-api-key`. */
  readonly registryKeys?: readonly string[] | undefined
  /** Secrets that call tokens are signed with, the current one first (api.md 1.8); without one no call token is valid. */
  readonly callTokenSecrets?: readonly string[] | undefined
  /** Seconds after its first use in which a call token works again, by app and `*`; absent: each works once. */
  readonly callTokenMultiUse?: Readonly<Record<string, number>> | undefined
  /** What other modules do about accounts; without it a user has no apps, and nothing elsewhere is forgotten. */
  readonly ports?: IdentityPorts | undefined
  readonly policy: IdentityPolicy
}

const ALONE: IdentityPorts = {
  installedApps: async () => [],
  planGrants: async () => ({ scopes: [], actions: null }),
  installApps: async () => {},
  forgetUser: async () => {},
}
const CHORES_MS = 60_000

/** Opens accounts, sessions, keys and settings; makes the signing key at the first start. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { db, bus, log, clock, keyring, audit, outbox, post, policy } = options
  const ports = options.ports ?? ALONE
  const directory = openDirectory(db, clock, ports.planGrants)
  const keys = await openSigningKeys({ db, clock, keyring })
  const context: IdentityContext = {
    db,
    changes: openChanges(db, directory.apply),
    clock,
    log,
    keyring,
    audit,
    outbox,
    post,
    keys,
    tokens: openAccessTokens({ keys, clock, issuer: policy.publicUrl }),
    directory,
    attempts: openAttempts({ db, clock, limitFactor: policy.limitFactor }),
    ports,
    chores: openChores({ db, clock, log, ports }),
    policy,
  }
  const authenticator = openAuthenticator(context, {
    serviceTokens: options.serviceTokens,
    registryKeys: options.registryKeys ?? [],
    mayServe: (ip) => options.mayServe === undefined || (ip !== undefined && options.mayServe(ip)),
  })

  const silence = bus.subscribe(IDENTITY_CHANNEL, (notice) => {
    directory.apply(notice)
    if (notice === KEYS_NOTICE || notice === '')
      keys.reload().catch((error) => log.warn({ err: error }, 'the signing keys could not be read again'))
  })
  let tidying: Promise<void> = Promise.resolve()
  const tidy = () => {
    tidying = tidyUp(context).catch((error) => log.warn({ err: error }, 'tidying up accounts failed'))
  }
  const callTokens = openCallTokens({
    ...{ db, clock, log },
    secrets: options.callTokenSecrets ?? [],
    multiUse: options.callTokenMultiUse,
  })
  const timer = setInterval(tidy, HOUR)
  timer.unref()
  tidy()
  const chores = setInterval(() => context.chores.soon(), CHORES_MS)
  chores.unref()
  context.chores.soon()

  return {
    authenticate: authenticator.authenticate,
    agencyOf: authenticator.agencyOf,
    redeemCallToken: callTokens.redeem,
    threats: () => ({ replayed_call_token: callTokens.replayed() }),
    principalFor: authenticator.principalFor,
    isAdmitted: (bearer) => isAdmitted(context, bearer),
    async actor(tenantId, userId) {
      const actor = await directory.actor(userId)
      return actor?.tenantId === tenantId ? actor : null
    },
    tenant: directory.tenant,
    agencyTheme: directory.agencyTheme,
    administrators: () => administratorsOf(context, DEFAULT_TENANT),
    keptForDays: () => keptForDays(context),
    actorFor: (principal, userId) => actorFor(context, principal, userId),
    usersOf: (tenantId, page) => usersOfTenant(context, tenantId, page),
    findUser: directory.actor,
    userOfEmail: (tenantId, email) => findUserOfEmail(context, tenantId, email),
    declareAppScopes: (app) => declareAppScopes(context, app),
    settings: (tenantId, userId) => readSettings(context, { tenantId, userId }),
    adoptTimezone: (tenantId, userId, zone) => adoptTimezone(context, { tenantId, userId }, zone),
    ownModel: (tenantId, userId) => readOwnModel(context, { tenantId, userId }),
    ensureFirstAccount: (first) => ensureFirstAccount(context, { ...first, tenantId: DEFAULT_TENANT }),
    administratorEmail: (preferred) => administratorEmail(context, { tenantId: DEFAULT_TENANT, preferred }),
    unusedFirstAccount: () => unusedFirstAccount(context),
    isPasswordOf: (account, password) => isPasswordOf(context, account, password),
    enrolDeveloper: (tenantId, userId, profile, within) =>
      enrolDeveloper(context, { tenantId, userId }, profile, within),
    changeTier: (userId, decide) => changeTier(context, userId, decide),
    developer: (tenantId, userId) => findDeveloper(context, { tenantId, userId }),
    developersOf: (userIds) => findDevelopers(context, userIds),
    nicknamesOf: (userIds) => readNicknames(context, userIds),
    planChanged: (userId) => directory.apply(userId === null ? 'role' : `user:${userId}`),
    onChange: directory.onChange,
    routes: identityRoutes(context, authenticator),
    async close() {
      silence()
      clearInterval(timer)
      clearInterval(chores)
      await tidying
      await context.chores.settle()
    },
  }
}
