import { type JsonObject, operator } from '@imperal/contract'
import {
  administers,
  httpErrors,
  implement,
  type MountedRoute,
  type Principal,
  requireInstallation,
  runsInstallation,
} from '../../../foundation/http/index.ts'
import { kernelErrors } from '../errors.ts'
import { dropDeadEvent, listDeadEvents, replayDeadEvents } from '../events/dead-events.ts'
import { replayEvents } from '../events/replay-events.ts'
import { readProcesses } from '../operator/read-processes.ts'
import type { KernelParts } from '../parts.ts'
import { sendSignal } from '../signals/send-signal.ts'
import { tellSoon } from '../tasks/deliver-result.ts'
import { cancelTask } from '../tasks/end-from-outside.ts'
import { readTask } from '../tasks/read-tasks.ts'

/** The tenant that the caller may look at; null: all of them. @throws HTTP_FORBIDDEN for another one */
function tenantFor(principal: Principal | null, asked: string | undefined): string | null {
  if (runsInstallation(principal)) return asked ?? null
  const own = principal?.tenantId ?? ''
  if (!administers(principal, asked ?? own))
    throw httpErrors.FORBIDDEN({ reason: 'Administrators look at their own tenant.' })
  return own
}

/** Who did what to whom: an operator who ends somebody's work is on record. */
const record = (
  parts: KernelParts,
  principal: Principal | null,
  action: string,
  target: { type: string; id: string },
) =>
  parts.audit.record({
    tenantId: principal?.tenantId ?? '',
    actorId: principal?.userId ?? 'service',
    actorType: principal?.kind ?? 'service',
    action,
    targetType: target.type,
    targetId: target.id,
    source: 'kernel',
  })

/** Ends work of another module. Null: none of them knows it. @throws KERNEL_TASK_FINISHED */
async function stopOther(parts: KernelParts, principal: Principal | null, id: string): Promise<'cancelling' | null> {
  for (const source of parts.otherWork?.() ?? []) {
    const stopped = (await source.stop?.(id, tenantFor(principal, undefined))) ?? null
    if (stopped === 'finished') throw kernelErrors.TASK_FINISHED()
    if (stopped === null) continue
    await record(parts, principal, 'work.cancelled', { type: 'work', id })
    return stopped
  }
  return null
}

function processRoutes(parts: KernelParts): MountedRoute[] {
  return [
    implement(operator.processes, async ({ principal, query }) => {
      const found = await readProcesses(parts, {
        tenantId: tenantFor(principal, query.tenant_id),
        userId: query.user_id,
        appId: query.app_id,
        traceId: query.trace_id,
        kind: query.kind,
        limit: query.limit,
      })
      return { processes: found, count: found.length }
    }),
    implement(operator.cancelProcess, async ({ principal, params }) => {
      const stopped = await stopOther(parts, principal, params.task_id)
      if (stopped !== null) return { task_id: params.task_id, status: stopped }
      const task = await readTask(parts, tenantFor(principal, undefined), params.task_id)
      if (task === null) throw kernelErrors.TASK_NOT_FOUND()
      const status = await cancelTask(parts, task.tenant_id, task.task_id)
      if (status === null) throw kernelErrors.TASK_FINISHED()
      if (status === 'cancelled') tellSoon(parts, { tenantId: task.tenant_id, taskId: task.task_id })
      await record(parts, principal, 'task.cancelled', { type: 'task', id: task.task_id })
      return { task_id: task.task_id, status }
    }),
    implement(operator.userProcesses, async ({ params }) => {
      if ((await parts.identity.findUser(params.user_id)) === null) throw kernelErrors.USER_NOT_FOUND()
      const found = await readProcesses(parts, { tenantId: null, userId: params.user_id, limit: 500 })
      return {
        user_id: params.user_id,
        processes: found.map(({ id, kind, app_id, status, started_at }) => ({
          workflow_id: id,
          type: kind,
          app_id,
          status,
          started_at,
        })),
      }
    }),
  ]
}

function eventRoutes(parts: KernelParts): MountedRoute[] {
  return [
    implement(operator.deadEvents, ({ principal, query }) => {
      const which = { tenantId: tenantFor(principal, undefined), appId: query.app_id, handler: query.handler }
      return listDeadEvents(parts, which, { before: query.before, limit: query.limit })
    }),
    implement(operator.replayDeadEvents, async ({ principal, body }) => {
      const which = {
        tenantId: tenantFor(principal, undefined),
        deliveryIds: body.delivery_ids,
        appId: body.app_id,
        handler: body.handler,
      }
      const replayed = await replayDeadEvents(parts, which)
      await record(parts, principal, 'events.replayed', { type: 'app', id: body.app_id ?? `${replayed} deliveries` })
      return { replayed }
    }),
    implement(operator.dropDeadEvent, async ({ principal, params }) => {
      const which = { tenantId: tenantFor(principal, undefined), deliveryIds: [params.delivery_id] }
      const dropped = await dropDeadEvent(parts, which)
      if (dropped) await record(parts, principal, 'events.dropped', { type: 'delivery', id: params.delivery_id })
      return { dropped }
    }),
    implement(operator.replayEvents, async ({ principal, body }) => {
      requireInstallation(principal)
      const replayed = await replayEvents(parts, {
        tenantId: null,
        appId: body.app_id,
        handler: body.handler,
        userId: body.user_id,
        from: new Date(body.from),
        to: body.to === undefined ? new Date(parts.clock.now()) : new Date(body.to),
      })
      await record(parts, principal, 'events.replayed', { type: 'app', id: body.app_id })
      return { replayed }
    }),
  ]
}

const signalRoute = (parts: KernelParts): MountedRoute =>
  implement(operator.sendSignal, async ({ principal, body }) => {
    const { signalId, deliveries } = await sendSignal(parts, {
      name: body.name,
      payload: body.payload as JsonObject, // JSON by the route's check
      signalId: body.signal_id,
      appId: body.app_id,
      tenantId: tenantFor(principal, body.tenant_id) ?? undefined,
    })
    await record(parts, principal, 'signal.sent', { type: 'signal', id: body.name })
    return { signal_id: signalId, deliveries }
  })

/** What runs for whom, signals, and events that were given up: for whoever operates the installation or a tenant of it. */
export const operatorRoutes = (parts: KernelParts): MountedRoute[] => [
  ...processRoutes(parts),
  signalRoute(parts),
  ...eventRoutes(parts),
]
