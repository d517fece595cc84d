import type { JsonObject } from '@imperal/contract'
import type { MountedRoute } from '../../foundation/http/index.ts'

/** One row of the security and administration log (kernel 11.1, second log). */
export interface AuditEntry {
  readonly tenantId: string
  readonly actorId: string
  readonly actorType: 'user' | 'service' | 'system' | 'anonymous'
  readonly action: string
  readonly targetType?: string
  readonly targetId?: string
  readonly metadata?: JsonObject
  readonly changes?: JsonObject
  readonly source: string
  readonly ip?: string
  readonly requestId?: string
  readonly retentionClass?: 'federal_7y' | 'standard_90d' | 'security_forever'
}

export interface Audit {
  /** Appends one row. Never loses it silently: a failure is thrown. */
  record(entry: AuditEntry): Promise<void>
  readonly routes: readonly MountedRoute[]
}
