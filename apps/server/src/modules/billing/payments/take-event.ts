import { createHash } from 'node:crypto'
import type { Tx } from '../../../foundation/db/index.ts'
import { PAYMENTS_ACCOUNT } from '../ledger/book.ts'
import { lockWallet, moveCredits } from '../ledger/move-credits.ts'
import { noteMoney } from '../note-money.ts'
import type { BillingParts } from '../parts.ts'
import { endRefunded } from '../subscriptions/end-refunded.ts'
import { lockSubscription } from '../subscriptions/rows.ts'
import { paymentData, tellEvent } from '../tell-event.ts'
import { completePayment, failPayment } from './complete-payment.ts'
import { beginDispute, broughtBy, forgiveReinstated, owe } from './owed-credits.ts'
import { findPayment, noteProviderId, ownerOf, type PaymentRow } from './payment-rows.ts'
import type { Charge, ProviderEvent } from './types.ts'

type GoneBack = Pick<PaymentRow, 'refunded_cents' | 'disputed_cents'>

/** Names of events have room for so much. */
const shortOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 12)

/** A refund and a dispute of one payment are two sums; together they are never more than what was paid. */
const totalOf = (
  { refunded_cents: refunded, disputed_cents: disputed }: GoneBack,
  { amount_cents: most }: PaymentRow,
) => Math.min(refunded + disputed, most)

/**
 * Credits of the part that was paid back, as far as they are not spent already; gives how many were. All of it: its plan
 * ends too.
 */
async function takeBack(
  parts: BillingParts,
  tx: Tx,
  row: PaymentRow,
  { back, disputeId }: { readonly back: GoneBack; readonly disputeId: string | null },
): Promise<number> {
  const owner = ownerOf(row)
  const isForPlan = row.type !== 'topup' && row.type !== 'auto_topup'
  if (isForPlan) await lockSubscription(tx, owner)
  const brought = await broughtBy(tx, row)
  const upTo = (cents: number) => Math.floor((brought * cents) / row.amount_cents)
  const { available } = await lockWallet(parts, tx, owner)
  const total = totalOf(back, row)
  const wanted = upTo(total) - upTo(totalOf(row, row))
  const amount = -Math.min(wanted, available)
  // A dispute takes once, whatever was won and refunded before it.
  const eventId =
    disputeId === null
      ? `rf:${back.refunded_cents}:${back.disputed_cents}:${row.payment_id}`
      : `dp:${shortOf(disputeId)}:${row.payment_id}`
  const what = { reason: 'refund', description: 'Payment given back', against: PAYMENTS_ACCOUNT } as const
  await moveCredits(parts, tx, [{ ...owner, ...what, amount, eventId }])
  if (isForPlan && total === row.amount_cents) await endRefunded(parts, tx, row)
  return wanted + amount
}

/** The provider tells the whole sum that was given back, or that one dispute withdrew; what is known already is not taken twice, whatever the order. */
async function refund(parts: BillingParts, told: Extract<ProviderEvent, { kind: 'refund' }>): Promise<void> {
  const { providerId, refundedCents, disputeId } = told
  // Only what was paid is given back: this message has merely been faster than the one that says so.
  await completePayment(parts, providerId)
  const moved = await parts.db.everyTenant(async (tx) => {
    const found = await findPayment(tx, providerId)
    if (found === null) return null
    const row = await tx
      .selectFrom('billing.payment')
      .selectAll()
      .where('payment_id', '=', found.payment_id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const disputed = disputeId !== null
    if (disputed && !(await beginDispute(parts, tx, row, { disputeId, cents: refundedCents }))) return null
    const column = disputed ? 'disputed_cents' : 'refunded_cents'
    const sum = disputed ? row.disputed_cents + refundedCents : refundedCents
    const back: GoneBack = { ...row, [column]: Math.min(sum, row.amount_cents) }
    if (back[column] <= row[column]) return null
    const total = totalOf(back, row)
    const spent = await takeBack(parts, tx, row, { back, disputeId })
    // Who gives money back of their own will gives the spent credits as well; a dispute takes it.
    if (disputed) await owe(parts, tx, row, { disputeId, credits: spent })
    await tx
      .updateTable('billing.payment')
      .set({ [column]: back[column], ...(total === row.amount_cents ? { status: 'refunded' as const } : {}) })
      .where('payment_id', '=', row.payment_id)
      .execute()
    if (!disputed)
      await noteMoney(parts, tx, ownerOf(row), {
        action: 'billing.refunded',
        targetType: 'payment',
        targetId: row.payment_id,
        metadata: { amount_cents: row.amount_cents, refunded_cents: back.refunded_cents, spent_credits: spent },
      })
    const data = { ...paymentData(row), refunded_cents: total, ...(disputed ? { disputed, owed_credits: spent } : {}) }
    await tellEvent(parts, tx, ownerOf(row), { type: 'billing.payment_refunded', data })
    return row
  })
  if (moved !== null) parts.watch.moved(ownerOf(moved), 'refund', 0)
}

async function takeCharge(parts: BillingParts, charge: Charge, paymentId: string | null): Promise<void> {
  // Our own id comes with the message, for it may be faster than the answer to our request.
  const id = paymentId ?? charge.providerId
  if (charge.status === 'succeeded') {
    await noteProviderId(parts.db, id, charge.providerId)
    await completePayment(parts, id)
  }
  if (charge.status === 'failed') await failPayment(parts, id, { failure: charge.failure ?? '' })
}

/**
 * Takes a message of a payment provider. What it says is done first and remembered afterwards: a crash in between makes the
 * provider send it again, and doing it again changes nothing.
 */
export async function takeEvent(parts: BillingParts, provider: string, event: ProviderEvent): Promise<void> {
  const known = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('billing.provider_event')
      .select('event_id')
      .where('provider', '=', provider)
      .where('event_id', '=', event.id)
      .executeTakeFirst(),
  )
  if (known !== undefined) return
  if (event.kind === 'payment') await takeCharge(parts, event.charge, event.paymentId)
  if (event.kind === 'refund' && event.paymentId !== null)
    await noteProviderId(parts.db, event.paymentId, event.providerId)
  if (event.kind === 'refund') await refund(parts, event)
  if (event.kind === 'reinstated') await forgiveReinstated(parts, event)
  await parts.db.everyTenant((tx) =>
    tx
      .insertInto('billing.provider_event')
      .values({ provider, event_id: event.id, type: event.type, received_at: parts.clock.iso() })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
}
