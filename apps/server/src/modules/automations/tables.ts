import type {
  ExecutionStatus,
  ExecutionStep,
  JsonObject,
  NotifyMode,
  RuleAction,
  RuleCondition,
  RuleStatus,
} from '@imperal/contract'
import type { ColumnType, Generated, RawBuilder, Selectable } from 'kysely'

/** `jsonb`: parsed on the way out, JSON text on the way in. */
type Json<T> = ColumnType<T, string, string>
type GeneratedJson<T> = ColumnType<T, string | undefined, string>

interface RuleTable {
  rule_id: Generated<number>
  tenant_id: string
  user_id: string
  name: string
  prompt: string
  interpretation: string
  event_type: string
  cron: string | null
  zone: string
  conditions: Json<RuleCondition[]>
  condition_words: string | null
  actions: Json<RuleAction[]>
  limited_to: ColumnType<string[] | null, string | null, string | null>
  cooldown_seconds: number
  max_per_hour: number
  max_iterations: number
  notify_mode: NotifyMode
  status: RuleStatus
  status_reason: string | null
  destructive: boolean
  by_app: string | null
  approved_digest: string | null
  declared_app: string | null
  declared_id: string | null
  declared_digest: string | null
  trigger_count: Generated<number>
  success_count: Generated<number>
  failure_count: Generated<number>
  failures_in_row: Generated<number>
  skipped: GeneratedJson<Record<string, number>>
  last_skipped_at: Date | null
  last_triggered_at: Date | null
  last_error: string | null
  next_due_at: Date | null
  /** `pg_snapshot` as text; null: no event is too old. */
  active_from: ColumnType<string | null, RawBuilder<string> | null | undefined, RawBuilder<string> | null>
  created_at: Date
  updated_at: Date
}

interface ExecutionTable {
  execution_id: string
  rule_id: number
  tenant_id: string
  user_id: string
  cause: string
  attempt: number
  parent_execution_id: string | null
  status: ExecutionStatus
  external: Generated<boolean>
  event: Json<JsonObject>
  trace_id: string
  run_id: string | null
  due_at: Date
  timeout_at: Date | null
  lease_until: ColumnType<Date | null, never, Date | null>
  turns: Generated<number>
  texts: GeneratedJson<Record<string, string>>
  steps: GeneratedJson<ExecutionStep[]>
  changed: Generated<boolean>
  result: string | null
  error: string | null
  error_text: string | null
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
}

interface NoticeTable {
  notice_id: string
  rule_id: number
  tenant_id: string
  user_id: string
  title: string
  body: string
  priority: 'normal' | 'high'
  is_rung: Generated<boolean>
  created_at: Date
  due_at: Date
}

interface EventCursorTable {
  only_row: Generated<boolean>
  position: string
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'automations.rule': RuleTable
    'automations.execution': ExecutionTable
    'automations.notice': NoticeTable
    'automations.event_cursor': EventCursorTable
  }
}

export type RuleRow = Selectable<RuleTable>
export type ExecutionRow = Selectable<ExecutionTable>
export type NoticeRow = Selectable<NoticeTable>
