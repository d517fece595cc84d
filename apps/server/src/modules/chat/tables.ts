import type { JsonObject, JsonValue } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'

type Json = ColumnType<JsonValue, string | undefined, string>
type JsonOf<T> = ColumnType<T, string, string>

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
  attachments: ColumnType<JsonValue, string | undefined, string>
  superseded: Generated<boolean>
  rating: ColumnType<'up' | 'down' | null, undefined, 'up' | 'down' | null>
  rating_note: ColumnType<string | null, undefined, string | null>
  used_forms: Generated<string[]>
  created_at: Generated<Date>
}

export interface TurnTable {
  turn_id: string
  tenant_id: string
  user_id: string
  conversation_id: string
  position: Generated<number>
  message_id: string
  reply_id: string
  state: Generated<string>
  trace_id: string
  request: JsonOf<JsonObject>
  plan: JsonOf<JsonObject> | null
  language: string | null
  confirmation_id: string | null
  verdicts: Generated<string[]>
  attempt: Generated<number>
  losses: Generated<number>
  node_id: string | null
  lease_until: Date | null
  cancel_requested: Generated<boolean>
  created_at: Generated<Date>
  updated_at: Generated<Date>
  ended_at: Date | null
}

export interface TurnStepTable {
  tenant_id: string
  turn_id: string
  step_no: number
  item_no: number
  state: 'running' | 'waiting' | 'done' | 'skipped'
  call_id: string | null
  args: JsonOf<JsonObject>
  outcome: JsonOf<JsonObject> | null
  reason: string | null
  told: Generated<boolean>
}

export interface SessionTable {
  tenant_id: string
  user_id: string
  hint: JsonOf<JsonObject> | null
  hint_at: Date | null
  language: string | null
  language_at: Date | null
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'chat.conversation': ConversationTable
    'chat.message': MessageTable
    'chat.turn': TurnTable
    'chat.turn_step': TurnStepTable
    'chat.session': SessionTable
  }
}
