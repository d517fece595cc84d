import type { RoleResponse, RouteBody, roles } from '@imperal/contract'
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { type Principal, runsInstallation } from '../../../foundation/http/index.ts'
import { type IdentityContext, moment } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { PLATFORM } from '../load-actor.ts'
import { type Administration, auditAdministration } from '../records.ts'
import type { RoleTable } from '../tables.ts'
import { cleanScopes, given } from './authority.ts'
import { tellRole, tellScopes } from './tell-access.ts'

type Row = Selectable<RoleTable>

export const toRole = (row: Row): RoleResponse => ({
  id: row.id,
  tenant_id: row.tenant_id,
  name: row.name,
  display_name: row.display_name,
  default_scopes: row.default_scopes,
  denied_scopes: row.denied_scopes,
  default_attributes: row.default_attributes,
  default_extensions: row.default_extensions,
  confirmation_policy: row.confirmation_policy,
  max_concurrent_tasks: row.max_concurrent_tasks,
  monthly_action_limit: row.monthly_action_limit,
  context_window: row.context_window,
  is_system: row.is_system,
  created_at: row.created_at.toISOString(),
})

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Roles that exist in the caller's tenant. */
export async function listRoles(context: IdentityContext, principal: Principal): Promise<RoleResponse[]> {
  const rows = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.role')
      .selectAll()
      .where('tenant_id', 'in', [principal.tenantId, PLATFORM])
      .orderBy('is_system', 'desc')
      .orderBy('name')
      .execute(),
  )
  return rows.map(toRole)
}

/** Creates a role of the caller's tenant. Names of the platform's roles stay theirs. @throws IDENTITY_ROLE_EXISTS */
export async function createRole(
  context: IdentityContext,
  by: Administration,
  body: RouteBody<typeof roles.create>,
): Promise<RoleResponse> {
  const { tenantId } = by.principal
  const values = {
    ...body,
    tenant_id: tenantId,
    default_scopes: cleanScopes(body.default_scopes),
    denied_scopes: cleanScopes(body.denied_scopes),
    created_at: moment(context),
    updated_at: moment(context),
  }
  return context.changes.everyTenant(async (tx, tell) => {
    const taken = await tx
      .selectFrom('identity.role')
      .select('id')
      .where('tenant_id', '=', PLATFORM)
      .where('name', '=', body.name)
      .executeTakeFirst()
    const row = taken
      ? undefined
      : await tx
          .insertInto('identity.role')
          .values(values)
          .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
          .returningAll()
          .executeTakeFirst()
    if (!row) throw identityErrors.ROLE_EXISTS()
    await tell('role')
    const target = { tenantId, targetType: 'role', targetId: row.id }
    await auditAdministration(context, tx, by, { ...target, action: 'role.created', after: toRole(row) })
    await tellRole(context, tx, by, { type: 'rbac:role_created', role: row })
    return toRole(row)
  })
}

/** The role that the caller may change. @throws IDENTITY_ROLE_NOT_FOUND, IDENTITY_SYSTEM_ROLE */
async function heldRole(tx: Tx, principal: Principal, roleId: string): Promise<Row> {
  const row = UUID.test(roleId)
    ? await tx.selectFrom('identity.role').selectAll().where('id', '=', roleId).forUpdate().executeTakeFirst()
    : undefined
  const platform = runsInstallation(principal)
  const visible = row !== undefined && (platform || [principal.tenantId, PLATFORM].includes(row.tenant_id))
  if (!visible) throw identityErrors.ROLE_NOT_FOUND()
  if (row.is_system && !platform) throw identityErrors.SYSTEM_ROLE()
  return row
}

type Changes = RouteBody<typeof roles.update>

function updateOf(row: Row, body: Changes): Partial<Omit<Row, 'id' | 'created_at'>> {
  const { name, default_scopes, denied_scopes, ...rest } = given(body)
  if (name !== undefined && name !== row.name) throw identityErrors.ROLE_NAME_FIXED()
  const update = {
    ...rest,
    ...(default_scopes === undefined ? {} : { default_scopes: cleanScopes(default_scopes) }),
    ...(denied_scopes === undefined ? {} : { denied_scopes: cleanScopes(denied_scopes) }),
  }
  const loses = row.is_system && row.name === 'admin'
  if (loses && (update.default_scopes?.includes('*') === false || (update.denied_scopes?.length ?? 0) > 0))
    throw identityErrors.ADMIN_ROLE()
  return update
}

/** Gives the users of the role exactly its scopes; answers those who had others. */
function cascade(tx: Tx, role: Row) {
  const scopes = role.default_scopes
  let query = tx
    .updateTable('identity.account')
    .set({ scopes })
    .where('role', '=', role.name)
    .where('status', '<>', 'erased')
    .where(sql<boolean>`scopes is distinct from ${scopes}::text[]`)
  if (role.tenant_id !== PLATFORM) query = query.where('tenant_id', '=', role.tenant_id)
  return query.returning(['tenant_id', 'user_id', 'scopes', 'denied_scopes']).execute()
}

/** Changes a role for all who have it, at once. @throws IDENTITY_ROLE_NAME_FIXED, IDENTITY_ADMIN_ROLE */
export async function updateRole(
  context: IdentityContext,
  by: Administration,
  change: { readonly roleId: string; readonly body: Changes; readonly cascade: boolean },
): Promise<RoleResponse & { cascaded_count: number }> {
  return context.changes.everyTenant(async (tx, tell) => {
    const row = await heldRole(tx, by.principal, change.roleId)
    const updated = await tx
      .updateTable('identity.role')
      .set({ ...updateOf(row, change.body), updated_at: moment(context) })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const regranted = change.cascade ? await cascade(tx, updated) : []
    await tell('role')
    await tellScopes(context, tx, by, regranted)
    await tellRole(context, tx, by, { type: 'rbac:role_updated', role: updated })
    const target = { tenantId: by.principal.tenantId, targetType: 'role', targetId: row.id }
    const states = { before: toRole(row), after: { ...toRole(updated), cascaded_count: regranted.length } }
    await auditAdministration(context, tx, by, { ...target, ...states, action: 'role.updated' })
    return { ...toRole(updated), cascaded_count: regranted.length }
  })
}

/** Removes a role that nobody has. @throws IDENTITY_ROLE_IN_USE, IDENTITY_SYSTEM_ROLE */
export async function deleteRole(context: IdentityContext, by: Administration, roleId: string): Promise<void> {
  await context.changes.everyTenant(async (tx, tell) => {
    const row = await heldRole(tx, by.principal, roleId)
    if (row.is_system) throw identityErrors.SYSTEM_ROLE()
    const { users } = await tx
      .selectFrom('identity.account')
      .select(sql<number>`count(*)::int`.as('users'))
      .where('tenant_id', '=', row.tenant_id)
      .where('role', '=', row.name)
      .where('status', '<>', 'erased')
      .executeTakeFirstOrThrow()
    if (users > 0) throw identityErrors.ROLE_IN_USE({ users })
    await tx.deleteFrom('identity.role').where('id', '=', row.id).execute()
    await tell('role')
    const target = { tenantId: row.tenant_id, targetType: 'role', targetId: row.id }
    await auditAdministration(context, tx, by, { ...target, action: 'role.deleted', before: toRole(row) })
    await tellRole(context, tx, by, { type: 'rbac:role_deleted', role: row })
  })
}
