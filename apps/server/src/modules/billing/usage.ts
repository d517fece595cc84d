import type { LimitsResponse } from '@imperal/contract'
import { sql } from 'kysely'
import { userAccount } from './ledger/book.ts'
import { readWallet } from './ledger/read-wallet.ts'
import type { BillingParts, Owner } from './parts.ts'
import type { Plan } from './plans/types.ts'

const monthOf = (now: number): Date => {
  const date = new Date(now)
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1))
}
const periodOf = (now: number): string => monthOf(now).toISOString().slice(0, 10)

/** Credits that calls have cost since a moment. */
async function spentSince(parts: BillingParts, owner: Owner, since: Date): Promise<number> {
  const row = await parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('billing.entry')
      .select(sql<number>`coalesce(-sum(amount), 0)::bigint`.as('spent'))
      .where('tenant_id', '=', owner.tenantId)
      .where('account', '=', userAccount(owner.userId))
      .where('reason', '=', 'action')
      .where('created_at', '>=', since)
      .executeTakeFirst(),
  )
  return row?.spent ?? 0
}

const meters = (parts: BillingParts, owner: Owner) =>
  parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('billing.usage')
      .select(['meter', 'used'])
      .where('tenant_id', '=', owner.tenantId)
      .where('user_id', '=', owner.userId)
      .where('period', '=', periodOf(parts.clock.now()))
      .execute(),
  )

/** The plan whose limits hold for somebody now. */
export async function planOf(parts: BillingParts, owner: Owner): Promise<Plan> {
  const wallet = await readWallet(parts, owner.tenantId, owner.userId)
  const own = wallet.status === 'expired' ? undefined : parts.book.plan(wallet.plan)
  return own ?? parts.book.freePlan()
}

/**
 * What was used this month against the plan. `actions` and `extensions` are counted where they happen; every other meter is
 * what was tracked. A meter is exceeded when more was used than the plan allows.
 */
export async function readUsage(parts: BillingParts, owner: Owner): Promise<LimitsResponse> {
  const since = monthOf(parts.clock.now())
  const [plan, tracked, actions, extensions, automations, credits] = await Promise.all([
    planOf(parts, owner),
    meters(parts, owner),
    parts.ports.actionsOf(owner, since),
    parts.ports.installsOf(owner),
    parts.ports.automationsOf(owner),
    spentSince(parts, owner, since),
  ])
  const usage: Record<string, number> = {
    ...Object.fromEntries(tracked.map(({ meter, used }) => [meter, used])),
    actions,
    extensions,
    automations,
    credits,
  }
  const limits = Object.fromEntries(
    [...new Set([...Object.keys(plan.limits), ...Object.keys(usage)])].map((meter) => [
      meter,
      Object.hasOwn(plan.limits, meter) ? (plan.limits[meter] ?? -1) : -1,
    ]),
  )
  const exceeded = Object.keys(limits).filter((meter) => isExceeded(usage[meter] ?? 0, limits[meter] ?? -1))
  return { plan: plan.planId, usage: { ...zeros(limits), ...usage }, limits, exceeded }
}

const zeros = (limits: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.keys(limits).map((one) => [one, 0]))
const isExceeded = (used: number, limit: number): boolean => limit >= 0 && used > limit

/** Counts something on a meter of this month. */
export async function trackUsage(
  parts: BillingParts,
  owner: Owner,
  used: { readonly meter: string; readonly quantity: number },
): Promise<{ used: number; limit: number; exceeded: boolean }> {
  const at = parts.clock.iso()
  const row = await parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .insertInto('billing.usage')
      .values({
        tenant_id: owner.tenantId,
        user_id: owner.userId,
        meter: used.meter,
        period: periodOf(parts.clock.now()),
        used: used.quantity,
        updated_at: at,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'user_id', 'period', 'meter']).doUpdateSet((eb) => ({
          used: eb('billing.usage.used', '+', used.quantity),
          updated_at: at,
        })),
      )
      .returning('used')
      .executeTakeFirstOrThrow(),
  )
  const { limits } = await planOf(parts, owner)
  // A meter is any word that a service says, such as `constructor`.
  const limit = Object.hasOwn(limits, used.meter) ? (limits[used.meter] ?? -1) : -1
  return { used: row.used, limit, exceeded: isExceeded(row.used, limit) }
}
