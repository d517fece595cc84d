import type { BillingParts, Owner } from './parts.ts'
import { failPayment } from './payments/complete-payment.ts'
import { giveUpPayment } from './payments/pay.ts'
import { endPlan } from './subscriptions/end-plan.ts'
import { lockSubscription } from './subscriptions/rows.ts'

/** Nothing is charged from here on, and no name or address is left. Gives the customers that providers still know. */
function forgetHere(parts: BillingParts, owner: Owner) {
  return parts.db.tenant(owner.tenantId, async (tx) => {
    const locked = await lockSubscription(tx, owner)
    if (locked !== undefined) await endPlan(parts, tx, locked)
    for (const table of ['billing.auto_topup', 'billing.profile'] as const)
      await tx.deleteFrom(table).where('tenant_id', '=', owner.tenantId).where('user_id', '=', owner.userId).execute()
    return tx
      .selectFrom('billing.customer')
      .select(['provider', 'customer_id'])
      .where('tenant_id', '=', owner.tenantId)
      .where('user_id', '=', owner.userId)
      .execute()
  })
}

/** A payment that is still open would be charged, or approved, for somebody who is not there any more. */
async function giveUpOpen(parts: BillingParts, owner: Owner): Promise<void> {
  const open = await parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('billing.payment')
      .selectAll()
      .where('tenant_id', '=', owner.tenantId)
      .where('user_id', '=', owner.userId)
      .where('status', '=', 'pending')
      .execute(),
  )
  const reason = 'the account was deleted'
  for (const row of open) {
    if (parts.providers.isOn()) await giveUpPayment(parts, row, reason)
    else await failPayment(parts, row.payment_id, { failure: reason })
  }
}

/**
 * Ends what charges somebody, and removes what is kept for that beside ledger, payments and wallet: here first, so that
 * a provider that is away charges nobody meanwhile, then the customer with the cards there. Repeatable.
 * @throws BILLING_PROVIDER_FAILED
 */
export async function forgetBilling(parts: BillingParts, owner: Owner): Promise<void> {
  const customers = await forgetHere(parts, owner)
  await giveUpOpen(parts, owner)
  for (const { provider: name, customer_id: customerId } of customers) {
    const provider = await parts.providers.madeBy(name)
    if (provider === null)
      parts.log.warn(
        { customerId, provider: name },
        'the keys of the payment provider are gone: remove this customer of a deleted account in its dashboard',
      )
    else await provider.removeCustomer(customerId)
    await parts.db.tenant(owner.tenantId, (tx) =>
      tx
        .deleteFrom('billing.customer')
        .where('tenant_id', '=', owner.tenantId)
        .where('user_id', '=', owner.userId)
        .where('provider', '=', name)
        .execute(),
    )
  }
}
