import type { SessionInfo, TokenResponse } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { randomId } from '../../foundation/ids.ts'
import { type Caller, DAY, type IdentityContext, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { loadActor, withPlan } from './load-actor.ts'
import type { Tell } from './notices.ts'
import { hashOf, randomToken } from './secret-hash.ts'
import type { Actor } from './types.ts'

/** A refresh token that is not used for this long ends its session. */
const IDLE_MS = 30 * DAY
/** No session outlives this. */
const LONGEST_MS = 180 * DAY

export const LOGIN_SECONDS = 3600
export const DEVICE_SECONDS = 900

export interface SessionKind {
  readonly surface: string
  readonly label: string
  readonly tokenUse: 'cli' | null
  readonly accessSeconds: number
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/curl\//, 'curl'],
]

/** A browser session, named after the program that the user agent tells of. */
export function browserSession(caller: Caller): SessionKind {
  const agent = caller.userAgent ?? ''
  const label = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1] ?? 'Browser'
  return { surface: 'web', label, tokenUse: null, accessSeconds: LOGIN_SECONDS }
}

export interface IssuedPair {
  readonly accessToken: string
  readonly refreshToken: string
  /** Unix milliseconds of the access token's end. */
  readonly expiresAt: number
}

/** The wire form; `expires_in` counts from now, also when the pair was made a moment ago. */
export function tokenResponse(context: IdentityContext, pair: IssuedPair): TokenResponse {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: 'bearer',
    expires_in: Math.max(1, Math.ceil((pair.expiresAt - context.clock.now()) / 1000)),
  }
}

/** Adds a refresh token to the session and signs an access token beside it. */
export async function issuePair(
  context: IdentityContext,
  tx: Tx,
  session: {
    readonly sessionId: string
    readonly tokenUse: 'cli' | null
    readonly accessSeconds: number
    readonly idleEndsAt: Date
    readonly actor: Actor
  },
): Promise<IssuedPair> {
  const refreshToken = `imp_rt_${randomToken()}`
  const actor = await withPlan(session.actor, (user) => context.ports.planGrants(user, tx))
  const { token, expiresAt } = await context.tokens.sign(actor, {
    sessionId: session.sessionId,
    tokenUse: session.tokenUse,
    seconds: session.accessSeconds,
  })
  await tx
    .insertInto('identity.refresh_token')
    .values({
      token_hash: hashOf(refreshToken),
      tenant_id: session.actor.tenantId,
      session_id: session.sessionId,
      issued_at: moment(context),
      expires_at: session.idleEndsAt,
      used_at: null,
      replaced_by: null,
      successor_sealed: null,
    })
    .execute()
  return { accessToken: token, refreshToken, expiresAt }
}

export const idleEnd = (context: IdentityContext, endsAt: Date): Date =>
  new Date(Math.min(context.clock.now() + IDLE_MS, endsAt.getTime()))

/** Begins a session of an active user. Needs a transaction that sees every tenant. */
export async function startSession(
  context: IdentityContext,
  tx: Tx,
  start: { readonly userId: string; readonly kind: SessionKind; readonly caller: Caller },
): Promise<{ sessionId: string; pair: IssuedPair; actor: Actor }> {
  const actor = await loadActor(tx, start.userId)
  if (!actor?.isActive) throw identityErrors.ACCOUNT_DISABLED()
  const { kind, caller } = start
  const now = moment(context)
  const endsAt = moment(context, LONGEST_MS)
  const sessionId = randomId('ses')
  const idleEndsAt = idleEnd(context, endsAt)
  await tx
    .insertInto('identity.session')
    .values({
      session_id: sessionId,
      tenant_id: actor.tenantId,
      user_id: actor.userId,
      label: kind.label,
      surface: kind.surface,
      token_use: kind.tokenUse,
      access_seconds: kind.accessSeconds,
      ip_address: caller.ip,
      user_agent: caller.userAgent?.slice(0, 400) ?? null,
      created_at: now,
      updated_at: now,
      last_seen_at: now,
      idle_ends_at: idleEndsAt,
      ends_at: endsAt,
      revoked_at: null,
      revoke_reason: null,
    })
    .execute()
  const pair = await issuePair(context, tx, { ...kind, sessionId, idleEndsAt, actor })
  return { sessionId, pair, actor }
}

/** Ends sessions and their streams at once on every node (api 6); answers the ids of those that were still open. */
export async function revokeSessions(
  context: IdentityContext,
  changing: { readonly tx: Tx; readonly tell: Tell },
  which: {
    readonly userId: string
    readonly only?: string | undefined
    readonly except?: string | undefined
    readonly reason: string
  },
): Promise<string[]> {
  let query = changing.tx
    .updateTable('identity.session')
    .set({ revoked_at: moment(context), updated_at: moment(context), revoke_reason: which.reason })
    .where('user_id', '=', which.userId)
    .where('revoked_at', 'is', null)
  if (which.only !== undefined) query = query.where('session_id', '=', which.only)
  if (which.except !== undefined) query = query.where('session_id', '<>', which.except)
  const ended = await query.returning(['session_id', 'tenant_id']).execute()
  for (const { session_id, tenant_id } of ended) {
    await changing.tell(`session:${session_id}`)
    await context.outbox.publish(changing.tx, {
      tenantId: tenant_id,
      userId: which.userId,
      type: 'session_revoked',
      payload: { session_id },
    })
  }
  return ended.map(({ session_id }) => session_id)
}

/** Sessions that are signed in, newest first. */
export async function listSessions(
  context: IdentityContext,
  user: { readonly tenantId: string; readonly userId: string; readonly sessionId: string | null },
): Promise<SessionInfo[]> {
  const rows = await context.db.tenant(user.tenantId, (tx) =>
    tx
      .selectFrom('identity.session')
      .selectAll()
      .where('user_id', '=', user.userId)
      .where('revoked_at', 'is', null)
      .where('idle_ends_at', '>', moment(context))
      .orderBy('created_at', 'desc')
      .orderBy('session_id')
      .execute(),
  )
  return rows.map((row) => ({
    session_id: row.session_id,
    label: row.label,
    surface: row.surface,
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    created_at: row.created_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    current: row.session_id === user.sessionId,
  }))
}
