import { EventEnvelope } from '@imperal/contract'
import { sql } from 'kysely'
import { passOver, type SettledPage, type StreamRecord } from '../../outbox/index.ts'
import type { KernelParts } from '../parts.ts'
import { sendDeliveries } from './send-deliveries.ts'
import { type Delivery, deliveriesOf, subscribedNames } from './subscriptions.ts'

const AT_ONCE = 200
/** Whoever hands events on holds it. */
export const DISPATCH_LOCK = 4_780_000_003

async function toDeliveries(parts: KernelParts, record: StreamRecord): Promise<Delivery[]> {
  const event = EventEnvelope.safeParse(record.payload)
  if (event.success) return deliveriesOf(parts, event.data, record.id)
  parts.log.warn({ message: record.id }, 'an event without the form of one is not delivered')
  return []
}

/** Where the place in the outbox is kept up to which subscribers were served. */
export const EVENT_CURSOR = 'kernel.event_cursor'

/** Null when an app has just begun to subscribe: it may have been told of nothing yet, so the place is read once more. */
async function wantedAfter(parts: KernelParts, position: string): Promise<SettledPage | null> {
  const names = await subscribedNames(parts)
  const page = await parts.outbox.readSettled(position, {
    type: 'event',
    limit: AT_ONCE,
    names: { text: 'select unnest($5::text[])', values: [names] },
  })
  return String(await subscribedNames(parts)) === String(names) ? page : null
}

/** One batch from the place that all nodes share. Whoever holds the lock does it; ids make a repetition harmless. */
async function dispatchBatch(parts: KernelParts): Promise<number> {
  if (await passOver(parts.db, EVENT_CURSOR, (position) => wantedAfter(parts, position))) return 0
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${DISPATCH_LOCK}) as mine`.execute(
      tx,
    )
    if (rows[0]?.mine !== true) return 0
    const { position } = await tx.selectFrom(EVENT_CURSOR).select('position').executeTakeFirstOrThrow()
    const page = await wantedAfter(parts, position)
    if (page === null) return AT_ONCE
    const deliveries = (await Promise.all(page.records.map((record) => toDeliveries(parts, record)))).flat()
    // A transaction that began after the lock was had: the engine takes its moment for the order of batches.
    await parts.db.everyTenant((later) => sendDeliveries(parts, deliveries, later))
    if (page.position !== position) await tx.updateTable(EVENT_CURSOR).set({ position: page.position }).execute()
    return page.records.length
  })
}

/** Hands all events that are there to the queue of their subscribers. Any number of nodes may do it at once. */
export async function dispatchEvents(parts: KernelParts, stopping?: AbortSignal): Promise<void> {
  while (stopping?.aborted !== true) if ((await dispatchBatch(parts)) < AT_ONCE) return
}
