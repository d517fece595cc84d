import { billingErrors } from '../errors.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { providerFor } from '../payments/choose-provider.ts'
import { cardOf } from '../payments/customers.ts'
import { actionOf, chargePayment, giveUpPayment, orDeclined } from '../payments/pay.ts'
import { insertPayment, openPayments, ownerOf } from '../payments/payment-rows.ts'
import { type BillingPeriod, type Plan, priceOf } from '../plans/types.ts'
import { applyUpgrade } from './activate.ts'
import { remainingPart } from './periods.ts'
import { demand, lockSubscription, readSubscription, type SubscriptionRow, updateSubscription } from './rows.ts'
import { auditing, selfServicePlan } from './subscribe.ts'

export interface Target {
  readonly plan: Plan
  readonly period: BillingPeriod
}

/**
 * By what a month costs; a year of the same plan is the greater commitment. Whoever has paid for a year keeps it: what is
 * paid by the month follows it.
 */
export function compareTargets(
  parts: BillingParts,
  row: SubscriptionRow,
  to: Target,
): 'upgrade' | 'downgrade' | 'none' {
  if (to.plan.planId === row.plan_id) {
    if (to.period === row.period) return 'none'
    return to.period === 'annual' ? 'upgrade' : 'downgrade'
  }
  if (row.period === 'annual' && to.period === 'monthly' && row.billing_mode !== 'free') return 'downgrade'
  const from = parts.book.plan(row.plan_id)
  return to.plan.priceCents > (from?.priceCents ?? 0) ? 'upgrade' : 'downgrade'
}

/**
 * What an upgrade costs now, in cents. Within a period: the difference for the part that is left. With a new period: its
 * price less the part of the old one that was not used. What was given for nothing counts nothing.
 */
export function prorated(parts: BillingParts, row: SubscriptionRow, to: Target): number {
  const from = parts.book.plan(row.plan_id)
  const paid = from === undefined || row.billing_mode === 'free' ? 0 : priceOf(from, row.period)
  const part = remainingPart({ start: row.period_start, end: row.expires_at }, parts.clock.now())
  const price = priceOf(to.plan, to.period)
  const cost = to.period === row.period && row.billing_mode !== 'free' ? (price - paid) * part : price - paid * part
  return Math.max(0, Math.ceil(cost))
}

const answer = (row: SubscriptionRow | undefined, fallback: string) => ({
  plan: row?.plan_id ?? fallback,
  client_secret: '',
  requires_action: false,
})

async function schedule(parts: BillingParts, owner: Owner, to: Target) {
  const row = await parts.db.tenant(owner.tenantId, async (tx) => {
    demand(await lockSubscription(tx, owner), 'downgrade')
    await auditing(parts, owner, { action: 'billing.plan_changed', plan: to.plan.planId })(tx)
    return updateSubscription(tx, owner, {
      pending_plan: to.plan.planId,
      pending_period: to.period,
      updated_at: parts.clock.iso(),
    })
  })
  return {
    ...answer(row, ''),
    action: 'downgrade' as const,
    succeeded: true,
    effective_at: row.expires_at.toISOString(),
    pending: true,
  }
}

/** Nothing has happened to the subscription since it was read. @throws BILLING_ILLEGAL_STATE */
function demandSame(locked: SubscriptionRow | undefined, row: SubscriptionRow): void {
  demand(locked, 'upgrade')
  const isSame = locked?.plan_id === row.plan_id && locked.period_start.getTime() === row.period_start.getTime()
  if (!isSame) throw billingErrors.ILLEGAL_STATE({ state: 'on another plan meanwhile', action: 'upgraded' })
}

