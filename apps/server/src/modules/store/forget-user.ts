import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes every document of a user, in all apps. Repeatable. */
export function forgetDocuments(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('store.document')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
