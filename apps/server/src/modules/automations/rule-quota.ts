import type { RuleQuota } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { automationsErrors } from './errors.ts'
import './tables.ts'
import type { Owner, Parts } from './types.ts'

const UNLIMITED = -1
/** Rules of somebody whose plan does not say how many; one that means any number says -1. */
export const CAP_WITHOUT_PLAN = 100

export async function countRules(db: Database, owner: Owner): Promise<number> {
  const { used } = await db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('automations.rule')
      .select(({ fn }) => fn.countAll<number>().as('used'))
      .where('tenant_id', '=', owner.tenantId)
      .where('user_id', '=', owner.userId)
      .executeTakeFirstOrThrow(),
  )
  return used
}

/** How many rules somebody may have by plan, and has (K6.16). A plan that says nothing leaves the platform's own limit. */
export async function quotaOf(parts: Parts, owner: Owner): Promise<RuleQuota> {
  const plan = await parts.billing.plan(owner)
  const cap = plan.limits.automations ?? CAP_WITHOUT_PLAN
  const used = await countRules(parts.db, owner)
  const unlimited = cap < 0
  return { cap, used, remaining: unlimited ? UNLIMITED : Math.max(0, cap - used), unlimited, plan: plan.planId }
}

/** @throws AUTOMATIONS_QUOTA_EXCEEDED when `more` further rules would be too many */
export async function requireRoom(parts: Parts, owner: Owner, more: 0 | 1): Promise<void> {
  const quota = await quotaOf(parts, owner)
  if (!quota.unlimited && quota.used + more > quota.cap) throw automationsErrors.QUOTA_EXCEEDED({ quota })
}
