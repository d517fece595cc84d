import type { ChatMessage } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { Kernel } from '../kernel/index.ts'
import type { Outbox } from '../outbox/index.ts'
import { chatErrors } from './errors.ts'
import {
  appendBotMessage,
  type ChatUser,
  finishReply,
  historyBefore,
  storeTurn,
  type TurnResult,
  tellTask,
} from './messages.ts'
import { forgetContext, type ResetReceipt } from './reset-conversation.ts'
import { chatRoutes } from './routes.ts'
import { runTurn, type TurnTools } from './run-turn.ts'

export interface ChatOptions extends TurnTools {
  readonly db: Database
  readonly outbox: Outbox
  readonly kernel: Kernel
  timezoneOf(user: ChatUser): Promise<string>
}

export interface IncomingMessage {
  readonly text: string
  readonly conversationId: string
  readonly clientMessageId: string | null
  readonly surface: string
  readonly appId: string | null
  readonly queue: boolean
}

export interface Chat {
  /** Stores the message, answers at once, and works in the background; turns of one conversation run in order (K1.2). */
  receive(user: ChatUser, incoming: IncomingMessage): Promise<{ message: ChatMessage; reply: ChatMessage }>
  /** A bot message that nobody asked for: `ctx.deliverChatMessage`, results of confirmed calls. */
  deliver(user: ChatUser, conversationId: string, result: TurnResult): Promise<ChatMessage>
  /** The result of a task, said once however often it is delivered. */
  tellTask(user: ChatUser, conversationId: string, result: TurnResult & { readonly taskId: string }): Promise<void>
  /** @throws CHAT_NOT_FOUND, CHAT_FINISHED */
  cancel(user: ChatUser, messageId: string): Promise<void>
  /** The assistant forgets what was said to the user, and stops what it is doing for the user, on every node. */
  reset(user: ChatUser): Promise<ResetReceipt>
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

const LONGEST_QUEUE = 20
// A placeholder older than this belongs to a process that is gone: its turn would have ended long before.
const STALE_MINUTES = 10
const WATCH_MS = 60_000
const RESET = 'conversation_reset'

interface Running {
  readonly abort: AbortController
  readonly user: ChatUser
}

export function openChat(options: ChatOptions): Chat {
  const queues = new Map<string, { tail: Promise<void>; length: number }>()
  const running = new Map<string, Running>()
  const keyOf = (user: ChatUser, conversationId: string) => `${user.tenantId}\n${user.userId}\n${conversationId}`

  const announce = async (
    tx: Parameters<Parameters<Database['tenant']>[1]>[0],
    user: ChatUser,
    message: ChatMessage,
  ) => {
    const payload = { ...message, message_id: message.message_id, text: message.text }
    await options.outbox.publish(tx, { ...user, type: 'chat_message', payload: JSON.parse(JSON.stringify(payload)) })
  }
  const ephemeral = (user: ChatUser, type: string, payload: Record<string, string>) =>
    options.outbox.sendEphemeral({ ...user, type, payload })

  const finish = (user: ChatUser, replyId: string, result: TurnResult) =>
    options.db.tenant(user.tenantId, async (tx) => {
      const message = await finishReply(tx, user, replyId, result)
      if (message) await announce(tx, user, message)
    })

  const work = async (
    user: ChatUser,
    message: ChatMessage,
    reply: ChatMessage,
    incoming: IncomingMessage,
    abort: AbortController,
  ) => {
    const base = { message_id: reply.message_id, conversation_id: reply.conversation_id }
    try {
      const [history, timezone] = await Promise.all([
        historyBefore(options.db, user, reply.conversation_id, message.message_id, 20),
        options.timezoneOf(user),
      ])
      const result = await runTurn(
        {
          user,
          conversationId: reply.conversation_id,
          text: incoming.text,
          openApp: incoming.appId,
          timezone,
          history,
          signal: abort.signal,
          onStatus: (status_text) => ephemeral(user, 'chat_status', { ...base, status_text }),
          onText: (delta) => ephemeral(user, 'chat_delta', { ...base, delta }),
        },
        options,
      )
      await finish(user, reply.message_id, abort.signal.aborted ? { ...result, status: 'cancelled' } : result)
    } catch (error) {
      if (!abort.signal.aborted) options.log.error({ err: error }, 'a chat turn failed')
      const result: TurnResult = abort.signal.aborted
        ? { text: 'Stopped.', type: 'response', status: 'cancelled' }
        : {
            text: 'Something went wrong on our side, and nothing more was done. Please try again.',
            type: 'error',
            status: 'failed',
          }
      await finish(user, reply.message_id, result).catch((cause: unknown) =>
        options.log.error({ err: cause }, 'the end of a chat turn could not be stored'),
      )
    }
  }

  const enqueue = (user: ChatUser, conversationId: string, job: () => Promise<void>) => {
    const key = keyOf(user, conversationId)
    const queue = queues.get(key) ?? { tail: Promise.resolve(), length: 0 }
    queues.set(key, queue)
    queue.length++
    queue.tail = queue.tail.then(job).finally(() => {
      queue.length--
      if (queue.length === 0) queues.delete(key)
    })
  }

  const failStale = () =>
    options.db.everyTenant(async (tx) => {
      const rows = await tx
        .selectFrom('chat.message')
        .select(['tenant_id', 'user_id', 'message_id'])
        .where('status', '=', 'processing')
        .where('created_at', '<', new Date(Date.now() - STALE_MINUTES * 60_000))
        .limit(100)
        .execute()
      for (const row of rows) {
        if (running.has(row.message_id)) continue
        const user = { tenantId: row.tenant_id, userId: row.user_id }
        const message = await finishReply(tx, user, row.message_id, {
          text: 'This answer was interrupted. Please ask again.',
          type: 'error',
          status: 'failed',
        })
        if (message) await announce(tx, user, message)
      }
    })
  const watch = setInterval(
    () =>
      failStale().catch((error: unknown) => options.log.warn({ err: error }, 'looking for interrupted answers failed')),
    WATCH_MS,
  )
  watch.unref()

  const silence = options.outbox.listen((record) => {
    if (record.type !== RESET) return
    for (const { abort, user } of running.values())
      if (user.userId === record.userId && user.tenantId === record.tenantId) abort.abort()
  })

  const chat: Chat = {
    async receive(user, incoming) {
      const queued = queues.get(keyOf(user, incoming.conversationId))?.length ?? 0
      if (queued > 0 && !incoming.queue) throw chatErrors.BUSY()
      if (queued >= LONGEST_QUEUE) throw chatErrors.QUEUE_FULL({ retryAfter: 5 })
      const stored = await storeTurn(options.db, user, incoming)
      if (!stored.repeated) {
        const abort = new AbortController()
        running.set(stored.reply.message_id, { abort, user })
        enqueue(user, incoming.conversationId, () =>
          work(user, stored.message, stored.reply, incoming, abort).finally(() =>
            running.delete(stored.reply.message_id),
          ),
        )
      }
      return stored
    },
    deliver: (user, conversationId, result) =>
      options.db.tenant(user.tenantId, async (tx) => {
        const message = await appendBotMessage(tx, user, conversationId, result)
        await announce(tx, user, message)
        return message
      }),
    tellTask: (user, conversationId, result) =>
      options.db.tenant(user.tenantId, async (tx) => {
        const message = await tellTask(tx, user, conversationId, result)
        if (message) await announce(tx, user, message)
      }),
    async cancel(user, messageId) {
      const found = running.get(messageId)
      if (found && found.user.userId === user.userId && found.user.tenantId === user.tenantId)
        return found.abort.abort()
      const row = await options.db.tenant(user.tenantId, (tx) =>
        tx
          .selectFrom('chat.message')
          .select('status')
          .where('tenant_id', '=', user.tenantId)
          .where('user_id', '=', user.userId)
          .where('message_id', '=', messageId)
          .executeTakeFirst(),
      )
      throw row ? chatErrors.FINISHED() : chatErrors.NOT_FOUND()
    },
    async reset(user) {
      const receipt = await forgetContext(options.db, user)
      // Every node that works for the user hears it, this one included.
      options.outbox.sendEphemeral({ tenantId: user.tenantId, userId: user.userId, type: RESET, payload: {} })
      return receipt
    },
    get routes() {
      return routes
    },
    async close() {
      silence()
      clearInterval(watch)
      for (const { abort } of running.values()) abort.abort()
      await Promise.allSettled([...queues.values()].map((queue) => queue.tail))
    },
  }
  const routes = chatRoutes(chat, options)
  return chat
}
