import type { JsonObject } from '@imperal/contract'
import type { OutboxMessage } from '../../outbox/index.ts'
import { platformEvent } from '../ledger/messages.ts'
import type { TaskEnd, TaskFacts } from './task-record.ts'

interface TaskNews {
  readonly status: string
  readonly progress?: number | null
  readonly message?: string | null
  readonly error?: string | null
}

/** `task_update` of the event stream (api.md 6.2; `percent` and `tool_name` are the kernel's words for the same, 4.9). */
export const taskUpdate = (task: TaskFacts, { status, progress, message, error }: TaskNews): OutboxMessage => ({
  tenantId: task.tenantId,
  userId: task.userId,
  type: 'task_update',
  payload: {
    task_id: task.taskId,
    app_id: task.appId,
    tool_name: task.function,
    title: task.title,
    kind: task.kind,
    status,
    ...(progress === undefined || progress === null ? {} : { progress, percent: progress }),
    ...(message === undefined || message === null ? {} : { message }),
    ...(error === undefined || error === null ? {} : { error }),
  },
})

/** `task.promoted`, `task.completed` and `task.failed` (K6.3). */
export const taskEvent = (
  type: 'task.promoted' | 'task.completed' | 'task.failed',
  task: TaskFacts,
  more: { readonly timestamp: string; readonly data?: JsonObject },
): OutboxMessage =>
  platformEvent(
    type,
    { task_id: task.taskId, app_id: task.appId, tool_name: task.function, ...more.data },
    { tenantId: task.tenantId, userId: task.userId, timestamp: more.timestamp },
  )

/** What everybody hears of the end of a task. A time that ran out is a failure to them (kernel 4.2). */
export const endMessages = (task: TaskFacts, end: TaskEnd, timestamp: string): OutboxMessage[] => [
  taskUpdate(task, {
    status: end.status === 'timed_out' ? 'failed' : end.status,
    progress: end.status === 'done' ? 100 : end.progress,
    message: end.message,
    error: end.error,
  }),
  taskEvent(end.status === 'done' ? 'task.completed' : 'task.failed', task, {
    timestamp,
    data: { status: end.status, error_code: end.errorCode },
  }),
]
