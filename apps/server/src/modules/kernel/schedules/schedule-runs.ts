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

/** How the run of a minute went: `skipped` when the one before it still went on in some tenant, and the others are well. */
export type RunEnd = 'success' | 'failed' | 'skipped'

/** A due minute that this node took; `ended` is how its run went, null while it goes on. */
export interface DueRun {
  readonly due: DueMinute
  /** Where it runs at the moment. */
  readonly tenants: Set<string>
  ended: RunEnd | null
}

const KEPT_DAYS = 30
/** A time that was missed while nothing ran is made up for within so long, and only written down after that. */
const CATCH_UP_MS = 15 * 60_000

/** What became of a due minute: `run` it is this node's to run, `missed` it is too late, `skipped` a later one is due. */
export type Claim = 'run' | 'skipped' | 'missed' | 'taken'

export const isLate = ({ minute }: DueMinute, at: Date): boolean => at.getTime() - minute.getTime() > CATCH_UP_MS

/** Takes one due minute for this node, to run it or to pass over it; `taken` when another one has it (K7.2). */
export function claimMinute(parts: KernelParts, due: DueMinute, as: Exclude<Claim, 'taken'>): Promise<Claim> {
  const status = as === 'run' ? null : as
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql`
      insert into kernel.schedule_run (app_id, schedule, minute, node_id, status, finished_at)
      values (${due.app_id}, ${due.schedule}, ${due.minute}, ${parts.nodeId}, ${status}::text,
        case when ${status}::text is not null then now() end)
      on conflict do nothing returning 1`.execute(tx)
    return rows.length === 0 ? 'taken' : as
  })
}

/**
 * Takes the schedule's place in one tenant. False while a run before this one still goes on there, and when a later one was
 * faster (K7.3): what is slow in one tenant holds up no other. A minute of the future is that of a clock which was wrong.
 */
export function takePlace(parts: KernelParts, due: DueMinute, tenantId: string): Promise<boolean> {
  return parts.db.tenant(tenantId, async (tx) => {
    const { rows } = await sql`
      insert into kernel.schedule_place as p (tenant_id, app_id, schedule, minute, node_id)
      values (${tenantId}, ${due.app_id}, ${due.schedule}, ${due.minute}, ${parts.nodeId})
      on conflict (app_id, schedule, tenant_id) do update set minute = excluded.minute, node_id = excluded.node_id
      where (p.minute < excluded.minute or p.minute > now() + interval '1 hour') and (p.node_id is null or not exists (
        select 1 from kernel.node n
        where n.node_id = p.node_id and n.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS})))
      returning 1`.execute(tx)
    return rows.length > 0
  })
}

/** The run has ended there. @throws when the database is away; `recoverRuns` frees the place then. */
export async function leavePlace(parts: KernelParts, due: DueMinute, tenantId: string): Promise<void> {
  await parts.db.tenant(tenantId, (tx) =>
    tx
      .updateTable('kernel.schedule_place')
      .set({ node_id: null })
      .where('tenant_id', '=', tenantId)
      .where('app_id', '=', due.app_id)
      .where('schedule', '=', due.schedule)
      .where('minute', '=', due.minute)
      .where('node_id', '=', parts.nodeId)
      .execute(),
  )
}

const FENCE = `select 1 / count(*) as ours from (
  select from kernel.schedule_run r join kernel.schedule_place p using (app_id, schedule, minute, node_id)
  where r.app_id = $1 and r.schedule = $2 and r.minute = $3 and r.node_id = $4 and r.finished_at is null and p.tenant_id = $5
  for share
) held`

/** In front of the first effects of a run: none is written once others take its node for dead. */
export const runFence = (parts: KernelParts, due: DueMinute, tenantId: string): Statement => ({
  text: FENCE,
  values: [due.app_id, due.schedule, due.minute, parts.nodeId, tenantId],
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

/** A due minute that did not run in a tenant is a fact of its ledger as well (11.3). */
export async function recordUnrun(
  parts: KernelParts,
  due: DueMinute,
  { tenantId, why }: { readonly tenantId: string; readonly why: 'skipped' | 'missed' },
): Promise<void> {
  const now = parts.clock.iso()
  const row = insertRows([
    {
      call_id: newCallId(),
      tenant_id: tenantId,
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
  await parts.db.tenant(tenantId, (tx) => runStatement(tx, row))
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

const isAlive = sql`exists (
  select 1 from kernel.node n where n.node_id = h.node_id
    and n.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS}))`

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
  const running = [...parts.dueRuns].map(({ due, tenants }) => ({
    ...due,
    minute: due.minute.toISOString(),
    tenants: [...tenants],
  }))
  const mine = sql`jsonb_to_recordset(${JSON.stringify(running)}::jsonb)
    as m (app_id text, schedule text, minute timestamptz, tenants jsonb)
    where m.app_id = h.app_id and m.schedule = h.schedule and m.minute = h.minute`
  await parts.db.everyTenant(async (tx) => {
    await sql`update kernel.schedule_run h set finished_at = now(), status = 'failed'
      where h.finished_at is null and not case when h.node_id = ${parts.nodeId}
        then exists (select 1 from ${mine}) else ${isAlive} end`.execute(tx)
    await sql`update kernel.schedule_place h set node_id = null
      where h.node_id is not null and not case when h.node_id = ${parts.nodeId}
        then exists (select 1 from ${mine} and m.tenants ? h.tenant_id) else ${isAlive} end`.execute(tx)
    const old = sql`now() - make_interval(days => ${KEPT_DAYS})`
    await sql`delete from kernel.schedule_run where minute < ${old}`.execute(tx)
    await sql`delete from kernel.schedule_place where minute < ${old} and node_id is null`.execute(tx)
  })
}
