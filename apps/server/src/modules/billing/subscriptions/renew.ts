import type { Tx } from '../../../foundation/db/index.ts'
import { billingErrors } from '../errors.ts'
import { sendMail } from '../mails.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { providerFor } from '../payments/choose-provider.ts'
import { cardOf } from '../payments/customers.ts'
import { actionOf, chargePayment, giveUpPayment, isProviderTrouble, orDeclined, type Paid } from '../payments/pay.ts'
import { insertPayment, intentIdOf, openPayments, type PaymentRow } from '../payments/payment-rows.ts'
import { expirePlanCredits } from '../plans/grant-credits.ts'
import { priceOf } from '../plans/types.ts'
import { tellPlan } from '../tell-event.ts'
import { beginPeriod } from './activate.ts'
import { endPlan } from './end-plan.ts'
import { stateOf } from './machine.ts'
import { demand, lockSubscription, readSubscription, type SubscriptionRow, updateSubscription } from './rows.ts'
import { planState } from './subscribe.ts'

const DAY_MS = 86_400_000
const GRACE_MS = 7 * DAY_MS
/** A declined renewal is tried again after one, two and two more days; the grace ends with the seventh. */
const RETRY_DAYS = [1, 2, 2, 2]

const ownerOf = (row: SubscriptionRow): Owner => ({ tenantId: row.tenant_id, userId: row.user_id })
const after = (ms: number, from: number): string => new Date(from + ms).toISOString()

/** What the next period is of. */
function nextTerms(parts: BillingParts, row: SubscriptionRow) {
  const plan = parts.book.plan(row.pending_plan ?? row.plan_id)
  const period = row.pending_period ?? row.period
  return plan === undefined ? null : { plan, period, amountCents: priceOf(plan, period) }
}

/** The open payment for the next period: one, however many ask for it. */
async function renewalPayment(
  parts: BillingParts,
  tx: Tx,
  row: SubscriptionRow,
  terms: NonNullable<ReturnType<typeof nextTerms>>,
): Promise<PaymentRow> {
  const period_start = row.period_start.toISOString()
  await lockSubscription(tx, ownerOf(row))
  const open = await openPayments(tx, ownerOf(row), 'renewal')
  const same = open.find(
    ({ purpose }) =>
      purpose.period_start === period_start && purpose.plan_id === terms.plan.planId && purpose.period === terms.period,
  )
  if (same !== undefined) return same
  const provider = await providerFor(parts, row)
  const purpose = { plan_id: terms.plan.planId, period: terms.period, period_start }
  const payment = { ...ownerOf(row), type: 'renewal' as const, amountCents: terms.amountCents, tokens: 0, purpose }
  return insertPayment(tx, { ...payment, provider: provider.name }, parts.clock.iso())
}

/** A renewal that was asked for while money came in another way, by card or by hand, makes room for the one of now. */
async function giveUpOtherWay(parts: BillingParts, row: SubscriptionRow, way: PaymentRow['provider']): Promise<void> {
  const open = await parts.db.tenant(row.tenant_id, (tx) => openPayments(tx, ownerOf(row), 'renewal'))
  for (const one of open)
    if (one.provider !== way) await giveUpPayment(parts, one, 'the plan is paid in another way now')
}

async function chargeRenewal(parts: BillingParts, row: SubscriptionRow, isPresent: boolean): Promise<Paid | null> {
  const terms = nextTerms(parts, row)
  if (terms === null) return null
  const provider = await providerFor(parts, row)
  const methodId = provider.takesCards ? await cardOf(parts, ownerOf(row)) : null
  await giveUpOtherWay(parts, row, provider.name)
  const payment = await parts.db.tenant(row.tenant_id, (tx) => renewalPayment(parts, tx, row, terms))
  return chargePayment(parts, payment, {
    methodId,
    offSession: !isPresent,
    description: `${terms.plan.name}, ${terms.period}`,
  })
}

/** What costs nothing goes on by itself: plans that were given, and plans without a price. */
async function renewGratis(parts: BillingParts, row: SubscriptionRow): Promise<boolean> {
  const terms = nextTerms(parts, row)
  if (terms === null || (row.billing_mode !== 'free' && terms.amountCents > 0)) return false
  await parts.db.tenant(row.tenant_id, async (tx) => {
    const locked = await lockSubscription(tx, ownerOf(row))
    if (locked === undefined || locked.period_start.getTime() !== row.period_start.getTime()) return
    const from = locked.expires_at.toISOString()
    const eventId = `free:${from.slice(0, 10)}:${row.user_id}`.slice(0, 40)
    await beginPeriod(parts, tx, ownerOf(row), { ...terms, mode: locked.billing_mode, paidCents: 0, eventId, from })
  })
  return true
}

