import type { JsonValue } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'

type Json = ColumnType<JsonValue, string | undefined, string>

export interface ConversationTable {
  tenant_id: string
  user_id: string
  conversation_id: string
  title: string
  updated_at: Generated<Date>
}

export interface MessageTable {
  tenant_id: string
  user_id: string
  conversation_id: string
  message_id: string
  position: Generated<number>
  role: 'user' | 'assistant'
  text: string
  type: string
  status: 'processing' | 'done' | 'failed' | 'cancelled'
  status_text: string | null
  surface: string
  app_id: string | null
  ui: Json | null
  pick_list: Json
  confirmation_id: string | null
  task_id: string | null
  actions: Json
  facts: Json
  client_msg_id: string | null
  reply_to: string | null
  forgotten: Generated<boolean>
  created_at: Generated<Date>
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'chat.conversation': ConversationTable
    'chat.message': MessageTable
  }
}
