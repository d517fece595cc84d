import type { JsonObject, RetentionClass } from '@imperal/contract'
import type { Statement, Tx } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'

/** One row of the security and administration log (kernel 11.1, second log). Never holds a secret or a token. */
export interface AuditEntry {
  readonly tenantId: string
  readonly actorId: string
  readonly actorType: 'user' | 'service' | 'system' | 'anonymous'
  /** The user whom the action concerns; the actor itself when it is a user and nothing else is said. */
  readonly userId?: string
  readonly action: string
  readonly targetType?: string
  readonly targetId?: string
  readonly metadata?: JsonObject
  readonly changes?: JsonObject
  readonly beforeState?: JsonObject
  readonly afterState?: JsonObject
  /** `success` unless said otherwise. */
  readonly status?: string
  readonly source: string
  readonly ip?: string
  readonly requestId?: string
  /** `federal_7y` unless said otherwise (kernel 11.2). */
  readonly retentionClass?: RetentionClass
}

/** A request that was answered 401. Never holds the credential. */
export interface RefusedRequest {
  /** Permanent code of the refusal: `HTTP_UNAUTHENTICATED` when nothing was presented. */
  readonly code: string
  readonly method: string
  /** The route's pattern, not the address, which may hold anything. */
  readonly route: string
  readonly ip: string
  readonly requestId: string
}

export interface Audit {
  /**
   * Notes a request without a usable credential as `auth.refused` (decisions, refusals on the wire). Tokens that have
   * merely expired are everyday business and not noted. Of a flood only a sample is kept: 5 rows per place and 60 in all
   * per minute and node; the next row says in `suppressed` how many there were besides. Never throws.
   */
  refused(request: RefusedRequest): void
  /** Appends one row. Never loses it silently: a failure is thrown. */
  record(entry: AuditEntry): Promise<void>
  /** Statement that appends one row, so that it commits together with what it records. */
  recording(entry: AuditEntry): Statement
  /** Appends one row in a transaction: it is there together with what it records, or neither is. */
  append(tx: Tx, entry: AuditEntry): Promise<void>
  readonly routes: readonly MountedRoute[]
}
