import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { eventMessage, type OutboxMessage } from '../outbox/index.ts'
import { runIn } from './ledger/move-credits.ts'
import { noteMoney } from './note-money.ts'
import type { BillingParts, Owner } from './parts.ts'
import type { PaymentRow } from './payments/payment-rows.ts'
import type { SubscriptionRow } from './subscriptions/rows.ts'

/** What apps and rules of a user hear of their money (K6.3). A name is permanent. */
export type BillingEvent =
  | 'billing.topup_completed'
  | 'billing.payment_completed'
  | 'billing.payment_failed'
  | 'billing.payment_refunded'
  | 'billing.plan_activated'
  | 'billing.plan_past_due'
  | 'billing.plan_ended'
  | 'billing.balance_low'
  | 'billing.payout_requested'
  | 'billing.payout_approved'
  | 'billing.payout_rejected'
  | 'billing.payout_paid'

type Telling = Pick<BillingParts, 'outbox' | 'clock'>

const billingEvent = (
  { clock }: Telling,
  { tenantId, userId }: Owner,
  happened: { readonly type: BillingEvent; readonly data: JsonObject },
): OutboxMessage => eventMessage({ ...happened, source: 'system', tenantId, userId, timestamp: clock.iso() }).message

/** Tells it with the transaction in which it happens: the two are true together, or neither is. */
export async function tellEvent(
  parts: Telling,
  tx: Tx,
  owner: Owner,
  happened: { readonly type: BillingEvent; readonly data: JsonObject },
): Promise<void> {
  await runIn(tx, parts.outbox.publishingMany([billingEvent(parts, owner, happened)]))
}

/** A payment in an event: amounts in cents and whole credits, no word of cards or addresses. */
export const paymentData = (row: PaymentRow): JsonObject => ({
  payment_id: row.payment_id,
  type: row.type,
  amount_cents: row.amount_cents,
  currency: row.currency,
  tokens: row.tokens,
  ...(row.purpose.plan_id === undefined ? {} : { plan: row.purpose.plan_id }),
})

/** A plan begins, ends or is not paid: told, and written down under the same name. */
export async function tellPlan(
  parts: Telling & Pick<BillingParts, 'audit'>,
  tx: Tx,
  owner: Owner,
  happened: {
    readonly type: 'billing.plan_activated' | 'billing.plan_past_due' | 'billing.plan_ended'
    readonly row: Pick<SubscriptionRow, 'plan_id' | 'period' | 'expires_at'>
  },
): Promise<void> {
  const { type, row } = happened
  const data = planData(row)
  await noteMoney(parts, tx, owner, {
    action: type,
    targetType: 'subscription',
    targetId: owner.userId,
    metadata: data,
  })
  await tellEvent(parts, tx, owner, { type, data })
}

/** A plan in an event. */
export const planData = (row: Pick<SubscriptionRow, 'plan_id' | 'period' | 'expires_at'>): JsonObject => ({
  plan: row.plan_id,
  period: row.period,
  expires_at: row.expires_at.toISOString(),
})
