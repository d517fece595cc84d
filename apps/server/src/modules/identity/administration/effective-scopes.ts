import {
  normalizeScope,
  type RouteResponse,
  type ScopeOrigin,
  type ScopeSource,
  type scopes,
  withoutDenied,
} from '@imperal/contract'
import type { Principal } from '../../../foundation/http/index.ts'
import type { IdentityContext } from '../context.ts'
import { loadRole } from '../load-actor.ts'
import { accountFor } from './authority.ts'

type Effective = RouteResponse<typeof scopes.effective>

/** Each scope once, with the first of its sources. */
function bySource<Source extends ScopeOrigin>(
  layers: readonly (readonly [Source, readonly string[]])[],
): Map<string, Source> {
  const sources = new Map<string, Source>()
  for (const [source, names] of layers)
    for (const name of names.map(normalizeScope)) if (!sources.has(name)) sources.set(name, source)
  return sources
}

/**
 * What a user may and through what (api.md 1.5, K3.4, K3.4a): scopes of the role, of the user, of the plan, of the tenant, and the
 * namespace of each installed app, minus what role or user are denied. @throws IDENTITY_USER_NOT_FOUND, IDENTITY_NOT_YOURS
 */
export async function effectiveScopes(
  context: IdentityContext,
  principal: Principal,
  userId: string,
): Promise<Effective> {
  const { account, role, tenantScopes } = await context.db.everyTenant(async (tx) => {
    const account = await accountFor(tx, principal, userId)
    const tenant = await tx
      .selectFrom('identity.tenant')
      .select('default_scopes')
      .where('tenant_id', '=', account.tenant_id)
      .executeTakeFirstOrThrow()
    const role = await loadRole(tx, account.tenant_id, account.role)
    return { account, role, tenantScopes: tenant.default_scopes }
  })
  const owner = { tenantId: account.tenant_id, userId }
  const apps = await context.ports.installedApps(owner)
  const sources = bySource<ScopeOrigin>([
    ['role', role?.default_scopes ?? []],
    ['user', account.scopes],
    ['plan', (await context.ports.planGrants(owner)).scopes],
    ['tenant', tenantScopes],
    ['extension', apps.map((appId) => `${appId}:*`)],
  ])
  const roleDenies = role?.denied_scopes ?? []
  const denied = bySource<Extract<ScopeSource, 'role' | 'user'>>([
    ['role', roleDenies],
    ['user', account.denied_scopes],
  ])
  const left = withoutDenied([...sources.keys()], [...denied.keys()])
  const since = { role: role?.updated_at ?? account.updated_at, user: account.updated_at }
  return {
    user_id: userId,
    role: account.role,
    scopes: left.map((scope) => ({ scope, name: scope, source: sources.get(scope) ?? 'user' })),
    denied: [...denied].map(([scope, source]) => ({
      scope,
      source,
      at: (source === 'role' ? since.role : since.user).toISOString(),
    })),
  }
}
