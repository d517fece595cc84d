import type { BillingParts } from '../parts.ts'
import { completePayment, failPayment } from './complete-payment.ts'
import { giveUpPayment, lookUp } from './pay.ts'
import { noteProviderId, type PaymentRow } from './payment-rows.ts'
import type { Charge } from './types.ts'

const LOOK_AFTER_MS = 10 * 60_000
const FORGET_AFTER_MS = 24 * 3_600_000

/** Takes note of how a payment stands at its provider. Null: the provider knows none, or another one is set up now. */
export async function lookAt(parts: BillingParts, row: PaymentRow): Promise<Charge | null> {
  const provider = await parts.providers.current()
  if (provider.name !== row.provider || !provider.takesCards) return null
  const isOld = row.created_at.getTime() < parts.clock.now() - FORGET_AFTER_MS
  // The node may have died before the provider answered.
  const charge = await lookUp(parts, provider, row)
  if (row.provider_id === null && charge === null) {
    if (isOld) await failPayment(parts, row.payment_id, { failure: 'the payment was never begun' })
    return null
  }
  if (charge !== null && row.provider_id === null) await noteProviderId(parts.db, row.payment_id, charge.providerId)
  if (charge?.status === 'succeeded') await completePayment(parts, row.payment_id)
  else if (row.status !== 'pending') return charge
  else if (charge === null || charge.status === 'failed')
    await failPayment(parts, row.payment_id, {
      failure: charge?.failure ?? 'the provider knows no such payment',
    })
  else if (isOld && charge.status === 'open') await giveUpPayment(parts, row, 'nobody finished the payment')
  return charge
}

/**
 * Asks the provider what became of payments that are open for ten minutes: its message may never have come (K10.21). One
 * that failed within the last day is looked at as well, for its owner may have answered their bank since.
 * Harmless to repeat, on any number of nodes.
 */
export async function reconcilePayments(parts: BillingParts): Promise<void> {
  if (!parts.providers.takesCards()) return
  const yesterday = new Date(parts.clock.now() - FORGET_AFTER_MS)
  const open = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('billing.payment')
      .selectAll()
      .where('provider', '<>', 'manual')
      .where((eb) =>
        eb.or([
          eb('status', '=', 'pending'),
          eb('status', '=', 'failed').and('provider_id', 'is not', null).and('created_at', '>', yesterday),
        ]),
      )
      .where('created_at', '<', new Date(parts.clock.now() - LOOK_AFTER_MS))
      .orderBy((eb) => eb('status', '=', 'pending'), 'desc')
      .orderBy('created_at', 'desc')
      .limit(200)
      .execute(),
  )
  for (const row of open) {
    await lookAt(parts, row).catch((error: unknown) =>
      parts.log.warn({ err: error, payment: row.payment_id }, 'a payment could not be looked at, trying again'),
    )
  }
}
