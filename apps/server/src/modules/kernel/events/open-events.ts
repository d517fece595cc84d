import { openSoon } from '../../../foundation/soon.ts'
import type { KernelParts } from '../parts.ts'
import { forgetDeadEvents } from './dead-events.ts'
import { buryLost, deliverEvent, takeOver } from './deliver-event.ts'
import { dispatchEvents } from './dispatch-events.ts'
import { type DeliveryJob, EVENT_QUEUE, eventQueueOptions, forgetBodies, OLDER_QUEUE } from './send-deliveries.ts'
import type { Delivery } from './subscriptions.ts'

// Looks by itself, too: a node that heard of an event may have ended before it handed it on.
const EVERY_SECONDS = 5
const REST = { soonMs: 20, restMs: 60 }
const FORGET_SECONDS = 3_600
const LOST_SECONDS = 10

/** Delivers events to the handlers of apps. Returns a function that stops it. */
export function openEvents(parts: KernelParts): () => Promise<void> {
  const { jobs, outbox, log } = parts
  const stopping = new AbortController()
  const soon = openSoon(
    () =>
      dispatchEvents(parts, stopping.signal).catch((error) => log.warn({ err: error }, 'events were not handed on')),
    REST,
  )
  const off = outbox.listen(({ type }) => {
    if (type === 'event') soon.notice()
  })
  const stopForgetting = jobs.every('kernel.events.forget', FORGET_SECONDS, () =>
    Promise.all([forgetDeadEvents(parts), forgetBodies(parts)]),
  )
  const stopBurying = jobs.upkeep('kernel.events.lost', LOST_SECONDS, () => buryLost(parts))
  const stopLooking = jobs.every('kernel.events', EVERY_SECONDS, (signal) => dispatchEvents(parts, signal))
  const options = eventQueueOptions(parts.settings)
  const started = (work: Promise<() => Promise<void>>) =>
    work.catch((error) => {
      log.error({ err: error }, 'the delivery of events was not started')
      return async () => {}
    })
  const working = [
    started(jobs.work<DeliveryJob>(EVENT_QUEUE, options, (job) => deliverEvent(parts, job))),
    started(jobs.work<Delivery>(OLDER_QUEUE, options, (job) => takeOver(parts, job.data))),
  ]
  return async () => {
    stopping.abort()
    off()
    await Promise.all([
      soon.stop(),
      stopLooking(),
      stopForgetting(),
      stopBurying(),
      ...working.map(async (work) => (await work)()),
    ])
  }
}
