import type { ChatMessage } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { Decision, WorkSource } from '../kernel/index.ts'
import type { Attachments } from './attachments.ts'
import { chatErrors } from './errors.ts'
import {
  appendBotMessage,
  type ChatUser,
  finishReply,
  messagesOfCards,
  sayOnce,
  type TurnResult,
  tellTask,
} from './messages.ts'
import { forgetContext, type ResetReceipt } from './reset-conversation.ts'
import { chatRoutes } from './routes.ts'
import { type IncomingTurn, storeTurn } from './store-turn.ts'
import type { ConversationKey } from './turn/claim-turn.ts'
import { closeOrphans } from './turn/close-orphans.ts'
import { languageOfTurn } from './turn/turn-language.ts'
import type { TurnRequest } from './turn/turn-record.ts'
import type { TruthEvent, TurnTools } from './turn/turn-tools.ts'
import { openTurnWorker } from './turn/turn-worker.ts'
import { turnById, turnsNow } from './turn/turns-now.ts'
import { wakeDecided, wakeWaiting } from './turn/wake-turn.ts'
import { useForm } from './use-form.ts'
import { phrase } from './words/phrases.ts'

export interface ChatOptions extends TurnTools {
  /** Told the time zone that a message came from. */
  adoptTimezone(user: ChatUser, zone: string): Promise<void>
  readonly attachments: Attachments
}

export interface IncomingMessage extends IncomingTurn {
  readonly queue: boolean
}

export interface Chat {
  /** Stores the message, answers at once, and works in the background; turns of one conversation run in order (K1.2). */
  receive(user: ChatUser, incoming: IncomingMessage): Promise<{ message: ChatMessage; reply: ChatMessage }>
  /** A bot message that nobody asked for: `ctx.deliverChatMessage`, results of confirmed calls. */
  deliver(user: ChatUser, conversationId: string, result: TurnResult): Promise<ChatMessage>
  /** The same, once under one id however often it is said. */
  sayOnce(user: ChatUser, conversationId: string, result: TurnResult & { readonly messageId: string }): Promise<void>
  /** The result of a task, said once however often it is delivered. */
  tellTask(user: ChatUser, conversationId: string, result: TurnResult & { readonly taskId: string }): Promise<void>
  /** A card was decided: the turn that waits for it goes on. False: none does. */
  decided(decision: Decision): Promise<boolean>
  /** @throws CHAT_NOT_FOUND, CHAT_FINISHED */
  cancel(user: ChatUser, messageId: string): Promise<void>
  /** The form of a function in an answer was sent: every device of the person hears it. @throws CHAT_NOT_FOUND */
  useForm(
    user: ChatUser,
    form: { readonly messageId: string; readonly appId: string; readonly functionName: string },
  ): Promise<ChatMessage>
  /** The assistant forgets what was said to the user, and stops what it is doing for the user, on every node. */
  reset(user: ChatUser): Promise<ResetReceipt>
  /** How often each thing happened on this node that should not. */
  counters(): Readonly<Record<string, number>>
  /** Turns that wait or go on, for the operator (E21). */
  readonly work: WorkSource
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

const LONGEST_QUEUE = 20
const WATCH_MS = 10_000
const RESET = 'conversation_reset'

const QUEUED = sql<number>`count(*)::int`

/** Turns of a conversation that are not over and do not wait for a decision. */
const waiting = (db: Database, key: ConversationKey): Promise<number> =>
  db.tenant(key.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('chat.turn')
      .select(QUEUED.as('count'))
      .where('tenant_id', '=', key.tenantId)
      .where('user_id', '=', key.userId)
      .where('conversation_id', '=', key.conversationId)
      .where('ended_at', 'is', null)
      .where('state', '<>', 'AWAITING_CONFIRMATION')
      .executeTakeFirstOrThrow()
    return row.count
  })

/**
 * A turn that waits in the queue ends at once; one that runs is told to stop, and one that waits for a card will be when the
 * card is void. Null: there is no such answer.
 */