/** The one open payment for an upgrade: asked for again it is the same, and another target takes its place. */
async function upgradePayment(parts: BillingParts, row: SubscriptionRow, to: Target, amountCents: number) {
  const owner = ownerOf(row)
  const provider = await providerFor(parts, row)
  const purpose = {
    plan_id: to.plan.planId,
    period: to.period,
    from_plan: row.plan_id,
    period_start: row.period_start.toISOString(),
  }
  const { payment, others } = await parts.db.tenant(owner.tenantId, async (tx) => {
    demandSame(await lockSubscription(tx, owner), row)
    const open = await openPayments(tx, owner, 'upgrade')
    const same = open.find(
      (one) =>
        one.provider === provider.name &&
        Object.entries(purpose).every(([name, is]) => is === Reflect.get(one.purpose, name)),
    )
    const wanted = { ...owner, type: 'upgrade', amountCents, tokens: 0, purpose, provider: provider.name } as const
    const payment = same ?? (await insertPayment(tx, wanted, parts.clock.iso()))
    return { payment, others: open.filter((one) => one.payment_id !== same?.payment_id) }
  })
  for (const other of others) await giveUpPayment(parts, other, 'another plan was chosen instead')
  return payment
}

async function upgrade(parts: BillingParts, owner: Owner, row: SubscriptionRow, to: Target) {
  const amountCents = prorated(parts, row, to)
  if (amountCents === 0) {
    const changed = await parts.db.tenant(owner.tenantId, async (tx) => {
      const locked = await lockSubscription(tx, owner)
      demandSame(locked, row)
      const eventId = `up:${parts.clock.now()}:${owner.userId}`.slice(0, 40)
      const begin = { ...to, paidCents: 0, eventId }
      if (locked) await applyUpgrade(parts, tx, locked, { ...begin, mode: locked.billing_mode })
      return lockSubscription(tx, owner)
    })
    const effective_at = parts.clock.iso()
    return { ...answer(changed, ''), action: 'upgrade' as const, succeeded: true, effective_at, pending: false }
  }
  const { takesCards } = await providerFor(parts, row)
  const methodId = takesCards ? await cardOf(parts, owner) : null
  const payment = await upgradePayment(parts, row, to, amountCents)
  const description = `Change to ${to.plan.name}, ${to.period}`
  const paid = orDeclined(await chargePayment(parts, payment, { methodId, offSession: false, description }))
  const succeeded = paid.charge.status === 'succeeded'
  return {
    ...answer(await readSubscription(parts, owner), row.plan_id),
    action: 'upgrade' as const,
    succeeded,
    requires_action: paid.charge.requiresAction,
    client_secret: paid.charge.clientSecret,
    ...actionOf(paid.charge),
    effective_at: succeeded ? parts.clock.iso() : null,
    pending: !succeeded,
  }
}

/** Stays with what is there; a change that was planned is taken back. */
async function keep(parts: BillingParts, owner: Owner, row: SubscriptionRow) {
  const kept = await parts.db.tenant(owner.tenantId, async (tx) => {
    const locked = await lockSubscription(tx, owner)
    if (locked?.pending_plan == null) return locked
    demand(locked, 'keep')
    await auditing(parts, owner, { action: 'billing.plan_kept', plan: locked.plan_id })(tx)
    const now = parts.clock.iso()
    return updateSubscription(tx, owner, { pending_plan: null, pending_period: null, updated_at: now })
  })
  return { ...answer(kept, row.plan_id), action: 'none' as const, succeeded: true, effective_at: null, pending: false }
}

/**
 * Moves to another plan: a better one now, for the price of what is left of the period; a smaller one with its end.
 * @throws BILLING_PLAN_UNKNOWN, BILLING_ILLEGAL_STATE, BILLING_NO_CARD, BILLING_DECLINED, BILLING_PAYMENTS_OFF
 */
export async function changePlan(parts: BillingParts, owner: Owner, asked: { planId: string; period: BillingPeriod }) {
  const to = { plan: selfServicePlan(parts, asked.planId), period: asked.period }
  const row = await readSubscription(parts, owner)
  if (row !== undefined && parts.book.plan(row.plan_id)?.byContract === true)
    throw billingErrors.PLAN_UNKNOWN({ plan: asked.planId })
  if (row === undefined) throw billingErrors.ILLEGAL_STATE({ state: 'on the free plan', action: 'changed' })
  const action = compareTargets(parts, row, to)
  if (action === 'none') return keep(parts, owner, row)
  demand(row, action)
  return action === 'downgrade' ? schedule(parts, owner, to) : upgrade(parts, owner, row, to)
}
