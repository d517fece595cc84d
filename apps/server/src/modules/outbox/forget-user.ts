import type { Database } from '../../foundation/db/index.ts'

const FORGET = 'delete from outbox.message where tenant_id = $1 and user_id = $2'

/** Removes the messages of a user, sent or not: nobody is left to hear them. Repeatable. */
export async function forgetMessages(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  await db.atomic(user.tenantId, [{ text: FORGET, values: [user.tenantId, user.userId] }])
}
