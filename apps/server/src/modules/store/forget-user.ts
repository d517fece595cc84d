import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes every document of a user, in all apps or in one. Repeatable. */
export function forgetDocuments(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string; readonly appId?: string },
): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    let query = tx
      .deleteFrom('store.document')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
    if (user.appId !== undefined) query = query.where('app_id', '=', user.appId)
    await query.execute()
  })
}
