import {
  AGENCY_COLORS,
  type AgencyResponse,
  AgencySettingsUpdate,
  AgencyTheme,
  type agencies,
  type JsonObject,
  type JsonValue,
  type OwnAgency,
  type RouteBody,
} from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import { mayAdminister, type Principal } from '../../../foundation/http/index.ts'
import { type IdentityContext, moment } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { type Administration, auditAdministration } from '../records.ts'
import type { AgencyTable } from '../tables.ts'
import { reaches } from './authority.ts'
import { leastContrast } from './theme-contrast.ts'

type Row = Selectable<AgencyTable>

const NO_THEME = AgencyTheme.parse({})

/** A stored theme as far as it is usable: pairs that are not colours are left out, the rest counts (ui.md 4.15). */
function themeOf(stored: JsonObject): AgencyTheme {
  const colors = Object.fromEntries(
    Object.entries((stored.colors ?? {}) as JsonObject).filter(
      ([name, pair]) =>
        (AGENCY_COLORS as readonly string[]).includes(name) &&
        AgencyTheme.safeParse({ colors: { [name]: pair } }).success,
    ),
  )
  const rest = { density: stored.density, radius: stored.radius }
  const whole = AgencyTheme.safeParse({ ...rest, colors })
  return whole.success ? whole.data : AgencyTheme.parse({ colors })
}

/** The theme of an agency as far as it is usable; null when there is no such agency in the tenant. */
export async function loadAgencyTheme(db: Database, tenantId: string, agencyId: string): Promise<JsonObject | null> {
  const row = await db.tenant(tenantId, (tx) => find(tx, agencyId, tenantId).executeTakeFirst())
  // Without members that are undefined, as it travels to extensions.
  return row ? (JSON.parse(JSON.stringify(themeOf(row.theme))) as JsonObject) : null
}

const toAgency = (row: Row): AgencyResponse => ({
  agency_id: row.agency_id,
  display_name: row.display_name,
  domain: row.domain,
  settings: {
    ...row.settings,
    ...(row.settings.logo_dark_url === undefined && row.settings.logo_url !== undefined
      ? { logo_dark_url: row.settings.logo_url }
      : {}),
  },
  theme: themeOf(row.theme),
  created_at: row.created_at.toISOString(),
})

const find = (tx: Tx, agencyId: string, tenantId: string) =>
  tx.selectFrom('identity.agency').selectAll().where('agency_id', '=', agencyId).where('tenant_id', '=', tenantId)

/** The user's own agency; who has none gets the platform's look under the name of the tenant. */
export async function ownAgency(context: IdentityContext, principal: Principal): Promise<OwnAgency> {
  const { agencyId, tenantId } = principal
  const row =
    agencyId === null
      ? undefined
      : await context.db.tenant(tenantId, (tx) => find(tx, agencyId, tenantId).executeTakeFirst())
  if (row) return toAgency(row)
  const tenant = await context.directory.tenant(tenantId)
  return {
    agency_id: 'default',
    display_name: tenant?.name ?? 'Default',
    domain: null,
    settings: {},
    theme: NO_THEME,
    created_at: null,
  }
}

/** Agencies of the caller's tenant. */
export async function listAgencies(
  context: IdentityContext,
  principal: Principal,
  page: { readonly limit: number; readonly offset: number },
): Promise<AgencyResponse[]> {
  const rows = await context.db.tenant(principal.tenantId, (tx) =>
    tx
      .selectFrom('identity.agency')
      .selectAll()
      .where('tenant_id', '=', principal.tenantId)
      .orderBy('agency_id')
      .limit(page.limit)
      .offset(page.offset)
      .execute(),
  )
  return rows.map(toAgency)
}

export const countAgencies = async (context: IdentityContext, { tenantId }: Principal): Promise<number> => {
  const { total } = await context.db.tenant(tenantId, (tx) =>
    tx
      .selectFrom('identity.agency')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('tenant_id', '=', tenantId)
      .executeTakeFirstOrThrow(),
  )
  return Number(total)
}

/** For members and administrators. @throws IDENTITY_AGENCY_NOT_FOUND for everybody else as well */
export async function readAgency(
  context: IdentityContext,
  principal: Principal,
  agencyId: string,
): Promise<AgencyResponse> {
  const row = await context.db.tenant(principal.tenantId, (tx) =>
    find(tx, agencyId, principal.tenantId).executeTakeFirst(),
  )
  if (!row || !(mayAdminister(principal) || principal.agencyId === agencyId)) throw identityErrors.AGENCY_NOT_FOUND()
  return toAgency(row)
}

