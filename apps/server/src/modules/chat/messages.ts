import type { ChatAttachment, ChatMessage, JsonObject, JsonValue, PickListItem } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import { chatErrors } from './errors.ts'
import type { MessageTable } from './tables.ts'

export interface ChatUser {
  readonly tenantId: string
  readonly userId: string
  /** What the credential of the request allows, when that is less than the user may. */
  readonly limitedTo?: readonly string[] | undefined
}

export type Row = {
  [K in keyof MessageTable]: MessageTable[K] extends { readonly __select__: infer S } ? S : MessageTable[K]
}

/** Exact data of one successful call, kept for references of later turns. */
export interface Fact {
  readonly app_id: string
  readonly function: string
  readonly data: JsonObject
}

export interface TurnResult {
  readonly text: string
  readonly type: ChatMessage['type']
  readonly status: 'done' | 'failed' | 'cancelled'
  readonly appId?: string | null
  readonly ui?: JsonValue | null
  readonly pickList?: readonly PickListItem[]
  readonly confirmationId?: string | null
  /** The task that goes on, or whose result this is. */
  readonly taskId?: string | null
  readonly actions?: ChatMessage['actions']
  readonly facts?: readonly Fact[]
}

const QUESTION = /[?？؟]\s*$/

/** Whether a text ends with a question. */
export const asks = (text: string): boolean => QUESTION.test(text)

/** A pick-list or a question waits for the person; a card waits on its own (I-VISIBLE-ASSISTANT-QUESTION). */
const awaitsReply = (row: Row): boolean =>
  row.role === 'assistant' &&
  row.status === 'done' &&
  row.type !== 'confirmation' &&
  (row.type === 'pick_list' || asks(row.text))

export function toWire(row: Row): ChatMessage {
  return {
    message_id: row.message_id,
    conversation_id: row.conversation_id,
    role: row.role,
    text: row.text,
    type: row.type as ChatMessage['type'],
    status: row.status,
    status_text: row.status_text,
    surface: row.surface,
    app_id: row.app_id,
    ui: row.ui ?? null,
    pick_list: row.pick_list as unknown as PickListItem[],
    confirmation_id: row.confirmation_id,
    task_id: row.task_id,
    actions: row.actions as unknown as ChatMessage['actions'],
    attachments: row.attachments as unknown as ChatAttachment[],
    awaits_reply: awaitsReply(row),
    used_forms: row.used_forms,
    rating: row.rating,
    created_at: new Date(row.created_at as unknown as string).toISOString(),
  }
}

export const mine = (tx: Tx, user: ChatUser) =>
  tx.selectFrom('chat.message').selectAll().where('tenant_id', '=', user.tenantId).where('user_id', '=', user.userId)

export async function touchConversation(tx: Tx, user: ChatUser, conversationId: string, title: string): Promise<void> {
  await tx
    .insertInto('chat.conversation')
    .values({ tenant_id: user.tenantId, user_id: user.userId, conversation_id: conversationId, title })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'user_id', 'conversation_id']).doUpdateSet({
        updated_at: sql`now()`,
        title: sql`case when chat.conversation.title = '' then excluded.title else chat.conversation.title end`,
      }),
    )
    .execute()
}

export const blank = (user: ChatUser, conversationId: string) => ({
  tenant_id: user.tenantId,
  user_id: user.userId,
  conversation_id: conversationId,
  status_text: null,
  app_id: null,
  ui: null,
  confirmation_id: null,
  task_id: null,
  client_msg_id: null,
  reply_to: null,
  type: 'response',
  pick_list: '[]',
  actions: '[]',
  facts: '[]',
  attachments: '[]',
})

/** A task that ended before its turn did: its result is in the chat already, and nothing goes on any more. */
async function isTold(tx: Tx, user: ChatUser, taskId: string): Promise<boolean> {
  const found = await mine(tx, user)
    .where('task_id', '=', taskId)
    .where('type', '<>', 'task_promoted')
    .executeTakeFirst()
  return found !== undefined
}

/** Writes the end of a turn into its placeholder. A placeholder that already ended stays as it is. Null then. */
export async function finishReply(
  tx: Tx,
  user: ChatUser,
  replyId: string,
  result: TurnResult,
): Promise<ChatMessage | null> {
  const goesOn = result.taskId != null && !(await isTold(tx, user, result.taskId))
  const row = await tx
    .updateTable('chat.message')
    .set({
      text: result.text,
      type: result.type === 'task_promoted' && !goesOn ? 'function_call' : result.type,
      task_id: goesOn ? (result.taskId ?? null) : null,
      status: result.status,
      status_text: null,
      app_id: result.appId ?? null,
      ui: result.ui == null ? null : JSON.stringify(result.ui),
      pick_list: JSON.stringify(result.pickList ?? []),
      confirmation_id: result.confirmationId ?? null,
      actions: JSON.stringify(result.actions ?? []),
      facts: JSON.stringify(result.facts ?? []),
    })
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .where('message_id', '=', replyId)
    .where('status', '=', 'processing')
    .returningAll()
    .executeTakeFirst()
  return row ? toWire(row as Row) : null
}

