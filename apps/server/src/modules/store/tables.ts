import type { JsonObject } from '@imperal/contract'

interface DocumentTable {
  readonly tenant_id: string
  readonly app_id: string
  readonly user_id: string
  readonly collection: string
  readonly id: string
  readonly data: JsonObject
  readonly etag: string
  readonly bytes: number
  readonly created_at: Date
  readonly updated_at: Date
  readonly deleted_at: Date | null
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'store.document': DocumentTable
  }
}
