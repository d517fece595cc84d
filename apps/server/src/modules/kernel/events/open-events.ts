import type { KernelParts } from '../parts.ts'
import { forgetDeadEvents } from './dead-events.ts'
import { deliverEvent } from './deliver-event.ts'
import { dispatchEvents } from './dispatch-events.ts'
import { EVENT_QUEUE, EVENT_QUEUE_OPTIONS } from './send-deliveries.ts'
import type { Delivery } from './subscriptions.ts'

// Looks by itself, too: a node that heard of an event may have ended before it handed it on.
const EVERY_SECONDS = 5
const SOON_MS = 20
const FORGET_SECONDS = 3_600

/** Delivers events to the handlers of apps. Returns a function that stops it. */
export function openEvents(parts: KernelParts): () => Promise<void> {
  const { jobs, outbox, log } = parts
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let again = false
  const stopping = new AbortController()
  const look = async (): Promise<void> => {
    again = false
    await dispatchEvents(parts, stopping.signal).catch((error) => log.warn({ err: error }, 'events were not handed on'))
    timer = undefined
    if (again) soon()
  }
  const soon = (): void => {
    again = true
    if (stopping.signal.aborted) return
    timer ??= setTimeout(() => {
      running = look()
    }, SOON_MS).unref()
  }
  const off = outbox.listen(({ type }) => {
    if (type === 'event') soon()
  })
  const stopForgetting = jobs.every('kernel.events.forget', FORGET_SECONDS, () => forgetDeadEvents(parts))
  const stopLooking = jobs.every('kernel.events', EVERY_SECONDS, (signal) => dispatchEvents(parts, signal))
  const working = jobs
    .work<Delivery>(EVENT_QUEUE, EVENT_QUEUE_OPTIONS, (job) => deliverEvent(parts, job))
    .catch((error) => {
      log.error({ err: error }, 'the delivery of events was not started')
      return async () => {}
    })
  return async () => {
    stopping.abort()
    off()
    clearTimeout(timer)
    await Promise.all([running, stopLooking(), stopForgetting(), working.then((stop) => stop())])
  }
}
