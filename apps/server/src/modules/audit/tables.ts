import type { JsonObject, RetentionClass } from '@imperal/contract'

interface AuditEntryTable {
  readonly id: string
  readonly tenant_id: string
  readonly created_at: Date
  readonly actor_id: string
  readonly actor_type: 'user' | 'service' | 'system' | 'anonymous'
  readonly user_id: string | null
  readonly action: string
  readonly target_type: string | null
  readonly target_id: string | null
  readonly source: string
  readonly ip_address: string | null
  readonly changes: JsonObject | null
  readonly metadata: JsonObject | null
  readonly before_state: JsonObject | null
  readonly after_state: JsonObject | null
  readonly status: string
  readonly request_id: string | null
  readonly retention_class: RetentionClass
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'audit.entry': AuditEntryTable
  }
}
