import { EventEnvelope } from '@imperal/contract'
import { uuidv7 } from '../../../foundation/ids.ts'
import type { KernelParts } from '../parts.ts'
import { sendDeliveries } from './send-deliveries.ts'
import { deliveriesOf } from './subscriptions.ts'

export interface EventSpan {
  readonly tenantId: string | null
  readonly appId: string
  readonly handler?: string | undefined
  readonly userId?: string | undefined
  readonly from: Date
  readonly to: Date
}

const AT_ONCE = 500

/** Delivers what was published within a span of time to one app again, in order, as far as it is kept (E10). */
export async function replayEvents(parts: KernelParts, span: EventSpan): Promise<number> {
  let replayed = 0
  let after: string | undefined
  for (;;) {
    const page = await parts.outbox.readSpan({ ...span, type: 'event', after, limit: AT_ONCE })
    const found = page.map(async (record) => {
      const event = EventEnvelope.safeParse(record.payload)
      return event.success ? deliveriesOf(parts, event.data, record.id) : []
    })
    const deliveries = (await Promise.all(found))
      .flat()
      .filter(({ app_id: appId, handler }) => appId === span.appId && (span.handler ?? handler) === handler)
      .map((delivery) => ({ ...delivery, delivery_id: uuidv7() }))
    await parts.db.everyTenant((tx) => sendDeliveries(parts, deliveries, tx))
    replayed += deliveries.length
    after = page.at(-1)?.id
    if (page.length < AT_ONCE) return replayed
  }
}
