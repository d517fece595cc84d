import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { newCallId } from '../../../foundation/ids.ts'
import { recoverOne } from '../ledger/row.ts'
import { runStatement } from '../ledger/run-statement.ts'
import type { KernelParts } from '../parts.ts'
import type { TaskTable } from '../tables.ts'
import { sendTask, type TaskJob } from './begin-task.ts'
import { oneAtATime } from './task-limits.ts'
import { taskUpdate } from './task-messages.ts'
import { factsOf, type TaskHold } from './task-record.ts'

export interface TakenTask {
  readonly hold: TaskHold
  readonly row: Selectable<TaskTable>
}

const AGAIN_AFTER_SECONDS = 2

/**
 * Takes a waiting task for this node. `gone`: somebody has it, or it was cancelled. `full`: as many of its app run as may.
 * Each attempt is a pass of its own, so that what is known of an earlier one stays apart.
 */
function take(parts: KernelParts, job: TaskJob): Promise<TakenTask | 'gone' | 'full'> {
  const { db, nodeId, clock, settings, outbox } = parts
  const now = clock.iso()
  return db.tenant(job.tenant_id, async (tx) => {
    await oneAtATime(tx, job.tenant_id)
    const { rows } = await sql<Selectable<TaskTable>>`
      update kernel.task t set status = 'running', node_id = ${nodeId}, attempt = attempt + 1, call_id = ${newCallId()},
        started_at = coalesce(started_at, ${now}::timestamptz), heartbeat_at = ${now}::timestamptz,
        deadline_at = ${now}::timestamptz + (work->>'seconds')::integer * interval '1 second'
      where task_id = ${job.task_id} and status = 'queued' and ${settings.limits.tasksPerApp} > (
        select count(*) from kernel.task r where r.tenant_id = t.tenant_id and r.app_id = t.app_id and r.status = 'running')
      returning *`.execute(tx)
    const [row] = rows
    if (row === undefined) {
      const waits = await tx
        .selectFrom('kernel.task')
        .select('task_id')
        .where('task_id', '=', job.task_id)
        .where('status', '=', 'queued')
        .executeTakeFirst()
      return waits === undefined ? 'gone' : 'full'
    }
    const facts = factsOf(row)
    await outbox.publish(tx, taskUpdate(facts, { status: 'running', progress: row.progress ?? 0 }))
    return { hold: { ...facts, attempt: row.attempt, durable: true, silent: false }, row }
  })
}

/** Takes the task of a job, or sees to it that it is looked at again. Null: there is nothing to run. */
export async function takeTask(parts: KernelParts, job: TaskJob): Promise<TakenTask | null> {
  const taken = await take(parts, job)
  if (typeof taken === 'object') return taken
  if (taken === 'full') await sendTask(parts, job, { afterSeconds: AGAIN_AFTER_SECONDS })
  return null
}

/** Back into the queue, for whichever node is next. The row is locked or held by the caller. */
export async function queueAgain(parts: KernelParts, tx: Tx, row: Selectable<TaskTable>): Promise<void> {
  if (row.call_id !== null) await runStatement(tx, recoverOne(row.call_id))
  await tx
    .updateTable('kernel.task')
    .set({ status: 'queued', node_id: null, heartbeat_at: new Date(parts.clock.now()) })
    .where('task_id', '=', row.task_id)
    .execute()
  await parts.outbox.publish(tx, taskUpdate(factsOf(row), { status: 'queued' }))
  await sendTask(parts, { task_id: row.task_id, tenant_id: row.tenant_id }, { tx })
}

/** Gives up an attempt that did nothing that lasts, because this node ends. */
export function giveBack(parts: KernelParts, hold: TaskHold): Promise<void> {
  return parts.db.tenant(hold.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('kernel.task')
      .selectAll()
      .where('task_id', '=', hold.taskId)
      .where('node_id', '=', parts.nodeId)
      .where('attempt', '=', hold.attempt)
      .where('status', '=', 'running')
      .forUpdate()
      .executeTakeFirst()
    if (row !== undefined) await queueAgain(parts, tx, row)
  })
}
