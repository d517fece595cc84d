interface SecretTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly app_id: string
  readonly name: string
  readonly sealed: string
  /** Null: sealed in the first form, by the keyring. */
  readonly data_key_id: string | null
  readonly version: number
  readonly length: number
  readonly sha256_prefix: string
  readonly created_at: Date
  readonly updated_at: Date
  readonly last_accessed_at: Date | null
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'secrets.secret': SecretTable
  }
}

export type { SecretTable }
