import type { BillingParts } from '../parts.ts'
import { completePayment, failPayment } from './complete-payment.ts'
import type { PaymentRow } from './payment-rows.ts'

const LOOK_AFTER_MS = 10 * 60_000
const FORGET_AFTER_MS = 24 * 3_600_000

async function look(parts: BillingParts, row: PaymentRow): Promise<void> {
  const provider = await parts.providers.current()
  if (provider.name !== row.provider || !provider.takesCards) return
  const isOld = row.created_at.getTime() < parts.clock.now() - FORGET_AFTER_MS
  if (row.provider_id === null) {
    // The node died before the provider answered; whatever came of it is told by the provider's message.
    if (isOld) await failPayment(parts, row.payment_id, 'the payment was never begun')
    return
  }
  const charge = await provider.look(row.provider_id)
  if (charge?.status === 'succeeded') await completePayment(parts, row.payment_id)
  else if (charge === null || charge.status === 'failed' || (isOld && charge.status === 'open'))
    await failPayment(parts, row.payment_id, charge?.failure ?? 'nobody finished the payment')
}

/**
 * Asks the provider what became of payments that are open for ten minutes: its message may never have come (K10.21).
 * Harmless to repeat, on any number of nodes.
 */
export async function reconcilePayments(parts: BillingParts): Promise<void> {
  if (!parts.providers.takesCards()) return
  const open = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('billing.payment')
      .selectAll()
      .where('status', '=', 'pending')
      .where('provider', '<>', 'manual')
      .where('created_at', '<', new Date(parts.clock.now() - LOOK_AFTER_MS))
      .orderBy('created_at')
      .limit(100)
      .execute(),
  )
  for (const row of open) {
    await look(parts, row).catch((error: unknown) =>
      parts.log.warn({ err: error, payment: row.payment_id }, 'a payment could not be looked at, trying again'),
    )
  }
}
