import { chat as contract } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database } from '../../foundation/db/index.ts'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { Llm } from '../llm/index.ts'
import { chatErrors } from './errors.ts'
import { listMessages } from './messages.ts'
import type { Chat } from './open-chat.ts'

/** The HTTP face of chat. */
export function chatRoutes(chat: Chat, options: { readonly db: Database; readonly llm: Llm }): MountedRoute[] {
  return [
    implement(contract.send, async ({ body, user }) => {
      const { message, reply } = await chat.receive(user, {
        text: body.text,
        conversationId: body.conversation_id,
        clientMessageId: body.client_msg_id ?? null,
        surface: body.surface,
        appId: body.context.app_id ?? null,
        queue: body.queue,
      })
      return {
        message_id: message.message_id,
        conversation_id: message.conversation_id,
        status: 'accepted' as const,
        task_id: null,
        reply_id: reply.message_id,
      }
    }),
    implement(contract.list, ({ query, user }) =>
      listMessages(options.db, user, {
        conversationId: query.conversation_id,
        before: query.before,
        limit: query.limit,
      }),
    ),
    implement(contract.conversations, ({ user }) =>
      options.db.tenant(user.tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('chat.conversation as c')
          .select(['c.conversation_id', 'c.title', 'c.updated_at'])
          .select(
            sql<number>`(select count(*) from chat.message m where m.tenant_id = c.tenant_id and m.user_id = c.user_id and m.conversation_id = c.conversation_id)`.as(
              'message_count',
            ),
          )
          .where('c.tenant_id', '=', user.tenantId)
          .where('c.user_id', '=', user.userId)
          .orderBy('c.updated_at', 'desc')
          .limit(200)
          .execute()
        return {
          conversations: rows.map((row) => ({
            ...row,
            updated_at: row.updated_at.toISOString(),
            message_count: Number(row.message_count),
          })),
        }
      }),
    ),
    implement(contract.createConversation, ({ body, user }) =>
      options.db.tenant(user.tenantId, async (tx) => {
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
        }
      }),
    ),
    implement(contract.deleteConversation, ({ params, user }) =>
      options.db.tenant(user.tenantId, async (tx) => {
        const own = (table: 'chat.message' | 'chat.conversation') =>
          tx
            .deleteFrom(table)
            .where('tenant_id', '=', user.tenantId)
            .where('user_id', '=', user.userId)
            .where('conversation_id', '=', params.conversation_id)
            .executeTakeFirst()
        await own('chat.message')
        const { numDeletedRows } = await own('chat.conversation')
        if (numDeletedRows === 0n) throw chatErrors.NOT_FOUND()
        return { deleted: true as const }
      }),
    ),
    implement(contract.cancel, async ({ params, user }) => {
      await chat.cancel(user, params.message_id)
      return { status: 'cancelling' as const }
    }),
    implement(contract.status, async ({ user }) => ({
      model_available: await options.llm.available(user.tenantId, user.userId),
    })),
  ]
}
