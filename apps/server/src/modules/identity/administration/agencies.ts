import {
  AGENCY_COLORS,
  type AgencyLook,
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
import type { KeptForDays } from '../types.ts'
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

/** People whose agency keeps content for so many days only, with that number (kernel 11.2). */
export async function keptForDays(context: IdentityContext): Promise<KeptForDays[]> {
  const rows = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.agency as agency')
      .innerJoin('identity.account as account', (join) =>
        join.onRef('account.tenant_id', '=', 'agency.tenant_id').onRef('account.agency_id', '=', 'agency.agency_id'),
      )
      .select(['account.tenant_id', 'account.user_id', 'agency.settings'])
      .execute(),
  )
  return rows.flatMap(({ tenant_id: tenantId, user_id: userId, settings: { retention_days: days } }) =>
    typeof days === 'number' ? [{ tenantId, userId, days }] : [],
  )
}

const textOf = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null)

const PLAIN_LOOK: AgencyLook = {
  ...{ display_name: null, logo_url: null, logo_dark_url: null, support_email: null },
  theme: NO_THEME,
}

/** A host as it is compared: `Cloud.example.com.` is `cloud.example.com`. */
const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, '')
const isOwnHost = ({ policy }: IdentityContext, host: string): boolean =>
  plainHost(host) === plainHost(new URL(policy.publicUrl).hostname)

/**
 * What a sign-in page looks like at an address; nothing of the agency that is not shown there. The installation's own
 * address looks like nobody's, whatever was stored before it was that.
 */
export async function lookOf(context: IdentityContext, host: string): Promise<AgencyLook> {
  if (isOwnHost(context, host)) return PLAIN_LOOK
  const row = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.agency')
      .selectAll()
      .where((eb) => eb(eb.fn('lower', ['domain']), '=', plainHost(host)))
      .executeTakeFirst(),
  )
  if (row === undefined) return PLAIN_LOOK
  const { display_name, settings, theme } = toAgency(row)
  return {
    display_name,
    logo_url: textOf(settings?.logo_url),
    logo_dark_url: textOf(settings?.logo_dark_url),
    support_email: textOf(settings?.support_email),
    theme,
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
  const { logo_url, logo_dark_url, compliance_tier, retention_days, support_email, ...extra } = given
  const known = { logo_url, logo_dark_url, compliance_tier, retention_days, support_email }
  const checked = AgencySettingsUpdate.safeParse({ ...known, extra })
  if (!checked.success) {
    const problem = checked.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')
    throw identityErrors.AGENCY_SETTINGS({ problem })
  }
  return merged({}, checked.data)
}

/** The address of the installation itself is nobody's: its sign-in page would say that it is somebody else's. @throws IDENTITY_AGENCY_DOMAIN */
function refuseOwnHost(context: IdentityContext, domain: string | null | undefined): void {
  if (domain && isOwnHost(context, domain)) throw identityErrors.AGENCY_DOMAIN()
}

/** @throws IDENTITY_AGENCY_EXISTS, IDENTITY_AGENCY_SETTINGS, IDENTITY_AGENCY_DOMAIN */
export async function createAgency(
  context: IdentityContext,
  by: Administration,
  body: RouteBody<typeof agencies.create>,
): Promise<AgencyResponse> {
  const { tenantId } = by.principal
  const settings = checkedSettings(body.settings ?? {})
  refuseOwnHost(context, body.domain)
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
  // `null` takes a setting away, wherever it stands.
  for (const [name, value] of [...Object.entries(known), ...Object.entries(extra ?? {})]) {
    if (value === null) delete settings[name]
    else if (value !== undefined) settings[name] = value as JsonValue // a member of a JSON object
  }
  return settings
}

async function changeAgency(
  context: IdentityContext,
  by: Administration,
  change: {
    readonly agencyId: string
    readonly action: string
    set(row: Row): { settings?: JsonObject; theme?: JsonObject; display_name?: string; domain?: string | null }
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

/** Merges settings; of two changes at once both count. @throws IDENTITY_AGENCY_NOT_FOUND, IDENTITY_AGENCY_DOMAIN */
export async function updateAgencySettings(
  context: IdentityContext,
  by: Administration,
  change: { readonly agencyId: string; readonly body: RouteBody<typeof agencies.updateSettings> },
): Promise<AgencyResponse> {
  const { display_name, domain, ...settings } = change.body
  refuseOwnHost(context, domain)
  const facts = {
    ...(display_name === undefined ? {} : { display_name }),
    ...(domain === undefined ? {} : { domain }),
  }
  try {
    return await changeAgency(context, by, {
      agencyId: change.agencyId,
      action: 'agency.updated',
      set: (row) => ({ ...facts, settings: merged(row.settings, settings) }),
    })
  } catch (error) {
    if ((error as { constraint?: unknown } | null)?.constraint === 'agency_domain') throw identityErrors.AGENCY_DOMAIN()
    throw error
  }
}

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
