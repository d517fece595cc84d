import { DEFAULT_TENANT, SYSTEM_USER } from '@imperal/contract'
import type { Writer } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { servicesErrors } from './errors.ts'
import type { ServiceParts } from './types.ts'

/** What a request says about whom and what it is about. */
export interface Named {
  readonly principal: Principal | null
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly tenantId?: string | undefined
  readonly userId?: string | undefined
  readonly appId?: string | undefined
}

export interface Subject {
  readonly tenantId: string
  /** `__system__`: nobody, all of the tenant. */
  readonly userId: string
}

const sameOrUnsaid = (said: unknown, meant: string | undefined): boolean => said === undefined || said === meant

async function tenantOfNobody(parts: ServiceParts, tenantId: string): Promise<Subject> {
  if ((await parts.identity.tenant(tenantId)) === null) throw servicesErrors.NOT_THAT_TENANT()
  return { tenantId, userId: SYSTEM_USER }
}

/**
 * The user whom a request of a service is about (api.md 1.6, 3.24). The tenant is that of the user, whatever else is named.
 * @throws SERVICES_NOT_THAT_USER, SERVICES_NOT_THAT_TENANT, SERVICES_NOT_THAT_APP, SERVICES_USER_NEEDED, SERVICES_USER_NOT_FOUND
 */
export async function subjectOf(parts: ServiceParts, named: Named): Promise<Subject> {
  const acting = named.principal?.userId ?? undefined
  if (acting !== undefined && !sameOrUnsaid(named.userId, acting)) throw servicesErrors.NOT_THAT_USER()
  if (!sameOrUnsaid(named.headers['x-extension-id'], named.appId)) throw servicesErrors.NOT_THAT_APP()
  const tenantId = named.tenantId ?? DEFAULT_TENANT
  if (!sameOrUnsaid(named.headers['x-tenant-id'], tenantId)) throw servicesErrors.NOT_THAT_TENANT()
  const userId = acting ?? named.userId
  if (userId === undefined) throw servicesErrors.USER_NEEDED()
  if (userId === SYSTEM_USER) return tenantOfNobody(parts, tenantId)
  const user = await parts.identity.findUser(userId)
  if (user === null) throw servicesErrors.USER_NOT_FOUND()
  if (tenantId !== DEFAULT_TENANT && tenantId !== user.tenantId) throw servicesErrors.NOT_THAT_TENANT()
  return { tenantId: user.tenantId, userId }
}

/** The same, of an app. @throws SERVICES_APP_NOT_FOUND besides */
export async function scopeOf(parts: ServiceParts, named: Named & { readonly appId: string }): Promise<StoreScope> {
  const subject = await subjectOf(parts, named)
  if ((await parts.registry.app(named.appId)) === null) throw servicesErrors.APP_NOT_FOUND()
  return { ...subject, appId: named.appId }
}

/** The app and its tenant, for what looks across users. @throws SERVICES_SYSTEM_ONLY when the request acts for somebody */
export async function wholeApp(
  parts: ServiceParts,
  named: Omit<Named, 'userId'> & { readonly appId: string },
): Promise<StoreScope> {
  if (named.principal?.userId != null) throw servicesErrors.SYSTEM_ONLY()
  return scopeOf(parts, { ...named, userId: SYSTEM_USER })
}

/** Where an effect outside of a call is committed: at once. */
export const writerOf = (parts: ServiceParts, tenantId: string): Writer => ({
  tenantId,
  atomic: (statements) => parts.db.atomic(tenantId, statements),
})
