import type { ColumnType } from 'kysely'

export interface AttemptTable {
  readonly tenant_id: string
  readonly nonce_hash: string
  readonly user_id: string
  readonly app_id: string
  readonly provider: string
  /** Sealed. */
  readonly verifier: string
  readonly created_at: Date
}

export interface AccountTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly app_id: string
  readonly account_id: string
  readonly provider: string
  collection: string
  email: string | null
  connected_at: ColumnType<Date, string, string>
  renewal_claim: string | null
  renewal_until: ColumnType<Date | null, never, Date | null>
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'connections.attempt': AttemptTable
    'connections.account': AccountTable
  }
}
