import { z } from 'zod'
import { ActionType, type CallResponse } from '../action-result.ts'
import { AppId } from '../identifiers.ts'
import { JsonObject, JsonValue } from '../json.ts'
import { defineRoute } from '../route.ts'

export const ConversationId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

export const MessageType = z.enum([
  'response',
  'function_call',
  'confirmation',
  'navigate',
  'system',
  'tool_result',
  'pick_list',
  /** The call goes on as the task of `task_id`; the message becomes its result. */
  'task_promoted',
  'task_failed',
  'task_limit_reached',
  'error',
])

/** One field that a call wrote; `before` as it was last read, absent where nobody read it. Secrets are hidden. */
export const ChatChange = z.object({ field: z.string(), before: JsonValue.optional(), after: JsonValue })
export type ChatChange = z.infer<typeof ChatChange>

/** One call that a turn made, as the chat shows it under the answer. */
export const ChatAction = z.object({
  trace_id: z.string(),
  call_id: z.string(),
  app_id: z.string(),
  function: z.string(),
  action_type: ActionType,
  status: z.string(),
  summary: z.string(),
  duration_ms: z.number(),
  arguments: JsonObject,
  /** What it changed, field by field. */
  changes: z.array(ChatChange).optional(),
})

/** A function offered to the user with a form (kernel 2.9): `params` holds what could be read from the message. */
export const PickListItem = z.object({
  app_id: z.string(),
  app_name: z.string(),
  function: z.string(),
  description: z.string(),
  action_type: ActionType,
  params_schema: JsonObject,
  params: JsonObject,
})
export type PickListItem = z.infer<typeof PickListItem>

export const AttachmentId = z.string().regex(/^att_[0-9a-f]{8,64}$/)

/** A file that came with a message of a person. */
export const ChatAttachment = z.object({
  file_id: AttachmentId,
  name: z.string(),
  mime: z.string(),
  /** Bytes. */
  size: z.number().int(),
})
export type ChatAttachment = z.infer<typeof ChatAttachment>

export const ChatRating = z.enum(['up', 'down'])
export type ChatRating = z.infer<typeof ChatRating>

