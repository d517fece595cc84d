interface WalletTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly balance: number
  readonly plan: string
  readonly status: string
  readonly cap: number
  readonly included_tokens: number
  readonly created_at: Date
  readonly updated_at: Date
}

interface EntryTable {
  readonly id: string
  readonly tenant_id: string
  readonly transaction_id: string
  readonly account: string
  readonly amount: number
  readonly reason: string
  readonly app_id: string | null
  readonly description: string
  readonly event_id: string
  readonly created_at: Date
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'billing.wallet': WalletTable
    'billing.entry': EntryTable
  }
}

export type { WalletTable }
