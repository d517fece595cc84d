import type { Process } from '@imperal/contract'
import { sql } from 'kysely'
import { EVERY_TENANT } from '../../../foundation/db/index.ts'
import { type DeliveryJob, EVENT_QUEUE } from '../events/send-deliveries.ts'
import type { KernelParts } from '../parts.ts'

/** Which processes are meant; `tenantId` null: of every tenant. */
export interface ProcessesOf {
  readonly tenantId: string | null
  readonly userId?: string | undefined
  readonly appId?: string | undefined
  readonly traceId?: string | undefined
  readonly kind?: Process['kind'] | undefined
  readonly limit: number
}

/** Work that runs beside the calls, which another module keeps. */
export interface WorkSource {
  /** At most `limit`, oldest first. */
  list(which: ProcessesOf): Promise<Process[]>
  /** Ends it for an operator of `tenantId`; null: of the installation. Null: there is no such work, for this operator. */
  stop?(id: string, tenantId: string | null): Promise<'cancelling' | 'finished' | null>
}

interface Row extends Omit<Process, 'started_at' | 'deadline_at'> {
  readonly started_at: Date
  readonly deadline_at: Date | null
}

/** One shape for everything that runs or waits, whichever table knows of it. */
const ALL = sql`
  select 'task' as kind, task_id as id, tenant_id, user_id, app_id, function, title, status, trace_id, node_id,
    coalesce(started_at, created_at) as started_at, deadline_at, true as cancellable
    from kernel.task where status in ('queued', 'running')
  union all
  select 'call', c.call_id, c.tenant_id, c.draft::json->>'user_id', c.draft::json->>'app_id', c.draft::json->>'function', '',
    'running', c.draft::json->>'trace_id', c.node_id, (c.draft::json->>'received_at')::timestamptz, null, false
    from kernel.open_call c
  union all
  select 'confirmation', f.confirmation_id, f.tenant_id, f.user_id, f.app_id, coalesce(f.calls->0->>'function', ''), f.title,
    f.status, f.trace_id, null, f.created_at, f.expires_at, false
    from kernel.confirmation f where f.status in ('pending', 'confirmed', 'executing') and f.created_at > now() - interval '1 day'
  union all
  select 'schedule', r.app_id || ' ' || r.schedule, '*', '__system__', r.app_id, r.schedule, r.schedule, 'running', null,
    r.node_id, r.started_at, null, false
    from kernel.schedule_run r where r.finished_at is null`

const toWire = ({ started_at, deadline_at, ...row }: Row): Process => ({
  ...row,
  started_at: started_at.toISOString(),
  deadline_at: deadline_at?.toISOString() ?? null,
})

async function fromTables(parts: KernelParts, which: ProcessesOf): Promise<Process[]> {
  const { tenantId, userId = null, appId = null, traceId = null, kind = null, limit } = which
  return parts.db.tenant(tenantId ?? EVERY_TENANT, async (tx) => {
    const { rows } = await sql<Row>`select * from (${ALL}) p
      where (${tenantId}::text is null or p.tenant_id = ${tenantId}) and (${userId}::text is null or p.user_id = ${userId})
        and (${appId}::text is null or p.app_id = ${appId}) and (${traceId}::text is null or p.trace_id = ${traceId})
        and (${kind}::text is null or p.kind = ${kind})
      order by p.started_at limit ${limit}`.execute(tx)
    return rows.map(toWire)
  })
}

const present = (members: Record<string, string | null | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(members).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

/** Events on their way to handlers: only the engine knows of them. */
async function deliveries(parts: KernelParts, which: ProcessesOf): Promise<Process[]> {
  if (which.kind !== undefined && which.kind !== 'event') return []
  const { tenantId: tenant_id, userId: user_id, traceId: trace_id, appId: app_id } = which
  const holding = present({ tenant_id, user_id, trace_id, app_id })
  const jobs = await parts.jobs.unfinished(EVENT_QUEUE, holding, which.limit)
  return jobs.map(({ id, data, state, since }) => {
    const delivery = data as DeliveryJob // sent by `sendDeliveries` only
    return {
      kind: 'event',
      id,
      tenant_id: delivery.tenant_id,
      user_id: delivery.user_id,
      app_id: delivery.app_id,
      function: delivery.handler,
      title: delivery.event_type,
      status: state,
      trace_id: delivery.trace_id ?? null,
      node_id: null,
      started_at: since.toISOString(),
      deadline_at: null,
      cancellable: false,
    }
  })
}

/** What runs and waits now, for whom and where, oldest first (E21). */
export async function readProcesses(parts: KernelParts, which: ProcessesOf): Promise<Process[]> {
  const found = await Promise.all([
    fromTables(parts, which),
    deliveries(parts, which),
    ...(parts.otherWork?.() ?? []).map((source) => source.list(which)),
  ])
  return found
    .flat()
    .sort((one, other) => (one.started_at < other.started_at ? -1 : 1))
    .slice(0, which.limit)
}
