import type { ChatAttachment, Conversation } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import type { Attachments } from './attachments.ts'
import { chatErrors } from './errors.ts'
import type { ChatUser } from './messages.ts'

interface Row {
  conversation_id: string
  title: string
  updated_at: Date
  message_count: number
  found?: string | null
  found_id?: string | null
}

const AROUND = 60

/** A piece of the text around the words, on one line. */
export function snippetOf(text: string, words: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(words.toLowerCase()))
  const from = Math.max(0, at - AROUND)
  const to = Math.min(text.length, at + words.length + AROUND)
  const piece = text.slice(from, to).replaceAll(/\s+/g, ' ').trim().toWellFormed()
  return `${from > 0 ? '…' : ''}${piece}${to < text.length ? '…' : ''}`
}

const toWire = (row: Row, words: string): Conversation => ({
  conversation_id: row.conversation_id,
  title: row.title,
  updated_at: row.updated_at.toISOString(),
  message_count: Number(row.message_count),
  snippet: words === '' || row.found == null ? null : snippetOf(row.found, words),
  found_message_id: words === '' ? null : (row.found_id ?? null),
})

const escaped = (words: string): string => words.replaceAll(/[\\%_]/g, '\\$&')

const own = (user: ChatUser) => sql`c.tenant_id = ${user.tenantId} and c.user_id = ${user.userId}`
const readable = sql`m.tenant_id = c.tenant_id and m.user_id = c.user_id and m.conversation_id = c.conversation_id and not m.superseded`
const COLUMNS = sql`c.conversation_id, c.title, c.updated_at, (select count(*) from chat.message m where ${readable}) as message_count`

/** One page of a person's conversations, the newest first; with words those whose title or messages hold them. @throws CHAT_NOT_FOUND */
export function listConversations(
  db: Database,
  user: ChatUser,
  page: { readonly words: string; readonly cursor: string | undefined; readonly limit: number },
): Promise<{ conversations: Conversation[]; cursor: string | null; has_more: boolean }> {
  const { words, cursor, limit } = page
  const like = `%${escaped(words)}%`
  return db.tenant(user.tenantId, async (tx) => {
    const after = cursor === undefined ? null : await find(tx, user, cursor)
    const found =
      words === ''
        ? sql`select null::text as text, null::text as message_id`
        : sql`select m.text, m.message_id from chat.message m where ${readable} and m.text ilike ${like} order by m.position desc limit 1`
    const matching = words === '' ? sql`true` : sql`(c.title ilike ${like} or found.text is not null)`
    const behind =
      after === null
        ? sql`true`
        : sql`(c.updated_at, c.conversation_id) < (${after.updated_at}, ${after.conversation_id})`
    const { rows } = await sql<Row>`
      select ${COLUMNS}, found.text as found, found.message_id as found_id from chat.conversation c
      left join lateral (${found}) found on true
      where ${own(user)} and ${matching} and ${behind}
      order by c.updated_at desc, c.conversation_id desc limit ${limit + 1}`.execute(tx)
    const shown = rows.slice(0, limit)
    const more = rows.length > limit
    return {
      conversations: shown.map((row) => toWire(row, words)),
      cursor: more ? (shown.at(-1)?.conversation_id ?? null) : null,
      has_more: more,
    }
  })
}

async function find(tx: Tx, user: ChatUser, conversationId: string): Promise<Row> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from chat.conversation c where ${own(user)} and c.conversation_id = ${conversationId}`.execute(tx)
  if (rows[0] === undefined) throw chatErrors.NOT_FOUND()
  return rows[0]
}

/** @throws CHAT_NOT_FOUND */
export const readConversation = (db: Database, user: ChatUser, conversationId: string): Promise<Conversation> =>
  db.tenant(user.tenantId, async (tx) => toWire(await find(tx, user, conversationId), ''))

/** Its place in the list stays: nothing was said. @throws CHAT_NOT_FOUND */
export const renameConversation = (
  db: Database,
  user: ChatUser,
  { conversationId, title }: { readonly conversationId: string; readonly title: string },
): Promise<Conversation> =>
  db.tenant(user.tenantId, async (tx) => {
    await tx
      .updateTable('chat.conversation')
      .set({ title })
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('conversation_id', '=', conversationId)
      .execute()
    return toWire(await find(tx, user, conversationId), '')
  })

/** With its messages and their files. @throws CHAT_NOT_FOUND */
export async function deleteConversation(
  db: Database,
  attachments: Attachments,
  user: ChatUser,
  conversationId: string,
): Promise<void> {
  const files = await db.tenant(user.tenantId, async (tx) => {
    const removed = await tx
      .deleteFrom('chat.message')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('conversation_id', '=', conversationId)
      .returning('attachments')
      .execute()
    const { numDeletedRows } = await tx
      .deleteFrom('chat.conversation')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('conversation_id', '=', conversationId)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw chatErrors.NOT_FOUND()
    return removed.flatMap((row) => row.attachments as unknown as ChatAttachment[]) // written by `storeTurn` only
  })
  await attachments.remove(user, files)
}
