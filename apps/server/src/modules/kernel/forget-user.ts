import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes stored calls, tasks and events of a user; the ledger stays. Repeatable. */
export function forgetCalls(db: Database, user: { readonly tenantId: string; readonly userId: string }): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    for (const table of ['kernel.confirmation', 'kernel.task', 'kernel.delivery', 'kernel.dead_event'] as const)
      await tx.deleteFrom(table).where('tenant_id', '=', user.tenantId).where('user_id', '=', user.userId).execute()
  })
}
