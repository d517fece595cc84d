import { z } from 'zod'
import { AppId, Moment } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

/** Something that runs or waits, for whom, and where (kernel E21). */
export const Process = z.object({
  kind: z.enum(['task', 'call', 'schedule', 'confirmation', 'event', 'turn', 'automation']),
  id: z.string(),
  tenant_id: z.string(),
  user_id: z.string(),
  /** Empty for a turn of a chat without an open app, and for an automation. */
  app_id: z.string(),
  /** Function, schedule, handler, or the number of the rule. */
  function: z.string(),
  title: z.string(),
  status: z.string(),
  trace_id: z.string().nullable(),
  /** Process of the platform that works on it; null while it waits. */
  node_id: z.string().nullable(),
  started_at: z.string(),
  /** Until when it has to be done; null: for ever. */
  deadline_at: z.string().nullable(),
  cancellable: z.boolean(),
})
export type Process = z.infer<typeof Process>

export const DeadEvent = z.object({
  delivery_id: z.string(),
  tenant_id: z.string(),
  user_id: z.string(),
  app_id: z.string(),
  handler: z.string(),
  event_type: z.string(),
  event_id: z.string(),
  error: z.string(),
  failed_at: z.string(),
})
export type DeadEvent = z.infer<typeof DeadEvent>

const tag = 'operator'
const auth = 'svc-or-admin'
const surface = 'client'
const short = z.string().min(1).max(128)

/** What the operator of an installation looks at and decides: what runs for whom, and events that were given up. */
export const operator = {
  processes: defineRoute({
    id: 'operator.processes',
    method: 'GET',
    path: '/v1/admin/processes',
    auth,
    surface,
    tag,
    summary: 'What runs and waits now, by user, app, tenant or trace; administrators see their own tenant',
    query: z.object({
      user_id: short.optional(),
      app_id: short.optional(),
      tenant_id: short.optional(),
      trace_id: short.optional(),
      kind: Process.shape.kind.optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(200),
    }),
    response: z.object({ processes: z.array(Process), count: z.number().int() }),
  }),
  cancelProcess: defineRoute({
    id: 'operator.cancel_process',
    method: 'POST',
    path: '/v1/admin/processes/{task_id}/cancel',
    auth,
    surface,
    tag,
    summary: 'Ask a task or a turn of a chat of anybody to stop; effects that it already had stay',
    params: z.object({ task_id: z.string().max(64) }),
    response: z.object({ task_id: z.string(), status: z.enum(['cancelling', 'cancelled']) }),
    errors: ['KERNEL_TASK_NOT_FOUND', 'KERNEL_TASK_FINISHED'],
  }),
  userProcesses: defineRoute({
    id: 'operator.user_processes',
    method: 'GET',
    path: '/v1/internal/processes/{user_id}',
    auth: 'svc',
    tag,
    summary: 'What runs for one user',
    params: z.object({ user_id: short }),
    response: z.object({
      user_id: z.string(),
      processes: z.array(
        z.object({
          workflow_id: z.string(),
          type: z.string(),
          app_id: z.string(),
          status: z.string(),
          started_at: z.string(),
        }),
      ),
    }),
    errors: ['KERNEL_USER_NOT_FOUND'],
  }),
  sendSignal: defineRoute({
    id: 'operator.send_signal',
    surface: 'client',
    method: 'POST',
    path: '/v1/admin/signals',
    auth,
    tag,
    summary:
      'Send a signal to the apps that have a handler for it: once for each tenant that has the app, in system context',
    status: 202,
    body: z.object({
      name: z.string().min(1).max(256),
      payload: z.record(z.string(), z.json()).default({}),
      /** The same id reaches a handler once a day, however often it is sent. */
      signal_id: short.optional(),
      app_id: AppId.optional(),
      /** Administrators of a tenant reach their own only. */
      tenant_id: short.optional(),
    }),
    response: z.object({ signal_id: z.string(), deliveries: z.number().int() }),
    bodyLimit: 65_536,
  }),
  deadEvents: defineRoute({
    id: 'operator.dead_events',
    method: 'GET',
    path: '/v1/admin/events/dead',
    auth,
    surface,
    tag,
    summary: 'Events that a handler failed to take at every attempt, newest first',
    query: z.object({
      app_id: AppId.optional(),
      handler: short.optional(),
      before: Moment.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    response: z.object({ events: z.array(DeadEvent), total: z.number().int() }),
  }),
  replayDeadEvents: defineRoute({
    id: 'operator.replay_dead_events',
    method: 'POST',
    path: '/v1/admin/events/dead/replay',
    auth,
    surface,
    tag,
    summary: 'Deliver given-up events again: those named, or all of an app or handler',
    body: z
      .object({
        delivery_ids: z.array(z.uuid()).min(1).max(500).optional(),
        app_id: AppId.optional(),
        handler: short.optional(),
      })
      .refine((which) => which.delivery_ids !== undefined || which.app_id !== undefined, {
        path: ['app_id'],
        message: 'Name the deliveries, or the app whose events are meant.',
      }),
    response: z.object({ replayed: z.number().int() }),
  }),
  dropDeadEvent: defineRoute({
    id: 'operator.drop_dead_event',
    method: 'DELETE',
    path: '/v1/admin/events/dead/{delivery_id}',
    auth,
    surface,
    tag,
    summary: 'Forget a given-up event',
    params: z.object({ delivery_id: z.uuid() }),
    response: z.object({ dropped: z.boolean() }),
  }),
  replayEvents: defineRoute({
    id: 'operator.replay_events',
    method: 'POST',
    path: '/v1/admin/events/replay',
    auth,
    surface,
    tag,
    summary: 'Deliver the events of a span of time to one app again, as far as they are kept (a day)',
    body: z.object({
      app_id: AppId,
      handler: short.optional(),
      user_id: short.optional(),
      from: Moment,
      to: Moment.optional(),
    }),
    response: z.object({ replayed: z.number().int() }),
  }),
} as const