/** What is said under one id is said once: null when it was said before. */
export async function sayOnce(
  tx: Tx,
  user: ChatUser,
  conversationId: string,
  result: TurnResult & { readonly messageId: string },
): Promise<ChatMessage | null> {
  await touchConversation(tx, user, conversationId, '')
  const row = await tx
    .insertInto('chat.message')
    .values({
      ...blank(user, conversationId),
      message_id: result.messageId,
      role: 'assistant',
      text: result.text,
      type: result.type,
      status: result.status,
      surface: 'panel',
      confirmation_id: result.confirmationId ?? null,
      app_id: result.appId ?? null,
      ui: result.ui == null ? null : JSON.stringify(result.ui),
      actions: JSON.stringify(result.actions ?? []),
      facts: JSON.stringify(result.facts ?? []),
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'message_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : toWire(row as Row)
}

/** A bot message that answers nothing: results of confirmed calls, injected texts. */
export async function appendBotMessage(
  tx: Tx,
  user: ChatUser,
  conversationId: string,
  result: TurnResult,
): Promise<ChatMessage> {
  const message = await sayOnce(tx, user, conversationId, { ...result, messageId: orderedId('msg') })
  if (message === null) throw new Error('an id that was made a moment ago is taken')
  return message
}

/**
 * The result of a task: in the place of the message that said that it goes on, else as a new one (K4.10). Null: it was
 * said before (K4.14).
 */
export async function tellTask(
  tx: Tx,
  user: ChatUser,
  conversationId: string,
  result: TurnResult & { readonly taskId: string },
): Promise<ChatMessage | null> {
  if (await isTold(tx, user, result.taskId)) return null
  const shown = {
    text: result.text,
    type: result.type,
    status: result.status,
    app_id: result.appId ?? null,
    ui: result.ui == null ? null : JSON.stringify(result.ui),
  }
  const updated = await tx
    .updateTable('chat.message')
    .set(shown)
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .where('task_id', '=', result.taskId)
    .where('type', '=', 'task_promoted')
    .returningAll()
    .executeTakeFirst()
  if (updated) return toWire(updated as Row)
  await touchConversation(tx, user, conversationId, '')
  const row = await tx
    .insertInto('chat.message')
    .values({
      ...blank(user, conversationId),
      ...shown,
      message_id: orderedId('msg'),
      role: 'assistant',
      surface: 'panel',
      task_id: result.taskId,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row ? toWire(row as Row) : null
}

/** One page, oldest first; `before` is a message id. @throws CHAT_NOT_FOUND */
export async function listMessages(
  db: Database,
  user: ChatUser,
  page: { conversationId: string; before: string | undefined; limit: number },
): Promise<{ messages: ChatMessage[]; cursor: string | null; has_more: boolean }> {
  return db.tenant(user.tenantId, async (tx) => {
    let query = mine(tx, user).where('conversation_id', '=', page.conversationId).where('superseded', '=', false)
    if (page.before !== undefined) {
      const anchor = await mine(tx, user).where('message_id', '=', page.before).executeTakeFirst()
      if (!anchor) throw chatErrors.NOT_FOUND()
      query = query.where('position', '<', anchor.position)
    }
    const rows = await query
      .orderBy('position', 'desc')
      .limit(page.limit + 1)
      .execute()
    const shown = rows.slice(0, page.limit).reverse()
    const more = rows.length > page.limit
    return {
      messages: shown.map((row) => toWire(row as Row)),
      cursor: more ? (shown[0]?.message_id ?? null) : null,
      has_more: more,
    }
  })
}

/** The messages that ask for these confirmations, oldest first. */
export function messagesOfCards(db: Database, user: ChatUser, cards: readonly string[]): Promise<ChatMessage[]> {
  if (cards.length === 0) return Promise.resolve([])
  return db.tenant(user.tenantId, async (tx) => {
    const rows = await mine(tx, user)
      .where('confirmation_id', 'in', [...cards])
      .where('type', '=', 'confirmation')
      .where('superseded', '=', false)
      .orderBy('position')
      .execute()
    return rows.map((row) => toWire(row as Row))
  })
}

export interface HistoryEntry {
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly facts: readonly Fact[]
  /** ISO 8601. */
  readonly at?: string
  /** Files that the person sent with it. */
  readonly attachments?: readonly ChatAttachment[]
  /** An app or a task said it: foreign words, although they stand in the assistant's place. */
  readonly isDelivered?: boolean
}

/** The finished messages before a turn, oldest first, for the model (K1.11). */
export async function historyBefore(
  db: Database,
  user: ChatUser,
  conversationId: string,
  span: { readonly messageId: string; readonly limit: number; readonly since: Date },
): Promise<HistoryEntry[]> {
  return db.tenant(user.tenantId, async (tx) => {
    const anchor = await mine(tx, user).where('message_id', '=', span.messageId).executeTakeFirstOrThrow()
    const rows = await mine(tx, user)
      .where('conversation_id', '=', conversationId)
      .where('position', '<', anchor.position)
      // A turn that was stopped counts for what it did before: “undo that” means it.
      .where((row) => row.or([row('status', '=', 'done'), row('facts', '!=', sql<never>`'[]'::jsonb`)]))
      .where('forgotten', '=', false)
      .where('created_at', '>=', span.since)
      .orderBy('position', 'desc')
      .limit(span.limit)
      .execute()
    return rows.reverse().map((row) => ({
      role: row.role,
      text: row.text,
      facts: row.facts as unknown as Fact[],
      at: row.created_at.toISOString(),
      attachments: row.attachments as unknown as ChatAttachment[], // written by `storeTurn` only
      isDelivered: row.role === 'assistant' && (row.reply_to === null || row.task_id !== null),
    }))
  })
}

/** What is being done for an answer, for whoever opens the conversation now (K1.7). */
export const setStatusText = (db: Database, user: ChatUser, replyId: string, text: string): Promise<unknown> =>
  db.tenant(user.tenantId, (tx) =>
    tx
      .updateTable('chat.message')
      .set({ status_text: text })
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('message_id', '=', replyId)
      .where('status', '=', 'processing')
      .execute(),
  )
