import { type Selectable, sql } from 'kysely'
import type { KernelParts } from '../parts.ts'
import type { TaskTable } from '../tables.ts'
import type { TaskResult } from './task-record.ts'

async function deliver(parts: KernelParts, row: Selectable<TaskTable>): Promise<void> {
  const result = row.result as TaskResult | null as TaskResult // written by `finishing` only
  await parts.deliverChat({
    tenantId: row.tenant_id,
    userId: row.user_id,
    appId: row.app_id,
    text: result.text,
    type: result.type,
    refreshPanels: result.refresh_panels,
    conversationId: row.conversation_id,
    taskId: row.task_id,
    isTaskResult: true,
    ...(result.ui === null ? {} : { ui: result.ui }),
  })
  await parts.db.tenant(row.tenant_id, (tx) =>
    tx
      .updateTable('kernel.task')
      .set({ delivered_at: new Date(parts.clock.now()) })
      .where('task_id', '=', row.task_id)
      .where('delivered_at', 'is', null)
      .execute(),
  )
}

/**
 * Tells the user in chat how a task ended, success or not (K4.10–K4.12). The chat takes one message per task, so whoever
 * tries again after a crash says nothing twice (K4.14).
 */
export async function tellResult(parts: KernelParts, tenantId: string, taskId: string): Promise<void> {
  const row = await parts.db.tenant(tenantId, (tx) =>
    tx
      .selectFrom('kernel.task')
      .selectAll()
      .where('task_id', '=', taskId)
      .where('finished_at', 'is not', null)
      .where('delivered_at', 'is', null)
      .executeTakeFirst(),
  )
  if (row !== undefined) await deliver(parts, row)
}

/** The same, beside the call that ended: a failure is tried again by the sweeper. */
export function tellSoon(parts: KernelParts, task: { tenantId: string; taskId: string }): void {
  const telling = tellResult(parts, task.tenantId, task.taskId).catch((error) =>
    parts.log.warn({ err: error, task: task.taskId }, 'the result of a task was not delivered, trying again'),
  )
  parts.inFlight.add(telling)
  void telling.then(() => parts.inFlight.delete(telling))
}

const UNTOLD_AFTER_SECONDS = 10
const LONGEST_WAIT_SECONDS = 3_600
const AT_ONCE = 50

/**
 * Delivers what nodes that are gone left untold. Any number of nodes may do this at once. What cannot be told waits as long
 * as it has waited so far, an hour at most, so that it keeps no other from its turn.
 */
export async function tellLeftovers(parts: KernelParts): Promise<void> {
  const now = new Date(parts.clock.now())
  const { rows } = await parts.db.everyTenant((tx) =>
    sql<Selectable<TaskTable>>`
      update kernel.task set tell_at = ${now}::timestamptz + least(${now}::timestamptz - finished_at, make_interval(secs => ${LONGEST_WAIT_SECONDS}))
      where task_id in (
        select task_id from kernel.task
        where finished_at < ${now}::timestamptz - make_interval(secs => ${UNTOLD_AFTER_SECONDS})
          and delivered_at is null and coalesce(tell_at, finished_at) <= ${now}::timestamptz
        order by coalesce(tell_at, finished_at) limit ${AT_ONCE} for update skip locked)
      returning *`.execute(tx),
  )
  for (const row of rows)
    await deliver(parts, row).catch((error) =>
      parts.log.warn({ err: error, task: row.task_id }, 'the result of a task was not delivered, trying again'),
    )
}
