import { billingInternal as routes } from '@imperal/contract'
import { implement, type MountedRoute, requireInstallation } from '../../../foundation/http/index.ts'
import { billingErrors } from '../errors.ts'
import type { BillingParts } from '../parts.ts'
import { completePayment, failPayment } from '../payments/complete-payment.ts'
import { findPayment, intentIdOf, ownerOf, type PaymentRow } from '../payments/payment-rows.ts'

/** A payment that an operator may decide: those of a provider are the provider's. @throws BILLING_PAYMENT_UNKNOWN, BILLING_PAYMENT_CLOSED */
async function waiting(parts: BillingParts, id: string): Promise<PaymentRow> {
  const row = await parts.db.everyTenant((tx) => findPayment(tx, id))
  if (row === null || row.provider !== 'manual') throw billingErrors.PAYMENT_UNKNOWN()
  if (row.status !== 'pending') throw billingErrors.PAYMENT_CLOSED({ status: row.status })
  return row
}

/** What an operator does where there is no payment provider: looks at the account, and says that the money is there (K10.22). */
export const operatorPaymentRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  implement(routes.pendingPayments, async ({ principal, query }) => {
    requireInstallation(principal)
    const rows = await parts.db.everyTenant((tx) =>
      tx
        .selectFrom('billing.payment')
        .selectAll()
        .$if(query.standing === 'owed', (rows) => rows.where('owed_credits', '>', 0))
        .$if(query.standing === 'waiting', (rows) =>
          rows.where('status', '=', 'pending').where('provider', '=', 'manual'),
        )
        .orderBy('created_at')
        .limit(500)
        .execute(),
    )
    return Promise.all(
      rows.map(async (row) => ({
        payment_intent_id: intentIdOf(row),
        user_id: row.user_id,
        tenant_id: row.tenant_id,
        email: (await parts.ports.emailOf(ownerOf(row))) ?? '',
        type: row.type,
        plan: row.purpose.plan_id ?? null,
        tokens: row.tokens,
        amount_cents: row.amount_cents,
        currency: row.currency,
        created_at: row.created_at.toISOString(),
        status: row.status,
        owed_credits: row.owed_credits,
      })),
    )
  }),
  implement(routes.approvePayment, async ({ principal, params, user }) => {
    requireInstallation(principal)
    const row = await waiting(parts, params.payment_id)
    await completePayment(parts, row.payment_id, { actorId: user.userId })
    return { payment_intent_id: intentIdOf(row), status: 'completed' as const }
  }),
  implement(routes.rejectPayment, async ({ principal, params, body, user }) => {
    requireInstallation(principal)
    const row = await waiting(parts, params.payment_id)
    await failPayment(parts, row.payment_id, {
      failure: body.note || 'The operator turned it down.',
      actorId: user.userId,
    })
    return { payment_intent_id: intentIdOf(row), status: 'failed' as const }
  }),
]
