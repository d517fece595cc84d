import type { RuleSkip } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import { announce } from './announce.ts'
import { noteOutcome, notePaused, tellNotices } from './notify-owner.ts'
import type { ExecutionRow, NoticeRow, RuleRow } from './tables.ts'
import { enqueue, noteSkip, uncountRun } from './trigger-rule.ts'
import type { Parts } from './types.ts'

/** Attempts of a run that failed before it changed anything, and the waits between them in seconds (K6.22). */
const RETRY_AFTER = [30, 120]
/** Failures in a row after which a rule is stopped (K6.23). */
const FAILURES_TO_STOP = 5
const LONGEST_RESULT = 2_000

export type Ending =
  | { readonly kind: 'completed'; readonly result: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly isFinal?: boolean }
  | { readonly kind: 'skipped'; readonly why: Extract<RuleSkip, 'condition' | 'no_model'> }

const cut = (text: string): string => text.slice(0, LONGEST_RESULT)

async function tryAgain(parts: Parts, tx: Tx, run: ExecutionRow, seconds: number): Promise<void> {
  const now = parts.clock.now()
  const next = await tx
    .insertInto('automations.execution')
    .values({
      execution_id: orderedId('exe'),
      rule_id: run.rule_id,
      tenant_id: run.tenant_id,
      user_id: run.user_id,
      cause: run.cause,
      attempt: run.attempt + 1,
      parent_execution_id: run.execution_id,
      status: 'triggered',
      event: JSON.stringify(run.event),
      trace_id: run.trace_id,
      due_at: new Date(now + seconds * 1000),
      created_at: new Date(now),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('execution_id')
    .executeTakeFirst()
  if (next !== undefined)
    await enqueue(
      parts,
      tx,
      { tenant_id: run.tenant_id, execution_id: next.execution_id, userId: run.user_id },
      seconds,
    )
}

/** Counts the end of a run on its rule; a rule that keeps failing is stopped (K6.23). */
export async function countEnd(
  parts: Parts,
  tx: Tx,
  ruleId: number,
  end: { readonly isDone: boolean; readonly error: string },
): Promise<RuleRow | null> {
  const rule = await tx
    .updateTable('automations.rule')
    .set(
      end.isDone
        ? { success_count: sql`success_count + 1`, failures_in_row: 0 }
        : {
            failure_count: sql`failure_count + 1`,
            failures_in_row: sql`failures_in_row + 1`,
            last_error: cut(end.error),
            status: sql`case when failures_in_row + 1 >= ${FAILURES_TO_STOP} and status = 'active' then 'error' else status end`,
            status_reason: sql`case when failures_in_row + 1 >= ${FAILURES_TO_STOP} and status = 'active'
              then ${`It failed ${FAILURES_TO_STOP} times in a row, last with: ${end.error.slice(0, 500)}`} else status_reason end`,
          },
    )
    .where('rule_id', '=', ruleId)
    .returningAll()
    .executeTakeFirst()
  if (rule === undefined) return null
  await announce(parts, tx, rule, 'execution_finished')
  return rule
}

const justStopped = (rule: RuleRow): boolean =>
  rule.status === 'error' && rule.failures_in_row === FAILURES_TO_STOP && rule.status_reason !== null

/** The owner hears of an end as the rule says, and of a stop in any case. Null: of nothing. */
export const noteEnd = (
  parts: Parts,
  tx: Tx,
  rule: RuleRow,
  end: { readonly isDone: boolean; readonly text: string },
): Promise<NoticeRow | null> =>
  !end.isDone && justStopped(rule) ? notePaused(parts, tx, rule) : noteOutcome(parts, tx, rule, end)

/**
 * Writes the end of a run that this turn (`run.run_id`) still holds, and what follows from it, in one transaction, what
 * the owner is to hear included; then tells them. A turn that was taken from it changes nothing.
 */
export async function settleExecution(parts: Parts, run: ExecutionRow, ending: Ending): Promise<boolean> {
  const finished = new Date(parts.clock.now())
  const settled = await parts.db.tenant(run.tenant_id, async (tx) => {
    const failed = ending.kind === 'failed'
    // The rule first, as everybody locks them: its owner may be deleting it.
    await tx.selectFrom('automations.rule').select('rule_id').where('rule_id', '=', run.rule_id).forUpdate().execute()
    const ended = await tx
      .updateTable('automations.execution')
      .set({
        status: ending.kind === 'skipped' ? 'cancelled' : ending.kind,
        finished_at: finished,
        result: ending.kind === 'completed' ? cut(ending.result) : null,
        error: failed ? ending.code : ending.kind === 'skipped' ? ending.why.toUpperCase() : null,
        error_text: failed ? cut(ending.message) : null,
      })
      .where('execution_id', '=', run.execution_id)
      .where('status', '=', 'running')
      .where('run_id', '=', run.run_id)
      .returning('changed')
      .executeTakeFirst()
    if (ended === undefined) return null
    if (ending.kind === 'skipped') {
      await noteSkip(parts, tx, run, ending.why)
      await uncountRun(parts, tx, run)
      return null
    }
    const seconds = RETRY_AFTER[run.attempt - 1]
    if (failed && ending.isFinal !== true && !ended.changed && seconds !== undefined) {
      await tryAgain(parts, tx, run, seconds)
      return null
    }
    const rule = await countEnd(parts, tx, run.rule_id, { isDone: !failed, error: failed ? ending.message : '' })
    if (rule === null) return null
    const text = cut(failed ? ending.message : ending.result) || 'All steps are done.'
    return { notice: await noteEnd(parts, tx, rule, { isDone: !failed, text }) }
  })
  if (settled === null) return false
  await tellNotices(parts, [settled.notice])
  return true
}
