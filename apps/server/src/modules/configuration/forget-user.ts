import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes what was set for a user. Repeatable. */
export async function forgetConfiguration(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  await db.tenant(user.tenantId, (tx) =>
    tx
      .deleteFrom('configuration.layer')
      .where('tenant_id', '=', user.tenantId)
      .where('scope', '=', 'user')
      .where('scope_id', '=', user.userId)
      .execute(),
  )
}
