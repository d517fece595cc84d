import { z } from 'zod'
import { DEFAULT_TENANT } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

export const TaskStatus = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'timed_out'])
export type TaskStatus = z.infer<typeof TaskStatus>

/** Work that goes on after its call was answered (api.md 3.17). */
export const Task = z.object({
  task_id: z.string(),
  user_id: z.string(),
  tenant_id: z.string(),
  app_id: z.string(),
  tool_name: z.string(),
  title: z.string(),
  kind: z.enum(['background', 'chat', 'deploy', 'automation']),
  status: TaskStatus,
  progress: z.number().min(0).max(100).nullable(),
  message: z.string().nullable(),
  result_preview: z.string().nullable(),
  error: z.string().nullable(),
  error_code: z.string().nullable(),
  chain_id: z.string().nullable(),
  trace_id: z.string(),
  /** 0 while it waits for its first run; more than 1 after a run that was lost. */
  attempt: z.number().int(),
  cancellable: z.boolean(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  deadline_at: z.string().nullable(),
  last_heartbeat_at: z.string().nullable(),
  /** How often the handler told of its progress. */
  heartbeat_count: z.number().int(),
})
export type Task = z.infer<typeof Task>

const TaskPath = z.object({ task_id: z.string().max(64) })

export const tasks = {
  active: defineRoute({
    id: 'tasks.active',
    method: 'GET',
    path: '/v1/tasks/active',
    auth: 'svc-or-user',
    tag: 'tasks',
    summary: 'Tasks that still run',
    query: z.object({ user_id: z.string().max(64).optional() }),
    response: z.object({ tasks: z.array(Task), count: z.number().int() }),
    errors: ['KERNEL_NOT_YOURS'],
  }),
  get: defineRoute({
    id: 'tasks.get',
    method: 'GET',
    path: '/v1/tasks/{task_id}',
    auth: 'svc-or-user',
    tag: 'tasks',
    summary: 'One task',
    params: TaskPath,
    response: Task,
    errors: ['KERNEL_TASK_NOT_FOUND'],
  }),
  cancel: defineRoute({
    id: 'tasks.cancel',
    method: 'POST',
    path: '/v1/tasks/{task_id}/cancel',
    auth: 'svc-or-user',
    tag: 'tasks',
    summary: 'Ask a task to stop; effects that it already had stay',
    params: TaskPath,
    body: z.looseObject({}),
    response: z.object({ task_id: z.string(), status: z.enum(['cancelling', 'cancelled']) }),
    errors: ['KERNEL_TASK_NOT_FOUND', 'KERNEL_TASK_FINISHED'],
  }),
  checkLimit: defineRoute({
    id: 'tasks_internal.check_limit',
    method: 'GET',
    path: '/v1/tasks/internal/check-limit',
    auth: 'svc',
    tag: 'tasks',
    summary: 'Whether a user may begin one more task',
    query: z.object({ user_id: z.string().min(1).max(64), tenant_id: z.string().max(64).default(DEFAULT_TENANT) }),
    response: z.object({
      allowed: z.boolean(),
      active: z.number().int(),
      limit: z.number().int().describe('-1: without a limit.'),
    }),
    errors: ['KERNEL_USER_NOT_FOUND'],
  }),
}
