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

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'connections.attempt': AttemptTable
  }
}