/** The period ended and nobody paid: past due, tried again, and after the grace expired. */
async function noteFailure(parts: BillingParts, row: SubscriptionRow, reason: string): Promise<void> {
  const now = parts.clock.now()
  const owner = ownerOf(row)
  const isOver = now >= row.expires_at.getTime() + GRACE_MS
  const wait = (RETRY_DAYS[row.attempts] ?? 1) * DAY_MS
  await parts.db.tenant(row.tenant_id, async (tx) => {
    const locked = await lockSubscription(tx, owner)
    if (locked === undefined || locked.period_start.getTime() !== row.period_start.getTime()) return
    const updated_at = parts.clock.iso()
    if (isOver) {
      demand(locked, 'grace_over')
      await expirePlanCredits(parts, tx, owner, `over:${row.period_start.getTime()}:${row.user_id}`.slice(0, 50))
      await updateSubscription(tx, owner, { status: 'expired', pending_plan: null, pending_period: null, updated_at })
      await tellPlan(parts, tx, owner, { type: 'billing.plan_ended', row: locked })
      return
    }
    demand(locked, 'renewal_failed')
    const due_at = after(Math.min(wait, row.expires_at.getTime() + GRACE_MS - now), now)
    await updateSubscription(tx, owner, { status: 'past_due', attempts: row.attempts + 1, due_at, updated_at })
    if (locked.status !== 'past_due') await tellPlan(parts, tx, owner, { type: 'billing.plan_past_due', row: locked })
  })
  if (isOver || row.attempts > 0) return
  await sendMail(parts, owner, {
    kind: 'renewal_failed',
    entity: row.period_start.toISOString(),
    values: { plan: row.plan_id, reason },
  })
}

/** Ends a plan whose period is over: back to the free one. Not if it has become another period meanwhile. */
async function endWithPeriod(parts: BillingParts, row: SubscriptionRow): Promise<void> {
  const owner = ownerOf(row)
  await parts.db.tenant(row.tenant_id, async (tx) => {
    const locked = await lockSubscription(tx, owner)
    if (locked === undefined || locked.period_start.getTime() !== row.period_start.getTime()) return
    if (stateOf(locked) === stateOf(row)) await endPlan(parts, tx, locked)
  })
}

async function renewDue(parts: BillingParts, row: SubscriptionRow): Promise<void> {
  if (stateOf(row) === 'cancelling') return endWithPeriod(parts, row)
  // Who cannot sign in cannot cancel: nothing is charged, and nothing given for nothing goes on.
  if (!(await parts.ports.isActive(ownerOf(row)))) return endWithPeriod(parts, row)
  if (await renewGratis(parts, row)) return
  let reason = 'the plan is no longer offered'
  try {
    const paid = await chargeRenewal(parts, row, false)
    if (paid?.charge.status === 'succeeded') return
    reason = paid?.charge.failure ?? 'the payment has not arrived yet'
  } catch (error) {
    // A provider that is away is no fault of the customer's: the next turn tries again.
    if (isProviderTrouble(error)) throw error
    reason = error instanceof Error ? error.message : String(error)
  }
  await noteFailure(parts, row, reason)
}

const CLAIM_MS = 5 * 60_000

/** Takes subscriptions that are due; another node does not take the same ones for five minutes. */
function claimDue(parts: BillingParts): Promise<SubscriptionRow[]> {
  const now = parts.clock.iso()
  return parts.db.everyTenant(async (tx) => {
    const due = await tx
      .selectFrom('billing.subscription')
      .selectAll()
      .where('due_at', '<=', new Date(now))
      .where('status', '<>', 'expired')
      .orderBy('due_at')
      .limit(50)
      .forUpdate()
      .skipLocked()
      .execute()
    for (const row of due)
      await updateSubscription(tx, ownerOf(row), { due_at: after(CLAIM_MS, Date.parse(now)), updated_at: now })
    return due
  })
}

/** Renews what has ended, ends what was cancelled. Any number of nodes may do this at once. Returns how many it looked at. */
export async function renewSubscriptions(parts: BillingParts): Promise<number> {
  const due = await claimDue(parts)
  for (const row of due) {
    await renewDue(parts, row).catch((error: unknown) =>
      parts.log.warn({ err: error, userId: row.user_id }, 'a subscription could not be renewed, trying again'),
    )
  }
  return due.length
}

/**
 * Pays by hand for another period of a plan that has run out. Whoever is present is led to their bank where it wants to ask.
 * @throws BILLING_ILLEGAL_STATE, BILLING_NO_CARD, BILLING_DECLINED, BILLING_PAYMENTS_OFF
 */
export async function renew(parts: BillingParts, owner: Owner, isPresent: boolean) {
  const row = await readSubscription(parts, owner)
  const state = stateOf(row)
  if (row === undefined || (state !== 'past_due' && state !== 'expired'))
    throw billingErrors.ILLEGAL_STATE({
      state: row === undefined ? 'on the free plan' : 'not expired',
      action: 'renewed',
    })
  const paid = await chargeRenewal(parts, row, isPresent)
  if (paid === null) throw billingErrors.PLAN_UNKNOWN({ plan: row.plan_id })
  const { charge, payment } = orDeclined(paid)
  // A card that needs its owner cannot be charged without them.
  if (charge.requiresAction && charge.actionUrl === null && payment.provider !== 'manual')
    throw billingErrors.DECLINED({ reason: 'your bank wants you to confirm it' })
  const now = planState(parts, await readSubscription(parts, owner))
  return { ...now, payment_intent_id: intentIdOf(payment), ...actionOf(charge) }
}
