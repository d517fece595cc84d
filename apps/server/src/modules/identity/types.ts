import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { CallClaims, MountedRoute, Principal } from '../../foundation/http/index.ts'

/** A user as the kernel sees one. Cached; a change reaches every node at once (notice) and at the latest after 300 s. */
export interface Actor {
  readonly userId: string
  readonly tenantId: string
  readonly agencyId: string | null
  readonly orgId: string | null
  readonly email: string | null
  readonly role: string
  /** Role default scopes ∪ user scopes ∪ tenant defaults, minus denied ones; without the namespaces of installed apps. */
  readonly scopes: readonly string[]
  readonly deniedScopes: readonly string[]
  /** Free facts set by administrators: `timezone`, `language`, … */
  readonly attributes: JsonObject
  readonly isActive: boolean
  readonly isDeveloper: boolean
  /** Whether writes ask first, as the role decides; with `default_on` and `default_off` the user's setting counts (kernel 3.5). */
  readonly confirmationPolicy: ConfirmationPolicy
  readonly limits: {
    readonly maxConcurrentTasks: number
    /** Of the plan, unless the role says otherwise; -1: any number. */
    readonly monthlyActions: number
    readonly contextWindow: number
  }
}

export interface TenantUser {
  readonly actor: Actor
  readonly displayName: string
}

export type ConfirmationPolicy = 'enforced' | 'default_on' | 'default_off' | 'disabled'

export interface TenantInfo {
  readonly tenantId: string
  readonly name: string
  readonly isActive: boolean
  readonly features: JsonObject
  readonly isolation: string
  /** Ways to sign in: `email`, `api_key`, `oidc`. */
  readonly authMethods: readonly string[]
  /** What administrators set (api.md 3.13), without the defaults. */
  readonly defaults: JsonObject
}

/** Settings of `GET /v1/me/settings`, defaults merged. */
export interface UserSettings {
  readonly confirmation_enabled: boolean
  readonly confirmation_actions: { readonly write: boolean; readonly destructive: boolean; readonly all: boolean }
  readonly confirmation_overrides: Readonly<Record<string, boolean>>
  readonly confirmation_ttl: number | null
  readonly language: string | null
  readonly timezone: string | null
  /** Replaced as a whole by each layer that sets it, so that members may be missing. */
  readonly notifications: {
    readonly enabled?: boolean
    readonly default?: readonly string[]
    readonly apps?: Readonly<Record<string, readonly string[] | 'off'>>
  }
  /** Repeats the policy of the role, so that whoever reads settings needs nothing else. */
  readonly role_confirmation_policy: ConfirmationPolicy
  /** The user's own model; `api_key` never leaves the identity module in answers, only through `ownModel()`. */
  readonly llm: JsonObject | null
  readonly [member: string]: unknown
}

export interface OwnModel {
  readonly provider: 'anthropic' | 'openai' | 'google' | 'openai_compatible'
  readonly model: string
  readonly routingModel: string | null
  readonly executionModel: string | null
  readonly navigateModel: string | null
  readonly baseUrl: string | null
  readonly apiKey: string | null
  readonly fallback: 'platform' | 'error'
}

export interface DeveloperRecord {
  readonly userId: string
  readonly email: string
  readonly nickname: string | null
  readonly tier: string
  /** What was given at the enrolment: `display_name`, `website`, `description`. */
  readonly profile: JsonObject
  readonly registeredAt: string
}

/** The account that a new installation begins with. */
export interface FirstAccount {
  readonly userId: string
  readonly tenantId: string
}

