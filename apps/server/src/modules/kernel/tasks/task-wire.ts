import type { Task, TaskStatus } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { TaskTable } from '../tables.ts'

export interface TaskEnd {
  readonly status: 'done' | 'failed' | 'cancelled' | 'timed_out'
  readonly error: string | null
  readonly preview: string | null
}

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
  chain_id: row.chain_id,
  cancellable: row.status === 'running' || row.status === 'queued',
  created_at: row.created_at.toISOString(),
  started_at: row.started_at?.toISOString() ?? null,
  finished_at: row.finished_at?.toISOString() ?? null,
})
