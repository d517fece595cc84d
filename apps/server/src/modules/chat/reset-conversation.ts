import type { Database } from '../../foundation/db/index.ts'

export interface ResetReceipt {
  /** Messages that the assistant no longer looks at. */
  readonly forgotten: number
  /** An answer was being worked on. */
  readonly wasWorking: boolean
}

/** Marks everything that was said to a user as forgotten, in all conversations. Repeatable. */
export function forgetContext(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<ResetReceipt> {
  return db.tenant(user.tenantId, async (tx) => {
    const rows = await tx
      .updateTable('chat.message')
      .set({ forgotten: true })
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('forgotten', '=', false)
      .returning('status')
      .execute()
    return { forgotten: rows.length, wasWorking: rows.some((row) => row.status === 'processing') }
  })
}
