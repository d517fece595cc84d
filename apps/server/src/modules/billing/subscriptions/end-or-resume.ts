import { billingErrors } from '../errors.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { demand, lockSubscription, updateSubscription } from './rows.ts'
import { auditing, planState } from './subscribe.ts'

/** Ends a plan with its period. @throws BILLING_FREE_PLAN, BILLING_ILLEGAL_STATE */
export async function cancel(parts: BillingParts, owner: Owner) {
  const row = await parts.db.tenant(owner.tenantId, async (tx) => {
    const locked = await lockSubscription(tx, owner)
    if (locked === undefined) throw billingErrors.FREE_PLAN()
    demand(locked, 'cancel')
    await auditing(parts, owner, { action: 'billing.cancelled', plan: locked.plan_id })(tx)
    return updateSubscription(tx, owner, {
      cancel_at_period_end: true,
      pending_plan: null,
      pending_period: null,
      updated_at: parts.clock.iso(),
    })
  })
  return { ...planState(parts, row), cancel_at_period_end: true as const }
}

/** Keeps a plan that was to end. @throws BILLING_ILLEGAL_STATE */
export async function resume(parts: BillingParts, owner: Owner) {
  const row = await parts.db.tenant(owner.tenantId, async (tx) => {
    const locked = await lockSubscription(tx, owner)
    demand(locked, 'resume')
    await auditing(parts, owner, { action: 'billing.resumed', plan: locked?.plan_id ?? '' })(tx)
    return updateSubscription(tx, owner, { cancel_at_period_end: false, updated_at: parts.clock.iso() })
  })
  return { ...planState(parts, row), cancel_at_period_end: false as const }
}
