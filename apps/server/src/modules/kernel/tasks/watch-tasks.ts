import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { DEAD_AFTER_SECONDS } from '../ledger/node-lease.ts'
import type { KernelParts } from '../parts.ts'
import type { TaskTable } from '../tables.ts'
import { sendTask } from './begin-task.ts'
import { endFromOutside } from './end-from-outside.ts'
import { isRepeatable } from './stored-work.ts'
import { queueAgain } from './take-task.ts'

type Row = Selectable<TaskTable>

/** Attempts at work that may be repeated: reads, what is idempotent, and what had no effect yet (kernel 4.7). */
const MOST_ATTEMPTS = 3
const OVERDUE_SECONDS = 30
const SILENT_SECONDS = 600
const KEPT_HOURS = 24
const UNTOLD_KEPT_HOURS = 168
const AT_ONCE = 100

/** Whether an attempt left anything: its call is open, or was recorded when its node was taken for dead. */
async function hadEffects(tx: Tx, row: Row): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select
    exists (select 1 from kernel.open_call where call_id = ${row.call_id})
    or exists (select 1 from ledger.action
      where tenant_id = ${row.tenant_id} and user_id = ${row.user_id} and call_id = ${row.call_id}) as found`.execute(
    tx,
  )
  return rows[0]?.found === true
}

async function recoverTask(parts: KernelParts, tx: Tx, row: Row): Promise<void> {
  const lasting = await hadEffects(tx, row)
  if (row.cancel_requested) return endFromOutside(parts, tx, row, 'cancelled')
  if (row.work !== null && row.attempt < MOST_ATTEMPTS && (isRepeatable(row) || !lasting))
    return queueAgain(parts, tx, row)
  return endFromOutside(parts, tx, row, lasting || row.work === null ? 'unknown' : 'lost')
}

/**
 * Tasks of nodes that are gone: run again where that is harmless, ended with the truth where nobody can know. Any number
 * of nodes may do this at once.
 */
export async function recoverTasks(parts: KernelParts): Promise<number> {
  return parts.db.everyTenant(async (tx) => {
    // First locked, then looked at: an effect that commits in between is seen.
    const { rows } = await sql<Row>`
      select * from kernel.task t
      where t.status = 'running' and t.node_id <> ${parts.nodeId} and not exists (
        select 1 from kernel.node n where n.node_id = t.node_id
          and n.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS}))
      limit ${AT_ONCE} for update skip locked`.execute(tx)
    for (const row of rows) await recoverTask(parts, tx, row)
    return rows.length
  })
}

/** Ends tasks that nobody hears of any more: 600 s without a heartbeat, or 30 s over their time (K4.15). */
export async function failStaleTasks(parts: KernelParts): Promise<number> {
  const now = new Date(parts.clock.now())
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<Row>`
      select * from kernel.task t
      where t.status = 'running' and (
        t.heartbeat_at < ${now}::timestamptz - make_interval(secs => ${SILENT_SECONDS})
        or t.deadline_at < ${now}::timestamptz - make_interval(secs => ${OVERDUE_SECONDS}))
      limit ${AT_ONCE} for update skip locked`.execute(tx)
    for (const row of rows) await endFromOutside(parts, tx, row, 'stale')
    return rows.length
  })
}

const FORGOTTEN_SECONDS = 60

/** Sends waiting tasks to the engine again of which it may know nothing any more: their job failed or is gone. */
export async function remindOfWaiting(parts: KernelParts): Promise<number> {
  const now = new Date(parts.clock.now())
  const { rows } = await parts.db.everyTenant((tx) =>
    sql<Row>`update kernel.task set heartbeat_at = ${now}::timestamptz where task_id in (
      select task_id from kernel.task where status = 'queued'
        and coalesce(heartbeat_at, created_at) < ${now}::timestamptz - make_interval(secs => ${FORGOTTEN_SECONDS})
      order by created_at limit ${AT_ONCE} for update skip locked) returning *`.execute(tx),
  )
  for (const row of rows) await sendTask(parts, { task_id: row.task_id, tenant_id: row.tenant_id })
  return rows.length
}

/** Records of ended tasks are kept for a day (kernel 4.1), and of those that cannot be told for a week. */
export async function forgetTasks(parts: KernelParts): Promise<void> {
  const before = (hours: number) => new Date(parts.clock.now() - hours * 3_600_000)
  const untold = await parts.db.everyTenant(async (tx) => {
    await tx
      .deleteFrom('kernel.task')
      .where('finished_at', '<', before(KEPT_HOURS))
      .where('delivered_at', 'is not', null)
      .execute()
    return tx
      .deleteFrom('kernel.task')
      .where('finished_at', '<', before(UNTOLD_KEPT_HOURS))
      .returning('task_id')
      .execute()
  })
  if (untold.length > 0)
    parts.log.error({ tasks: untold.map((row) => row.task_id) }, 'results of tasks could not be told for a week')
}
