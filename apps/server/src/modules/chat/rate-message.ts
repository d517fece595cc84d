import type { ChatRating } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { chatErrors } from './errors.ts'
import type { ChatUser } from './messages.ts'

/** Keeps what a person thinks of one of the answers given to them; null takes it back. @throws CHAT_NOT_FOUND */
export async function rateMessage(
  db: Database,
  user: ChatUser,
  {
    messageId,
    rating,
    note,
  }: { readonly messageId: string; readonly rating: ChatRating | null; readonly note: string },
): Promise<void> {
  const { numUpdatedRows } = await db.tenant(user.tenantId, (tx) =>
    tx
      .updateTable('chat.message')
      .set({ rating, rating_note: rating === null || note === '' ? null : note })
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('message_id', '=', messageId)
      .where('role', '=', 'assistant')
      .where('status', '<>', 'processing')
      .where('superseded', '=', false)
      .executeTakeFirst(),
  )
  if (numUpdatedRows === 0n) throw chatErrors.NOT_FOUND()
}
