import type { Tx } from '../../../foundation/db/index.ts'
import type { BillingParts } from '../parts.ts'
import { expirePlanCredits } from '../plans/grant-credits.ts'
import { tellPlan } from '../tell-event.ts'
import type { SubscriptionRow } from './rows.ts'

/** Ends a plan now, of a locked row: what is left of its credits is gone, and the free plan is back. */
export async function endPlan(parts: BillingParts, tx: Tx, locked: SubscriptionRow): Promise<void> {
  const owner = { tenantId: locked.tenant_id, userId: locked.user_id }
  await expirePlanCredits(parts, tx, owner, `end:${locked.period_start.getTime()}:${owner.userId}`.slice(0, 50))
  await tx
    .deleteFrom('billing.subscription')
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .execute()
  await tellPlan(parts, tx, owner, { type: 'billing.plan_ended', row: locked })
}
