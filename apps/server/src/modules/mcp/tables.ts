import type { JsonObject } from '@imperal/contract'
import type { ColumnType } from 'kysely'

interface SessionTable {
  readonly session_id: string
  readonly tenant_id: string
  readonly user_id: string
  readonly capabilities: ColumnType<JsonObject, string, string>
  readonly last_used: Date
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'mcp.session': SessionTable
  }
}
