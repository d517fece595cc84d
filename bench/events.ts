/**
 * `npm run bench -- events`: events from their commit in the outbox to the worker that would run their handler, by the
 * dispatch and the ordered queue of the platform, against the job engine alone with the same queue. Prints events per second and
 * p50 and p99 in ms from commit to worker; users are as many as keys, whose events stay in order.
 */
import type { Manifest } from '@imperal/contract'
import { openBus } from '../apps/server/src/foundation/bus.ts'
import { uuidv7 } from '../apps/server/src/foundation/ids.ts'
import { dispatchEvents } from '../apps/server/src/modules/kernel/events/dispatch-events.ts'
import {
  type DeliveryJob,
  dropBody,
  EVENT_QUEUE,
  eventQueueOptions,
  readBody,
} from '../apps/server/src/modules/kernel/events/send-deliveries.ts'
import { kernelLimits } from '../apps/server/src/modules/kernel/index.ts'
import type { KernelParts } from '../apps/server/src/modules/kernel/parts.ts'
import { eventMessage, openOutbox } from '../apps/server/src/modules/outbox/index.ts'
import { type Bench, report, timed, withBench } from './open-bench.ts'

const LIMITS = kernelLimits('development')
const EVENTS_OPTIONS = eventQueueOptions({ limits: LIMITS })
const EVENTS = 2_000
const USERS = 50
const AT_ONCE = 20

const manifest = { events: { subscribes: [{ type: 'crm.deal.created', handler: 'onDeal' }], emits: [] } }
const use = {
  app: { appId: 'reports', status: 'active' },
  version: { manifest: manifest as unknown as Manifest },
  install: {},
}

/** Counts what arrives at the workers of a queue. */
async function arrivals(bench: Bench, queue: string) {
  const jobs = await bench.openEngine()
  const waits: number[] = []
  const all = Promise.withResolvers<void>()
  await jobs.work<DeliveryJob & { sent?: number }>(queue, EVENTS_OPTIONS, async ({ data }) => {
    waits.push(performance.now() - (data.sent ?? (await taken(bench, data))))
    if (waits.length === EVENTS) all.resolve()
  })
  return { jobs, waits, all: all.promise }
}

/** Reads what happened and lets it go, as a delivery does. When it was sent. */
async function taken(bench: Bench, job: DeliveryJob): Promise<number> {
  const parts = bench as unknown as KernelParts // all that reading uses of a kernel is its database
  const event = await readBody(parts, job)
  await dropBody(parts, job)
  return Number(event?.data.sent)
}

async function publishAll(send: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < EVENTS) await send(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function platform(bench: Bench): Promise<void> {
  const bus = await openBus(bench.postgres.connection, bench.log)
  const outbox = await openOutbox({ ...bench, bus })
  const { jobs, waits, all } = await arrivals(bench, EVENT_QUEUE)
  const registry = { liveApps: async () => [use], appsOf: async () => [use] }
  // What dispatching uses of a kernel; everything else of one has no part in it.
  const parts = { ...bench, outbox, jobs, registry, settings: { limits: LIMITS } } as unknown as KernelParts
  let stopped = false
  const dispatching = (async () => {
    while (!stopped) {
      await dispatchEvents(parts)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  const seconds = await timed(async () => {
    await publishAll((n) =>
      outbox.send(
        eventMessage({
          type: 'crm.deal.created',
          source: 'user',
          tenantId: 'default',
          userId: `imp_u_${n % USERS}`,
          data: { sent: performance.now() },
          timestamp: bench.clock.iso(),
        }).message,
      ),
    )
    await all
  })
  stopped = true
  await dispatching
  report('outbox, dispatch, ordered queue', EVENTS, seconds, waits)
  await outbox.close()
  await bus.close()
}

async function engine(bench: Bench): Promise<void> {
  const { jobs, waits, all } = await arrivals(bench, 'bench.events')
  const seconds = await timed(async () => {
    await publishAll((n) =>
      jobs.sendMany('bench.events', EVENTS_OPTIONS, [
        { id: uuidv7(), key: `imp_u_${n % USERS}`, data: { sent: performance.now() } },
      ]),
    )
    await all
  })
  report('job engine alone, the same queue', EVENTS, seconds, waits)
}

await withBench(async (bench) => {
  await platform(bench)
  await engine(bench)
})
