import { DEFAULT_TENANT, type JsonObject, type RouteBody, type TenantResponse, type tenants } from '@imperal/contract'
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { mayAdminister, type Principal, runsInstallation } from '../../../foundation/http/index.ts'
import { type IdentityContext, moment } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { type Administration, auditAdministration } from '../records.ts'
import type { TenantTable } from '../tables.ts'
import { cleanScopes } from './authority.ts'

type Row = Selectable<TenantTable>

export const toTenant = (row: Row): TenantResponse => ({
  id: row.tenant_id,
  tenant_id: row.tenant_id,
  name: row.name,
  db_backend: 'postgres',
  isolation: 'shared',
  allowed_auth_methods: row.allowed_auth_methods,
  max_connections: row.max_connections,
  features: { ...row.features, signup_open: row.signup_open },
  is_active: row.is_active,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  parent_tenant_id: row.parent_tenant_id,
  can_resell: false,
  custom_pricing: {},
  ui_config: {},
  default_scopes: row.default_scopes,
})

function requirePlatform(principal: Principal): void {
  if (!runsInstallation(principal)) throw identityErrors.PLATFORM_ADMIN_ONLY()
}

function refuseDedicated(isolation: string | null | undefined): void {
  if (isolation === 'dedicated') throw identityErrors.DEDICATED_TENANT()
}

const methods = (list: string): string => [...new Set(list.split(',').map((method) => method.trim()))].join(',')

const oneTenant = (tx: Tx, tenantId: string) =>
  tx.selectFrom('identity.tenant').selectAll().where('tenant_id', '=', tenantId)

