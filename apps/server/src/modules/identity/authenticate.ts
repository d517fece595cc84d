import { DEFAULT_TENANT, intersectScopes } from '@imperal/contract'
import { PlatformError } from '../../foundation/errors.ts'
import { isAdminScope, type Principal } from '../../foundation/http/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Claims } from './access-token.ts'
import { noteKeyUse } from './api-keys.ts'
import type { IdentityContext } from './context.ts'
import { identityErrors } from './errors.ts'
import { hashOf, sameSecret } from './secret-hash.ts'
import { allowsMethod } from './sign-in-methods.ts'
import { holdsItsKey } from './standing.ts'
import type { Actor, Identity } from './types.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

const KEY_PREFIX = 'imp_live_'
const CALL_TOKEN_SCHEME = 'imperalcalltoken'

const one = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

function principalOf(actor: Actor, facts: Pick<Principal, 'kind' | 'credential'> & Partial<Principal>): Principal {
  return {
    userId: actor.userId,
    tenantId: actor.tenantId,
    agencyId: actor.agencyId,
    email: actor.email,
    role: actor.role,
    scopes: actor.scopes,
    sessionId: null,
    tokenUse: null,
    isDeveloper: actor.isDeveloper,
    ...facts,
  }
}

const limitation = (actor: Actor, limitedTo: readonly string[] | undefined): Partial<Principal> =>
  limitedTo === undefined ? {} : { limitedTo, scopes: intersectScopes(actor.scopes, limitedTo) }

/** A user of no agency is of this one, in the words of other services (api.md 7.2). */
const NO_AGENCY = 'default'
const AGENCY_HEADER = 'x-imperal-agency-id'
/** What other services are told of the agency of a caller. */
const agencyNamed = ({ agencyId }: Pick<Principal, 'agencyId'>): string => agencyId ?? NO_AGENCY

const NOBODY = {
  userId: null,
  tenantId: DEFAULT_TENANT,
  agencyId: null,
  email: null,
  role: 'none',
  scopes: [],
  sessionId: null,
  tokenUse: null,
  isDeveloper: false,
} as const satisfies Partial<Principal>

const SERVICE: Principal = { ...NOBODY, kind: 'service', credential: 'service_token', role: 'service', scopes: ['*'] }

interface Origin {
  readonly streamToken?: string | undefined
  readonly ip?: string | undefined
}

export interface Authenticator {
  authenticate: Identity['authenticate']
  agencyOf: Identity['agencyOf']
  principalFor(userId: string): Promise<Principal | null>
}

async function activeActor(context: IdentityContext, userId: string, tenantId: string): Promise<Actor> {
  const actor = await context.directory.actor(userId)
  if (!actor?.isActive || actor.tenantId !== tenantId) throw identityErrors.ACCOUNT_CLOSED()
  return actor
}

