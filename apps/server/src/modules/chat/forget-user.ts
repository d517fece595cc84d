import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes every conversation of a user. Repeatable. */
export function forgetChat(db: Database, user: { readonly tenantId: string; readonly userId: string }): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    for (const table of ['chat.turn', 'chat.session'] as const)
      await tx.deleteFrom(table).where('tenant_id', '=', user.tenantId).where('user_id', '=', user.userId).execute()
    await tx
      .deleteFrom('chat.message')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
    await tx
      .deleteFrom('chat.conversation')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
