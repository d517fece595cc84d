import { normalizeScope, type RouteBody, type RouteQuery, type ScopeResponse, type scopes } from '@imperal/contract'
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { type Principal, runsInstallation } from '../../../foundation/http/index.ts'
import { type IdentityContext, moment } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { PLATFORM } from '../load-actor.ts'
import { type Administration, auditAdministration } from '../records.ts'
import type { ScopeTable } from '../tables.ts'
import { cleanScopes, tenantFor } from './authority.ts'

type Row = Selectable<ScopeTable>

const toScope = (row: Row): ScopeResponse => ({
  id: row.id,
  name: row.name,
  resource: row.resource,
  action: row.action,
  display_name: row.display_name,
  description: row.description,
  source: row.source,
  source_id: row.source_id,
  tenant_id: row.tenant_id,
  is_system: row.is_system,
  created_at: row.created_at.toISOString(),
})

/** Scopes that exist in the caller's tenant. */
export async function listScopes(
  context: IdentityContext,
  principal: Principal,
  filter: RouteQuery<typeof scopes.list>,
): Promise<ScopeResponse[]> {
  const rows = await context.db.everyTenant((tx) => {
    let query = tx.selectFrom('identity.scope').selectAll().where('tenant_id', 'in', [principal.tenantId, PLATFORM])
    if (filter.resource !== undefined) query = query.where('resource', '=', filter.resource)
    if (filter.source !== undefined) query = query.where('source', '=', filter.source)
    return query.orderBy('name').orderBy('tenant_id').execute()
  })
  return rows.map(toScope)
}

/** Scopes for everybody are the platform's; an administrator of a tenant makes those of the tenant. */
async function homeOf(context: IdentityContext, principal: Principal, wanted: string): Promise<string> {
  if (wanted !== PLATFORM) return tenantFor(context, principal, wanted)
  return runsInstallation(principal) ? PLATFORM : principal.tenantId
}

/** @throws IDENTITY_SCOPE_EXISTS, IDENTITY_BAD_SCOPES */
export async function createScope(
  context: IdentityContext,
  by: Administration,
  body: RouteBody<typeof scopes.create>,
): Promise<ScopeResponse> {
  const tenantId = await homeOf(context, by.principal, body.tenant_id)
  const [name = ''] = cleanScopes([body.name || `${body.resource}:${body.action}`])
  return context.db.everyTenant(async (tx) => {
    const row = await tx
      .insertInto('identity.scope')
      .values({
        tenant_id: tenantId,
        name,
        resource: body.resource,
        action: body.action,
        display_name: body.display_name ?? '',
        description: body.description ?? '',
        source: tenantId === PLATFORM ? 'platform' : body.source,
        source_id: body.source_id ?? null,
        created_at: moment(context),
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
      .returningAll()
      .executeTakeFirst()
    if (!row) throw identityErrors.SCOPE_EXISTS()
    const target = { tenantId: by.principal.tenantId, targetType: 'scope', targetId: String(row.id) }
    await auditAdministration(context, tx, by, { ...target, action: 'scope.created', after: toScope(row) })
    return toScope(row)
  })
}

/** The scope that the caller may change. @throws IDENTITY_SCOPE_NOT_FOUND, IDENTITY_SYSTEM_SCOPE */
async function heldScope(tx: Tx, principal: Principal, id: number): Promise<Row> {
  const row = await tx.selectFrom('identity.scope').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  const platform = runsInstallation(principal)
  if (!row || !(platform || [principal.tenantId, PLATFORM].includes(row.tenant_id)))
    throw identityErrors.SCOPE_NOT_FOUND()
  if (row.is_system || (row.tenant_id === PLATFORM && !platform)) throw identityErrors.SYSTEM_SCOPE()
  return row
}

/** @throws IDENTITY_SCOPE_NOT_FOUND, IDENTITY_SYSTEM_SCOPE */
export async function updateScope(
  context: IdentityContext,
  by: Administration,
  change: { readonly id: number; readonly body: RouteBody<typeof scopes.update> },
): Promise<ScopeResponse> {
  return context.db.everyTenant(async (tx) => {
    const row = await heldScope(tx, by.principal, change.id)
    const updated = await tx
      .updateTable('identity.scope')
      .set({
        display_name: change.body.display_name ?? row.display_name,
        description: change.body.description ?? row.description,
      })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const target = { tenantId: by.principal.tenantId, targetType: 'scope', targetId: String(row.id) }
    const states = { before: toScope(row), after: toScope(updated) }
    await auditAdministration(context, tx, by, { ...target, ...states, action: 'scope.updated' })
    return toScope(updated)
  })
}

/** Whether a role, a user or a tenant has the scope; one of the platform may be granted anywhere. */
async function isGranted(tx: Tx, scope: Row): Promise<boolean> {
  const within = scope.tenant_id === PLATFORM ? sql`true` : sql`tenant_id = ${scope.tenant_id}`
  const { name } = scope
  const { rows } = await sql<{ granted: boolean }>`
    select exists (select from identity.role where ${within} and (${name} = any(default_scopes) or ${name} = any(denied_scopes)))
        or exists (select from identity.account where ${within} and status <> 'erased' and (${name} = any(scopes) or ${name} = any(denied_scopes)))
        or exists (select from identity.tenant where ${within} and ${name} = any(default_scopes)) as granted`.execute(
    tx,
  )
  return rows[0]?.granted === true
}

/** Removes a scope that nobody has. @throws IDENTITY_SCOPE_NOT_FOUND, IDENTITY_SYSTEM_SCOPE, IDENTITY_SCOPE_IN_USE */
export async function deleteScope(context: IdentityContext, by: Administration, id: number): Promise<void> {
  await context.db.everyTenant(async (tx) => {
    const row = await heldScope(tx, by.principal, id)
    if (await isGranted(tx, row)) throw identityErrors.SCOPE_IN_USE()
    await tx.deleteFrom('identity.scope').where('id', '=', id).execute()
    const target = { tenantId: by.principal.tenantId, targetType: 'scope', targetId: String(id) }
    await auditAdministration(context, tx, by, { ...target, action: 'scope.deleted', before: toScope(row) })
  })
}

/** Scopes of an app, which become grantable when it is published. What is there already stays. */
export async function declareAppScopes(
  context: IdentityContext,
  app: { readonly appId: string; readonly name: string; readonly scopes: readonly string[] },
): Promise<void> {
  const rows = [...new Set(app.scopes.map(normalizeScope))].flatMap((name) => {
    const [resource = '', action = ''] = name.split(/:(.*)/, 2)
    if (resource !== app.appId || action === '') return []
    const display_name = `${app.name}: ${action}`
    const facts = { source: 'extension', source_id: app.appId, is_system: true, created_at: moment(context) } as const
    return [{ tenant_id: PLATFORM, name, resource, action, display_name, description: '', ...facts }]
  })
  if (rows.length === 0) return
  await context.db.everyTenant((tx) =>
    tx
      .insertInto('identity.scope')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
      .execute(),
  )
}
