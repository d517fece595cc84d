import type { JsonObject, Task, TaskStatus } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Statement } from '../../../foundation/db/index.ts'
import type { TaskTable } from '../tables.ts'

/** What a task is about, for everybody who hears of it. */
export interface TaskFacts {
  readonly taskId: string
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly function: string
  readonly title: string
  readonly kind: Task['kind']
}

/** The attempt at a task that this node took. Whoever lost it can write nothing any more (E13). */
export interface TaskHold extends TaskFacts {
  readonly attempt: number
  /** Its call is stored: another node may run it. Absent work lives in the process that began it. */
  readonly durable: boolean
  /** Nobody is told of its end: no person stands behind it. */
  readonly silent: boolean
}

/** What the chat says when a task has ended. */
export interface TaskResult {
  readonly text: string
  readonly type: 'response' | 'task_failed'
  readonly ui: JsonObject | null
  readonly refresh_panels: readonly string[] | null
}

export interface TaskEnd {
  readonly status: 'done' | 'failed' | 'cancelled' | 'timed_out'
  readonly error: string | null
  readonly errorCode: string | null
  readonly preview: string | null
  readonly result: TaskResult
  /** The last progress of the handler, which may not have been written. */
  readonly progress: number | null
  readonly message: string | null
}

// Divides by zero for an attempt that was lost, and holds the row until the effects of this one are committed.
const FENCE = `select 1 / count(*) as ours from (
  select from kernel.task where task_id = $1 and node_id = $2 and attempt = $3 and status = 'running' for share
) held`

/** In front of the first effects of a task's call: nothing is written in the name of an attempt that was lost. */
export const fence = (hold: TaskHold, nodeId: string): Statement => ({
  text: FENCE,
  values: [hold.taskId, nodeId, hold.attempt],
})

const FINISH = `with ended as (
  update kernel.task set status = $4, error = $5, error_code = $6, result_preview = $7, result = $8::jsonb, work = null,
    progress = case when $4 = 'done' then 100 else coalesce($9, progress) end, message = coalesce($10, message),
    finished_at = $11, delivered_at = case when $12 then $11::timestamptz end
  where task_id = $1 and node_id = $2 and attempt = $3 and status = 'running' returning 1
) select 1 / count(*) as ours from ended`

/** The end of an attempt, for the transaction that records its call. Fails when the attempt was lost. */
export const finishing = (hold: TaskHold, nodeId: string, end: TaskEnd, at: string): Statement => ({
  text: FINISH,
  values: [
    hold.taskId,
    nodeId,
    hold.attempt,
    end.status,
    end.error,
    end.errorCode,
    end.preview,
    JSON.stringify(end.result),
    end.progress,
    end.message,
    at,
    hold.silent,
  ],
})

export const factsOf = (row: Selectable<TaskTable>): TaskFacts => ({
  taskId: row.task_id,
  tenantId: row.tenant_id,
  userId: row.user_id,
  appId: row.app_id,
  function: row.function,
  title: row.title,
  kind: row.kind as Task['kind'], // held by a check of the table
})

/** Task of api.md 3.17. */
export const taskWire = (row: Selectable<TaskTable>): Task => ({
  task_id: row.task_id,
  user_id: row.user_id,
  tenant_id: row.tenant_id,
  app_id: row.app_id,
  tool_name: row.function,
  title: row.title,
  kind: row.kind as Task['kind'], // held by a check of the table
  status: row.status as TaskStatus, // the same
  progress: row.progress,
  message: row.message,
  result_preview: row.result_preview,
  error: row.error,
  error_code: row.error_code,
  chain_id: row.chain_id,
  trace_id: row.trace_id,
  attempt: row.attempt,
  cancellable: row.status === 'running' || row.status === 'queued',
  created_at: row.created_at.toISOString(),
  started_at: row.started_at?.toISOString() ?? null,
  finished_at: row.finished_at?.toISOString() ?? null,
  deadline_at: row.deadline_at?.toISOString() ?? null,
  last_heartbeat_at: row.heartbeat_at?.toISOString() ?? null,
  heartbeat_count: row.heartbeat_count,
})
