import { CompiledQuery } from 'kysely'
import type { Bus } from '../../../foundation/bus.ts'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import type { Owner } from '../parts.ts'
import { FREE } from './types.ts'

/** Triggers of `billing.plan` and `billing.subscription` notify it: the id of a user, or nothing for everybody. */
const CHANNEL = 'billing_plan_scopes'

// Read where it is kept: who looks because of a notice must not meet plans that this node remembers from before.
const READ = `select p.features, p.limits from billing.plan p
left join billing.subscription s on s.plan_id = p.plan_id and s.tenant_id = $1 and s.user_id = $2 and s.status <> 'expired'
where s.plan_id is not null or p.plan_id = $3
order by s.plan_id is null limit 1`

/** The scope that a feature is: one with a colon says it itself, a bare word is `features:<word>`. */
const scopeOf = (feature: string): string => (feature.includes(':') ? feature : `features:${feature}`)

/** What the plan of somebody gives besides prices. */
export interface PlanGrants {
  /** Through its features; one that is off takes nothing from other grants (K3.4). */
  readonly scopes: readonly string[]
  /** Actions in a month: -1 any number, null when the plan does not say. */
  readonly actions: number | null
}

interface Row {
  readonly features: Readonly<Record<string, boolean>>
  readonly limits: Readonly<Record<string, number>>
}

export async function planGrants(db: Database, owner: Owner, open?: Tx): Promise<PlanGrants> {
  const query = CompiledQuery.raw(READ, [owner.tenantId, owner.userId, FREE])
  const read = (tx: Tx) => tx.executeQuery<Row>(query)
  const { rows } = await (open === undefined ? db.tenant(owner.tenantId, read) : read(open))
  const { features = {}, limits = {} } = rows[0] ?? {}
  const scopes = Object.keys(features)
    .filter((feature) => features[feature] === true)
    .map(scopeOf)
  return { scopes, actions: limits.actions ?? null }
}

/** Calls `listener` when what somebody's plan gives may be other: with the user's id, or null for everybody. */
export const onPlanChange = (bus: Pick<Bus, 'subscribe'>, listener: (userId: string | null) => void): (() => void) =>
  bus.subscribe(CHANNEL, (userId) => listener(userId === '' ? null : userId))
