import { SYSTEM_USER } from '@imperal/contract'
import { sql } from 'kysely'
import type { Statement } from '../../../foundation/db/index.ts'
import { newCallId, newTraceId } from '../../../foundation/ids.ts'
import { DEAD_AFTER_SECONDS } from '../ledger/node-lease.ts'
import { insertRows } from '../ledger/row.ts'
import { runStatement } from '../ledger/run-statement.ts'
import type { KernelParts } from '../parts.ts'

export interface DueSchedule {
  readonly app_id: string
  readonly schedule: string
  readonly cron: string
}

/** A due minute of a schedule. */
export interface DueMinute extends DueSchedule {
  readonly minute: Date
}

/** A due minute that this node took; `ended` is how its run went, null while it goes on. */
export interface DueRun {
  readonly due: DueMinute
  ended: 'success' | 'failed' | null
}

const KEPT_DAYS = 30
/** A time that was missed while nothing ran is made up for within so long, and only written down after that. */
const CATCH_UP_MS = 15 * 60_000

/** What became of a due minute: `run` it is this node's to run, `skipped` the last run still goes on, `missed` it is too late. */
export type Claim = 'run' | 'skipped' | 'missed' | 'taken'

/** Takes one due minute for this node; `taken` when another one has it (K7.2, K7.3). */
export function claimMinute(parts: KernelParts, due: DueMinute, at: Date): Promise<Claim> {
  const isLate = at.getTime() - due.minute.getTime() > CATCH_UP_MS
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<{ claim: Claim }>`
      insert into kernel.schedule_run (app_id, schedule, minute, node_id, status, finished_at)
      select ${due.app_id}, ${due.schedule}, ${due.minute}::timestamptz, ${parts.nodeId}, over.status,
        case when over.status is not null then now() end
      from (select case when ${isLate}::boolean then 'missed' when exists (
        select 1 from kernel.schedule_run r join kernel.node n on n.node_id = r.node_id
        where r.app_id = ${due.app_id} and r.schedule = ${due.schedule} and r.finished_at is null
          and n.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS})
      ) then 'skipped' end as status) over
      on conflict do nothing
      returning coalesce(status, 'run') as claim`.execute(tx)
    return rows[0]?.claim ?? 'taken'
  })
}

const FENCE = `select 1 / count(*) as ours from (
  select from kernel.schedule_run where app_id = $1 and schedule = $2 and minute = $3 and node_id = $4 and finished_at is null for share
) held`

/** In front of the first effects of a run: none is written once others take its node for dead. */
export const runFence = (parts: KernelParts, due: DueMinute): Statement => ({
  text: FENCE,
  values: [due.app_id, due.schedule, due.minute, parts.nodeId],
})

/** Writes how a run went. @throws when the database is away; `recoverRuns` tries again. */
export async function finishMinute(parts: KernelParts, { due, ended }: DueRun): Promise<void> {
  await parts.db.everyTenant((tx) =>
    tx
      .updateTable('kernel.schedule_run')
      .set({ finished_at: new Date(), status: ended })
      .where('app_id', '=', due.app_id)
      .where('schedule', '=', due.schedule)
      .where('minute', '=', due.minute)
      .where('node_id', '=', parts.nodeId)
      .where('finished_at', 'is', null)
      .execute(),
  )
}

/** A due minute that did not run is a fact of the ledger as well (11.3). */
export async function recordUnrun(parts: KernelParts, due: DueMinute, why: 'skipped' | 'missed'): Promise<void> {
  const app = await parts.registry.app(due.app_id)
  if (app === null) return
  const now = parts.clock.iso()
  const row = insertRows([
    {
      call_id: newCallId(),
      tenant_id: app.ownerTenantId,
      user_id: SYSTEM_USER,
      agency_id: null,
      trace_id: newTraceId(),
      chain_id: null,
      step_id: null,
      parent_task_id: null,
      conversation_id: null,
      source: 'schedule',
      actor_kind: 'system',
      app_id: due.app_id,
      function: due.schedule,
      action_type: 'write',
      status: 'skipped',
      error_code: null,
      args: { due: due.minute.toISOString() },
      message_preview: null,
      result_preview: why === 'missed' ? 'It was due while nothing ran.' : 'The run before it still went on.',
      confirmation: 'not_required',
      confirmation_id: null,
      event_type: null,
      event_id: null,
      retention_class: 'federal_7y',
      duration_ms: 0,
      facts: { worker_id: parts.nodeId, why },
      received_at: now,
      completed_at: now,
    },
  ])
  await parts.db.tenant(app.ownerTenantId, (tx) => runStatement(tx, row))
}

/** Whether the last runs of a schedule all failed, this many and no more: the moment to say so (K7.3). */
export function hasJustFailed(parts: KernelParts, due: DueSchedule, times: number): Promise<boolean> {
  return parts.db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('kernel.schedule_run')
      .select('status')
      .where('app_id', '=', due.app_id)
      .where('schedule', '=', due.schedule)
      .where('status', 'in', ['success', 'failed'])
      .orderBy('minute', 'desc')
      .limit(times + 1)
      .execute()
    const failed = rows.slice(0, times).filter((row) => row.status === 'failed').length
    return failed === times && rows[times]?.status !== 'failed'
  })
}

/**
 * Runs of nodes that are gone have failed; what they still try to write is refused. So have those that this node took
 * without hearing of it. Ends that found no database are written now. Old runs are forgotten.
 */
export async function recoverRuns(parts: KernelParts): Promise<void> {
  for (const run of parts.dueRuns) {
    if (run.ended === null) continue
    await finishMinute(parts, run)
    parts.dueRuns.delete(run)
  }
  const mine = [...parts.dueRuns].map(({ due }) => ({ ...due, minute: due.minute.toISOString() }))
  await parts.db.everyTenant(async (tx) => {
    await sql`update kernel.schedule_run r set finished_at = now(), status = 'failed'
      where r.finished_at is null and case when r.node_id = ${parts.nodeId} then not exists (
        select 1 from jsonb_to_recordset(${JSON.stringify(mine)}::jsonb) as m (app_id text, schedule text, minute timestamptz)
        where m.app_id = r.app_id and m.schedule = r.schedule and m.minute = r.minute)
      else not exists (
        select 1 from kernel.node n where n.node_id = r.node_id
          and n.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS})) end`.execute(tx)
    await sql`delete from kernel.schedule_run where minute < now() - make_interval(days => ${KEPT_DAYS})`.execute(tx)
  })
}
