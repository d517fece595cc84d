import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes the rules of a user and their runs. Repeatable. */
export function forgetAutomations(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('automations.rule')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
