import { sql } from 'kysely'
import type { Database } from '../../../foundation/db/index.ts'
import { lagBehind } from '../../outbox/index.ts'
import { EVENT_CURSOR } from '../events/dispatch-events.ts'
import { EVENT_QUEUE } from '../events/send-deliveries.ts'

interface Figure {
  readonly value: number
  readonly attributes: { readonly state: string }
}

/** What waits and runs in the whole installation, in figures. */
export interface Backlog {
  readonly tasks: readonly Figure[]
  readonly deliveries: readonly Figure[]
  /** Seconds that the oldest delivery is overdue, or the oldest event that was not handed to its subscribers yet has waited. */
  readonly eventLag: number
  readonly openCalls: number
  readonly deadEvents: number
}

const DAYS = 7

/** Counts what is not over: indexed rows only, so that it may be asked every few seconds. */
export async function readBacklog(db: Database): Promise<Backlog> {
  const backlog = await db.everyTenant(async (tx) => {
    const { rows } = await sql<{ what: string; state: string; value: number | null }>`
      select 'task' as what, status as state, count(*)::int as value from kernel.task
        where status in ('queued', 'running') group by status
      union all
      select 'delivery', case state when 'active' then 'running' when 'retry' then 'retry' else 'queued' end, count(*)::int
        from jobs.job where name = ${EVENT_QUEUE} and state in ('created', 'retry', 'active') group by 2
      union all
      select 'event_lag', '', extract(epoch from now() - min(greatest(start_after, created_on)))::float8
        from jobs.job where name = ${EVENT_QUEUE} and state in ('created', 'retry') and start_after <= now()
      union all select 'call', '', count(*)::int from kernel.open_call
      union all select 'dead', '', count(*)::int from kernel.dead_event where failed_at > now() - make_interval(days => ${DAYS})`.execute(
      tx,
    )
    const figures = (what: string) =>
      rows.filter((row) => row.what === what).map(({ state, value }) => ({ value: value ?? 0, attributes: { state } }))
    const one = (what: string) => rows.find((row) => row.what === what)?.value ?? 0
    return {
      tasks: figures('task'),
      deliveries: figures('delivery'),
      eventLag: one('event_lag'),
      openCalls: one('call'),
      deadEvents: one('dead'),
    }
  })
  return { ...backlog, eventLag: Math.max(backlog.eventLag, await lagBehind(db, EVENT_CURSOR, 'event')) }
}
