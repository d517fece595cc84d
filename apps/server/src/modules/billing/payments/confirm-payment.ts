import { billingErrors } from '../errors.ts'
import { readWallet } from '../ledger/read-wallet.ts'
import type { BillingParts } from '../parts.ts'
import { completePayment } from './complete-payment.ts'
import { findPayment, ownerOf } from './payment-rows.ts'

/**
 * Credits a payment when its provider says that it succeeded. Asks the provider itself, so it does not depend on a message
 * of it; repeating it changes nothing (K10.21).
 * @throws BILLING_PAYMENT_UNKNOWN, BILLING_NOT_PAID
 */
export async function confirmPayment(parts: BillingParts, intentId: string) {
  const payment = await parts.db.everyTenant((tx) => findPayment(tx, intentId))
  if (payment === null) throw billingErrors.PAYMENT_UNKNOWN()
  if (payment.status !== 'completed' && payment.status !== 'refunded') {
    const provider = await parts.providers.current()
    const charge =
      payment.provider_id === null || provider.name !== payment.provider
        ? null
        : await provider.look(payment.provider_id)
    if (charge?.status !== 'succeeded') throw billingErrors.NOT_PAID()
  }
  const done = await completePayment(parts, payment.payment_id)
  const owner = ownerOf(payment)
  const { balance } = await readWallet(parts, owner.tenantId, owner.userId)
  return {
    status: 'completed' as const,
    tokens: payment.tokens,
    balance,
    already_completed: done?.already ?? true,
  }
}
