import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes the coding sessions of a user with all that was said in them. Repeatable. */
export function forgetCoding(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('coding.session')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
    await tx
      .deleteFrom('coding.request')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
