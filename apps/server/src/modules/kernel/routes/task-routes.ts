import { DEFAULT_TENANT, type Task, tasks } from '@imperal/contract'
import { implement, type MountedRoute, type Principal } from '../../../foundation/http/index.ts'
import { kernelErrors } from '../errors.ts'
import type { KernelParts } from '../parts.ts'
import { tellSoon } from '../tasks/deliver-result.ts'
import { cancelTask } from '../tasks/end-from-outside.ts'
import { activeTasks, readTask } from '../tasks/read-tasks.ts'
import { limitsFor } from '../tasks/task-limits.ts'

/** Tasks of the caller (api.md 3.17). A foreign one looks like none. */
export function taskRoutes(parts: KernelParts): MountedRoute[] {
  const own = async (principal: Principal | null, taskId: string): Promise<Task> => {
    const task = principal === null ? null : await readTask(parts, principal.tenantId, taskId)
    if (task === null || (principal?.userId !== null && principal?.userId !== task.user_id))
      throw kernelErrors.TASK_NOT_FOUND()
    return task
  }
  return [
    implement(tasks.active, async ({ principal, query }) => {
      const userId = query.user_id ?? principal?.userId ?? ''
      if (principal === null || (principal.userId !== null && userId !== principal.userId))
        throw kernelErrors.NOT_YOURS()
      const tenantId =
        principal.userId === null ? (await parts.identity.principalFor(userId))?.tenantId : principal.tenantId
      const list = tenantId === undefined ? [] : await activeTasks(parts, tenantId, userId)
      return { tasks: list, count: list.length }
    }),
    implement(tasks.checkLimit, async ({ query }) => {
      const actor = await parts.identity.findUser(query.user_id)
      const isOther = query.tenant_id !== DEFAULT_TENANT && query.tenant_id !== actor?.tenantId
      if (actor === null || isOther) throw kernelErrors.USER_NOT_FOUND()
      const limit = limitsFor(parts.settings.limits, actor.limits).perUser
      const active = (await activeTasks(parts, actor.tenantId, actor.userId)).length
      return { allowed: limit === null || active < limit, active, limit: limit ?? -1 }
    }),
    implement(tasks.get, ({ principal, params }) => own(principal, params.task_id)),
    implement(tasks.cancel, async ({ principal, params }) => {
      const task = await own(principal, params.task_id)
      const status = await cancelTask(parts, task.tenant_id, task.task_id)
      if (status === null) throw kernelErrors.TASK_FINISHED()
      if (status === 'cancelled') tellSoon(parts, { tenantId: task.tenant_id, taskId: task.task_id })
      return { task_id: task.task_id, status }
    }),
  ]
}
