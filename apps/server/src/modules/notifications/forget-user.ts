import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes every notification of a user. Repeatable. */
export function forgetNotifications(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('notifications.notification')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
