import type { Database } from '../../foundation/db/index.ts'

const FORGET = 'delete from connections.attempt where tenant_id = $1 and user_id = $2'

/** Removes what a user has begun; accounts are documents of the user and go with them. Repeatable. */
export async function forgetConnections(
  db: Database,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  await db.atomic(tenantId, [{ text: FORGET, values: [tenantId, userId] }])
}
