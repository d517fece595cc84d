import type { JsonObject } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'

type Time = ColumnType<Date, string, string>
type NullableTime = ColumnType<Date | null, string | null | undefined, string | null>

/** `balance`, `held` and `plan_credits` are written by triggers alone. */
export interface WalletTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly balance: ColumnType<number, never, never>
  readonly held: ColumnType<number, never, never>
  readonly plan_credits: ColumnType<number, never, never>
  plan: string
  status: string
  cap: number
  included_tokens: number
  readonly created_at: Time
  updated_at: Time
}

interface EntryTable {
  readonly id: string
  readonly seq: Generated<number>
  readonly tenant_id: string
  readonly transaction_id: string
  readonly account: string
  readonly amount: number
  readonly reason: string
  readonly app_id: string | null
  readonly description: string
  readonly event_id: string
  readonly created_at: Time
}

interface HoldTable {
  readonly hold_id: string
  readonly tenant_id: string
  readonly user_id: string
  readonly app_id: string | null
  readonly trace_id: string | null
  readonly amount: number
  status: ColumnType<'held' | 'settled' | 'released', never, 'held' | 'settled' | 'released'>
  readonly created_at: Time
  expires_at: Time
  closed_at: NullableTime
}

interface TermsTable {
  readonly app_id: string
  owner_id: string | null
  model: 'free' | 'per_action' | 'subscription'
  tool_prices: ColumnType<Record<string, number>, string, string>
  free_tools: ColumnType<string[], string, string>
  monthly_price: number
  split: number
  agreed_at: Time
}

interface SettingTable {
  readonly key: string
  value: ColumnType<JsonObject, string, string>
  updated_by: string
  updated_at: Time
}

interface ModelRateTable {
  readonly id: Generated<number>
  readonly model_id: string
  tier: 'economy' | 'standard' | 'premium'
  input_cost_per_1k: number
  output_cost_per_1k: number
  is_available: boolean
  platform_fee_default: number | null
  updated_at: Time
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'billing.wallet': WalletTable
    'billing.entry': EntryTable
    'billing.hold': HoldTable
    'billing.terms': TermsTable
    'billing.setting': SettingTable
    'billing.model_rate': ModelRateTable
  }
}
