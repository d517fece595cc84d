import type { CodingMode, CodingStatus, JsonObject, ParkedReason, SessionKind, TerminalResult } from '@imperal/contract'
import type { ColumnType, Generated, Selectable } from 'kysely'
import type { LlmMessage } from '../llm/index.ts'

/** `jsonb`: parsed on the way out, JSON text on the way in. */
type Json<T> = ColumnType<T, string, string>
type GeneratedJson<T> = ColumnType<T, string | undefined, string>

export interface Todo {
  readonly content: string
  readonly status: 'pending' | 'in_progress' | 'completed'
}
export interface Milestone {
  readonly title: string
  readonly done: boolean
}
/** Tokens of the installation's models in one turn, by model. */
export type Uses = Readonly<Record<string, { readonly input: number; readonly output: number }>>

interface SessionTable {
  tenant_id: string
  user_id: string
  session_id: string
  kind: SessionKind
  slot: string | null
  label: Generated<string>
  status: Generated<CodingStatus>
  parked_reason: ParkedReason | null
  parked_at: Date | null
  task_id: string | null
  context: GeneratedJson<JsonObject>
  todos: GeneratedJson<Todo[]>
  milestones: GeneratedJson<Milestone[]>
  applied_mode: Generated<CodingMode>
  requested_mode: CodingMode | null
  requested_surface: string | null
  remote_enabled: Generated<boolean>
  mirror: Generated<string[]>
  steer: Generated<string[]>
  terminal_seen_at: Date | null
  folded_position: Generated<number>
  summary: string | null
  owed: Generated<number>
  lease_until: Date | null
  attempt: Generated<number>
  started_at: Generated<Date>
  updated_at: Generated<Date>
}

interface TurnTable {
  task_id: string
  tenant_id: string
  user_id: string
  session_id: string
  steer_iid: string
  title: string
  origin: string
  goal: string | null
  limited_to: string[] | null
  status: Generated<'running' | 'done' | 'paused' | 'stopped' | 'failed'>
  began_after: number
  rounds: Generated<number>
  nudges: Generated<number>
  uses: GeneratedJson<Uses>
  tokens: Generated<number>
  credits: Generated<number>
  created_at: Generated<Date>
  ended_at: Date | null
}

interface FrameTable {
  position: Generated<number>
  tenant_id: string
  user_id: string
  session_id: string
  frame: Json<JsonObject>
  created_at: Generated<Date>
}

interface MessageTable {
  position: Generated<number>
  tenant_id: string
  user_id: string
  session_id: string
  task_id: string
  role: 'user' | 'assistant'
  content: Json<LlmMessage['content']>
  surface: string
  created_at: Generated<Date>
}

interface SteerTable {
  position: Generated<number>
  tenant_id: string
  user_id: string
  session_id: string
  iid: string
  text: string
  surface: string
  state: Generated<'waiting' | 'taken' | 'handed' | 'dropped'>
  created_at: Generated<Date>
}

interface StepTable {
  position: Generated<number>
  step_id: string
  tenant_id: string
  user_id: string
  session_id: string
  task_id: string
  tool_use_id: string
  kind: 'local_tool' | 'ext_tool' | 'own'
  app_id: string
  tool: string
  args: Json<JsonObject>
  state: Generated<'queued' | 'open' | 'done'>
  ok: boolean | null
  content: string | null
  told: Generated<boolean>
  trace_id: string
  args_preview: Generated<string>
  args_bytes: Generated<number>
  result_preview: Generated<string>
  result_bytes: Generated<number>
  started_at: Generated<Date>
  ended_at: Date | null
}

interface RequestTable {
  position: Generated<number>
  req_id: string
  tenant_id: string
  user_id: string
  session_id: string
  task_id: string
  step_id: string
  kind: 'consent' | 'tool'
  app_id: string
  tool: string
  args: Json<JsonObject>
  summary: string
  confirmation_id: string | null
  state: Generated<'open' | 'answered' | 'void'>
  result: Json<TerminalResult> | null
  frame_position: number
  created_at: Generated<Date>
  answered_at: Date | null
}

export type SessionRow = Selectable<SessionTable>
export type TurnRow = Selectable<TurnTable>
export type MessageRow = Selectable<MessageTable>
export type StepRow = Selectable<StepTable>
export type RequestRow = Selectable<RequestTable>

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'coding.session': SessionTable
    'coding.turn': TurnTable
    'coding.frame': FrameTable
    'coding.message': MessageTable
    'coding.steer': SteerTable
    'coding.step': StepTable
    'coding.request': RequestTable
  }
}