async function requestStop(
  tx: Tx,
  user: ChatUser,
  replyId: string,
): Promise<'queued' | 'running' | 'over' | { readonly card: string } | null> {
  const turn = await tx
    .selectFrom('chat.turn')
    .selectAll()
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .where('reply_id', '=', replyId)
    .forUpdate()
    .executeTakeFirst()
  if (turn === undefined) return null
  if (turn.ended_at !== null) return 'over'
  const isQueued = turn.state === 'QUEUED' && turn.lease_until === null
  await tx
    .updateTable('chat.turn')
    .set(isQueued ? { state: 'CANCELLED', ended_at: sql`now()` } : { cancel_requested: true })
    .where('turn_id', '=', turn.turn_id)
    .execute()
  if (turn.state === 'AWAITING_CONFIRMATION') return { card: turn.confirmation_id ?? '' }
  return isQueued ? 'queued' : 'running'
}

export function openChat(options: ChatOptions): Chat {
  const { db, outbox, log } = options
  const announce = async (tx: Tx, user: Pick<ChatUser, 'tenantId' | 'userId'>, message: ChatMessage) => {
    await outbox.publish(tx, {
      tenantId: user.tenantId,
      userId: user.userId,
      type: 'chat_message',
      payload: JSON.parse(JSON.stringify(message)),
    })
  }
  const worker = openTurnWorker(options, announce)

  const watch = setInterval(() => {
    wakeWaiting(options)
      .then((keys) => keys.forEach(worker.kick))
      .catch((error: unknown) => log.warn({ err: error }, 'looking for decided cards failed'))
    closeOrphans(options.db, announce).catch((error: unknown) =>
      log.warn({ err: error }, 'looking for answers that nobody works on failed'),
    )
  }, WATCH_MS)
  watch.unref()

  // Whoever comes back finds the cards that wait, as the messages that they are (I-MARATHON-USER-WAKE).
  outbox.onReturn(async (user) => {
    try {
      const cards = (await options.kernel.pending(user)).map((card) => card.confirmation_id)
      const messages = await messagesOfCards(db, user, cards)
      return messages.map((message) => ({
        ...user,
        type: 'chat_message',
        payload: JSON.parse(JSON.stringify(message)),
      }))
    } catch (error) {
      log.warn({ err: error }, 'the cards that wait were not told to somebody who came back')
      return []
    }
  })
  const silence = outbox.listen((record) => {
    if (record.type === RESET) worker.stop((hold) => hold.userId === record.userId && hold.tenantId === record.tenantId)
  })

  const tellQueue = (user: ChatUser, type: 'task_queued' | 'task_dequeued', reply: ChatMessage) =>
    outbox.sendEphemeral({
      tenantId: user.tenantId,
      userId: user.userId,
      type,
      payload: { message_id: reply.message_id, conversation_id: reply.conversation_id },
    })

  /** Cards of what was taken back: whoever was quicker decided them, and what ran is told where it ran. */
  const cancelStale = async (user: ChatUser, cards: readonly string[]) => {
    for (const card of cards)
      await options.kernel.decide(user, card, 'cancel', 'chat').catch((error: unknown) => {
        log.info({ err: error, card }, 'a card of a replaced message was decided before')
      })
  }

  /** Looked up before the turn is stopped, so that the stop itself is one short transaction. */
  const languageOfReply = async (user: ChatUser, replyId: string): Promise<string | null> => {
    const turn = await db.tenant(user.tenantId, (tx) =>
      tx
        .selectFrom('chat.turn')
        .select(['language', 'request'])
        .where('tenant_id', '=', user.tenantId)
        .where('user_id', '=', user.userId)
        .where('reply_id', '=', replyId)
        .executeTakeFirst(),
    )
    if (turn === undefined) return null
    const { text } = turn.request as unknown as TurnRequest // written by `storeTurn` only
    return languageOfTurn(options, user, { found: turn.language, text })
  }

  const stopTurn = async (user: ChatUser, messageId: string): Promise<'cancelling' | 'finished' | null> => {
    const language = await languageOfReply(user, messageId)
    const what = await db.tenant(user.tenantId, async (tx) => {
      const found = await requestStop(tx, user, messageId)
      if (found !== 'queued') return found
      const result = { text: phrase('stopped', language), type: 'response', status: 'cancelled' } as const
      const message = await finishReply(tx, user, messageId, result)
      if (message !== null) {
        await announce(tx, user, message)
        tellQueue(user, 'task_dequeued', message)
      }
      return found
    })
    if (what === null) return null
    if (what === 'over') return 'finished'
    // Whoever decides the card in this moment was first; the turn stops before its next step all the same (K4.9).
    if (typeof what === 'object')
      await options.kernel
        .decide(user, what.card, 'cancel', 'chat')
        .catch((error: unknown) =>
          log.debug({ err: error, card: what.card }, 'a card of a stopped turn was decided already'),
        )
    // Another node sees it when it renews its lease.
    worker.stop((hold) => hold.replyId === messageId)
    return 'cancelling'
  }

  const chat: Chat = {
    async receive(user, incoming) {
      const key = { tenantId: user.tenantId, userId: user.userId, conversationId: incoming.conversationId }
      const queued = await waiting(db, key)
      if (queued > 0 && !incoming.queue) throw chatErrors.BUSY()
      if (queued >= LONGEST_QUEUE) throw chatErrors.QUEUE_FULL({ retryAfter: 5 })
      const stored = await storeTurn(db, user, { ...incoming, queued: queued > 0 })
      await cancelStale(user, stored.stale)
      if (!stored.repeated && queued > 0) tellQueue(user, 'task_queued', stored.reply)
      worker.kick(key)
      return stored
    },
    deliver: (user, conversationId, result) =>
      db.tenant(user.tenantId, async (tx) => {
        const message = await appendBotMessage(tx, user, conversationId, result)
        await announce(tx, user, message)
        return message
      }),
    sayOnce: (user, conversationId, result) =>
      db.tenant(user.tenantId, async (tx) => {
        const message = await sayOnce(tx, user, conversationId, result)
        if (message !== null) await announce(tx, user, message)
      }),
    tellTask: (user, conversationId, result) =>
      db.tenant(user.tenantId, async (tx) => {
        const message = await tellTask(tx, user, conversationId, result)
        if (message) await announce(tx, user, message)
      }),
    async decided(decision) {
      const found = await wakeDecided(db, decision)
      if (found !== null && found !== 'on_its_way') worker.kick(found)
      return found !== null
    },
    async cancel(user, messageId) {
      const stopped = await stopTurn(user, messageId)
      if (stopped === null) throw chatErrors.NOT_FOUND()
      if (stopped === 'finished') throw chatErrors.FINISHED()
    },
    useForm: (user, form) =>
      db.tenant(user.tenantId, async (tx) => {
        const message = await useForm(tx, user, form)
        await announce(tx, user, message)
        return message
      }),
    async reset(user) {
      const receipt = await forgetContext(db, user)
      // Every node that works for the user hears it, this one included.
      outbox.sendEphemeral({ tenantId: user.tenantId, userId: user.userId, type: RESET, payload: {} })
      return receipt
    },
    work: {
      list: (which) => turnsNow(db, which),
      async stop(turnId, tenantId) {
        const turn = await turnById(db, turnId, tenantId)
        if (turn === undefined) return null
        return stopTurn({ tenantId: turn.tenant_id, userId: turn.user_id }, turn.reply_id)
      },
    },
    counters: () => Object.fromEntries(worker.counters) as Record<TruthEvent, number>,
    get routes() {
      return routes
    },
    async close() {
      silence()
      clearInterval(watch)
      await worker.close()
    },
  }
  const routes = chatRoutes(chat, options)
  return chat
}
