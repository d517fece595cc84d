import { sql } from 'kysely'
import type { Statement, Tx } from '../../foundation/db/index.ts'
import { randomId } from '../../foundation/ids.ts'
import type { ExecutionRow, RuleRow } from './tables.ts'
import { enqueue, type RunJob } from './trigger-rule.ts'
import type { Parts } from './types.ts'

/** Longest run of all steps of a rule, on however many nodes (K6.22). */
export const EXECUTION_SECONDS = 300
/** A node that has not renewed for so long has lost the run (E13). */
const LEASE_SECONDS = 15
const RENEW_MS = 4_000
/** Seconds after which a run that nobody took is offered again. */
const OFFERED_SECONDS = 15
const AT_ONCE = 100

export interface Claimed {
  readonly rule: RuleRow
  readonly row: ExecutionRow
}

/** Takes a run for this node: one that waits, or one whose node is gone. Null: there is nothing to do. */
export function claimExecution(parts: Parts, { tenant_id, execution_id }: RunJob): Promise<Claimed | null> {
  const now = parts.clock.iso()
  return parts.db.tenant(tenant_id, async (tx) => {
    const { rows } = await sql<ExecutionRow>`
      update automations.execution set status = 'running', run_id = ${randomId('run')}, turns = turns + 1,
        lease_until = now() + make_interval(secs => ${LEASE_SECONDS}),
        started_at = coalesce(started_at, ${now}::timestamptz),
        timeout_at = coalesce(timeout_at, ${now}::timestamptz + make_interval(secs => ${EXECUTION_SECONDS}))
      where execution_id = ${execution_id} and not external
        and (status = 'triggered' or (status = 'running' and lease_until < now()))
      returning *`.execute(tx)
    const [row] = rows
    if (row === undefined) return null
    const rule = await tx
      .selectFrom('automations.rule')
      .selectAll()
      .where('rule_id', '=', row.rule_id)
      .executeTakeFirst()
    return rule === undefined ? null : { rule, row }
  })
}

// Divides by zero for a turn that was lost, and holds the row until the effects of this one are committed.
const FENCE = `select 1 / count(*) as ours from (
  select from automations.execution where execution_id = $1 and run_id = $2 and status = 'running' for share
) held`

/** In front of the first effects of a step: nothing is written in the name of a turn that was lost. */
export const executionFence = ({ execution_id, run_id }: ExecutionRow): Statement => ({
  text: FENCE,
  values: [execution_id, run_id],
})

/** Renews the lease until the function it answers is called; says so when the run belongs to somebody else by now. */
export function keepLease(parts: Parts, row: ExecutionRow, onLost: () => void): () => void {
  let renewedAt = performance.now()
  const renew = async (): Promise<void> => {
    const sent = performance.now()
    const { rows } = await parts.db.tenant(row.tenant_id, (tx) =>
      sql`update automations.execution set lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
        where execution_id = ${row.execution_id} and run_id = ${row.run_id} and status = 'running' returning 1`.execute(
        tx,
      ),
    )
    if (rows.length === 0) onLost()
    else renewedAt = sent
  }
  const timer = setInterval(() => {
    renew().catch((error) => {
      parts.log.warn({ err: error, execution: row.execution_id }, 'the lease of a run was not renewed')
      if (performance.now() - renewedAt > LEASE_SECONDS * 1_000) onLost()
    })
  }, RENEW_MS)
  timer.unref()
  return () => clearInterval(timer)
}

const offer = async (parts: Parts, tx: Tx, runs: readonly ExecutionRow[]): Promise<void> => {
  for (const run of runs)
    await enqueue(parts, tx, { tenant_id: run.tenant_id, execution_id: run.execution_id, userId: run.user_id })
}

/** Gives up a run between two steps, because this node ends: another one goes on with it. */
export function handOver(parts: Parts, row: ExecutionRow): Promise<void> {
  return parts.db.tenant(row.tenant_id, async (tx) => {
    const { rows } = await sql<ExecutionRow>`
      update automations.execution set lease_until = now() - interval '1 second', due_at = now()
      where execution_id = ${row.execution_id} and run_id = ${row.run_id} and status = 'running' returning *`.execute(
      tx,
    )
    await offer(parts, tx, rows)
  })
}

/** Offers runs whose node is gone to whoever has room. Any number of nodes may do it at once. */
export function offerLost(parts: Parts): Promise<number> {
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<ExecutionRow>`
      update automations.execution set due_at = now() where execution_id in (
        select execution_id from automations.execution
        where status = 'running' and not external and lease_until < now()
          and due_at < now() - make_interval(secs => ${OFFERED_SECONDS})
        order by lease_until limit ${AT_ONCE} for update skip locked)
      returning *`.execute(tx)
    await offer(parts, tx, rows)
    return rows.length
  })
}
