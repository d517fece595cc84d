import { billingErrors } from '../errors.ts'
import { lockWallet, runIn } from '../ledger/move-credits.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { cardOf } from '../payments/customers.ts'
import { actionOf, chargePayment, giveUpPayment, orDeclined, type Paid } from '../payments/pay.ts'
import { insertPayment, intentIdOf, openPayments, type PaymentRow } from '../payments/payment-rows.ts'
import { type BillingPeriod, type Plan, priceOf } from '../plans/types.ts'
import { beginPeriod } from './activate.ts'
import { nextState, stateOf } from './machine.ts'
import { findSubscription, lockSubscription, readSubscription, type SubscriptionRow } from './rows.ts'

/** A plan that people choose by themselves. @throws BILLING_PLAN_UNKNOWN */
export function selfServicePlan(parts: BillingParts, planId: string): Plan {
  const plan = parts.book.plan(planId)
  if (plan === undefined || !plan.selfService) throw billingErrors.PLAN_UNKNOWN({ plan: planId })
  return plan
}

/** What is charged: the chosen card, or nothing where an operator looks after payments. @throws BILLING_NO_CARD */
export async function methodFor(parts: BillingParts, owner: Owner): Promise<string | null> {
  const provider = await parts.providers.current()
  return provider.takesCards ? cardOf(parts, owner) : null
}

export const planState = (parts: BillingParts, row: SubscriptionRow | undefined) => ({
  status: row?.status ?? 'free',
  plan: row?.plan_id ?? parts.book.freePlan().planId,
  expires_at: row?.expires_at.toISOString() ?? null,
})

/** Members of an answer about a payment that was begun. */
export const paymentState = ({ charge, payment }: Paid) => ({
  requires_action: charge.requiresAction,
  ...actionOf(charge),
  payment_intent_id: intentIdOf(payment),
  ...(charge.clientSecret === '' ? {} : { client_secret: charge.clientSecret }),
})

function refuseSecond(row: SubscriptionRow | undefined): void {
  if (row !== undefined && nextState(stateOf(row), 'subscribe') === null)
    throw billingErrors.ALREADY_SUBSCRIBED({ plan: row.plan_id })
}

/** A plan that costs nothing begins without a payment. */
async function beginGratis(parts: BillingParts, owner: Owner, to: { plan: Plan; period: BillingPeriod }) {
  const eventId = `gratis:${parts.clock.now()}:${owner.userId}`.slice(0, 40)
  return parts.db.tenant(owner.tenantId, async (tx) => {
    refuseSecond(await lockSubscription(tx, owner))
    return beginPeriod(parts, tx, owner, { ...to, mode: 'free', paidCents: 0, eventId })
  })
}

/**
 * The one open payment for a plan: asked for again, or twice at once, it is the same, and another plan takes its place.
 * @throws BILLING_ALREADY_SUBSCRIBED
 */
async function planPayment(
  parts: BillingParts,
  owner: Owner,
  to: { plan: Plan; period: BillingPeriod; amountCents: number },
): Promise<PaymentRow> {
  const { amountCents, period } = to
  const provider = await parts.providers.current()
  const purpose = { plan_id: to.plan.planId, period }
  const { payment, others } = await parts.db.tenant(owner.tenantId, async (tx) => {
    // There is no subscription yet that could be locked: whoever asks meanwhile waits for the wallet.
    await lockWallet(parts, tx, owner)
    // In this order: a payment that is not open any more has begun its plan, which is seen then.
    const open = await openPayments(tx, owner, 'subscription')
    refuseSecond(await findSubscription(tx, owner))
    const same = open.find(
      (one) =>
        one.provider === provider.name &&
        one.amount_cents === amountCents &&
        one.purpose.plan_id === purpose.plan_id &&
        one.purpose.period === period,
    )
    const wanted = { ...owner, type: 'subscription', amountCents, tokens: 0, purpose, provider: provider.name } as const
    const payment = same ?? (await insertPayment(tx, wanted, parts.clock.iso()))
    return { payment, others: open.filter((one) => one.payment_id !== same?.payment_id) }
  })
  for (const other of others) await giveUpPayment(parts, other, 'another plan was chosen instead')
  return payment
}

/**
 * Begins a paid plan: charges a period and activates it when the money is there (api.md 5.8).
 * @throws BILLING_PLAN_UNKNOWN, BILLING_ALREADY_SUBSCRIBED, BILLING_NO_CARD, BILLING_DECLINED, BILLING_PAYMENTS_OFF
 */
export async function subscribe(parts: BillingParts, owner: Owner, asked: { planId: string; period: BillingPeriod }) {
  const plan = selfServicePlan(parts, asked.planId)
  const { period } = asked
  refuseSecond(await readSubscription(parts, owner))
  const amountCents = priceOf(plan, period)
  if (amountCents === 0) {
    return { ...planState(parts, await beginGratis(parts, owner, { plan, period })), requires_action: false }
  }
  const methodId = await methodFor(parts, owner)
  const payment = await planPayment(parts, owner, { plan, period, amountCents })
  const description = `${plan.name}, ${period}`
  const paid = orDeclined(await chargePayment(parts, payment, { methodId, offSession: false, description }))
  return { ...planState(parts, await readSubscription(parts, owner)), ...paymentState(paid) }
}

/** Writes down who did what to a subscription, in the transaction that does it. */
export function auditing(parts: BillingParts, owner: Owner, entry: { action: string; plan: string; actorId?: string }) {
  return (tx: Parameters<typeof runIn>[0]) =>
    runIn(
      tx,
      parts.audit.recording({
        tenantId: owner.tenantId,
        actorId: entry.actorId ?? owner.userId,
        actorType: 'user',
        userId: owner.userId,
        action: entry.action,
        targetType: 'subscription',
        targetId: owner.userId,
        metadata: { plan: entry.plan },
        source: 'billing',
      }),
    )
}
