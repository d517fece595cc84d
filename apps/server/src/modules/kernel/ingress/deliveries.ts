import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { randomId } from '../../../foundation/ids.ts'
import { HANDLER_SECONDS } from '../corridor/execute.ts'
import type { KernelParts } from '../parts.ts'
import type { Webhook } from './receive-webhook.ts'

const KEPT_HOURS = 24
/** A claim that is older belongs to a node that is gone: no handler runs so long. */
const LOST_SECONDS = HANDLER_SECONDS.webhook + 30

/** A delivery that this node hands over now. */
export interface DeliveryClaim {
  readonly key: { readonly app_id: string; readonly function: string; readonly delivery: Buffer }
  readonly claim: string
}

/** `taken`: the handler has had it; `running`: it has it at the moment. */
export type Claimed = DeliveryClaim | 'taken' | 'running'

/**
 * Claims a delivery by the id that its sender gave it. An id counts only once its handler has taken it: a stranger who
 * guesses one, and whom the handler turns away, keeps nothing from anybody.
 */
export function claimDelivery(parts: KernelParts, webhook: Webhook, id: string): Promise<Claimed> {
  const key = {
    app_id: webhook.appId,
    function: webhook.functionName,
    delivery: createHash('sha256').update(id).digest(),
  }
  const claim = randomId('clm')
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<{ claim: string }>`
      insert into kernel.webhook_delivery as d (app_id, function, delivery, claim)
      values (${key.app_id}, ${key.function}, ${key.delivery}, ${claim})
      on conflict (app_id, function, delivery) do update set claim = excluded.claim, at = now(), is_taken = false
      where d.at < now() - make_interval(secs => case when d.is_taken then ${KEPT_HOURS * 3600}::float8 else ${LOST_SECONDS}::float8 end)
      returning claim`.execute(tx)
    if (rows.length > 0) return { key, claim }
    const found = await tx
      .selectFrom('kernel.webhook_delivery')
      .select('is_taken')
      .where('app_id', '=', key.app_id)
      .where('function', '=', key.function)
      .where('delivery', '=', key.delivery)
      .executeTakeFirst()
    return found?.is_taken === true ? 'taken' : 'running'
  })
}

/** What the handler made of it: one that it did not take may come again at once. */
export async function endDelivery(parts: KernelParts, { key, claim }: DeliveryClaim, isTaken: boolean): Promise<void> {
  await parts.db.everyTenant(async (tx) => {
    const where = sql`app_id = ${key.app_id} and function = ${key.function} and delivery = ${key.delivery} and claim = ${claim}`
    await (isTaken
      ? sql`update kernel.webhook_delivery set is_taken = true, at = now() where ${where}`
      : sql`delete from kernel.webhook_delivery where ${where}`
    ).execute(tx)
  })
}

export const forgetDeliveries = (parts: KernelParts): Promise<unknown> =>
  parts.db.everyTenant((tx) =>
    sql`delete from kernel.webhook_delivery where at < now() - make_interval(hours => ${KEPT_HOURS}::integer)`.execute(
      tx,
    ),
  )
