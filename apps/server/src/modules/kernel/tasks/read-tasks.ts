import type { Task } from '@imperal/contract'
import { EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { KernelOptions } from '../ports.ts'
import { taskWire } from './task-record.ts'

const MOST_SHOWN = 100

/** Unfinished tasks of a user, newest first. */
export const activeTasks = ({ db }: KernelOptions, tenantId: string, userId: string): Promise<Task[]> =>
  db.tenant(tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('kernel.task')
      .selectAll()
      .where('user_id', '=', userId)
      .where('status', 'in', ['queued', 'running'])
      .orderBy('created_at', 'desc')
      .limit(MOST_SHOWN)
      .execute()
    return rows.map(taskWire)
  })

/** A task of a tenant; null, for those who run the installation: of whichever. */
export const readTask = ({ db }: KernelOptions, tenantId: string | null, taskId: string): Promise<Task | null> =>
  db.tenant(tenantId ?? EVERY_TENANT, async (tx) => {
    const row = await tx.selectFrom('kernel.task').selectAll().where('task_id', '=', taskId).executeTakeFirst()
    return row === undefined ? null : taskWire(row)
  })
