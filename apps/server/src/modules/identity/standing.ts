import type { Principal } from '../../foundation/http/index.ts'
import type { IdentityContext } from './context.ts'
import { allowsMethod } from './sign-in-methods.ts'

type Bearer = Pick<Principal, 'tenantId' | 'keyId'>

/** Whether the API key of a request, if one came with it, still opens anything. */
export async function holdsItsKey(context: IdentityContext, { tenantId, keyId }: Bearer): Promise<boolean> {
  if (keyId === undefined) return true
  if (!(await allowsMethod(context, tenantId, 'api_key'))) return false
  const key = await context.db.tenant(tenantId, (tx) =>
    tx
      .selectFrom('identity.api_key')
      .select('key_id')
      .where('key_id', '=', keyId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst(),
  )
  return key !== undefined
}

/** Whether who was let in once would be let in again: account, tenant, session and key still stand (api 5.1). */
export async function isAdmitted(context: IdentityContext, bearer: Principal): Promise<boolean> {
  const { userId, tenantId, sessionId } = bearer
  if (userId === null) return false
  const actor = await context.directory.actor(userId)
  if (!actor?.isActive || actor.tenantId !== tenantId) return false
  if (sessionId !== null) {
    const session = await context.directory.session(sessionId)
    if (!session || session.endsAt <= context.clock.now()) return false
  }
  return holdsItsKey(context, bearer)
}
