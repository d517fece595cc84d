import type { JsonObject } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'
import type { BillingPeriod } from './plans/types.ts'

type Time = ColumnType<Date, string, string>
type NullableTime = ColumnType<Date | null, string | null | undefined, string | null>

/** `balance`, `held`, `plan_credits` and `paid_credits` are written by triggers alone. */
export interface WalletTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly balance: ColumnType<number, never, never>
  readonly held: ColumnType<number, never, never>
  readonly plan_credits: ColumnType<number, never, never>
  readonly paid_credits: ColumnType<number, never, never>
  alert: 'warning' | 'critical' | null
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
  readonly paid: Generated<number>
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

interface PlanTable {
  readonly plan_id: string
  name: string
  position: number
  price_cents: number
  annual_price_cents: number
  included_tokens: number
  cap: number
  features: ColumnType<Record<string, boolean>, string, string>
  limits: ColumnType<Record<string, number>, string, string>
  self_service: boolean
  by_contract: boolean
}

export interface SubscriptionTable {
  readonly tenant_id: string
  readonly user_id: string
  plan_id: string
  status: 'active' | 'past_due' | 'expired'
  period: BillingPeriod
  billing_mode: 'card' | 'manual' | 'free'
  started_at: Time
  period_start: Time
  expires_at: Time
  cancel_at_period_end: Generated<boolean>
  pending_plan: string | null
  pending_period: BillingPeriod | null
  contract_amount_cents: number | null
  billing_note: string | null
  due_at: Time
  attempts: Generated<number>
  granted: Generated<number>
  updated_at: Time
}

export interface PaymentTable {
  readonly payment_id: string
  readonly tenant_id: string
  readonly user_id: string
  readonly provider: 'stripe' | 'manual'
  provider_id: string | null
  readonly type: 'topup' | 'auto_topup' | 'subscription' | 'upgrade' | 'renewal'
  readonly amount_cents: number
  readonly currency: Generated<string>
  readonly tokens: number
  readonly purpose: ColumnType<PaymentPurpose, string, never>
  status: Generated<'pending' | 'completed' | 'failed' | 'refunded'>
  /** Given back by the operator. */
  refunded_cents: Generated<number>
  /** Withdrawn by a dispute that was not won. */
  disputed_cents: Generated<number>
  /** Taken back by a dispute after they were spent. */
  owed_credits: Generated<number>
  failure: string | null
  receipt_url: string | null
  readonly created_at: Time
  completed_at: NullableTime
}

/** One dispute of a payment, as far as its provider has told. */
export interface DisputeTable {
  readonly tenant_id: string
  readonly payment_id: string
  readonly dispute_id: string
  state: 'withdrawn' | 'reinstated'
  readonly cents: number
  /** What was spent of it already. */
  owed_credits: Generated<number>
  readonly created_at: Time
}

/** What a payment is for, beside its type. */
export interface PaymentPurpose {
  readonly plan_id?: string
  readonly period?: BillingPeriod
  /** Of the period that is paid for again, or within which the plan becomes a better one. */
  readonly period_start?: string
  /** The plan that an upgrade leaves. */
  readonly from_plan?: string
  readonly bonus_tokens?: number
}

interface CustomerTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly provider: string
  customer_id: string
}

interface ProfileTable {
  readonly tenant_id: string
  readonly user_id: string
  name: Generated<string>
  company: Generated<string>
  vat: Generated<string>
  country: Generated<string>
  address: Generated<string>
  updated_at: Time
}

interface AutoTopupTable {
  readonly tenant_id: string
  readonly user_id: string
  enabled: boolean
  threshold_pct: number
  recharge_tokens: number
  payment_method_id: Generated<string>
  declines: Generated<number>
  not_before: NullableTime
}

interface ProviderEventTable {
  readonly provider: string
  readonly event_id: string
  readonly type: string
  readonly received_at: Time
}

interface SentMailTable {
  readonly dedup_key: string
  readonly sent_at: Time
}

interface UsageTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly meter: string
  /** First day of the month. */
  readonly period: string
  used: number
  updated_at: Time
}

export interface PayoutTable {
  readonly id: Generated<number>
  readonly tenant_id: string
  readonly user_id: string
  readonly amount: number
  readonly amount_usd: string
  status: Generated<'pending' | 'approved' | 'paid' | 'rejected'>
  readonly method: string
  readonly notes: Generated<string>
  admin_note: string | null
  decided_by: string | null
  readonly requested_at: Time
  processed_at: NullableTime
  paid_at: NullableTime
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'billing.wallet': WalletTable
    'billing.entry': EntryTable
    'billing.hold': HoldTable
    'billing.terms': TermsTable
    'billing.setting': SettingTable
    'billing.model_rate': ModelRateTable
    'billing.plan': PlanTable
    'billing.subscription': SubscriptionTable
    'billing.payment': PaymentTable
    'billing.dispute': DisputeTable
    'billing.payout': PayoutTable
    'billing.customer': CustomerTable
    'billing.profile': ProfileTable
    'billing.auto_topup': AutoTopupTable
    'billing.provider_event': ProviderEventTable
    'billing.sent_mail': SentMailTable
    'billing.usage': UsageTable
  }
}
