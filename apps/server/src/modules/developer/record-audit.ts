import type { JsonObject } from '@imperal/contract'
import type { Principal } from '../../foundation/http/index.ts'
import type { DeveloperParts } from './open-developer.ts'

/** Appends one row about an act of the caller to the security log. */
export function recordAudit(
  parts: Pick<DeveloperParts, 'audit'>,
  request: { readonly principal: Principal | null; readonly ip: string; readonly requestId: string },
  entry: { action: string; targetType: 'app' | 'user'; targetId: string; metadata?: JsonObject },
): Promise<void> {
  const { principal } = request
  return parts.audit.record({
    ...entry,
    tenantId: principal?.tenantId ?? 'default',
    actorId: principal?.userId ?? '__system__',
    actorType: principal?.kind === 'service' ? 'service' : 'user',
    source: principal?.kind === 'service' ? 'service' : 'api',
    ip: request.ip,
    requestId: request.requestId,
  })
}
