import { CompiledQuery } from 'kysely'
import type { Bus } from '../../../foundation/bus.ts'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import type { Owner } from '../parts.ts'
import { FREE } from './types.ts'

/** Triggers of `billing.plan` and `billing.subscription` notify it: the id of a user, or nothing for everybody. */
const CHANNEL = 'billing_plan_scopes'

// Read where it is kept: who looks because of a notice must not meet plans that this node remembers from before.
const READ = `select p.features from billing.plan p
left join billing.subscription s on s.plan_id = p.plan_id and s.tenant_id = $1 and s.user_id = $2 and s.status <> 'expired'
where s.plan_id is not null or p.plan_id = $3
order by s.plan_id is null limit 1`

/** The scope that a feature is: one with a colon says it itself, a bare word is `features:<word>`. */
const scopeOf = (feature: string): string => (feature.includes(':') ? feature : `features:${feature}`)

/** Scopes through the features that the plan of somebody has; a feature that is off takes nothing from other grants (K3.4). */
export async function planScopes(db: Database, owner: Owner, open?: Tx): Promise<string[]> {
  const query = CompiledQuery.raw(READ, [owner.tenantId, owner.userId, FREE])
  const read = (tx: Tx) => tx.executeQuery<{ features: Readonly<Record<string, boolean>> }>(query)
  const { rows } = await (open === undefined ? db.tenant(owner.tenantId, read) : read(open))
  const features = rows[0]?.features ?? {}
  return Object.keys(features)
    .filter((feature) => features[feature] === true)
    .map(scopeOf)
}

/** Calls `listener` when the features of somebody's plan may be others: with the user's id, or null for everybody. */
export const onPlanChange = (bus: Pick<Bus, 'subscribe'>, listener: (userId: string | null) => void): (() => void) =>
  bus.subscribe(CHANNEL, (userId) => listener(userId === '' ? null : userId))
