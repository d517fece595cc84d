import { administers, type Principal, runsInstallation } from '../../foundation/http/index.ts'
import { registryErrors } from './errors.ts'
import type { AppRecord } from './types.ts'

/**
 * Whoever runs the installation, and the administrators of the owner's tenant, act on an app; anybody else on the own
 * ones (api.md 1.7, 7.2). @throws REGISTRY_KEY_FORBIDDEN
 */
export function mayUseApp(principal: Principal | null, app: AppRecord): AppRecord {
  // The gateway has held its scope and its app against the request already.
  if (principal?.appKey !== undefined && principal.appKey.appId === app.appId) return app
  if (administers(principal, app.ownerTenantId)) return app
  if (app.ownerId !== null && app.ownerId === principal?.userId) return app
  throw registryErrors.KEY_FORBIDDEN()
}

/**
 * The tenant of a user for whom the caller may act: the caller, and whom the caller administers. Null when there is no
 * such user, or none that an administrator of this tenant may know of. @throws REGISTRY_KEY_FORBIDDEN
 */
export async function tenantActedIn(
  principal: Principal | null,
  userId: string,
  tenantOf: (userId: string) => Promise<string | null>,
): Promise<string | null> {
  const isSelf = principal?.userId === userId
  if (!isSelf && !administers(principal, principal?.tenantId ?? '')) throw registryErrors.KEY_FORBIDDEN()
  const tenantId = await tenantOf(userId)
  return tenantId !== null && (isSelf || administers(principal, tenantId)) ? tenantId : null
}

/** Operators alone decide about this (api.md 7.1). @throws REGISTRY_KEY_FORBIDDEN */
export function mayDoAll(principal: Principal | null): void {
  if (!runsInstallation(principal)) throw registryErrors.KEY_FORBIDDEN()
}
