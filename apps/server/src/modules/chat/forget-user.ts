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

/** Removes what a user's conversations said before a moment, with the facts that were read from it. Repeatable. */
export function forgetChatBefore(
  db: Database,
  user: { readonly tenantId: string; readonly userId: string },
  before: Date,
): Promise<number> {
  const { tenantId, userId } = user
  return db.tenant(tenantId, async (tx) => {
    const gone = await tx
      .deleteFrom('chat.message')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('created_at', '<', before)
      .where('status', '<>', 'processing')
      .executeTakeFirst()
    // What a turn kept of the question and of its calls goes with it, and so does the hint about what was asked last.
    await tx
      .deleteFrom('chat.turn')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('ended_at', '<', before)
      .execute()
    await tx
      .updateTable('chat.session')
      .set({ hint: null, hint_at: null })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('hint_at', '<', before)
      .execute()
    // A conversation of which nothing is left goes as well; one that was just begun is younger than this.
    await tx
      .deleteFrom('chat.conversation as c')
      .where('c.tenant_id', '=', tenantId)
      .where('c.user_id', '=', userId)
      .where('c.updated_at', '<', before)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('chat.message as m')
              .select('m.message_id')
              .whereRef('m.tenant_id', '=', 'c.tenant_id')
              .whereRef('m.user_id', '=', 'c.user_id')
              .whereRef('m.conversation_id', '=', 'c.conversation_id'),
          ),
        ),
      )
      .execute()
    return Number(gone.numDeletedRows)
  })
}
