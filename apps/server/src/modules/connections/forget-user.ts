import type { Database } from '../../foundation/db/index.ts'

const FORGET = ['attempt', 'account'].map(
  (table) => `delete from connections.${table} where tenant_id = $1 and user_id = $2`,
)

/** Removes what a user has begun; accounts are documents of the user and go with them. Repeatable. */
export async function forgetConnections(
  db: Database,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  await db.atomic(
    tenantId,
    FORGET.map((text) => ({ text, values: [tenantId, userId] })),
  )
}