function checkedSettings(given: JsonObject): JsonObject {
  const { logo_url, logo_dark_url, compliance_tier, retention_days, ...extra } = given
  const known = { logo_url, logo_dark_url, compliance_tier, retention_days }
  const checked = AgencySettingsUpdate.safeParse({ ...known, extra })
  if (!checked.success) {
    const problem = checked.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')
    throw identityErrors.AGENCY_SETTINGS({ problem })
  }
  return merged({}, checked.data)
}

/** @throws IDENTITY_AGENCY_EXISTS, IDENTITY_AGENCY_SETTINGS */
export async function createAgency(
  context: IdentityContext,
  by: Administration,
  body: RouteBody<typeof agencies.create>,
): Promise<AgencyResponse> {
  const { tenantId } = by.principal
  const settings = checkedSettings(body.settings ?? {})
  return context.db.tenant(tenantId, async (tx) => {
    const now = moment(context)
    const row = await tx
      .insertInto('identity.agency')
      .values({
        tenant_id: tenantId,
        agency_id: body.agency_id,
        display_name: body.display_name,
        domain: body.domain || null,
        settings,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (!row) throw identityErrors.AGENCY_EXISTS()
    const target = { tenantId, targetType: 'agency', targetId: row.agency_id }
    await auditAdministration(context, tx, by, { ...target, action: 'agency.created', after: toAgency(row) })
    return toAgency(row)
  })
}

/** `change` over `before`; what is left out stays, members of `extra` that are `null` go. */
function merged(before: JsonObject, change: AgencySettingsUpdate): JsonObject {
  const { extra, ...known } = change
  const settings: JsonObject = { ...before }
  for (const [name, value] of Object.entries(known)) if (value != null) settings[name] = value
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (value === null) delete settings[name]
    else settings[name] = value as JsonValue // a member of a JSON object
  }
  return settings
}

async function changeAgency(
  context: IdentityContext,
  by: Administration,
  change: {
    readonly agencyId: string
    readonly action: string
    set(row: Row): { settings?: JsonObject; theme?: JsonObject }
  },
): Promise<AgencyResponse> {
  const { tenantId } = by.principal
  return context.changes.tenant(tenantId, async (tx, tell) => {
    const row = await find(tx, change.agencyId, tenantId).forUpdate().executeTakeFirst()
    if (!row || !reaches(by.principal, row.tenant_id)) throw identityErrors.AGENCY_NOT_FOUND()
    const updated = await tx
      .updateTable('identity.agency')
      .set({ ...change.set(row), updated_at: moment(context) })
      .where('tenant_id', '=', tenantId)
      .where('agency_id', '=', change.agencyId)
      .returningAll()
      .executeTakeFirstOrThrow()
    const target = { tenantId, targetType: 'agency', targetId: row.agency_id }
    const states = { before: toAgency(row), after: toAgency(updated) }
    await auditAdministration(context, tx, by, { ...target, ...states, action: change.action })
    await tell(`agency:${row.agency_id}`)
    return toAgency(updated)
  })
}

/** Merges settings; of two changes at once both count. @throws IDENTITY_AGENCY_NOT_FOUND */
export const updateAgencySettings = (
  context: IdentityContext,
  by: Administration,
  change: { readonly agencyId: string; readonly body: AgencySettingsUpdate },
): Promise<AgencyResponse> =>
  changeAgency(context, by, {
    agencyId: change.agencyId,
    action: 'agency.updated',
    set: (row) => ({ settings: merged(row.settings, change.body) }),
  })

/** Replaces the theme. @throws IDENTITY_AGENCY_NOT_FOUND, IDENTITY_THEME_CONTRAST */
export async function updateAgencyTheme(
  context: IdentityContext,
  by: Administration,
  change: { readonly agencyId: string; readonly body: AgencyTheme },
): Promise<AgencyResponse> {
  const worst = leastContrast(change.body.colors)
  if (worst !== null) throw identityErrors.THEME_CONTRAST(worst)
  const theme = JSON.parse(JSON.stringify(change.body)) as JsonObject // without members that are undefined
  return changeAgency(context, by, {
    agencyId: change.agencyId,
    action: 'agency.theme_updated',
    set: () => ({ theme }),
  })
}
