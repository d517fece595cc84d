import { type JsonObject, TENANT_DEFAULTS, type TenantDefaults } from '@imperal/contract'
import type { Principal } from '../../../foundation/http/index.ts'
import { type IdentityContext, moment } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { type Administration, auditAdministration } from '../records.ts'
import { tenantFor } from './authority.ts'

const FALLBACKS = Object.fromEntries(Object.entries(TENANT_DEFAULTS).map(([name, { fallback }]) => [name, fallback]))

/** Every default with its value in force. */
export const defaultsInForce = (stored: JsonObject): TenantDefaults =>
  ({ ...FALLBACKS, ...stored }) as unknown as TenantDefaults // stored ones passed their schema

/** Settings of users that a tenant's defaults stand behind, by the names that users know. */
export function userSettingsOf(stored: JsonObject): JsonObject {
  const prefix = 'default_'
  return Object.fromEntries(
    Object.entries(stored).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  )
}

/** @throws IDENTITY_TENANT_NOT_FOUND */
export async function readTenantDefaults(
  context: IdentityContext,
  principal: Principal,
  tenantId: string,
): Promise<JsonObject> {
  const tenant = await context.directory.tenant(await tenantFor(context, principal, tenantId))
  if (tenant === null) throw identityErrors.TENANT_NOT_FOUND()
  return { ...defaultsInForce(tenant.defaults) } as JsonObject
}

/** Sets some; of two changes at once both count. @throws IDENTITY_TENANT_NOT_FOUND */
export async function updateTenantDefaults(
  context: IdentityContext,
  by: Administration,
  change: { readonly tenantId: string; readonly values: Readonly<Record<string, number | boolean | null | undefined>> },
): Promise<{ updated: string[]; settings: JsonObject }> {
  const tenantId = await tenantFor(context, by.principal, change.tenantId)
  const updated = Object.keys(change.values).filter((name) => change.values[name] !== undefined)
  const settings = await context.changes.everyTenant(async (tx, tell) => {
    const row = await tx
      .selectFrom('identity.tenant')
      .select('defaults')
      .where('tenant_id', '=', tenantId)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw identityErrors.TENANT_NOT_FOUND()
    const next: JsonObject = { ...row.defaults }
    for (const name of updated) {
      const value = change.values[name] ?? null
      if (value === null) delete next[name]
      else next[name] = value
    }
    await tx
      .updateTable('identity.tenant')
      .set({ defaults: next, updated_at: moment(context) })
      .where('tenant_id', '=', tenantId)
      .execute()
    await tell(`tenant:${tenantId}`)
    const target = { tenantId, targetType: 'tenant', targetId: tenantId }
    const states = { before: row.defaults, after: next }
    await auditAdministration(context, tx, by, { ...target, ...states, action: 'tenant.defaults_updated' })
    return next
  })
  return { updated, settings: { ...defaultsInForce(settings) } as JsonObject }
}
