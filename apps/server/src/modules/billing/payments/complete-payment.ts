import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../../foundation/db/index.ts'
import { PAYMENTS_ACCOUNT, paidOf } from '../ledger/book.ts'
import { moveCredits, runIn } from '../ledger/move-credits.ts'
import { sendMail } from '../mails.ts'
import { noteMoney } from '../note-money.ts'
import type { BillingParts } from '../parts.ts'
import { activatePaid } from '../subscriptions/activate.ts'
import { paymentData, tellEvent } from '../tell-event.ts'
import { makeGood } from './owed-credits.ts'
import { findPayment, intentIdOf, ownerOf, type PaymentRow } from './payment-rows.ts'

const paymentFacts = (row: PaymentRow): JsonObject => ({
  payment_intent_id: intentIdOf(row),
  type: row.type,
  amount_cents: row.amount_cents,
  tokens: row.tokens,
})

const isTopup = ({ type }: PaymentRow): boolean => type === 'topup' || type === 'auto_topup'

/** Bought credits, and those that were promised on top. */
function creditTopup(parts: BillingParts, tx: Tx, row: PaymentRow): Promise<void> {
  const owner = ownerOf(row)
  const bonus = row.purpose.bonus_tokens ?? 0
  const id = row.payment_id
  return moveCredits(parts, tx, [
    {
      ...owner,
      amount: row.tokens,
      paid: paidOf(row.tokens, row.amount_cents),
      reason: 'topup',
      description: row.type === 'auto_topup' ? 'Bought automatically' : 'Bought',
      eventId: id,
      against: PAYMENTS_ACCOUNT,
    },
    { ...owner, amount: bonus, reason: 'bonus', description: 'Bonus', eventId: `bonus:${id}` },
  ])
}

/** Money for a plan that nobody wants any more is not lost: it becomes credits. */
function creditMoney(parts: BillingParts, tx: Tx, row: PaymentRow): Promise<void> {
  const amount = Math.floor((row.amount_cents * parts.book.settings().tokenRate) / 100)
  const description = 'Paid for a plan that had changed meanwhile'
  const paid = paidOf(amount, row.amount_cents)
  const movement = { ...ownerOf(row), amount, paid, reason: 'topup', description, eventId: row.payment_id } as const
  return moveCredits(parts, tx, [{ ...movement, against: PAYMENTS_ACCOUNT }])
}

/** A card that pays again has all its attempts again. */
const forgetDeclines = (tx: Tx, row: PaymentRow) =>
  tx
    .updateTable('billing.auto_topup')
    .set({ declines: 0 })
    .where('tenant_id', '=', row.tenant_id)
    .where('user_id', '=', row.user_id)
    .execute()

const dollars = (row: PaymentRow): string => `${(row.amount_cents / 100).toFixed(2)} ${row.currency.toUpperCase()}`

/** What its owner hears of a payment that arrived. */
async function tell(parts: BillingParts, row: PaymentRow): Promise<void> {
  const owner = ownerOf(row)
  parts.watch.moved(owner, row.type, row.tokens)
  const about = {
    entity: row.payment_id,
    values: { plan: row.purpose.plan_id ?? '', amount: dollars(row), tokens: String(row.tokens) },
  }
  if (row.type === 'subscription' || row.type === 'upgrade')
    await sendMail(parts, owner, { kind: 'plan_activated', ...about })
  if (row.type === 'renewal') await sendMail(parts, owner, { kind: 'renewal_success', ...about })
  await sendMail(parts, owner, { kind: 'payment_receipt', ...about })
}

/**
 * The money is there: credits what was paid for, once, whoever says so and however often (K10.21). A payment that counted
 * as failed is completed as well, for messages may come out of order. Null: there is no such payment.
 */
export async function completePayment(
  parts: BillingParts,
  id: string,
  by?: { readonly actorId: string },
): Promise<{ payment: PaymentRow; already: boolean } | null> {
  const done = await parts.db.everyTenant(async (tx) => {
    const found = await findPayment(tx, id)
    if (found === null) return null
    const row = await tx
      .updateTable('billing.payment')
      .set({ status: 'completed', completed_at: parts.clock.iso(), failure: null })
      .where('payment_id', '=', found.payment_id)
      .where('status', 'in', ['pending', 'failed'])
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return { payment: found, already: true }
    if (isTopup(row)) await creditTopup(parts, tx, row)
    else if (!(await activatePaid(parts, tx, row))) await creditMoney(parts, tx, row)
    await makeGood(parts, tx, row)
    if (row.type === 'auto_topup') await forgetDeclines(tx, row)
    const action = isTopup(row) ? 'billing.topup' : 'billing.paid'
    const audited = parts.audit.recording({
      tenantId: row.tenant_id,
      actorId: by?.actorId ?? row.user_id,
      actorType: 'user',
      userId: row.user_id,
      action,
      targetType: 'payment',
      targetId: row.payment_id,
      metadata: paymentFacts(row),
      source: 'billing',
    })
    await runIn(tx, audited)
    await tellEvent(parts, tx, ownerOf(row), {
      type: isTopup(row) ? 'billing.topup_completed' : 'billing.payment_completed',
      data: paymentData(row),
    })
    return { payment: row, already: false }
  })
  if (done !== null && !done.already) await tell(parts, done.payment)
  return done
}

/** The money did not come; a payment that is completed stays so. */
export async function failPayment(
  parts: BillingParts,
  id: string,
  { failure, actorId }: { readonly failure: string; readonly actorId?: string },
): Promise<PaymentRow | null> {
  return parts.db.everyTenant(async (tx) => {
    const found = await findPayment(tx, id)
    if (found === null) return null
    const row = await tx
      .updateTable('billing.payment')
      .set({ status: 'failed', failure: failure.slice(0, 500) })
      .where('payment_id', '=', found.payment_id)
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return null
    await noteMoney(parts, tx, ownerOf(row), {
      action: actorId === undefined ? 'billing.payment_failed' : 'billing.payment_rejected',
      targetType: 'payment',
      targetId: row.payment_id,
      metadata: { ...paymentFacts(row), failure: row.failure ?? '' },
      actorId,
    })
    await tellEvent(parts, tx, ownerOf(row), { type: 'billing.payment_failed', data: paymentData(row) })
    return row
  })
}
