import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes stored calls and tasks of a user; the ledger stays. Repeatable. */
export function forgetCalls(db: Database, user: { readonly tenantId: string; readonly userId: string }): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('kernel.confirmation')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
    await tx
      .deleteFrom('kernel.task')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
