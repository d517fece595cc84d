import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../../foundation/db/index.ts'
import type { RunningJob } from '../../../foundation/jobs/index.ts'
import type { KernelParts } from '../parts.ts'
import { asSeenBy } from './mask-event.ts'
import { EVENT_QUEUE } from './send-deliveries.ts'
import type { Delivery } from './subscriptions.ts'

const LONGEST_ERROR = 2_000
// What cannot be done at the moment, as against what may not be done at all.
const PASSING: ReadonlySet<number> = new Set([429, 503])

async function bury(
  parts: KernelParts,
  delivery: Delivery,
  error: string,
  alongside: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  const { event } = delivery
  parts.log.error(
    { app: delivery.app_id, handler: delivery.handler, event: event.event_type, event_id: event.event_id, error },
    'an event could not be delivered and is kept as a dead letter',
  )
  await parts.db.tenant(event.tenant_id, async (tx) => {
    await tx
      .insertInto('kernel.dead_event')
      .values({
        delivery_id: delivery.delivery_id,
        tenant_id: event.tenant_id,
        user_id: event.user_id,
        app_id: delivery.app_id,
        handler: delivery.handler,
        event: JSON.stringify(event),
        error: error.slice(0, LONGEST_ERROR),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await alongside(tx)
  })
}

const LOST_AT_ONCE = 100

/**
 * Puts aside deliveries whose last attempt ended without a word of its own, such as with its node. Each frees what
 * waits behind it in the transaction that makes it a dead letter.
 */
export async function buryLost(parts: KernelParts): Promise<void> {
  for (const { id, data, error } of await parts.jobs.failed<Delivery>(EVENT_QUEUE, LOST_AT_ONCE))
    await bury(parts, data, error, (tx) => parts.jobs.remove(EVENT_QUEUE, [id], tx))
}

/** Runs one handler for one event (K6.5). Rejects when it is to be tried again; the last failure becomes a dead letter. */
export async function deliverEvent(parts: KernelParts, job: RunningJob<Delivery>): Promise<void> {
  const { event, app_id: appId, handler } = job.data
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
  if (response.status !== 'error') return
  // Uninstalled, disabled or without the right since it was sent: nobody waits for it any more.
  if (refusal !== undefined && !PASSING.has(refusal.status)) return
  const error = response.error ?? 'The handler failed.'
  // A declarative function says whether to try again: what it wrote, or was refused, would be so once more (I4.12).
  const isFinal = job.isLastAttempt || (isDeclarative && response.retryable !== true)
  if (!isFinal) throw new Error(error)
  await bury(parts, job.data, error)
}
