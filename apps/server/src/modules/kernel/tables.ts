import type { JsonObject } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'

/** `jsonb`: parsed on the way out, JSON text on the way in. */
type Json<T> = ColumnType<T, string, string>

interface NodeTable {
  node_id: string
  started_at: Generated<Date>
  heartbeat_at: Generated<Date>
  name: Generated<string>
  version: Generated<string>
  roles: Generated<string[]>
  address: string | null
}

interface OpenCallTable {
  call_id: string
  tenant_id: string
  node_id: string
  /** JSON of the ledger row as far as it is known. */
  draft: string
  /** The time between crashes of the database in which it was written; null when none had been named yet. */
  lifetime: string | null
}

export interface ActionTable {
  call_id: string
  tenant_id: string
  user_id: string
  agency_id: string | null
  trace_id: string
  chain_id: string | null
  step_id: string | null
  parent_task_id: string | null
  conversation_id: string | null
  source: string
  actor_kind: string
  app_id: string
  function: string
  action_type: string
  status: string
  error_code: string | null
  args: Json<JsonObject>
  message_preview: string | null
  result_preview: string | null
  confirmation: string
  confirmation_id: string | null
  event_type: string | null
  event_id: string | null
  retention_class: string
  duration_ms: number
  facts: Json<JsonObject>
  received_at: Date
  completed_at: Date
}

interface SealTable {
  tenant_id: string
  position: number
  call_id: string
  prev_hash: Buffer | null
  row_hash: Buffer
  sealed_at: Generated<Date>
}

export interface ConfirmationTable {
  confirmation_id: string
  tenant_id: string
  user_id: string
  status: Generated<string>
  kind: Generated<string>
  source: string
  app_id: string
  title: string
  message: string
  items: Json<JsonObject[]>
  calls: Json<JsonObject[]>
  trace_id: string
  chain_id: string | null
  conversation_id: string | null
  message_preview: string | null
  created_at: Generated<Date>
  expires_at: Date
  decided_at: Date | null
  decided_via: string | null
  results: Json<JsonObject[]> | null
  /** The node that runs what was accepted. */
  node_id: string | null
  /** The pass of each call, in their order. */
  call_ids: Json<string[]> | null
  outcomes: Json<JsonObject[]> | null
  /** What makes a repeated call the one that was released; of questions about money only. */
  money_key: string | null
  /** The asking side has heard how it ended. */
  told: Generated<boolean>
}

interface KeptOutcomeTable {
  call_id: string
  tenant_id: string
  outcome: Json<JsonObject>
  kept_at: Generated<Date>
}

export interface TaskTable {
  task_id: string
  tenant_id: string
  user_id: string
  app_id: string
  function: string
  title: string
  kind: string
  status: string
  progress: number | null
  message: string | null
  result_preview: string | null
  error: string | null
  chain_id: string | null
  /** Null while nobody works on it. */
  node_id: string | null
  source: Generated<string>
  trace_id: Generated<string>
  conversation_id: string | null
  call_id: string | null
  attempt: Generated<number>
  work: Json<JsonObject> | null
  error_code: string | null
  result: Json<JsonObject> | null
  delivered_at: Date | null
  tell_at: Date | null
  deadline_at: Date | null
  heartbeat_at: Date | null
  heartbeat_count: Generated<number>
  promoted_at: Date | null
  cancel_requested: Generated<boolean>
  created_at: Generated<Date>
  started_at: Date | null
  finished_at: Date | null
}

interface ScheduleRunTable {
  app_id: string
  schedule: string
  minute: Date
  node_id: string
  started_at: Generated<Date>
  finished_at: Date | null
  status: string | null
}

interface HealthTable {
  app_id: string
  version: string
  status: string
  message: Generated<string>
  details: Json<JsonObject>
  latency_ms: number | null
  failures: Generated<number>
  checked_at: Generated<Date>
}

interface EventCursorTable {
  position: string
}

export interface DeadEventTable {
  delivery_id: string
  tenant_id: string
  user_id: string
  app_id: string
  handler: string
  event: Json<JsonObject>
  error: string
  failed_at: Generated<Date>
}

interface DeliveryTable {
  delivery_id: string
  tenant_id: string
  user_id: string
  event: Json<JsonObject>
  created_at: Generated<Date>
}

interface WebhookDeliveryTable {
  app_id: string
  function: string
  delivery: Buffer
  claim: string
  is_taken: Generated<boolean>
  at: Generated<Date>
}

interface SchedulePlaceTable {
  tenant_id: string
  app_id: string
  schedule: string
  minute: Date
  node_id: string | null
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'kernel.webhook_delivery': WebhookDeliveryTable
    'kernel.node': NodeTable
    'kernel.open_call': OpenCallTable
    'kernel.confirmation': ConfirmationTable
    'kernel.kept_outcome': KeptOutcomeTable
    'kernel.task': TaskTable
    'kernel.schedule_run': ScheduleRunTable
    'kernel.schedule_place': SchedulePlaceTable
    'kernel.health': HealthTable
    'kernel.event_cursor': EventCursorTable
    'kernel.dead_event': DeadEventTable
    'kernel.delivery': DeliveryTable
    'ledger.action': ActionTable
    'ledger.seal': SealTable
  }
}
