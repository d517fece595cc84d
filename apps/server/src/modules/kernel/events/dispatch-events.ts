import { EventEnvelope } from '@imperal/contract'
import { sql } from 'kysely'
import type { StreamRecord } from '../../outbox/index.ts'
import type { KernelParts } from '../parts.ts'
import { sendDeliveries } from './send-deliveries.ts'
import { type Delivery, deliveriesOf } from './subscriptions.ts'

const AT_ONCE = 200
const LOCK = 4_780_000_003

async function toDeliveries(parts: KernelParts, record: StreamRecord): Promise<Delivery[]> {
  const event = EventEnvelope.safeParse(record.payload)
  if (event.success) return deliveriesOf(parts, event.data)
  parts.log.warn({ message: record.id }, 'an event without the form of one is not delivered')
  return []
}

/** One batch from the place that all nodes share. Whoever holds the lock does it; ids make a repetition harmless. */
function dispatchBatch(parts: KernelParts): Promise<number> {
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as mine`.execute(tx)
    if (rows[0]?.mine !== true) return 0
    const { position } = await tx.selectFrom('kernel.event_cursor').select('position').executeTakeFirstOrThrow()
    const page = await parts.outbox.readSettled(position, { type: 'event', limit: AT_ONCE })
    const deliveries = (await Promise.all(page.records.map((record) => toDeliveries(parts, record)))).flat()
    await sendDeliveries(parts, deliveries)
    if (page.position !== position)
      await tx.updateTable('kernel.event_cursor').set({ position: page.position }).execute()
    return page.records.length
  })
}

/** Hands all events that are there to the queue of their subscribers. Any number of nodes may do it at once. */
export async function dispatchEvents(parts: KernelParts, stopping?: AbortSignal): Promise<void> {
  while (stopping?.aborted !== true) if ((await dispatchBatch(parts)) < AT_ONCE) return
}
