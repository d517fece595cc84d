import type { Tx } from '../../../foundation/db/index.ts'
import { paidOf } from '../ledger/book.ts'
import { lockWallet, moveCredits } from '../ledger/move-credits.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { ownerOf, type PaymentRow } from '../payments/payment-rows.ts'
import { expirePlanCredits, grantPlanCredits } from '../plans/grant-credits.ts'
import { type BillingPeriod, creditsOf, type Plan } from '../plans/types.ts'
import { tellPlan } from '../tell-event.ts'
import { nextState, stateOf } from './machine.ts'
import { endOf, remainingPart } from './periods.ts'
import { lockSubscription, type SubscriptionRow, updateSubscription } from './rows.ts'

interface Begin {
  readonly plan: Plan
  readonly period: BillingPeriod
  readonly mode: SubscriptionRow['billing_mode']
  /** What was paid for it; 0 when it was given. */
  readonly paidCents: number
  /** Names the event: it happens once. */
  readonly eventId: string
}

/** Begins a period now: what is left of the credits before ends, those of the plan are there. */
export async function beginPeriod(
  parts: BillingParts,
  tx: Tx,
  owner: Owner,
  begin: Begin & { readonly from?: string },
): Promise<SubscriptionRow> {
  const now = parts.clock.iso()
  const start = begin.from ?? now
  const end = endOf(start, begin.period)
  await expirePlanCredits(parts, tx, owner, `expire:${begin.eventId}`)
  const granted = await grantPlanCredits(parts, tx, owner, {
    plan: begin.plan,
    period: begin.period,
    paidCents: begin.paidCents,
    eventId: `plan:${begin.eventId}`,
  })
  const facts = {
    plan_id: begin.plan.planId,
    status: 'active' as const,
    period: begin.period,
    billing_mode: begin.mode,
    period_start: start,
    expires_at: end,
    cancel_at_period_end: false,
    pending_plan: null,
    pending_period: null,
    due_at: end,
    attempts: 0,
    granted,
    updated_at: now,
  }
  const row = await tx
    .insertInto('billing.subscription')
    .values({ tenant_id: owner.tenantId, user_id: owner.userId, started_at: now, ...facts })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(facts))
    .returningAll()
    .executeTakeFirstOrThrow()
  await tellPlan(parts, tx, owner, { type: 'billing.plan_activated', row: row })
  return row
}

/** A better plan within the same period: its credits come for the part that is left. */
async function upgradeWithin(
  parts: BillingParts,
  tx: Tx,
  row: SubscriptionRow,
  to: Pick<Begin, 'plan' | 'eventId' | 'paidCents'>,
): Promise<void> {
  const owner = ownerOf(row)
  const part = remainingPart({ start: row.period_start, end: row.expires_at }, parts.clock.now())
  const before = parts.book.plan(row.plan_id)
  const more = creditsOf(to.plan, row.period) - (before === undefined ? 0 : creditsOf(before, row.period))
  const { planCredits } = await lockWallet(parts, tx, owner)
  const room = Math.max(0, to.plan.cap * (row.period === 'annual' ? 12 : 1) - planCredits)
  const amount = Math.max(0, Math.min(Math.floor(more * part), room))
  const what = { reason: 'plan_credit', description: `Credits of the plan ${to.plan.name}` } as const
  await moveCredits(parts, tx, [
    { ...owner, ...what, amount, paid: paidOf(amount, to.paidCents), eventId: `plan:${to.eventId}` },
  ])
  const upgraded = await updateSubscription(tx, owner, {
    plan_id: to.plan.planId,
    pending_plan: null,
    pending_period: null,
    granted: row.granted + amount,
    updated_at: parts.clock.iso(),
  })
  await tellPlan(parts, tx, owner, { type: 'billing.plan_activated', row: upgraded })
}

/** Applies an upgrade that was paid for, or costs nothing. */
export async function applyUpgrade(parts: BillingParts, tx: Tx, row: SubscriptionRow, to: Begin): Promise<void> {
  if (to.period === row.period && row.billing_mode === to.mode) await upgradeWithin(parts, tx, row, to)
  else await beginPeriod(parts, tx, ownerOf(row), to)
}

/** Whether an upgrade still fits: its price was that of the way from one plan, within one period, to another. */
const fitsUpgrade = (row: SubscriptionRow, { plan_id, period, period_start, from_plan }: PaymentRow['purpose']) =>
  row.plan_id === from_plan &&
  row.period_start.toISOString() === period_start &&
  !(row.plan_id === plan_id && row.period === period)

/** Whether a renewal pays for what is to follow now. Of an expired plan nothing is to follow: what was paid for begins. */
const fitsRenewal = (row: SubscriptionRow, { plan_id, period, period_start }: PaymentRow['purpose']) =>
  row.period_start.toISOString() === period_start &&
  (row.status === 'expired' ||
    ((row.pending_plan ?? row.plan_id) === plan_id && (row.pending_period ?? row.period) === period))

const modeOf = (row: PaymentRow): 'card' | 'manual' => (row.provider === 'manual' ? 'manual' : 'card')

/**
 * Gives what a completed payment for a plan is for. False when it fits no more: the plan is gone, or the subscription has
 * become another one since.
 */
export async function activatePaid(parts: BillingParts, tx: Tx, payment: PaymentRow): Promise<boolean> {
  const { plan_id: planId, period = 'monthly' } = payment.purpose
  const plan = planId === undefined ? undefined : parts.book.plan(planId)
  const owner = ownerOf(payment)
  const row = await lockSubscription(tx, owner)
  if (plan === undefined) return false
  const begin = { plan, period, mode: modeOf(payment), paidCents: payment.amount_cents, eventId: payment.payment_id }
  const state = stateOf(row)
  if (payment.type === 'subscription') {
    if (nextState(state, 'subscribe') === null) return false
    await beginPeriod(parts, tx, owner, begin)
    return true
  }
  if (row === undefined) return false
  if (payment.type === 'upgrade') {
    if (nextState(state, 'upgrade') === null || !fitsUpgrade(row, payment.purpose)) return false
    await applyUpgrade(parts, tx, row, begin)
    return true
  }
  // A renewal pays for what follows the period that it names; a second payment for the same one is too much.
  const event = state === 'changing' ? 'period_end' : 'renewed'
  if (nextState(state, event) === null || !fitsRenewal(row, payment.purpose)) return false
  // The new period follows the old one as long as that is not long ago; who comes late begins anew.
  const from = state === 'expired' ? parts.clock.iso() : row.expires_at.toISOString()
  await beginPeriod(parts, tx, owner, { ...begin, from })
  return true
}
