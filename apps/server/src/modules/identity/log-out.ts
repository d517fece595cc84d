import type { Tx } from '../../foundation/db/index.ts'
import type { Caller, IdentityContext } from './context.ts'
import { identityErrors } from './errors.ts'
import { audit } from './records.ts'
import { hashOf } from './secret-hash.ts'
import { revokeSessions } from './sessions.ts'

const sessionOf = (tx: Tx, refreshToken: string) =>
  tx
    .selectFrom('identity.refresh_token as r')
    .innerJoin('identity.session as s', 's.session_id', 'r.session_id')
    .select(['s.session_id', 's.user_id', 's.tenant_id'])
    .where('r.token_hash', '=', hashOf(refreshToken))
    .executeTakeFirst()

const sessionById = (tx: Tx, sessionId: string) =>
  tx
    .selectFrom('identity.session as s')
    .select(['s.session_id', 's.user_id', 's.tenant_id'])
    .where('s.session_id', '=', sessionId)
    .executeTakeFirst()

/** Ends the session of a refresh token, or of a session id. An unknown one is no error: it is signed out as well. */
export async function logOut(
  context: IdentityContext,
  which: { readonly refreshToken: string } | { readonly sessionId: string },
  caller: Caller,
): Promise<void> {
  await context.changes.everyTenant(async (tx, tell) => {
    const session =
      'refreshToken' in which ? await sessionOf(tx, which.refreshToken) : await sessionById(tx, which.sessionId)
    if (!session) return
    const { session_id: sessionId, user_id: userId, tenant_id: tenantId } = session
    const ended = await revokeSessions(context, { tx, tell }, { userId, only: sessionId, reason: 'logout' })
    if (ended.length === 0) return
    const target = { targetType: 'session', targetId: sessionId }
    await audit(context, tx, { tenantId, userId, action: 'auth.logout', ...target, caller })
  })
}

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

/** Ends one of the user's own sessions; idempotent. @throws IDENTITY_SESSION_NOT_FOUND */
export async function revokeOwnSession(
  context: IdentityContext,
  owner: Owner & { readonly sessionId: string },
  caller: Caller,
): Promise<void> {
  const { tenantId, userId, sessionId } = owner
  await context.changes.tenant(tenantId, async (tx, tell) => {
    const session = await sessionById(tx, sessionId)
    if (session?.user_id !== userId) throw identityErrors.SESSION_NOT_FOUND()
    const ended = await revokeSessions(context, { tx, tell }, { userId, only: sessionId, reason: 'revoked' })
    if (ended.length === 0) return
    const target = { targetType: 'session', targetId: sessionId }
    await audit(context, tx, { tenantId, userId, action: 'auth.session_revoked', ...target, caller })
  })
}

/** Ends every session of the user but one; answers how many. */
export async function revokeOtherSessions(
  context: IdentityContext,
  owner: Owner & { readonly keep: string },
  caller: Caller,
): Promise<number> {
  const { tenantId, userId } = owner
  return context.changes.tenant(tenantId, async (tx, tell) => {
    const ended = await revokeSessions(context, { tx, tell }, { userId, except: owner.keep, reason: 'revoked' })
    const metadata = { sessions: ended.length }
    if (ended.length > 0)
      await audit(context, tx, { tenantId, userId, action: 'auth.session_revoked', metadata, caller })
    return ended.length
  })
}