/** Creates a tenant. Strangers may sign up there only when its `features.signup_open` says so. @throws IDENTITY_TENANT_EXISTS */
export async function createTenant(
  context: IdentityContext,
  by: Administration,
  body: RouteBody<typeof tenants.create>,
): Promise<TenantResponse> {
  requirePlatform(by.principal)
  refuseDedicated(body.isolation)
  const parent = body.parent_tenant_id ?? null
  return context.changes.everyTenant(async (tx, tell) => {
    if (parent !== null && !(await oneTenant(tx, parent).executeTakeFirst())) throw identityErrors.TENANT_NOT_FOUND()
    const { signup_open, ...features } = body.features
    const now = moment(context)
    const row = await tx
      .insertInto('identity.tenant')
      .values({
        tenant_id: body.tenant_id,
        name: body.name,
        parent_tenant_id: parent,
        signup_open: signup_open === true,
        features,
        default_scopes: cleanScopes(body.default_scopes),
        allowed_auth_methods: methods(body.allowed_auth_methods),
        max_connections: body.max_connections,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.column('tenant_id').doNothing())
      .returningAll()
      .executeTakeFirst()
    if (!row) throw identityErrors.TENANT_EXISTS()
    await tell(`tenant:${row.tenant_id}`)
    const target = { tenantId: row.tenant_id, targetType: 'tenant', targetId: row.tenant_id }
    await auditAdministration(context, tx, by, { ...target, action: 'tenant.created', after: toTenant(row) })
    return toTenant(row)
  })
}

/** All tenants for the platform; an administrator of one sees it and its children. */
export async function listTenants(context: IdentityContext, principal: Principal): Promise<TenantResponse[]> {
  const rows = await context.db.everyTenant((tx) => {
    const all = tx.selectFrom('identity.tenant').selectAll().orderBy('tenant_id')
    if (runsInstallation(principal)) return all.execute()
    const own = principal.tenantId
    return all.where((eb) => eb.or([eb('tenant_id', '=', own), eb('parent_tenant_id', '=', own)])).execute()
  })
  return rows.map(toTenant)
}

/** A tenant that the caller may see as an administrator. @throws IDENTITY_TENANT_NOT_FOUND for foreign ones as well */
async function visibleTenant(tx: Tx, principal: Principal, tenantId: string): Promise<Row> {
  const row = await oneTenant(tx, tenantId).executeTakeFirst()
  const own = row?.tenant_id === principal.tenantId || row?.parent_tenant_id === principal.tenantId
  if (!row || !(runsInstallation(principal) || own)) throw identityErrors.TENANT_NOT_FOUND()
  return row
}

/** One tenant; whoever is no administrator sees name and state of the own one. @throws IDENTITY_TENANT_NOT_FOUND */
export async function readTenant(context: IdentityContext, principal: Principal, tenantId: string) {
  return context.db.everyTenant(async (tx) => {
    if (!mayAdminister(principal) && tenantId !== principal.tenantId) throw identityErrors.TENANT_NOT_FOUND()
    const row = await visibleTenant(tx, principal, tenantId)
    if (mayAdminister(principal)) return toTenant(row)
    return { id: row.tenant_id, tenant_id: row.tenant_id, name: row.name, is_active: row.is_active }
  })
}

function changedFeatures(before: JsonObject, changes: JsonObject): JsonObject {
  const merged = { ...before, ...changes }
  return Object.fromEntries(Object.entries(merged).filter(([name, value]) => value !== null && name !== 'signup_open'))
}

type Changes = RouteBody<typeof tenants.update>

function updateOf(row: Row, body: Changes) {
  const opened = body.features?.signup_open
  return {
    ...(body.name == null ? {} : { name: body.name }),
    ...(body.allowed_auth_methods == null ? {} : { allowed_auth_methods: methods(body.allowed_auth_methods) }),
    ...(body.max_connections == null ? {} : { max_connections: body.max_connections }),
    ...(body.default_scopes == null ? {} : { default_scopes: cleanScopes(body.default_scopes) }),
    ...(body.features == null ? {} : { features: changedFeatures(row.features, body.features) }),
    ...(typeof opened === 'boolean' ? { signup_open: opened } : {}),
    ...(body.is_active == null ? {} : { is_active: body.is_active }),
  }
}

/** Changes a tenant; its own administrators may, but only the platform switches one off or on. */
export async function updateTenant(
  context: IdentityContext,
  by: Administration,
  change: { readonly tenantId: string; readonly body: Changes },
): Promise<TenantResponse> {
  const { tenantId, body } = change
  refuseDedicated(body.isolation)
  return context.changes.everyTenant(async (tx, tell) => {
    const row = await visibleTenant(tx, by.principal, tenantId)
    if (row.tenant_id !== by.principal.tenantId || body.is_active != null || body.max_connections != null)
      requirePlatform(by.principal)
    if (body.is_active === false && tenantId === DEFAULT_TENANT) throw identityErrors.DEFAULT_TENANT()
    const updated = await tx
      .updateTable('identity.tenant')
      .set({ ...updateOf(row, body), updated_at: moment(context) })
      .where('tenant_id', '=', tenantId)
      .returningAll()
      .executeTakeFirstOrThrow()
    await tell(`tenant:${tenantId}`)
    const target = { tenantId, targetType: 'tenant', targetId: tenantId }
    const states = { before: toTenant(row), after: toTenant(updated) }
    await auditAdministration(context, tx, by, { ...target, ...states, action: 'tenant.updated' })
    return toTenant(updated)
  })
}

/** Switches off a tenant that nobody uses. @throws IDENTITY_TENANT_IN_USE, IDENTITY_DEFAULT_TENANT */
export async function deleteTenant(context: IdentityContext, by: Administration, tenantId: string): Promise<void> {
  requirePlatform(by.principal)
  if (tenantId === DEFAULT_TENANT) throw identityErrors.DEFAULT_TENANT()
  await context.changes.everyTenant(async (tx, tell) => {
    // The row's lock keeps sign-ups out until this is over: an account refers to its tenant.
    const row = await oneTenant(tx, tenantId).forUpdate().executeTakeFirst()
    if (!row) throw identityErrors.TENANT_NOT_FOUND()
    const { users } = await tx
      .selectFrom('identity.account')
      .select(sql<number>`count(*)::int`.as('users'))
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'active')
      .executeTakeFirstOrThrow()
    if (users > 0) throw identityErrors.TENANT_IN_USE({ users })
    await tx
      .updateTable('identity.tenant')
      .set({ is_active: false, updated_at: moment(context) })
      .where('tenant_id', '=', tenantId)
      .execute()
    await tell(`tenant:${tenantId}`)
    const target = { tenantId, targetType: 'tenant', targetId: tenantId }
    await auditAdministration(context, tx, by, { ...target, action: 'tenant.deleted', before: toTenant(row) })
  })
}

const PROBE_MS = 3_000

/** Whether the database answers within 3 s under the tenant's own row-level security. @throws IDENTITY_TENANT_NOT_FOUND */
export async function probeTenant(context: IdentityContext, principal: Principal, tenantId: string) {
  const row = await context.db.everyTenant((tx) => visibleTenant(tx, principal, tenantId))
  const answer = (healthy: boolean, message: string) => ({
    tenant_id: tenantId,
    db_backend: 'postgres',
    healthy,
    message,
  })
  const began = context.clock.now()
  try {
    const seen = await context.db.tenant(tenantId, async (tx) => {
      await sql`select set_config('statement_timeout', ${String(PROBE_MS)}, true)`.execute(tx)
      return oneTenant(tx, tenantId).executeTakeFirst()
    })
    if (!seen) return answer(false, 'The database does not show the tenant its own row.')
    return answer(true, `${row.is_active ? 'Active' : 'Inactive'}; answered in ${context.clock.now() - began} ms.`)
  } catch (error) {
    // What a health check finds is its answer.
    context.log.warn({ err: error, tenantId }, 'the database does not answer for a tenant')
    return answer(false, 'The database does not answer for this tenant.')
  }
}
