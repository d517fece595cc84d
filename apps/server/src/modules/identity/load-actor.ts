import { normalizeScope, withoutDenied } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { PlanGrants } from './chores.ts'
import type { Actor } from './types.ts'

/** Tenant of the roles that exist everywhere. */
export const PLATFORM = '_platform_'

/** The role by its name: the tenant's own before the platform's. Needs a transaction that sees every tenant. */
export async function loadRole(tx: Tx, tenantId: string, name: string) {
  const roles = await tx
    .selectFrom('identity.role')
    .selectAll()
    .where('name', '=', name)
    .where('tenant_id', 'in', [tenantId, PLATFORM])
    .execute()
  return roles.find((role) => role.tenant_id === tenantId) ?? roles[0] ?? null
}

/** What a role allows that says nothing else (K1, G5). */
const ACTIONS_OF_A_ROLE = 500

/**
 * The actor with what the plan adds (K3.4); whatever gives a scope, a denial takes it. The plan says how many actions a month
 * has, unless the role was given a number of its own.
 */
export async function withPlan(
  actor: Actor,
  planGrants: (user: Pick<Actor, 'tenantId' | 'userId'>) => Promise<PlanGrants>,
): Promise<Actor> {
  const { scopes, actions } = await planGrants(actor)
  const added = withoutDenied(scopes.map(normalizeScope), actor.deniedScopes)
  const { limits } = actor
  return {
    ...actor,
    scopes: [...new Set([...actor.scopes, ...added])],
    limits:
      limits.monthlyActions === ACTIONS_OF_A_ROLE && actions !== null ? { ...limits, monthlyActions: actions } : limits,
  }
}

/** The user with role and tenant resolved. Needs a transaction that sees every tenant. Null: unknown or erased. */
export async function loadActor(tx: Tx, userId: string): Promise<Actor | null> {
  const account = await tx
    .selectFrom('identity.account as a')
    .innerJoin('identity.tenant as t', 't.tenant_id', 'a.tenant_id')
    .selectAll('a')
    .select(['t.is_active as tenant_is_active', 't.default_scopes as tenant_scopes'])
    .where('a.user_id', '=', userId)
    .where('a.status', '<>', 'erased')
    .executeTakeFirst()
  if (!account) return null
  const role = await loadRole(tx, account.tenant_id, account.role)
  const denied = [...new Set([...(role?.denied_scopes ?? []), ...account.denied_scopes])]
  const granted = [...new Set([...(role?.default_scopes ?? []), ...account.scopes, ...account.tenant_scopes])]
  return {
    userId: account.user_id,
    tenantId: account.tenant_id,
    agencyId: account.agency_id,
    orgId: account.org_id,
    email: account.email,
    role: account.role,
    scopes: withoutDenied(granted, denied),
    deniedScopes: denied,
    attributes: {
      ...role?.default_attributes,
      ...account.attributes,
      ...(account.developer_tier === null ? {} : { developer_tier: account.developer_tier }),
    },
    isActive: account.status === 'active' && account.tenant_is_active,
    isDeveloper: account.developer_tier !== null,
    confirmationPolicy: role?.confirmation_policy ?? 'default_off',
    limits: {
      maxConcurrentTasks: role?.max_concurrent_tasks ?? 3,
      monthlyActions: role?.monthly_action_limit ?? ACTIONS_OF_A_ROLE,
      contextWindow: role?.context_window ?? 20,
    },
  }
}
