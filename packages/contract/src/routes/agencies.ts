import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const Logo = z
  .string()
  .max(1024)
  .regex(/^(?:https:\/\/[^\s]+|\/(?![/\\])[^\s]*)$/, 'is an https:// address or a path of the panel such as /logo.svg')

const FORBIDDEN = /password|token|api_key|secret/i

/** True when a key anywhere inside looks like a credential: settings are readable by every member. */
function holdsCredential(value: unknown): boolean {
  const open: unknown[] = [value]
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    if (typeof current !== 'object' || current === null) continue
    if (!Array.isArray(current) && Object.keys(current).some((key) => FORBIDDEN.test(key))) return true
    open.push(...Object.values(current))
  }
  return false
}

/** Settings that the panel and the platform read; a value of each is checked wherever it comes in. */
const KnownSettings = z.object({
  logo_url: Logo.nullish(),
  logo_dark_url: Logo.nullish(),
  compliance_tier: z.enum(['standard', 'federal', 'enterprise']).nullish(),
  retention_days: z.int().min(1).max(3650).nullish(),
  /** Whom people ask who cannot get in; shown on the sign-in pages of the agency's domain. */
  support_email: z.email().max(255).nullish(),
})

const Extra = JsonObject.refine((extra) => !holdsCredential(extra), {
  message: 'holds a key with password, token, api_key or secret in its name; settings are no place for credentials',
}).refine((extra) => KnownSettings.safeParse(extra).success, {
  message:
    'holds logo_url, logo_dark_url, compliance_tier, retention_days or support_email with a value that none of them may have',
})

/** The colours of the panel that an agency may set, each in both modes (ui.md 4.15). */
export const AGENCY_COLORS = [
  'primary',
  'primary-hover',
  'accent',
  'success',
  'warning',
  'danger',
  'info',
  'surface-0',
  'surface-1',
  'surface-2',
  'surface-3',
  'text',
  'text-muted',
  'text-subtle',
  'text-on-primary',
  'border-subtle',
  'border',
  'border-strong',
  'chart-series-1',
  'chart-series-2',
  'chart-series-3',
  'chart-series-4',
  'chart-series-5',
  'chart-series-6',
  'chart-series-7',
  'chart-series-8',
] as const

const Hex = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'is a colour such as #1a2b3c')
const ColorPair = z.strictObject({ light: Hex, dark: Hex })

/** White-label theme of an agency: colours, density and corners of the panel. */
export const AgencyTheme = z.strictObject({
  colors: z.partialRecord(z.enum(AGENCY_COLORS), ColorPair).default({}),
  density: z.enum(['compact', 'default', 'spacious']).default('default'),
  radius: z.enum(['sharp', 'default', 'rounded']).default('default'),
})
export type AgencyTheme = z.infer<typeof AgencyTheme>

export const AgencyResponse = z.object({
  agency_id: z.string(),
  display_name: z.string(),
  domain: z.string().nullable(),
  /** `logo_url`, `logo_dark_url` (the first where it has none of its own), `compliance_tier`, `retention_days`, and more. */
  settings: JsonObject.nullable(),
  theme: AgencyTheme,
  created_at: Timestamp,
})
export type AgencyResponse = z.infer<typeof AgencyResponse>

/** The agency of a user; the look of those who have none was never made. */
export const OwnAgency = AgencyResponse.extend({ created_at: Timestamp.nullable() })
export type OwnAgency = z.infer<typeof OwnAgency>

const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(255)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'is a host name such as portal.example.com')

/** What a sign-in page shows before anybody is known: the agency whose domain was asked for, or nobody. */
export const AgencyLook = z.object({
  display_name: z.string().nullable(),
  logo_url: z.string().nullable(),
  logo_dark_url: z.string().nullable(),
  support_email: z.string().nullable(),
  theme: AgencyTheme,
})
export type AgencyLook = z.infer<typeof AgencyLook>

const SettingsUpdate = KnownSettings.extend({
  extra: Extra.nullish().describe('Merged into the settings beside the members above; `null` removes one.'),
})

const byAgency = z.object({ agency_id: z.string().min(1).max(50) })
const tag = 'agencies'

/** Agencies: a second boundary inside a tenant, with a look of its own (api.md 3.7). */
export const agencies = {
  mine: defineRoute({
    id: 'agencies.me',
    method: 'GET',
    path: '/v1/agencies/me',
    auth: 'user',
    tag,
    summary: 'The agency of the user, or the default look',
    response: OwnAgency,
  }),
  look: defineRoute({
    id: 'agencies.look',
    method: 'GET',
    path: '/v1/agencies/look',
    auth: 'none',
    surface: 'client',
    tag,
    summary: 'The look of the agency whose domain the Host header names, for pages before the sign-in',
    response: AgencyLook,
  }),
  list: defineRoute({
    id: 'agencies.list',
    method: 'GET',
    path: '/v1/agencies',
    auth: 'svc-or-admin',
    tag,
    summary: 'Agencies of the tenant',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    response: z.array(AgencyResponse),
  }),
  create: defineRoute({
    id: 'agencies.create',
    method: 'POST',
    path: '/v1/agencies',
    auth: 'admin',
    tag,
    summary: 'Create an agency',
    body: z.object({
      agency_id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,49}$/, 'is 3 to 50 letters, digits, _ and -'),
      display_name: z.string().trim().min(1).max(255),
      domain: z.string().trim().toLowerCase().max(255).nullish(),
      settings: JsonObject.nullish(),
    }),
    status: 201,
    response: AgencyResponse,
    errors: ['IDENTITY_AGENCY_EXISTS', 'IDENTITY_AGENCY_SETTINGS', 'IDENTITY_AGENCY_DOMAIN'],
  }),
  get: defineRoute({
    id: 'agencies.get',
    method: 'GET',
    path: '/v1/agencies/{agency_id}',
    auth: 'svc-or-user',
    tag,
    summary: 'One agency, for its members and administrators',
    params: byAgency,
    response: AgencyResponse,
    errors: ['IDENTITY_AGENCY_NOT_FOUND'],
  }),
  updateSettings: defineRoute({
    id: 'agencies.update_settings',
    method: 'PUT',
    path: '/v1/agencies/{agency_id}/settings',
    auth: 'svc-or-admin',
    tag,
    summary: 'Merge settings of an agency; what is left out stays',
    params: byAgency,
    body: SettingsUpdate.extend({
      display_name: z.string().trim().min(1).max(255).optional(),
      domain: Domain.nullable().optional().describe('`null`: none any more.'),
    }),
    response: AgencyResponse,
    errors: ['IDENTITY_AGENCY_NOT_FOUND', 'IDENTITY_AGENCY_DOMAIN'],
  }),
  updateTheme: defineRoute({
    id: 'agencies.update_theme',
    method: 'PUT',
    path: '/v1/agencies/{agency_id}/theme',
    surface: 'client',
    auth: 'svc-or-admin',
    tag,
    summary: 'Replace the white-label theme of an agency',
    params: byAgency,
    body: AgencyTheme,
    response: AgencyResponse,
    errors: ['IDENTITY_AGENCY_NOT_FOUND', 'IDENTITY_THEME_CONTRAST'],
  }),
} as const

/** Settings as `PUT …/settings` takes them, for what is stored at the creation. */
export const AgencySettingsUpdate = SettingsUpdate
export type AgencySettingsUpdate = z.infer<typeof SettingsUpdate>
