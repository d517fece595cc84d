import type { DeadEvent, EventEnvelope } from '@imperal/contract'
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { uuidv7 } from '../../../foundation/ids.ts'
import type { KernelParts } from '../parts.ts'
import type { DeadEventTable } from '../tables.ts'
import { sendDeliveries } from './send-deliveries.ts'
import type { Delivery } from './subscriptions.ts'

type Row = Selectable<DeadEventTable>

/** Which given-up events are meant. `tenantId` null: those of every tenant. */
export interface DeadEventsOf {
  readonly tenantId: string | null
  readonly deliveryIds?: readonly string[] | undefined
  readonly appId?: string | undefined
  readonly handler?: string | undefined
}

const KEPT_DAYS = 30
const AT_ONCE = 500

const envelopeOf = (row: Row): EventEnvelope => row.event as unknown as EventEnvelope // written by `bury` only

const toWire = (row: Row): DeadEvent => ({
  delivery_id: row.delivery_id,
  tenant_id: row.tenant_id,
  user_id: row.user_id,
  app_id: row.app_id,
  handler: row.handler,
  event_type: envelopeOf(row).event_type,
  event_id: envelopeOf(row).event_id,
  error: row.error,
  failed_at: row.failed_at.toISOString(),
})

const within = <T>(parts: KernelParts, { tenantId }: DeadEventsOf, work: (tx: Tx) => Promise<T>): Promise<T> =>
  tenantId === null ? parts.db.everyTenant(work) : parts.db.tenant(tenantId, work)

function selection(tx: Tx, { deliveryIds, appId, handler }: DeadEventsOf) {
  let query = tx.selectFrom('kernel.dead_event')
  if (deliveryIds !== undefined) query = query.where('delivery_id', 'in', [...deliveryIds])
  if (appId !== undefined) query = query.where('app_id', '=', appId)
  return handler === undefined ? query : query.where('handler', '=', handler)
}

/** Newest first, with the number of all. */
export function listDeadEvents(
  parts: KernelParts,
  which: DeadEventsOf,
  page: { readonly before: string | undefined; readonly limit: number },
): Promise<{ events: DeadEvent[]; total: number }> {
  return within(parts, which, async (tx) => {
    const query = selection(tx, which)
    const { total } = await query.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    const older = page.before === undefined ? query : query.where('failed_at', '<', new Date(page.before))
    const rows = await older.selectAll().orderBy('failed_at', 'desc').limit(page.limit).execute()
    return { events: rows.map(toWire), total }
  })
}

/**
 * Delivers given-up events again. Those of one key come in their order: the next one was not tried before the one in front of it
 * was given up, and the database wrote down when. Each stops being a dead letter in the transaction
 * that sends it. Ten operators at once replay each of them once.
 */
export async function replayDeadEvents(parts: KernelParts, which: DeadEventsOf): Promise<number> {
  for (let replayed = 0; ; ) {
    const count = await within(parts, which, async (tx) => {
      const rows = await selection(tx, which)
        .selectAll()
        .orderBy('failed_at')
        .orderBy('delivery_id')
        .limit(AT_ONCE)
        .forUpdate()
        .skipLocked()
        .execute()
      if (rows.length === 0) return 0
      const ids = rows.map((row) => row.delivery_id)
      await tx.deleteFrom('kernel.dead_event').where('delivery_id', 'in', ids).execute()
      // The engine takes an id once a day, and those of one moment in the order of their ids.
      const deliveries = rows.map(
        (row): Delivery => ({
          delivery_id: uuidv7(),
          app_id: row.app_id,
          handler: row.handler,
          event: envelopeOf(row),
        }),
      )
      await sendDeliveries(parts, deliveries, tx)
      return rows.length
    })
    replayed += count
    if (count < AT_ONCE) return replayed
  }
}

export function dropDeadEvent(parts: KernelParts, which: DeadEventsOf & { deliveryIds: readonly string[] }) {
  return within(parts, which, async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('kernel.dead_event')
      .where('delivery_id', 'in', [...which.deliveryIds])
      .executeTakeFirst()
    return numDeletedRows > 0n
  })
}

/** Dead letters are kept for 30 days. */
export const forgetDeadEvents = (parts: KernelParts): Promise<unknown> =>
  parts.db.everyTenant((tx) =>
    tx
      .deleteFrom('kernel.dead_event')
      .where('failed_at', '<', new Date(parts.clock.now() - KEPT_DAYS * 86_400_000))
      .execute(),
  )
