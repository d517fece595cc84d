import type { PaymentStanding } from '@imperal/contract'
import { billingErrors } from '../errors.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { findPayment, intentIdOf, type PaymentRow } from './payment-rows.ts'
import { lookAt } from './reconcile.ts'
import type { Charge } from './types.ts'

async function ownPayment(parts: BillingParts, owner: Owner, id: string): Promise<PaymentRow> {
  const row = await parts.db.tenant(owner.tenantId, (tx) => findPayment(tx, id))
  if (row === null || row.user_id !== owner.userId) throw billingErrors.PAYMENT_UNKNOWN()
  return row
}

function whoIsNext(row: PaymentRow, charge: Charge | null): PaymentStanding['waits_for'] {
  if (row.status !== 'pending') return 'none'
  if (row.provider === 'manual') return 'operator'
  if (charge?.status === 'open') return charge.actionUrl === null ? 'none' : 'bank'
  return charge === null ? 'none' : 'provider'
}

/**
 * How an own payment stands: asks its provider while it is open, credits it when it was paid and closes it when it cannot
 * be any more, so that somebody who comes back from their bank need not wait for a message (K10.21). While the bank asks,
 * it names the page again on which the person goes on. Repeating it changes nothing.
 * @throws BILLING_PAYMENT_UNKNOWN, BILLING_PAYMENTS_OFF, BILLING_PROVIDER_FAILED
 */
export async function checkPayment(parts: BillingParts, owner: Owner, id: string): Promise<PaymentStanding> {
  const before = await ownPayment(parts, owner, id)
  const charge = before.status === 'pending' && before.provider !== 'manual' ? await lookAt(parts, before) : null
  const row = await ownPayment(parts, owner, before.payment_id)
  const next = whoIsNext(row, charge)
  return {
    payment_intent_id: intentIdOf(row),
    status: row.status,
    waits_for: next,
    action_url: next === 'bank' ? (charge?.actionUrl ?? null) : null,
    failure: row.failure,
  }
}
