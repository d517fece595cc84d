import type { ContextSnapshot } from '@imperal/contract/host-protocol'
import { codec, figure, flag, text } from './codec.ts'
import { deepFreeze, freeze, type JsonObject } from './json.ts'

/** Who a handler runs for. Key state by `imperalId`, never by e-mail or name. */
export interface UserContext {
  readonly imperalId: string
  readonly email: string | null
  readonly tenantId: string
  readonly agencyId: string | null
  readonly orgId: string | null
  readonly role: string
  readonly scopes: readonly string[]
  readonly attributes: Readonly<JsonObject>
  readonly isActive: boolean
  /** Exact match, `*`, and the wildcards `ns.*` and `ns:*`. */
  hasScope(scope: string): boolean
  hasRole(role: string): boolean
}

export interface TenantContext {
  readonly tenantId: string
  readonly name: string
  readonly isActive: boolean
  readonly features: Readonly<JsonObject>
  readonly isolation: string
}

/** The user's time at the moment of the call; computed once. */
export interface TimeContext {
  readonly timezone: string
  readonly utcOffset: string
  readonly nowUtc: string
  readonly nowLocal: string
  readonly hourLocal: number
  readonly isBusinessHours: boolean
}

/** True when one of the granted scopes covers the wanted one; `ns.*` and `ns:*` cover `ns` and all below it. */
export function coversScope(granted: readonly string[], wanted: string): boolean {
  return granted.some((scope) => {
    if (scope === '*' || scope === wanted) return true
    const namespace = /^(.*)[.:]\*$/.exec(scope)?.[1]
    if (namespace === undefined) return false
    return wanted === namespace || wanted.startsWith(`${namespace}.`) || wanted.startsWith(`${namespace}:`)
  })
}

export function userFromWire(user: NonNullable<ContextSnapshot['user']>): UserContext {
  const scopes = freeze([...user.scopes])
  return freeze({
    imperalId: user.imperal_id,
    email: user.email,
    tenantId: user.tenant_id,
    agencyId: user.agency_id,
    orgId: user.org_id,
    role: user.role,
    scopes,
    attributes: deepFreeze(structuredClone(user.attributes)),
    isActive: user.is_active,
    hasScope: (scope: string) => coversScope(scopes, scope),
    hasRole: (role: string) => user.role === role,
  })
}

export function tenantFromWire(tenant: ContextSnapshot['tenant']): TenantContext | null {
  if (tenant === null) return null
  return deepFreeze({
    tenantId: tenant.tenant_id,
    name: tenant.name,
    isActive: tenant.is_active,
    features: structuredClone(tenant.features),
    isolation: tenant.isolation,
  })
}

export const TimeContext = codec<TimeContext>({
  timezone: text,
  utcOffset: text,
  nowUtc: text,
  nowLocal: text,
  hourLocal: figure,
  isBusinessHours: flag,
})
