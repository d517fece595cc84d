import type { JsonObject } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Statement } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import { logContext } from '../../foundation/trace-context.ts'
import type { AuditEntry } from './types.ts'

const INSERT = `
insert into audit.entry (id, tenant_id, created_at, actor_id, actor_type, user_id, action, target_type, target_id, source, ip_address,
  changes, metadata, before_state, after_state, status, request_id, retention_class)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`

// PostgreSQL has no NUL in texts; a caller must not get out of the log by sending one.
const text = (value: string | undefined): string | null => value?.replaceAll('\0', '\uFFFD') ?? null
const json = (value: JsonObject | undefined): string | null => (value === undefined ? null : JSON.stringify(value))

/** The statement that appends `entry` to the log. */
export function recordEntry(clock: Clock, entry: AuditEntry): Statement {
  return {
    text: INSERT,
    values: [
      orderedId('aud'),
      entry.tenantId,
      clock.iso(),
      text(entry.actorId),
      entry.actorType,
      text(entry.userId ?? (entry.actorType === 'user' ? entry.actorId : undefined)),
      entry.action,
      text(entry.targetType),
      text(entry.targetId),
      entry.source,
      text(entry.ip),
      json(entry.changes),
      json(entry.metadata),
      json(entry.beforeState),
      json(entry.afterState),
      entry.status ?? 'success',
      // Deep inside a request nobody hands its id along; who asks later what a request did finds all of it.
      text(entry.requestId ?? logContext().request),
      entry.retentionClass ?? 'federal_7y',
    ],
  }
}
