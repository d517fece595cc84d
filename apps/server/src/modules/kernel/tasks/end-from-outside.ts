import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { newCallId } from '../../../foundation/ids.ts'
import { preview } from '../ledger/mask.ts'
import { insertRows, recoverOne } from '../ledger/row.ts'
import { runStatement } from '../ledger/run-statement.ts'
import type { KernelParts } from '../parts.ts'
import type { TaskTable } from '../tables.ts'
import { CANCEL_CHANNEL } from './running-tasks.ts'
import { workOf } from './stored-work.ts'
import { endMessages } from './task-messages.ts'
import { factsOf, type TaskEnd } from './task-record.ts'

type Row = Selectable<TaskTable>

const UNKNOWN = 'Whether it took effect is unknown: look before you ask for it again.'

/** Ends that no handler tells of: what the user hears, and what the ledger says of a call that had no effect. */
const ENDS = {
  cancelled: { status: 'cancelled', row: 'cancelled', code: null, text: 'It was cancelled.' },
  /** Had effects, or may have had some. */
  unknown: {
    status: 'failed',
    row: 'unknown',
    code: 'INTERNAL',
    text: `The server that ran this stopped in the middle. ${UNKNOWN}`,
  },
  /** Had none, and was tried as often as may be. */
  lost: {
    status: 'failed',
    row: 'failed',
    code: 'INTERNAL',
    text: 'The server that ran this stopped in the middle, more than once. Nothing was changed; ask for it again.',
  },
  stale: {
    status: 'timed_out',
    row: 'timed_out',
    code: 'BACKEND_TIMEOUT',
    text: 'This took longer than it may, and nothing was heard of it any more.',
  },
} as const

/** One row for the pass: of its open call, or of what was stored when it had no effect yet. */
async function record(parts: KernelParts, tx: Tx, row: Row, how: keyof typeof ENDS): Promise<void> {
  const { row: status, code } = ENDS[how]
  const work = workOf(row)
  const recovered = row.call_id === null ? [] : await runStatement(tx, recoverOne(row.call_id))
  if (recovered.length > 0 || work === null) return
  const at = parts.clock.iso()
  const ended = {
    ...work.draft,
    // A pass that another node has recorded already keeps its row.
    call_id: row.call_id ?? newCallId(),
    parent_task_id: row.task_id,
    status,
    error_code: code,
    completed_at: at,
  }
  await runStatement(tx, insertRows([ended]))
}

const isPerson = (row: Row): boolean => !row.user_id.startsWith('__')

/** Ends an unfinished task whose row is locked: no process of it is left, or it does not answer. */
export async function endFromOutside(parts: KernelParts, tx: Tx, row: Row, how: keyof typeof ENDS): Promise<void> {
  await record(parts, tx, row, how)
  const { status, code, text } = ENDS[how]
  const result = { text: `“${row.title}”: ${text}`, type: 'task_failed', ui: null, refresh_panels: [] } as const
  const end: TaskEnd = {
    status,
    error: text,
    errorCode: code,
    preview: preview(text),
    result,
    progress: row.progress,
    message: row.message,
  }
  const at = new Date(parts.clock.now())
  await tx
    .updateTable('kernel.task')
    .set({
      status,
      error: text,
      error_code: code,
      result_preview: end.preview,
      result: JSON.stringify(result),
      work: null,
      finished_at: at,
      delivered_at: isPerson(row) ? null : at,
    })
    .where('task_id', '=', row.task_id)
    .execute()
  for (const message of endMessages(factsOf(row), end, at.toISOString())) await parts.outbox.publish(tx, message)
}

/**
 * Asks a task to stop: one that waits is over at once, one that runs hears of it. Null: it has ended already or there is
 * none.
 */
export function cancelTask(
  parts: KernelParts,
  tenantId: string,
  taskId: string,
): Promise<'cancelled' | 'cancelling' | null> {
  return parts.db.tenant(tenantId, async (tx) => {
    const { rows } = await sql<Row>`
      update kernel.task set cancel_requested = true
      where task_id = ${taskId} and status in ('queued', 'running') returning *`.execute(tx)
    const [row] = rows
    if (row === undefined) return null
    if (row.status === 'queued') {
      await endFromOutside(parts, tx, row, 'cancelled')
      return 'cancelled'
    }
    await sql`select pg_notify(${CANCEL_CHANNEL}, ${taskId})`.execute(tx)
    return 'cancelling'
  })
}
