import type { ChatMessage } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { chatErrors } from './errors.ts'
import { type ChatUser, type Row, toWire } from './messages.ts'

/**
 * Notes that the form of one function of an answer was sent. Idempotent: what was noted before changes nothing.
 * @throws CHAT_NOT_FOUND where the answer offers no such form
 */
export async function useForm(
  tx: Tx,
  user: ChatUser,
  form: { readonly messageId: string; readonly appId: string; readonly functionName: string },
): Promise<ChatMessage> {
  const name = `${form.appId}.${form.functionName}`
  const offered = JSON.stringify([{ app_id: form.appId, function: form.functionName }])
  const row = await tx
    .updateTable('chat.message')
    .set({ used_forms: sql`array_append(array_remove(used_forms, ${name}), ${name})` })
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .where('message_id', '=', form.messageId)
    .where('superseded', '=', false)
    .where(sql<boolean>`pick_list @> ${offered}::jsonb`)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw chatErrors.NOT_FOUND()
  return toWire(row as Row)
}
