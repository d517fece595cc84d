import type { EventEnvelope } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import type { QueueOptions } from '../../../foundation/jobs/index.ts'
import type { KernelParts } from '../parts.ts'
import type { KernelSettings } from '../ports.ts'
import type { Delivery } from './subscriptions.ts'

export const EVENT_QUEUE = 'kernel.deliveries'
/** Where an older version puts deliveries, each with all that happened: while an installation is upgraded its nodes run beside these. */
export const OLDER_QUEUE = 'kernel.events'
/**
 * Five attempts with growing pauses (K6.7); one user's events of one app come in their order (K6.1), so what is tried
 * again holds up what follows. A tenant whose handlers are slow leaves places to the others (E14).
 */
export const eventQueueOptions = ({ limits }: Pick<KernelSettings, 'limits'>): QueueOptions => ({
  concurrency: 12,
  perGroup: limits.eventsPerTenant,
  pollSeconds: 3,
  expireSeconds: 120,
  retryAfterSeconds: [1, 5, 30, 120],
  ordered: true,
})

/** What the engine is told: names, and nothing of what happened. */
export interface DeliveryJob {
  readonly delivery_id: string
  readonly app_id: string
  readonly handler: string
  readonly tenant_id: string
  readonly user_id: string
  readonly event_type: string
  readonly trace_id?: string | undefined
}

export const jobOf = ({ delivery_id, app_id, handler, event }: Delivery): DeliveryJob => ({
  ...{ delivery_id, app_id, handler },
  ...{ tenant_id: event.tenant_id, user_id: event.user_id, event_type: event.event_type },
  ...(event.trace_id === undefined ? {} : { trace_id: event.trace_id }),
})
const keyOf = ({ tenant_id, user_id, app_id }: DeliveryJob): string => `${tenant_id} ${user_id} ${app_id}`

/** Jobs of one moment run in the order of their ids; what the engine has had is not kept a second time. */
export async function storeBodies(tx: Tx, deliveries: readonly Delivery[]): Promise<void> {
  const rows = deliveries.map(({ delivery_id, event }) => ({
    ...{ delivery_id, tenant_id: event.tenant_id, user_id: event.user_id },
    event: JSON.stringify(event),
  }))
  await sql`insert into kernel.delivery (delivery_id, tenant_id, user_id, event)
    select delivery_id, tenant_id, user_id, event::json
    from json_to_recordset(${JSON.stringify(rows)}::json) as row (delivery_id uuid, tenant_id text, user_id text, event text)
    where not exists (select from jobs.job where name = ${EVENT_QUEUE} and id = delivery_id)
    on conflict do nothing`.execute(tx)
}

/**
 * Hands deliveries to the queue, and keeps what happened beside it, under the row-level security of its tenant. `tx` acts for
 * every tenant, or for the one of all deliveries. The same id is taken once a day, however often it is sent.
 */
export async function sendDeliveries(parts: KernelParts, deliveries: readonly Delivery[], tx: Tx): Promise<void> {
  if (deliveries.length === 0) return
  await storeBodies(tx, deliveries)
  const jobs = deliveries.map((delivery) => {
    const data = jobOf(delivery)
    return { id: data.delivery_id, key: keyOf(data), group: data.tenant_id, data }
  })
  await parts.jobs.sendMany(EVENT_QUEUE, eventQueueOptions(parts.settings), jobs, tx)
}

/** What happened; null when nobody is to hear of it any more: it was taken, or its user is gone. */
export async function readBody(parts: KernelParts, job: DeliveryJob): Promise<EventEnvelope | null> {
  const [result] = await parts.db.atomic(job.tenant_id, [
    { text: 'select event from kernel.delivery where delivery_id = $1', values: [job.delivery_id] },
  ])
  return result?.rows[0]?.event ?? null
}

/** The handler took it, or nobody waits for it. */
export async function dropBody(parts: KernelParts, job: DeliveryJob): Promise<void> {
  await parts.db.atomic(job.tenant_id, [
    { text: 'delete from kernel.delivery where delivery_id = $1', values: [job.delivery_id] },
  ])
}

/** What no job of the engine speaks of any more. */
export const forgetBodies = (parts: KernelParts): Promise<unknown> =>
  parts.db.everyTenant((tx) =>
    sql`delete from kernel.delivery d where created_at < now() - interval '1 day' and not exists (
      select from jobs.job where name = ${EVENT_QUEUE} and id = d.delivery_id and state not in ('completed', 'cancelled'))`.execute(
      tx,
    ),
  )
