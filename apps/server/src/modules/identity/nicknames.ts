import type { Tx } from '../../foundation/db/index.ts'
import { type Caller, type IdentityContext, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { audit } from './records.ts'

const SHAPE = /^[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]$/
// Handles that would pass for the platform itself.
const RESERVED = new Set(
  (
    'admin administrator api app apps assistant auth billing developer developers docs help imperal imperal-cloud ' +
    'mail marketplace moderator null official panel payments platform registry root security staff status support ' +
    'system team undefined webbee webmaster www'
  ).split(' '),
)

const isTaken = (error: unknown): boolean =>
  (error as { code?: unknown; constraint?: unknown } | null)?.code === '23505' &&
  (error as { constraint?: unknown }).constraint === 'account_nickname'

/** @throws IDENTITY_NICKNAME_INVALID, IDENTITY_NICKNAME_RESERVED */
export function checkedNickname(typed: string): string {
  const nickname = typed.trim().toLowerCase()
  if (!SHAPE.test(nickname)) throw identityErrors.NICKNAME_INVALID()
  if (RESERVED.has(nickname)) throw identityErrors.NICKNAME_RESERVED()
  return nickname
}

/** Handles are unique in the whole installation; of ten who want one at once one gets it. @throws IDENTITY_NICKNAME_TAKEN */
export async function takingNickname<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isTaken(error)) throw identityErrors.NICKNAME_TAKEN()
    throw error
  }
}

export const readNickname = (tx: Tx, userId: string) =>
  tx.selectFrom('identity.account').select('nickname').where('user_id', '=', userId).executeTakeFirst()

/** @throws IDENTITY_NICKNAME_INVALID, IDENTITY_NICKNAME_RESERVED, IDENTITY_NICKNAME_TAKEN */
export async function setNickname(
  context: IdentityContext,
  owner: { readonly tenantId: string; readonly userId: string },
  request: { readonly typed: string; readonly caller: Caller },
): Promise<string> {
  const nickname = checkedNickname(request.typed)
  const { tenantId, userId } = owner
  await takingNickname(() =>
    context.changes.tenant(tenantId, async (tx, tell) => {
      await tx
        .updateTable('identity.account')
        .set({ nickname, updated_at: moment(context) })
        .where('user_id', '=', userId)
        .execute()
      await tell(`profile:${userId}`)
      const target = { targetType: 'user', targetId: userId, metadata: { nickname } }
      await audit(context, tx, { tenantId, userId, action: 'user.updated', ...target, caller: request.caller })
    }),
  )
  return nickname
}