export interface Identity {
  /** Resolves the credentials of a request (api.md 1.3 decision order). Null: none given. @throws IDENTITY_* unauthenticated / unavailable */
  authenticate(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    options?: {
      streamToken?: string | undefined
      /** Where the request came from, for the networks of services. */
      ip?: string | undefined
      /** Where accounts cannot be read, an access token counts by what it says of its holder. */
      withoutAccounts?: boolean
    },
  ): Promise<Principal | null>
  /** What is said of the agency of a request to the processes that run apps (api.md 7.2); null: it names nobody. */
  agencyOf(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    origin: { readonly ip: string },
  ): Promise<string | null>
  /** Verifies and uses up the call token of a request (api.md 1.8). @throws IDENTITY_CALL_TOKEN_* */
  redeemCallToken(authorization: string | undefined): Promise<CallClaims>
  /** What should never happen, since this node started: call tokens that were presented a second time (kernel 11.4). */
  threats(): Readonly<Record<'replayed_call_token', number>>
  /** The principal of a user that a service acts for (api.md 1.6). */
  principalFor(userId: string): Promise<Principal | null>
  /** Null when there is no such user in the tenant. */
  actor(tenantId: string, userId: string): Promise<Actor | null>
  /** People whose agency sets how long conversations are kept. */
  keptForDays(): Promise<readonly KeptForDays[]>
  /** Active administrators of the platform: whom a notice about the installation concerns. */
  administrators(): Promise<readonly { readonly tenantId: string; readonly userId: string }[]>
  tenant(tenantId: string): Promise<TenantInfo | null>
  /** The white-label theme of an agency of the tenant, without what is malformed in it; null when there is none (ui 4.15). */
  agencyTheme(tenantId: string, agencyId: string): Promise<JsonObject | null>
  /**
   * The user that a request names: the caller, or for an administrator anybody of the own tenant (api.md 7.1).
   * @throws IDENTITY_NOT_YOURS, IDENTITY_USER_NOT_FOUND
   */
  actorFor(principal: Principal, userId: string): Promise<Actor>
  /** Active users of a tenant in pages ordered by id. */
  usersOf(tenantId: string, page: { readonly limit: number; readonly offset: number }): Promise<TenantUser[]>
  /** A user of any tenant, active or not; null when there is none, or none any more. */
  findUser(userId: string): Promise<Actor | null>
  /** Id of the tenant's user who has this address, in lower case; null when nobody has. */
  userOfEmail(tenantId: string, email: string): Promise<string | null>
  /** Makes the scopes of a published app grantable. Idempotent. */
  declareAppScopes(app: {
    readonly appId: string
    readonly name: string
    readonly scopes: readonly string[]
  }): Promise<void>
  settings(tenantId: string, userId: string): Promise<UserSettings>
  /** Keeps the time zone that a person speaks from as theirs, unless they have one; what is none is passed over. */
  adoptTimezone(tenantId: string, userId: string, zone: string): Promise<void>
  ownModel(tenantId: string, userId: string): Promise<OwnModel | null>
  /** Creates the administrator and enrolled developer of a new installation; null when an account exists already. */
  ensureFirstAccount(options: { email: string; password: () => string }): Promise<FirstAccount | null>
  /** The address with which somebody administers the installation: `preferred` when it is one, else the earliest; null when there is none. */
  administratorEmail(preferred: string): Promise<string | null>
  /** The first account as long as it is the only one and nobody has signed in to it. */
  unusedFirstAccount(): Promise<FirstAccount | null>
  /** Whether this is the account's password; counts as no sign-in. */
  isPasswordOf(account: FirstAccount, password: string): Promise<boolean>
  /**
   * Makes the user a developer. `profile` may hold `nickname` and `tier`; the rest is kept as it is.
   * @throws IDENTITY_ALREADY_DEVELOPER, IDENTITY_NICKNAME_TAKEN, IDENTITY_NICKNAME_RESERVED, IDENTITY_NICKNAME_INVALID, IDENTITY_USER_NOT_FOUND
   */
  enrolDeveloper(
    tenantId: string,
    userId: string,
    profile: JsonObject,
    /** Runs in the same transaction; what it throws undoes the enrolment. */
    within?: (tx: Tx) => Promise<void>,
  ): Promise<void>
  /**
   * Moves a developer to the tier that `decide` answers, in the same transaction; the account is locked meanwhile. Null, and
   * nothing decided, when the user is no developer.
   */
  changeTier<T extends { readonly tier: string }>(
    userId: string,
    decide: (tx: Tx, before: DeveloperRecord & { readonly tenantId: string }) => Promise<T>,
  ): Promise<T | null>
  /** Null when the user is no developer. */
  developer(tenantId: string, userId: string): Promise<DeveloperRecord | null>
  /** Those of these users who are developers, of whatever tenant. */
  developersOf(userIds: readonly string[]): Promise<DeveloperRecord[]>
  /** Handles under which users are known in public; who never chose one is left out. */
  nicknamesOf(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** What the plan gives is looked up anew: of one user, or of everybody. */
  planChanged(userId: string | null): void
  /** Whether who was let in once would be let in again; for streams, which outlive their request. */
  isAdmitted(bearer: Principal): Promise<boolean>
  /** Called after a user, role, tenant or API key changed, with the user's id or null for all. */
  onChange(listener: (userId: string | null) => void): () => void
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

/** How many days what somebody wrote is kept, as their agency wants it. */
export interface KeptForDays {
  readonly tenantId: string
  readonly userId: string
  readonly days: number
}