export const ChatMessage = z.object({
  message_id: z.string(),
  conversation_id: z.string(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  type: MessageType,
  status: z.enum(['processing', 'done', 'failed', 'cancelled']),
  status_text: z.string().nullable(),
  surface: z.string(),
  app_id: z.string().nullable(),
  ui: z.unknown(),
  pick_list: z.array(PickListItem),
  confirmation_id: z.string().nullable(),
  task_id: z.string().nullable(),
  actions: z.array(ChatAction),
  attachments: z.array(ChatAttachment),
  /** The assistant asked something, and what the person says next is taken for its answer. */
  awaits_reply: z.boolean(),
  /** Functions of `pick_list`, as `app.function`, whose forms the person sent, on whatever device. */
  used_forms: z.array(z.string()),
  /** What the person thinks of this answer; null: nothing was said. */
  rating: ChatRating.nullable(),
  created_at: z.string(),
})
export type ChatMessage = z.infer<typeof ChatMessage>

/**
 * What `chat_status` tells of one call while an answer is being made: facts alone, of which a client makes its own words.
 * `status` and `changes` come when the call is over.
 */
export const ChatStep = z.object({
  phase: z.enum(['start', 'done']),
  step_id: z.string(),
  /** From 1. */
  index: z.number().int(),
  total: z.number().int(),
  app_id: z.string(),
  function: z.string(),
  action_type: ActionType,
  call_id: z.string().nullable(),
  status: z.string().nullable(),
  duration_ms: z.number().nullable(),
  changes: z.array(ChatChange),
})
export type ChatStep = z.infer<typeof ChatStep>

export const Conversation = z.object({
  conversation_id: z.string(),
  title: z.string(),
  updated_at: z.string(),
  message_count: z.number().int(),
  /** Around the words that were searched for; null where the title has them, or nothing was searched. */
  snippet: z.string().nullable(),
  /** The message around which the snippet stands. */
  found_message_id: z.string().nullable(),
})
export type Conversation = z.infer<typeof Conversation>

const tag = 'chat'
/** Files of one message. */
export const MOST_ATTACHMENTS = 5
/** Bytes of one file of a message. */
export const LARGEST_ATTACHMENT = 10 * 1024 * 1024

/** Chat of the panel and of other clients (api.md 3.21). Answers arrive as `chat_message` and `chat_delta` on the event stream. */
export const chat = {
  send: defineRoute({
    id: 'chat.send',
    surface: 'client',
    method: 'POST',
    path: '/v1/chat/messages',
    auth: 'user',
    tag,
    summary: 'Say something to the assistant',
    body: z.object({
      text: z.string().trim().min(1).max(32_768),
      conversation_id: ConversationId.default('default'),
      client_msg_id: z.string().max(128).optional(),
      context: z
        .object({
          app_id: AppId.optional(),
          panel: z.string().max(128).optional(),
          timezone: z.string().max(64).optional(),
        })
        .default({}),
      surface: z.string().max(32).default('panel'),
      queue: z.boolean().default(true),
      /** Files that were uploaded before; their names and types are those of the upload. */
      attachments: z
        .array(z.object({ file_id: AttachmentId, name: z.string().optional(), mime: z.string().optional() }))
        .max(MOST_ATTACHMENTS)
        .default([]),
      /**
       * An earlier message of the person that this one takes the place of: it and everything behind it leaves the
       * conversation. What was done in the meantime stays done.
       */
      replaces: z.string().max(64).optional(),
    }),
    status: 202,
    response: z.object({
      message_id: z.string(),
      conversation_id: z.string(),
      status: z.literal('accepted'),
      task_id: z.string().nullable(),
      reply_id: z.string(),
    }),
    errors: ['CHAT_BUSY', 'CHAT_QUEUE_FULL', 'CHAT_NOT_FOUND', 'CHAT_NO_ATTACHMENT', 'STORAGE_QUOTA_EXCEEDED'],
    rateLimit: { limit: 60, windowSeconds: 60, key: 'user' },
  }),
  list: defineRoute({
    id: 'chat.list',
    surface: 'client',
    method: 'GET',
    path: '/v1/chat/messages',
    auth: 'user',
    tag,
    summary: 'Messages of one conversation, oldest first',
    query: z.object({
      conversation_id: ConversationId.default('default'),
      before: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(40),
    }),
    response: z.object({ messages: z.array(ChatMessage), cursor: z.string().nullable(), has_more: z.boolean() }),
  }),
  conversations: defineRoute({
    id: 'chat.conversations',
    surface: 'client',
    method: 'GET',
    path: '/v1/chat/conversations',
    auth: 'user',
    tag,
    summary: 'Conversations, newest first; with `q` those whose title or words contain it',
    query: z.object({
      q: z.string().trim().max(200).default(''),
      cursor: z.string().max(128).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({
      conversations: z.array(Conversation),
      cursor: z.string().nullable(),
      has_more: z.boolean(),
    }),
    errors: ['CHAT_NOT_FOUND'],
  }),
  renameConversation: defineRoute({
    id: 'chat.rename_conversation',
    surface: 'client',
    method: 'PATCH',
    path: '/v1/chat/conversations/{conversation_id}',
    auth: 'user',
    tag,
    summary: 'Give a conversation another title',
    params: z.object({ conversation_id: ConversationId }),
    body: z.object({ title: z.string().trim().min(1).max(200) }),
    response: Conversation,
    errors: ['CHAT_NOT_FOUND'],
  }),
  exportConversation: defineRoute({
    id: 'chat.export_conversation',
    surface: 'client',
    method: 'GET',
    path: '/v1/chat/conversations/{conversation_id}/export',
    auth: 'user',
    tag,
    summary: 'A whole conversation as one Markdown or JSON file',
    params: z.object({ conversation_id: ConversationId }),
    query: z.object({ format: z.enum(['markdown', 'json']).default('markdown') }),
    response: z.unknown(),
    responseKind: 'bytes',
    errors: ['CHAT_NOT_FOUND'],
  }),
  createConversation: defineRoute({
    id: 'chat.create_conversation',
    surface: 'client',
    method: 'POST',
    path: '/v1/chat/conversations',
    auth: 'user',
    tag,
    summary: 'Start a conversation',
    body: z.object({ title: z.string().trim().max(200).default('') }),
    status: 201,
    response: Conversation,
  }),
  deleteConversation: defineRoute({
    id: 'chat.delete_conversation',
    surface: 'client',
    method: 'DELETE',
    path: '/v1/chat/conversations/{conversation_id}',
    auth: 'user',
    tag,
    summary: 'Delete a conversation with its messages',
    params: z.object({ conversation_id: ConversationId }),
    response: z.object({ deleted: z.literal(true) }),
    errors: ['CHAT_NOT_FOUND'],
  }),
  cancel: defineRoute({
    id: 'chat.cancel',
    surface: 'client',
    method: 'POST',
    path: '/v1/chat/messages/{message_id}/cancel',
    auth: 'user',
    tag,
    summary: 'Stop an answer that is being made',
    params: z.object({ message_id: z.string() }),
    body: z.object({}).default({}),
    response: z.object({ status: z.literal('cancelling') }),
    errors: ['CHAT_NOT_FOUND', 'CHAT_FINISHED'],
  }),
  rate: defineRoute({
    id: 'chat.rate',
    surface: 'client',
    method: 'PUT',
    path: '/v1/chat/messages/{message_id}/rating',
    auth: 'user',
    tag,
    summary: 'Say whether an answer helped; null takes it back',
    params: z.object({ message_id: z.string() }),
    body: z.object({ rating: ChatRating.nullable(), note: z.string().trim().max(2000).default('') }),
    response: z.object({ message_id: z.string(), rating: ChatRating.nullable() }),
    errors: ['CHAT_NOT_FOUND'],
  }),
  useForm: defineRoute({
    id: 'chat.use_form',
    surface: 'client',
    method: 'POST',
    path: '/v1/chat/messages/{message_id}/forms',
    auth: 'user',
    tag,
    summary: 'Note that the form of a function in an answer was sent, so that no other device offers it again',
    params: z.object({ message_id: z.string() }),
    body: z.object({ app_id: AppId, function: z.string().min(1).max(128) }),
    response: z.object({ message_id: z.string(), used_forms: z.array(z.string()) }),
    errors: ['CHAT_NOT_FOUND'],
  }),
  attach: defineRoute({
    id: 'chat.attach',
    surface: 'client',
    method: 'POST',
    path: '/v1/chat/attachments',
    auth: 'user',
    tag,
    summary: 'Upload a file of up to 10 MiB for a message; it is kept for an hour until one is sent with it',
    bodyKind: 'multipart',
    bodyLimit: 11 * 1024 * 1024,
    body: z.object({ file: z.string().optional() }),
    status: 201,
    response: ChatAttachment,
    errors: ['CHAT_NO_FILE', 'CHAT_FILE_TOO_LARGE', 'STORAGE_QUOTA_EXCEEDED'],
    rateLimit: { limit: 60, windowSeconds: 60, key: 'user' },
  }),
  openAttachment: defineRoute({
    id: 'chat.open_attachment',
    surface: 'client',
    method: 'GET',
    path: '/v1/chat/attachments/{file_id}',
    auth: 'user',
    tag,
    summary: 'A file of a message, with a signed address of its content that is valid for 24 hours',
    params: z.object({ file_id: AttachmentId }),
    response: ChatAttachment.extend({ url: z.string() }),
    errors: ['CHAT_NO_ATTACHMENT'],
  }),
  status: defineRoute({
    id: 'chat.status',
    surface: 'client',
    method: 'GET',
    path: '/v1/chat/status',
    auth: 'user',
    tag,
    summary: 'Whether a language model answers for this user',
    response: z.object({ model_available: z.boolean() }),
  }),
}
export type ChatCallResult = z.infer<typeof CallResponse>
