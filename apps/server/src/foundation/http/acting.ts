import { type AnyRoute, DEFAULT_TENANT } from '@imperal/contract'
import { isAdministrator, runsInstallation } from './administration.ts'
import type { RouteRequest } from './handler.ts'
import type { Principal } from './principal.ts'
import { httpErrors } from './problem.ts'

/** Tenant of a user; null: there is no such user. */
export type TenantOf = (userId: string) => Promise<string | null>

const OF_USERS = ['user_id', 'imperal_id', 'actor_id'] as const

type Part = Record<string, unknown>

/** A service that acts for nobody, or for who runs the installation, may name whom it likes. */
const actsFor = (route: AnyRoute, principal: Principal | null): principal is Principal & { readonly userId: string } =>
  route.auth === 'svc' && principal?.userId != null && !runsInstallation(principal)

async function mayName(principal: Principal, userId: string, tenantOf: TenantOf): Promise<boolean> {
  if (userId === principal.userId) return true
  return isAdministrator(principal) && (await tenantOf(userId)) === principal.tenantId
}

/**
 * A service that names somebody in X-Acting-User is that user (api.md 1.6): on routes for services, too, it names no other
 * user and no other tenant, except that administrators name people of theirs. Whether the other one exists makes no
 * difference. `default` stands for the own tenant, as everywhere (api.md 7.1). @throws HTTP_FORBIDDEN
 */
export async function keepToActingUser(
  route: AnyRoute,
  request: RouteRequest<AnyRoute>,
  tenantOf: TenantOf,
): Promise<void> {
  const { principal } = request
  if (!actsFor(route, principal)) return
  for (const part of [request.params, request.query, request.body] as (Part | undefined)[]) {
    if (typeof part !== 'object' || part === null) continue
    for (const name of OF_USERS) {
      const named = part[name]
      if (typeof named === 'string' && named !== '' && !(await mayName(principal, named, tenantOf)))
        throw httpErrors.FORBIDDEN({ reason: 'The request names another user than the one it acts for.' })
    }
    const { tenant_id: tenant } = part
    if (tenant === DEFAULT_TENANT) part.tenant_id = principal.tenantId
    else if (typeof tenant === 'string' && tenant !== '' && tenant !== principal.tenantId)
      throw httpErrors.FORBIDDEN({ reason: 'The request names another tenant than that of its user.' })
  }
}
