import { DEFAULT_TENANT } from '@imperal/contract'
import type { Principal } from '../../../foundation/http/index.ts'
import { kernelErrors } from '../errors.ts'
import type { KernelParts } from '../parts.ts'
import type { KernelCaller } from '../types.ts'

async function refuseForeign(
  parts: KernelParts,
  principal: Principal,
  field: 'user_id' | 'tenant_id',
  value: string,
): Promise<never> {
  await parts.audit.record({
    tenantId: principal.tenantId,
    actorId: principal.userId ?? 'service',
    actorType: principal.kind,
    action: 'acting_user.mismatch',
    targetType: field === 'user_id' ? 'user' : 'tenant',
    targetId: value.slice(0, 128),
    source: 'kernel',
    retentionClass: 'security_forever',
  })
  throw kernelErrors.NOT_YOURS({ field })
}

/**
 * Whom a body may name (api.md 7.1): a user only themselves; `default` means the own tenant. A service names any user,
 * whose tenant, role and scopes are then looked up, never taken from the body.
 * @throws KERNEL_NOT_YOURS, told to the security audit and not to the ledger
 */
export async function actingFor(
  parts: KernelParts,
  principal: Principal,
  body: { readonly user_id: string; readonly tenant_id: string },
): Promise<KernelCaller> {
  if (principal.userId !== null) {
    if (body.user_id !== principal.userId) return refuseForeign(parts, principal, 'user_id', body.user_id)
    if (body.tenant_id !== DEFAULT_TENANT && body.tenant_id !== principal.tenantId)
      return refuseForeign(parts, principal, 'tenant_id', body.tenant_id)
    return { tenantId: principal.tenantId, userId: principal.userId, limitedTo: principal.limitedTo }
  }
  const named = await parts.identity.principalFor(body.user_id)
  if (named === null || named.userId === null) return refuseForeign(parts, principal, 'user_id', body.user_id)
  if (body.tenant_id !== DEFAULT_TENANT && body.tenant_id !== named.tenantId)
    return refuseForeign(parts, principal, 'tenant_id', body.tenant_id)
  return { tenantId: named.tenantId, userId: named.userId }
}