/** Decides who sends a request, in the order of api.md 1.3. A warm token is answered from memory alone. */
export function openAuthenticator(
  context: IdentityContext,
  secrets: {
    readonly serviceTokens: readonly string[]
    readonly registryKeys: readonly string[]
    /** Whether services are let in from an address. */
    readonly mayServe: (ip: string | undefined) => boolean
  },
): Authenticator {
  const { directory, tokens, clock, log } = context
  const principals = new WeakMap<Claims, { actor: Actor; principal: Principal }>()

  // Access tokens are sorted out by their length; every candidate is compared whole, so that time tells nothing.
  const isOneOf = (known: readonly string[], value: string): boolean =>
    known
      .filter((token) => token.length === value.length)
      .reduce((found, token) => sameSecret(token, value) || found, false)

  const isService = (value: string) => isOneOf(secrets.serviceTokens, value)

  async function byJwt(token: string): Promise<Principal> {
    const claims = await tokens.verify(token)
    const session = await directory.session(claims.sid)
    if (!session || session.endsAt <= clock.now()) throw identityErrors.SESSION_ENDED()
    if (session.userId !== claims.sub || session.tenantId !== claims.tenant_id)
      throw identityErrors.CREDENTIAL_INVALID()
    const actor = await activeActor(context, claims.sub, claims.tenant_id)
    const before = principals.get(claims)
    if (before?.actor === actor) return before.principal
    const principal = principalOf(actor, {
      kind: 'user',
      credential: 'jwt',
      sessionId: claims.sid,
      tokenUse: claims.token_use ?? null,
    })
    principals.set(claims, { actor, principal })
    return principal
  }

  /** The holder of an access token as it was signed; who was shut out since then is not known here. */
  async function bySignature(headers: Headers): Promise<Principal | null> {
    const given = parseAuthorization(one(headers, 'authorization') ?? '')
    if (given.scheme !== 'bearer' || !isJwt(given.value)) return null
    const { sub, sid, tenant_id: tenantId, role, scopes, token_use: tokenUse } = await tokens.verify(given.value)
    const facts = { userId: sub, tenantId, role, scopes, sessionId: sid, tokenUse: tokenUse ?? null }
    return { ...NOBODY, kind: 'user', credential: 'jwt', ...facts }
  }

  async function byKey(text: string): Promise<Principal> {
    const hash = hashOf(text).toString('hex')
    const key = await directory.apiKey(hash)
    if (!key) return byAppKey(text)
    const actor = await activeActor(context, key.userId, key.tenantId)
    if (!(await allowsMethod(context, key.tenantId, 'api_key'))) throw identityErrors.CREDENTIAL_INVALID()
    noteKeyUse(context, key)
    // A key for everything is not limited, and still opens administration only when it says so.
    const isForAll = key.scopes.includes('*') && !key.scopes.some(isAdminScope)
    const limitedTo = isForAll ? undefined : key.scopes
    const bearer = { kind: 'user', credential: 'api_key', keyId: key.keyId } as const
    return principalOf(actor, { ...bearer, ...limitation(actor, limitedTo) })
  }

  /** A key of one app: its bearer is nobody but that app's, and the owner only where a route says so. */
  async function byAppKey(text: string): Promise<Principal> {
    const found = await context.ports.appKey?.(text)
    if (!found) throw identityErrors.CREDENTIAL_INVALID()
    const owner = found.ownerId === null ? null : await directory.actor(found.ownerId)
    if (owner !== null && !owner.isActive) throw identityErrors.ACCOUNT_CLOSED()
    const asOwner = owner === null ? null : principalOf(owner, { kind: 'user', credential: 'app_key' })
    return {
      ...NOBODY,
      kind: 'user',
      credential: 'app_key',
      tenantId: owner?.tenantId ?? DEFAULT_TENANT,
      appKey: { appId: found.appId, scope: found.scope, owner: asOwner },
    }
  }

  async function principalFor(userId: string): Promise<Principal | null> {
    const actor = await directory.actor(userId)
    return actor?.isActive ? principalOf(actor, { kind: 'service', credential: 'service_token' }) : null
  }

  async function byService(headers: Headers): Promise<Principal> {
    const tenantId = one(headers, 'x-tenant-id')
    const agencyId = one(headers, AGENCY_HEADER)
    const actingUser = one(headers, 'x-acting-user')
    if (actingUser !== undefined && actingUser !== '') {
      const principal = await principalFor(actingUser)
      if (!principal) throw identityErrors.ACTING_USER_UNKNOWN()
      if (tenantId !== undefined && tenantId !== principal.tenantId) throw identityErrors.ACTING_TENANT_MISMATCH()
      if (agencyId !== undefined && agencyId !== agencyNamed(principal)) throw identityErrors.ACTING_AGENCY_MISMATCH()
      return principal
    }
    return { ...SERVICE, tenantId: tenantId ?? DEFAULT_TENANT }
  }

  /** A ticket was given out a moment ago; what has changed since then counts. */
  async function byTicket(ticket: string): Promise<Principal> {
    const holder = await context.outbox.redeemTicket(ticket)
    if (!holder?.userId) throw identityErrors.CREDENTIAL_INVALID()
    if (holder.sessionId !== null && !(await directory.session(holder.sessionId))) throw identityErrors.SESSION_ENDED()
    if (!(await holdsItsKey(context, holder))) throw identityErrors.CREDENTIAL_INVALID()
    const actor = await activeActor(context, holder.userId, holder.tenantId)
    return principalOf(actor, {
      kind: holder.kind,
      credential: 'stream_ticket',
      sessionId: holder.sessionId,
      keyId: holder.keyId,
      tokenUse: holder.tokenUse,
      ...limitation(actor, holder.limitedTo),
    })
  }

  async function decide(headers: Headers, { streamToken, ip }: Origin): Promise<Principal | null> {
    const authorization = one(headers, 'authorization')
    const serviceHeader = one(headers, 'x-service-token')
    const keyHeader = one(headers, 'x-api-key')
    const bearer = authorization === undefined ? null : parseAuthorization(authorization)
    if (serviceHeader !== undefined) {
      // Before the token is looked at: who asks from elsewhere must not learn which tokens are good.
      if (!secrets.mayServe(ip)) throw identityErrors.SERVICE_NETWORK()
      if (!isService(serviceHeader)) throw identityErrors.CREDENTIAL_INVALID()
      // Beside a service token only that token again, or a call token, is a documented pair.
      const foreign = bearer ? bearer.scheme === 'bearer' && !isService(bearer.value) : keyHeader !== undefined
      if (foreign) throw identityErrors.TWO_CREDENTIALS()
      return byService(headers)
    }
    if (bearer) return byAuthorization(bearer, headers, ip)
    if (keyHeader !== undefined) {
      if (keyHeader.startsWith(KEY_PREFIX)) return byKey(keyHeader)
      if (isOneOf(secrets.registryKeys, keyHeader)) return { ...SERVICE, credential: 'registry_key' }
      throw identityErrors.CREDENTIAL_INVALID()
    }
    if (streamToken !== undefined && streamToken !== '')
      return isJwt(streamToken) ? byJwt(streamToken) : byTicket(streamToken)
    return null
  }

  async function byAuthorization(given: Authorization, headers: Headers, ip: string | undefined): Promise<Principal> {
    // A call token alone opens nothing: it counts beside a service token only.
    if (given.scheme !== 'bearer') throw identityErrors.CREDENTIAL_INVALID()
    if (given.value.startsWith(KEY_PREFIX)) return ignoringActing(await byKey(given.value), headers, log)
    if (!isJwt(given.value) && !secrets.mayServe(ip)) throw identityErrors.SERVICE_NETWORK()
    if (isService(given.value) && secrets.mayServe(ip)) return byService(headers)
    if (isJwt(given.value)) return ignoringActing(await byJwt(given.value), headers, log)
    throw identityErrors.CREDENTIAL_INVALID()
  }

  return {
    principalFor,
    async agencyOf(headers, origin) {
      try {
        const principal = await decide(headers, origin)
        return principal?.userId == null ? null : agencyNamed(principal)
      } catch (error) {
        // A refusal is one here as there; what cannot be told is told by the process that answers.
        if (error instanceof PlatformError && error.kind !== 'unauthenticated') throw error
        return null
      }
    },
    async authenticate(headers, options) {
      try {
        return await decide(headers, options ?? {})
      } catch (error) {
        if (error instanceof PlatformError) throw error
        const holder = options?.withoutAccounts ? await bySignature(headers).catch(() => null) : null
        if (holder !== null) return holder
        // Trouble on our side must not look like a verdict: clients erase their credentials on a 401.
        throw identityErrors.UNAVAILABLE({}, error)
      }
    },
  }
}

interface Authorization {
  readonly scheme: string
  readonly value: string
}

function parseAuthorization(header: string): Authorization {
  const space = header.indexOf(' ')
  if (space < 0) throw identityErrors.CREDENTIAL_INVALID()
  const scheme = header.slice(0, space).toLowerCase()
  if (scheme !== 'bearer' && scheme !== CALL_TOKEN_SCHEME) throw identityErrors.CREDENTIAL_INVALID()
  return { scheme, value: header.slice(space + 1).trim() }
}

const isJwt = (token: string): boolean => token.split('.').length === 3

/** Only services speak for others; the attempt of a plain user is ignored and logged (api.md 7.1). */
function ignoringActing(principal: Principal, headers: Headers, log: Log): Principal {
  const acting = one(headers, 'x-acting-user')
  if (acting !== undefined && acting !== principal.userId)
    log.warn({ userId: principal.userId }, 'a user sent X-Acting-User; it was ignored')
  return principal
}
