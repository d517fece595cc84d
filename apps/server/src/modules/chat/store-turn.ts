import type { ChatAttachment, ChatMessage } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { newTraceId, orderedId } from '../../foundation/ids.ts'
import { toDatabaseJson } from '../kernel/index.ts'
import { chatErrors } from './errors.ts'
import { blank, type ChatUser, mine, type Row, touchConversation, toWire } from './messages.ts'
import { titleFor } from './title-for.ts'
import type { TurnRequest } from './turn/turn-record.ts'

const requestOf = (user: ChatUser, turn: IncomingTurn): TurnRequest => ({
  text: turn.text,
  surface: turn.surface,
  openApp: turn.appId,
  ...(user.limitedTo === undefined ? {} : { limitedTo: user.limitedTo }),
  ...(turn.attachments === undefined ? {} : { attachments: turn.attachments }),
  ...(turn.queued === true ? { queued: true } : {}),
})

/** What a person sends. */
export interface IncomingTurn {
  readonly text: string
  readonly conversationId: string
  readonly clientMessageId: string | null
  readonly surface: string
  readonly appId: string | null
  readonly attachments?: readonly ChatAttachment[]
  /** Others of the conversation are worked on or wait (K1.2). */
  readonly queued?: boolean
  /** The earlier message whose place this one takes. */
  readonly replaces?: string | undefined
}

export interface StoredTurn {
  readonly message: ChatMessage
  readonly reply: ChatMessage
  readonly repeated: boolean
  /** Cards of what was replaced: nobody may decide them any more. */
  readonly stale: readonly string[]
}

/**
 * Takes an earlier message of the person and all behind it out of the conversation, and ends the turns that wait there for a
 * card. Gives those cards. What ran stays in the ledger.
 * @throws CHAT_NOT_FOUND, CHAT_BUSY while something of it is still worked on
 */
async function supersede(tx: Tx, user: ChatUser, conversationId: string, messageId: string): Promise<string[]> {
  const first = await mine(tx, user)
    .where('conversation_id', '=', conversationId)
    .where('message_id', '=', messageId)
    .where('role', '=', 'user')
    .where('superseded', '=', false)
    .executeTakeFirst()
  if (!first) throw chatErrors.NOT_FOUND()
  const gone = await tx
    .updateTable('chat.message')
    .set({ superseded: true, forgotten: true })
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .where('conversation_id', '=', conversationId)
    .where('position', '>=', first.position)
    .returning(['message_id', 'status'])
    .execute()
  if (gone.some(({ status }) => status === 'processing')) throw chatErrors.BUSY()
  const turns = await tx
    .selectFrom('chat.turn')
    .select(['turn_id', 'state', 'confirmation_id'])
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .where('conversation_id', '=', conversationId)
    .where('ended_at', 'is', null)
    .where(
      'message_id',
      'in',
      gone.map((message) => message.message_id),
    )
    .forUpdate()
    .execute()
  // A card of it was decided a moment ago, and what follows is on its way.
  if (turns.some(({ state }) => state !== 'AWAITING_CONFIRMATION')) throw chatErrors.BUSY()
  if (turns.length > 0)
    await tx
      .updateTable('chat.turn')
      .set({ state: 'CANCELLED', ended_at: sql`now()` })
      .where(
        'turn_id',
        'in',
        turns.map((turn) => turn.turn_id),
      )
      .execute()
  // "It" and "send it" no longer mean what was replaced.
  await tx
    .updateTable('chat.session')
    .set({ hint: null, hint_at: null })
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .execute()
  return turns.flatMap((turn) => turn.confirmation_id ?? [])
}

/** The turn that the same sending made before, if it did; senders of one conversation come here one after another. */
async function storedBefore(tx: Tx, user: ChatUser, turn: IncomingTurn): Promise<StoredTurn | null> {
  if (turn.clientMessageId === null) return null
  const first = await mine(tx, user)
    .where('conversation_id', '=', turn.conversationId)
    .where('client_msg_id', '=', turn.clientMessageId)
    .executeTakeFirst()
  if (!first) return null
  const reply = await mine(tx, user).where('reply_to', '=', first.message_id).executeTakeFirstOrThrow()
  return { message: toWire(first as Row), reply: toWire(reply as Row), repeated: true, stale: [] }
}

/**
 * Stores what the user said, the placeholder of the answer and the turn that makes it, in one transaction.
 * The same `clientMessageId` again gives the first pair and `repeated: true` (kernel T0).
 */
export async function storeTurn(db: Database, user: ChatUser, turn: IncomingTurn): Promise<StoredTurn> {
  return db.tenant(user.tenantId, async (tx) => {
    await touchConversation(tx, user, turn.conversationId, titleFor(turn.text))
    const known = await storedBefore(tx, user, turn)
    if (known !== null) return known
    const stale = turn.replaces === undefined ? [] : await supersede(tx, user, turn.conversationId, turn.replaces)
    const inserted = await tx
      .insertInto('chat.message')
      .values({
        ...blank(user, turn.conversationId),
        message_id: orderedId('msg'),
        role: 'user',
        text: turn.text,
        status: 'done',
        surface: turn.surface,
        app_id: turn.appId,
        client_msg_id: turn.clientMessageId,
        attachments: toDatabaseJson(turn.attachments ?? []),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const reply = await tx
      .insertInto('chat.message')
      .values({
        ...blank(user, turn.conversationId),
        message_id: orderedId('msg'),
        role: 'assistant',
        text: '',
        status: 'processing',
        surface: turn.surface,
        reply_to: inserted.message_id,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('chat.turn')
      .values({
        turn_id: orderedId('trn'),
        tenant_id: user.tenantId,
        user_id: user.userId,
        conversation_id: turn.conversationId,
        message_id: inserted.message_id,
        reply_id: reply.message_id,
        trace_id: newTraceId(),
        request: toDatabaseJson(requestOf(user, turn)),
        plan: null,
        language: null,
        confirmation_id: null,
        node_id: null,
        lease_until: null,
        ended_at: null,
      })
      .execute()
    return { message: toWire(inserted as Row), reply: toWire(reply as Row), repeated: false, stale }
  })
}
