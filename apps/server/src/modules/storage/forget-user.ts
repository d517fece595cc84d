import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes every file of a user; the sweep of unused contents takes what was in them. Repeatable. */
export function forgetFiles(db: Database, user: { readonly tenantId: string; readonly userId: string }): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('storage.file')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
