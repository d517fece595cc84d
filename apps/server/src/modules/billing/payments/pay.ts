import { PlatformError } from '../../../foundation/errors.ts'
import { billingErrors } from '../errors.ts'
import type { BillingParts } from '../parts.ts'
import { completePayment, failPayment } from './complete-payment.ts'
import { ensureCustomer, findCustomer } from './customers.ts'
import { manualProvider } from './manual-provider.ts'
import { insertPayment, type NewPayment, ownerOf, type PaymentRow } from './payment-rows.ts'
import type { Charge, PaymentProvider } from './types.ts'

export interface Paying {
  /** The stored card to take now; null: the person chooses in the provider's form. */
  readonly methodId: string | null
  readonly offSession: boolean
  readonly saveMethod?: boolean
  readonly description: string
}

export interface Paid {
  readonly payment: PaymentRow
  readonly charge: Charge
}

/** What came of a charge, written down. A charge that succeeded is credited here and not by the provider's message (K10.21). */
async function keepCharge(parts: BillingParts, payment: PaymentRow, charge: Charge): Promise<void> {
  await parts.db.tenant(payment.tenant_id, (tx) =>
    tx
      .updateTable('billing.payment')
      .set({ provider_id: charge.providerId, receipt_url: charge.receiptUrl })
      .where('payment_id', '=', payment.payment_id)
      .execute(),
  )
  if (charge.status === 'succeeded') await completePayment(parts, payment.payment_id)
  if (charge.status === 'failed') await failPayment(parts, payment.payment_id, { failure: charge.failure ?? '' })
}

/** How far a payment has come at its provider, of which we may have missed the answer; null: it knows none. */
export async function lookUp(parts: BillingParts, provider: PaymentProvider, row: PaymentRow): Promise<Charge | null> {
  if (row.provider_id !== null) return provider.look(row.provider_id)
  const customerId = await findCustomer(parts, provider, ownerOf(row))
  return customerId === null ? null : provider.find(customerId, row.payment_id)
}

/** A provider knows the name of a charge for about a day: a repetition later than this looks for the charge first. */
const FRESH_MS = 60_000

/** Ends an open payment that is wanted no more. One that was paid nevertheless counts as paid. */
export async function giveUpPayment(parts: BillingParts, row: PaymentRow, reason: string): Promise<void> {
  const provider = await parts.providers.current()
  const charge =
    row.provider_id === null || provider.name !== row.provider ? null : await provider.cancel(row.provider_id)
  if (charge?.status === 'succeeded') await completePayment(parts, row.payment_id)
  else await failPayment(parts, row.payment_id, { failure: reason })
}

/**
 * Charges a payment that has its row. The row's id names the charge at the provider: a crash in between, and a repetition,
 * charge once, also after the provider has forgotten the name.
 * @throws BILLING_PAYMENTS_OFF, BILLING_PROVIDER_FAILED
 */
export async function chargePayment(parts: BillingParts, payment: PaymentRow, paying: Paying): Promise<Paid> {
  const current = await parts.providers.current()
  // What was asked for by hand is never taken from a card, also when cards are taken meanwhile.
  const provider = payment.provider === manualProvider.name ? manualProvider : current
  const customerId = await ensureCustomer(parts, provider, ownerOf(payment))
  const isRepeated = payment.provider_id !== null || payment.created_at.getTime() < parts.clock.now() - FRESH_MS
  const known = isRepeated ? await lookUp(parts, provider, payment) : null
  if (known !== null) {
    await keepCharge(parts, payment, known)
    return { payment: { ...payment, provider_id: known.providerId }, charge: known }
  }
  const charge = await provider.charge({
    paymentId: payment.payment_id,
    customerId,
    amountCents: payment.amount_cents,
    currency: payment.currency,
    description: paying.description,
    methodId: provider.takesCards ? paying.methodId : null,
    offSession: paying.offSession,
    returnUrl: `${parts.publicUrl}/wallet/payments`,
    saveMethod: paying.saveMethod ?? false,
  })
  await keepCharge(parts, payment, charge)
  return { payment: { ...payment, provider_id: charge.providerId }, charge }
}

/** Begins a payment and charges it. @throws BILLING_PAYMENTS_OFF, BILLING_PROVIDER_FAILED */
export async function pay(parts: BillingParts, asked: Omit<NewPayment, 'provider'>, paying: Paying): Promise<Paid> {
  const provider = await parts.providers.current()
  const payment = await parts.db.tenant(asked.tenantId, (tx) =>
    insertPayment(tx, { ...asked, provider: provider.name }, parts.clock.iso()),
  )
  return chargePayment(parts, payment, paying)
}

/** Where the person goes on, in an answer about a payment; nothing when there is no such page. */
export const actionOf = ({ actionUrl }: Charge): { action_url?: string } =>
  actionUrl === null ? {} : { action_url: actionUrl }

/** The same, where a refused card is the caller's error. @throws BILLING_DECLINED */
export function orDeclined({ charge, payment }: Paid): Paid {
  if (charge.status === 'failed' && !charge.requiresAction)
    throw billingErrors.DECLINED(charge.failure === null ? {} : { reason: charge.failure })
  return { charge, payment }
}

/** Whether trying again later may help: the provider was not there. */
export const isProviderTrouble = (error: unknown): boolean =>
  error instanceof PlatformError && error.code === 'BILLING_PROVIDER_FAILED'
