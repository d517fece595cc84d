import { chat as contract } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { Llm } from '../llm/index.ts'
import type { Attachments } from './attachments.ts'
import { deleteConversation, listConversations, renameConversation } from './conversations.ts'
import { chatErrors } from './errors.ts'
import { exportConversation } from './export-conversation.ts'
import { type ChatUser, listMessages } from './messages.ts'
import type { Chat } from './open-chat.ts'
import { rateMessage } from './rate-message.ts'

export interface ChatRouteOptions {
  adoptTimezone(user: ChatUser, zone: string): Promise<void>
  readonly db: Database
  readonly llm: Llm
  readonly attachments: Attachments
  readonly assistantName: string
}

/** The HTTP face of chat. */
export function chatRoutes(chat: Chat, options: ChatRouteOptions): MountedRoute[] {
  return [...messageRoutes(chat, options), ...conversationRoutes(options), ...fileRoutes(options)]
}

function messageRoutes(chat: Chat, { db, llm, attachments, adoptTimezone }: ChatRouteOptions): MountedRoute[] {
  return [
    implement(contract.send, async ({ body, user }) => {
      const files = await attachments.keep(
        user,
        body.attachments.map((file) => file.file_id),
      )
      // Before the turn begins: “at nine” means the person's nine from the first message on.
      if (body.context.timezone !== undefined) await adoptTimezone(user, body.context.timezone)
      const { message, reply: answer } = await chat.receive(user, {
        text: body.text,
        conversationId: body.conversation_id,
        clientMessageId: body.client_msg_id ?? null,
        surface: body.surface,
        appId: body.context.app_id ?? null,
        queue: body.queue,
        attachments: files,
        replaces: body.replaces,
      })
      return {
        message_id: message.message_id,
        conversation_id: message.conversation_id,
        status: 'accepted' as const,
        task_id: null,
        reply_id: answer.message_id,
      }
    }),
    implement(contract.list, ({ query, user }) =>
      listMessages(db, user, {
        conversationId: query.conversation_id,
        before: query.before,
        limit: query.limit,
      }),
    ),
    implement(contract.cancel, async ({ params, user }) => {
      await chat.cancel(user, params.message_id)
      return { status: 'cancelling' as const }
    }),
    implement(contract.rate, async ({ params, body, user }) => {
      await rateMessage(db, user, { messageId: params.message_id, ...body })
      return { message_id: params.message_id, rating: body.rating }
    }),
    implement(contract.useForm, async ({ params, body, user }) => {
      const form = { messageId: params.message_id, appId: body.app_id, functionName: body.function }
      const message = await chat.useForm(user, form)
      return { message_id: message.message_id, used_forms: message.used_forms }
    }),
    implement(contract.status, async ({ user }) => ({
      model_available: await llm.available(user.tenantId, user.userId),
    })),
  ]
}

function conversationRoutes({ db, attachments, assistantName }: ChatRouteOptions): MountedRoute[] {
  return [
    implement(contract.conversations, ({ query, user }) =>
      listConversations(db, user, { words: query.q, cursor: query.cursor, limit: query.limit }),
    ),
    implement(contract.createConversation, ({ body, user }) =>
      db.tenant(user.tenantId, async (tx) => {
        const row = await tx
          .insertInto('chat.conversation')
          .values({
            tenant_id: user.tenantId,
            user_id: user.userId,
            conversation_id: orderedId('cnv'),
            title: body.title,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return {
          conversation_id: row.conversation_id,
          title: row.title,
          updated_at: row.updated_at.toISOString(),
          message_count: 0,
          snippet: null,
          found_message_id: null,
        }
      }),
    ),
    implement(contract.renameConversation, ({ params, body, user }) =>
      renameConversation(db, user, { conversationId: params.conversation_id, title: body.title }),
    ),
    implement(contract.exportConversation, async ({ params, query, user }) => {
      const file = await exportConversation(db, user, {
        conversationId: params.conversation_id,
        format: query.format,
        assistantName,
      })
      return reply(200, Buffer.from(file.content), {
        'content-type': file.type,
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        'cache-control': 'private, no-store',
      })
    }),
    implement(contract.deleteConversation, async ({ params, user }) => {
      await deleteConversation(db, attachments, user, params.conversation_id)
      return { deleted: true as const }
    }),
  ]
}

function fileRoutes({ attachments }: ChatRouteOptions): MountedRoute[] {
  return [
    implement(contract.attach, async ({ user, files }) => {
      const { file } = files
      if (file === undefined) throw chatErrors.NO_FILE()
      return attachments.upload(user, file)
    }),
    implement(contract.openAttachment, ({ params, user }) => attachments.open(user, params.file_id)),
  ]
}
