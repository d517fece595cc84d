import type { TokenResponse } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { PlatformError } from '../../foundation/errors.ts'
import { type Caller, type IdentityContext, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { loadActor } from './load-actor.ts'
import { sessionReusedMail } from './mails.ts'
import type { Tell } from './notices.ts'
import { announce, audit } from './records.ts'
import { hashOf } from './secret-hash.ts'
import { type IssuedPair, idleEnd, issuePair, revokeSessions, tokenResponse } from './sessions.ts'
import type { Actor } from './types.ts'

/** Programs of one user share a credential file and race: within this window the same token gives the same pair. */
export const GRACE_MS = 30_000

type Outcome =
  | { readonly kind: 'pair'; readonly pair: IssuedPair }
  | { readonly kind: 'ended' }
  | { readonly kind: 'reused'; readonly owner: Actor | null }

const seals = (hash: Buffer) => `identity.refresh_token:${hash.toString('hex')}`

/** The token's row, held until the transaction ends: of ten requests at once one sees it unused. */
function holdToken(tx: Tx, hash: Buffer) {
  return tx
    .selectFrom('identity.refresh_token as r')
    .innerJoin('identity.session as s', 's.session_id', 'r.session_id')
    .selectAll('r')
    .select(['s.user_id', 's.token_use', 's.access_seconds', 's.ends_at', 's.revoked_at'])
    .where('r.token_hash', '=', hash)
    .forUpdate('r')
    .executeTakeFirst()
}
type HeldToken = NonNullable<Awaited<ReturnType<typeof holdToken>>>

async function rotate(context: IdentityContext, tx: Tx, held: HeldToken, caller: Caller): Promise<Outcome> {
  const actor = await loadActor(tx, held.user_id)
  if (!actor?.isActive) return { kind: 'ended' }
  const now = moment(context)
  const idleEndsAt = idleEnd(context, held.ends_at)
  const pair = await issuePair(context, tx, {
    sessionId: held.session_id,
    tokenUse: held.token_use,
    accessSeconds: held.access_seconds,
    idleEndsAt,
    actor,
  })
  await tx
    .updateTable('identity.refresh_token')
    .set({
      used_at: now,
      replaced_by: hashOf(pair.refreshToken),
      successor_sealed: context.keyring.seal(JSON.stringify(pair), seals(held.token_hash)),
    })
    .where('token_hash', '=', held.token_hash)
    .execute()
  await tx
    .updateTable('identity.session')
    .set({
      updated_at: now,
      last_seen_at: now,
      idle_ends_at: idleEndsAt,
      ip_address: caller.ip,
      user_agent: caller.userAgent?.slice(0, 400) ?? null,
    })
    .where('session_id', '=', held.session_id)
    .execute()
  return { kind: 'pair', pair }
}

async function reused(
  context: IdentityContext,
  changing: { readonly tx: Tx; readonly tell: Tell },
  reuse: { readonly held: HeldToken; readonly caller: Caller },
): Promise<Outcome> {
  const { tenant_id: tenantId, user_id: userId, session_id: sessionId } = reuse.held
  const action = 'auth.refresh_reuse'
  await revokeSessions(context, changing, { userId, only: sessionId, reason: 'refresh_reuse' })
  await announce(context, changing.tx, { tenantId, userId, type: action, data: { session_id: sessionId } })
  const target = { targetType: 'session', targetId: sessionId }
  await audit(context, changing.tx, { tenantId, userId, action, ...target, caller: reuse.caller })
  return { kind: 'reused', owner: await loadActor(changing.tx, userId) }
}

async function decide(
  context: IdentityContext,
  changing: { readonly tx: Tx; readonly tell: Tell },
  request: { readonly hash: Buffer; readonly caller: Caller },
): Promise<Outcome> {
  const held = await holdToken(changing.tx, request.hash)
  const now = context.clock.now()
  if (!held || held.revoked_at !== null) return { kind: 'ended' }
  if (held.used_at === null) {
    return held.expires_at.getTime() <= now ? { kind: 'ended' } : rotate(context, changing.tx, held, request.caller)
  }
  const inGrace = now - held.used_at.getTime() < GRACE_MS
  if (!inGrace || held.successor_sealed === null) return reused(context, changing, { held, caller: request.caller })
  const actor = await loadActor(changing.tx, held.user_id)
  if (!actor?.isActive) return { kind: 'ended' }
  const pair = JSON.parse(context.keyring.open(held.successor_sealed, seals(held.token_hash))) as IssuedPair
  return { kind: 'pair', pair }
}

/** The user of a session must hear that somebody else may have had its token (api.md 5.1, rule 4). */
function tellOwner(context: IdentityContext, owner: Actor | null, caller: Caller): void {
  if (owner?.email == null) return
  const { publicUrl } = context.policy
  const values = { userId: owner.userId, firstName: '', ip: caller.ip }
  context.post.post(sessionReusedMail(publicUrl, owner.email, values))
}

/** Whose token a request to refresh shows; null for one that nobody has. Reads alone. @throws IDENTITY_UNAVAILABLE */
export async function refreshingUser(context: IdentityContext, body: unknown): Promise<string | null> {
  const token = (body as { refresh_token?: unknown } | null)?.refresh_token
  if (typeof token !== 'string') return null
  try {
    const session = await context.db.everyTenant((tx) =>
      tx
        .selectFrom('identity.refresh_token as r')
        .innerJoin('identity.session as s', 's.session_id', 'r.session_id')
        .select('s.user_id')
        .where('r.token_hash', '=', hashOf(token))
        .executeTakeFirst(),
    )
    return session?.user_id ?? null
  } catch (error) {
    throw identityErrors.UNAVAILABLE({}, error)
  }
}

/**
 * Exchanges a refresh token, once, for a new pair (api.md 5.1). Presented again within the grace window it gives the
 * same pair; later it counts as stolen, ends the session and is told its
 * user by mail. Whatever fails on our side is 503 and has used up nothing.
 * @throws IDENTITY_SESSION_ENDED, IDENTITY_UNAVAILABLE
 */
export async function refreshSession(
  context: IdentityContext,
  refreshToken: string,
  caller: Caller,
): Promise<TokenResponse> {
  const hash = hashOf(refreshToken)
  try {
    const outcome = await context.changes.everyTenant((tx, tell) => decide(context, { tx, tell }, { hash, caller }))
    if (outcome.kind === 'pair') return tokenResponse(context, outcome.pair)
    if (outcome.kind === 'reused') tellOwner(context, outcome.owner, caller)
    throw identityErrors.SESSION_ENDED()
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'unauthenticated') throw error
    throw identityErrors.UNAVAILABLE({}, error)
  }
}
