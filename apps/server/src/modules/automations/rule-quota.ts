import type { RuleQuota } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { automationsErrors } from './errors.ts'
import './tables.ts'
import type { Owner, Parts } from './types.ts'

const UNLIMITED = -1
/** Rules of somebody whose plan does not say how many; one that means any number says -1. */
export const CAP_WITHOUT_PLAN = 100

async function count(tx: Tx, owner: Owner): Promise<number> {
  const { used } = await tx
    .selectFrom('automations.rule')
    .select(({ fn }) => fn.countAll<number>().as('used'))
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return used
}

export const countRules = (db: Database, owner: Owner): Promise<number> =>
  db.tenant(owner.tenantId, (tx) => count(tx, owner))

interface Allowance {
  readonly cap: number
  readonly plan: string
}

const quota = ({ cap, plan }: Allowance, used: number): RuleQuota => {
  const unlimited = cap < 0
  return { cap, used, remaining: unlimited ? UNLIMITED : Math.max(0, cap - used), unlimited, plan }
}

/** How many rules the plan of somebody allows (K6.16). A plan that says nothing leaves the platform's own limit. */
export async function allowanceOf(parts: Parts, owner: Owner): Promise<Allowance> {
  const plan = await parts.billing.plan(owner)
  return { cap: plan.limits.automations ?? CAP_WITHOUT_PLAN, plan: plan.planId }
}

/** How many rules somebody may have by plan, and has. */
export const quotaOf = async (parts: Parts, owner: Owner): Promise<RuleQuota> =>
  quota(await allowanceOf(parts, owner), await countRules(parts.db, owner))

const lockRules = (tx: Tx, owner: Owner) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`automations.rule ${owner.tenantId} ${owner.userId}`}, 0))`.execute(
    tx,
  )

/** In the transaction that adds a rule: whether the owner may have one more. */
export async function hasRoom(tx: Tx, owner: Owner, allowance: Allowance): Promise<boolean> {
  await lockRules(tx, owner)
  const { unlimited, used, cap } = quota(allowance, await count(tx, owner))
  return unlimited || used < cap
}

/**
 * In the transaction that adds `more` rules: those of one owner are counted and made one after another, so that none of
 * them counts past another. @throws AUTOMATIONS_QUOTA_EXCEEDED when they would be too many
 */
export async function takeRoom(tx: Tx, owner: Owner, allowance: Allowance, more: 0 | 1): Promise<void> {
  await lockRules(tx, owner)
  const found = quota(allowance, await count(tx, owner))
  if (!found.unlimited && found.used + more > found.cap) throw automationsErrors.QUOTA_EXCEEDED({ quota: found })
}
