import type { auth, RouteBody } from '@imperal/contract'
import type { Principal } from '../../foundation/http/index.ts'
import { type Caller, type IdentityContext, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { announce, audit } from './records.ts'

/** Changes how the user is called, on every node at once; a part that is not named stays. @throws IDENTITY_USER_NOT_FOUND */
export async function changeName(
  context: IdentityContext,
  user: Principal & { readonly userId: string },
  change: { readonly names: RouteBody<typeof auth.updateMe>; readonly caller: Caller },
): Promise<void> {
  const { tenantId, userId } = user
  const { first_name, last_name } = change.names
  const names = {
    ...(first_name === undefined ? {} : { first_name }),
    ...(last_name === undefined ? {} : { last_name }),
  }
  if (Object.keys(names).length === 0) return
  await context.changes.tenant(tenantId, async (tx, tell) => {
    const changed = await tx
      .updateTable('identity.account')
      .set({ ...names, updated_at: moment(context) })
      .where('user_id', '=', userId)
      .returning('user_id')
      .executeTakeFirst()
    if (!changed) throw identityErrors.USER_NOT_FOUND()
    await tell(`user:${userId}`)
    await announce(context, tx, { tenantId, userId, type: 'user_updated', data: { user_id: userId } })
    const target = { targetType: 'user', targetId: userId, metadata: { changed: Object.keys(names) } }
    await audit(context, tx, { tenantId, userId, action: 'user.updated', ...target, caller: change.caller })
  })
}
