import type { Tx } from '../../../foundation/db/index.ts'
import type { QueueOptions } from '../../../foundation/jobs/index.ts'
import type { KernelParts } from '../parts.ts'
import type { KernelSettings } from '../ports.ts'
import type { Delivery } from './subscriptions.ts'

export const EVENT_QUEUE = 'kernel.events'
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

const keyOf = ({ event, app_id: appId }: Delivery): string => `${event.tenant_id} ${event.user_id} ${appId}`

/** Hands deliveries to the queue. The same id is taken once a day, however often it is sent. */
export const sendDeliveries = (parts: KernelParts, deliveries: readonly Delivery[], tx?: Tx): Promise<void> =>
  parts.jobs.sendMany(
    EVENT_QUEUE,
    eventQueueOptions(parts.settings),
    deliveries.map((delivery) => ({
      id: delivery.delivery_id,
      key: keyOf(delivery),
      group: delivery.event.tenant_id,
      data: delivery,
    })),
    tx,
  )
