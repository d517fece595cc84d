import { DEFAULT_TENANT } from '@imperal/contract'
import type { Principal } from '../../foundation/http/index.ts'
import type { AuditEntry } from './types.ts'

/** What of a request says who acts, and from where. */
export interface Acting {
  readonly principal: Principal | null
  readonly ip: string
  readonly requestId: string
}

/** Who stands behind a request, as the log names them; a service in its own name is `__system__`. */
export function actOf({
  principal,
  ip,
  requestId,
}: Acting): Pick<AuditEntry, 'tenantId' | 'actorId' | 'actorType' | 'source' | 'ip' | 'requestId'> {
  const isService = principal?.kind === 'service'
  const owner = principal?.appKey?.owner?.userId
  return {
    tenantId: principal?.tenantId ?? DEFAULT_TENANT,
    actorId: principal?.userId ?? owner ?? '__system__',
    actorType: isService ? 'service' : 'user',
    source: isService ? 'service' : 'api',
    ip,
    requestId,
  }
}
