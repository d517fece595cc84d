import { sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { userAccount } from '../ledger/book.ts'
import type { BillingParts } from '../parts.ts'
import { ownerOf, type PaymentRow } from '../payments/payment-rows.ts'
import { expirePlanCredits } from '../plans/grant-credits.ts'
import { tellPlan } from '../tell-event.ts'
import { lockSubscription, updateSubscription } from './rows.ts'

/** The event of the last credits that a plan gave and that stayed: it names the payment that the present plan rests on. */
async function lastGrant(tx: Tx, payment: PaymentRow): Promise<string | undefined> {
  const entry = await tx
    .selectFrom('billing.entry')
    .select('event_id')
    .where('tenant_id', '=', payment.tenant_id)
    .where('account', '=', userAccount(payment.user_id))
    .where('reason', '=', 'plan_credit')
    .where('amount', '>', 0)
    .where(
      sql<boolean>`not exists (select 1 from billing.payment p
        where p.status = 'refunded' and 'plan:' || p.payment_id = event_id)`,
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return entry?.event_id
}

/**
 * Ends what a payment for a plan gave, when all of it went back: an upgrade within its period falls back to the plan before,
 * and a period that was paid with it ends, with what is left of its credits. A plan that rests on another payment stays.
 */
export async function endRefunded(parts: BillingParts, tx: Tx, payment: PaymentRow): Promise<void> {
  const owner = ownerOf(payment)
  const { plan_id, period, from_plan, period_start } = payment.purpose
  const row = await lockSubscription(tx, owner)
  if (row === undefined || row.plan_id !== plan_id || row.period !== period) return
  if (payment.type === 'upgrade' && from_plan !== undefined && row.period_start.toISOString() === period_start) {
    const back = { plan_id: from_plan, pending_plan: null, pending_period: null }
    const fallen = await updateSubscription(tx, owner, { ...back, updated_at: parts.clock.iso() })
    await tellPlan(parts, tx, owner, { type: 'billing.plan_activated', row: fallen })
    return
  }
  if ((await lastGrant(tx, payment)) !== `plan:${payment.payment_id}`) return
  await expirePlanCredits(parts, tx, owner, `refunded:${payment.payment_id}`)
  await tx
    .deleteFrom('billing.subscription')
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .execute()
  await tellPlan(parts, tx, owner, { type: 'billing.plan_ended', row: row })
}
