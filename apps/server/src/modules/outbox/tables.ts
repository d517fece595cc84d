import type { JsonObject } from '@imperal/contract'
import type { Generated } from 'kysely'

interface MessageTable {
  readonly xid: Generated<string>
  readonly seq: Generated<number>
  readonly tenant_id: string
  readonly user_id: string | null
  readonly type: string
  readonly payload: JsonObject
  readonly created_at: Date
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'outbox.message': MessageTable
  }
}
