import type { JsonObject } from '@imperal/contract'
import { CompiledQuery } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import type { RunningJob } from '../../../foundation/jobs/index.ts'
import type { KernelParts } from '../parts.ts'
import { asSeenBy } from './mask-event.ts'
import {
  type DeliveryJob,
  dropBody,
  EVENT_QUEUE,
  jobOf,
  OLDER_QUEUE,
  readBody,
  sendDeliveries,
  storeBodies,
} from './send-deliveries.ts'
import type { Delivery } from './subscriptions.ts'

const LONGEST_ERROR = 2_000
// What cannot be done at the moment, as against what may not be done at all.
const PASSING: ReadonlySet<number> = new Set([429, 503])

// What happened is moved, not copied. An earlier attempt may have moved it already.
const BURY = `with gone as (delete from kernel.delivery where delivery_id = $1 returning tenant_id, user_id, event)
insert into kernel.dead_event (delivery_id, tenant_id, user_id, app_id, handler, event, error)
select $1, tenant_id, user_id, $2, $3, event::jsonb, $4 from gone on conflict do nothing`

async function bury(
  parts: KernelParts,
  job: DeliveryJob,
  error: string,
  alongside: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  const { delivery_id: id, app_id: app, handler, event_type: event } = job
  parts.log.error(
    { app, handler, event, delivery: id, error },
    'an event could not be delivered and is kept as a dead letter',
  )
  await parts.db.tenant(job.tenant_id, async (tx) => {
    await tx.executeQuery(CompiledQuery.raw(BURY, [id, app, handler, error.slice(0, LONGEST_ERROR)]))
    await alongside(tx)
  })
}

const LOST_AT_ONCE = 100

/**
 * Puts aside deliveries whose last attempt ended without a word of its own, such as with its node. Each frees what
 * waits behind it in the transaction that makes it a dead letter.
 */
export async function buryLost(parts: KernelParts): Promise<void> {
  for (const { id, data, error } of await parts.jobs.failed<DeliveryJob>(EVENT_QUEUE, LOST_AT_ONCE))
    await buryOne(parts, id, () => bury(parts, data, error, (tx) => parts.jobs.remove(EVENT_QUEUE, [id], tx)))
  for (const { id, data, error } of await parts.jobs.failed<Delivery>(OLDER_QUEUE, LOST_AT_ONCE))
    await buryOne(parts, id, async () => {
      await parts.db.tenant(data.event.tenant_id, (tx) => storeBodies(tx, [data]))
      await bury(parts, jobOf(data), error, (tx) => parts.jobs.remove(OLDER_QUEUE, [id], tx))
    })
}

/** One that cannot be put aside must not keep the others from it. */
async function buryOne(parts: KernelParts, delivery: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    parts.log.error({ err: error, delivery }, 'a lost delivery could not be put aside')
  }
}

/** Takes over what an older version handed to its own queue. */
export const takeOver = (parts: KernelParts, delivery: Delivery): Promise<void> =>
  parts.db.tenant(delivery.event.tenant_id, (tx) => sendDeliveries(parts, [delivery], tx))

/** Runs one handler for one event (K6.5). Rejects when it is to be tried again; the last failure becomes a dead letter. */
export async function deliverEvent(parts: KernelParts, job: RunningJob<DeliveryJob>): Promise<void> {
  const { app_id: appId, handler } = job.data
  const event = await readBody(parts, job.data)
  if (event === null) return
  if (job.isFirstAttempt)
    parts.telemetry.observe('imperal.event.delay', (parts.clock.now() - Date.parse(event.timestamp)) / 1000, {
      app_id: appId,
    })
  const seen = await asSeenBy(parts, event, appId)
  // A declarative function takes the event's data as its params (ir 3.7), code gets the envelope.
  const isDeclarative = (await parts.registry.liveVersion(appId))?.format === 'ir'
  const { response, refusal } = await parts.runInner({
    source: 'event',
    tenantId: event.tenant_id,
    userId: event.user_id,
    appId,
    function: handler,
    params: isDeclarative ? seen.data : (seen as unknown as JsonObject), // an envelope is JSON
    traceId: event.trace_id,
    causation: [...(event.causation ?? []), event.event_id],
  })
  if (response.status !== 'error') return dropBody(parts, job.data)
  // Uninstalled, disabled or without the right since it was sent: nobody waits for it any more.
  if (refusal !== undefined && !PASSING.has(refusal.status)) return dropBody(parts, job.data)
  const error = response.error ?? 'The handler failed.'
  // A declarative function says whether to try again: what it wrote, or was refused, would be so once more (I4.12).
  const isFinal = job.isLastAttempt || (isDeclarative && response.retryable !== true)
  // What the handler said may tell of its user's things: it is in the ledger, and stays out of the engine's tables.
  if (!isFinal) throw new Error(`The handler failed: ${response.error_code ?? 'INTERNAL'}.`)
  await bury(parts, job.data, error)
}
