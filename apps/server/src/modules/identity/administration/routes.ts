import { agencies, roles, scopes, tenantDefaults, tenants, users } from '@imperal/contract'
import {
  httpErrors,
  implement,
  type MountedRoute,
  type Principal,
  pageOf,
  reply,
} from '../../../foundation/http/index.ts'
import { type CallerRequest, callerOf } from '../caller-of.ts'
import type { IdentityContext } from '../context.ts'
import type { Administration } from '../records.ts'
import {
  countAgencies,
  createAgency,
  listAgencies,
  lookOf,
  ownAgency,
  readAgency,
  updateAgencySettings,
  updateAgencyTheme,
} from './agencies.ts'
import { effectiveScopes } from './effective-scopes.ts'
import { listUsers } from './list-users.ts'
import { createRole, deleteRole, listRoles, updateRole } from './roles.ts'
import { createScope, deleteScope, listScopes, updateScope } from './scopes.ts'
import { readTenantDefaults, updateTenantDefaults } from './tenant-defaults.ts'
import { createTenant, deleteTenant, listTenants, probeTenant, readTenant, updateTenant } from './tenants.ts'
import { createUser, deleteUser, readUser, updateUser } from './users.ts'

type Request = CallerRequest & { readonly principal: Principal | null }

const principalOf = ({ principal }: Request): Principal => {
  if (principal === null) throw httpErrors.UNAUTHENTICATED()
  return principal
}
const by = (request: Request): Administration => ({ principal: principalOf(request), caller: callerOf(request) })

const tenantRoutes = (context: IdentityContext): MountedRoute[] => [
  implement(tenants.create, (request) => createTenant(context, by(request), request.body)),
  implement(tenants.list, (request) => listTenants(context, principalOf(request))),
  implement(tenants.get, (request) => readTenant(context, principalOf(request), request.params.tenant_id)),
  implement(tenants.update, (request) =>
    updateTenant(context, by(request), { tenantId: request.params.tenant_id, body: request.body }),
  ),
  implement(tenants.remove, async (request) => {
    const tenantId = request.params.tenant_id
    await deleteTenant(context, by(request), tenantId)
    return { message: 'The tenant was deactivated.', tenant_id: tenantId }
  }),
  implement(tenants.health, (request) => probeTenant(context, principalOf(request), request.params.tenant_id)),
  implement(tenantDefaults.get, async (request) => ({
    settings: await readTenantDefaults(context, principalOf(request), request.query.tenant_id),
  })),
  implement(tenantDefaults.update, (request) =>
    updateTenantDefaults(context, by(request), { tenantId: request.query.tenant_id, values: request.body }),
  ),
]

const userRoutes = (context: IdentityContext): MountedRoute[] => [
  implement(users.list, (request) => listUsers(context, principalOf(request), request.query)),
  implement(users.create, (request) => createUser(context, by(request), request.body)),
  implement(users.get, (request) => readUser(context, principalOf(request), request.params.user_id)),
  implement(users.update, (request) =>
    updateUser(context, by(request), { userId: request.params.user_id, body: request.body }),
  ),
  implement(users.remove, async (request) => {
    const { user_id: userId } = request.params
    const { permanent } = request.query
    await deleteUser(context, by(request), { userId, permanent })
    const message = permanent ? 'The user was erased.' : 'The user was deactivated.'
    return { message, user_id: userId, permanent }
  }),
]

const roleRoutes = (context: IdentityContext): MountedRoute[] => [
  implement(roles.list, (request) => listRoles(context, principalOf(request))),
  implement(roles.create, (request) => createRole(context, by(request), request.body)),
  implement(roles.update, (request) => {
    const change = { roleId: request.params.role_id, body: request.body, cascade: request.query.cascade }
    return updateRole(context, by(request), change)
  }),
  implement(roles.remove, async (request) => {
    await deleteRole(context, by(request), request.params.role_id)
    return { message: 'The role was removed.', id: request.params.role_id }
  }),
  implement(scopes.list, (request) => listScopes(context, principalOf(request), request.query)),
  implement(scopes.create, (request) => createScope(context, by(request), request.body)),
  implement(scopes.effective, (request) => effectiveScopes(context, principalOf(request), request.params.user_id)),
  implement(scopes.update, (request) =>
    updateScope(context, by(request), { id: request.params.scope_id, body: request.body }),
  ),
  implement(scopes.remove, async (request) => {
    await deleteScope(context, by(request), request.params.scope_id)
    return { message: 'The scope was removed.', id: request.params.scope_id }
  }),
]

const agencyRoutes = (context: IdentityContext): MountedRoute[] => [
  implement(agencies.mine, (request) => ownAgency(context, request.user)),
  implement(agencies.look, async ({ http }) =>
    // Which of them was asked for is in the header: what lies in between must not give it to others.
    reply(200, await lookOf(context, http.request.hostname), { 'cache-control': 'no-cache', vary: 'Host' }),
  ),
  implement(agencies.list, async (request) => {
    const principal = principalOf(request)
    const page = await listAgencies(context, principal, request.query)
    return pageOf(request, page, await countAgencies(context, principal))
  }),
  implement(agencies.create, (request) => createAgency(context, by(request), request.body)),
  implement(agencies.get, (request) => readAgency(context, principalOf(request), request.params.agency_id)),
  implement(agencies.updateSettings, (request) =>
    updateAgencySettings(context, by(request), { agencyId: request.params.agency_id, body: request.body }),
  ),
  implement(agencies.updateTheme, (request) =>
    updateAgencyTheme(context, by(request), { agencyId: request.params.agency_id, body: request.body }),
  ),
]

/** Tenants, users, roles, scopes and agencies (api.md 3.3 to 3.7), and defaults of tenants (3.13). */
export const administrationRoutes = (context: IdentityContext): MountedRoute[] => [
  ...tenantRoutes(context),
  ...userRoutes(context),
  ...roleRoutes(context),
  ...agencyRoutes(context),
]
