import { DEFAULT_TENANT } from '@imperal/contract'
import type { Principal } from './principal.ts'
import { httpErrors } from './problem.ts'

export const isAdminScope = (scope: string): boolean => scope === 'admin' || scope.startsWith('admin:')

/** An administrator, of whichever tenant. A key of one is only that when it lists an admin scope (api 1.7). */
export const isAdministrator = (principal: Principal | null): boolean =>
  principal?.role === 'admin' &&
  (principal.credential !== 'api_key' || principal.limitedTo?.some(isAdminScope) === true)

/** An administrator of some tenant, or a service in its own name. */
export const mayAdminister = (principal: Principal | null): boolean =>
  (principal?.kind === 'service' && principal.userId === null) || isAdministrator(principal)

/**
 * Whether the caller runs the whole installation: a service in its own name, or an administrator of the default tenant
 * (api 7.2). A service that names a user is that user.
 */
export function runsInstallation(principal: Principal | null): boolean {
  if (principal?.kind === 'service' && principal.userId === null) return true
  return isAdministrator(principal) && principal?.tenantId === DEFAULT_TENANT
}

/** @throws HTTP_FORBIDDEN */
export function requireInstallation(principal: Principal | null): void {
  if (!runsInstallation(principal))
    throw httpErrors.FORBIDDEN({ reason: 'This needs an administrator of the installation.' })
}

/** Whether the caller administers this tenant: its own administrators and those who run the installation. */
export const administers = (principal: Principal | null, tenantId: string): boolean =>
  runsInstallation(principal) || (isAdministrator(principal) && principal?.tenantId === tenantId)
