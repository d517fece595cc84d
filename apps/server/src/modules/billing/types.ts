import type {
  ActionType,
  AutoTopUpSettings,
  LedgerEntry,
  LimitsResponse,
  PaymentMethod,
  PaymentResponse,
  PayoutResponse,
  PlanResponse,
  SubscriptionResponse,
} from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { Charging } from './charge-calls.ts'
import type { CodingCharges } from './charge-coding.ts'
import type { TokenCharge, TokensAsked } from './charge-tokens.ts'
import type { Earnings } from './developers/earnings.ts'
import type { Decider, PayoutStep, PayoutWish } from './developers/payouts.ts'
import type { Owner } from './parts.ts'
import type { PlanGrants } from './plans/plan-grants.ts'
import type { Plan } from './plans/types.ts'
import type { Agreement } from './pricing/agreement.ts'
import type { Terms } from './pricing/types.ts'

/** Whole credits; one credit is a thousandth of a dollar (K10.1). */
export interface Wallet {
  readonly balance: number
  /** Kept back for work that runs. */
  readonly held: number
  /** What can be spent now: `balance - held`. */
  readonly available: number
  /** Spent credits of payments that were disputed; what is bought next makes them good first. */
  readonly debt: number
  /** The part of `balance` that the plan gave; it is spent first and ends with the period. */
  readonly planCredits: number
  readonly plan: string
  readonly status: string
  /** Most credits that a plan fills up to. */
  readonly cap: number
  readonly includedTokens: number
  readonly updatedAt: string
}

export interface Page {
  readonly limit: number
  readonly offset: number
}

/** Something that is paid from a wallet. */
export interface Sale {
  /** Whole credits; 0 books nothing. */
  readonly price: number
  readonly description: string
  /** Unique in the tenant, at most 55 characters. */
  readonly eventId: string
}

export interface Billing extends Charging {
  /** Credits of one user; a wallet with the free credits is opened at the first look. */
  balance(tenantId: string, userId: string): Promise<Wallet>
  /** Dollars that a thousand tokens of a model cost, as the operator entered them; null: nobody did. */
  modelRate(model: string): { readonly inputCost: number; readonly outputCost: number } | null
  /** Prices and charges of coding sessions. */
  readonly coding: CodingCharges
  /** Charging for tokens of the installation's models; see `beginTokens`. */
  readonly tokens: { begin(asked: TokensAsked): Promise<TokenCharge | null> }
  /** What was used this month, against the plan. */
  usage(owner: Owner): Promise<LimitsResponse>
  /** Counts something on a meter of this month. */
  track(
    owner: Owner,
    used: { readonly meter: string; readonly quantity: number },
  ): Promise<{ used: number; limit: number; exceeded: boolean }>
  /** The plan whose limits hold for somebody now. */
  plan(owner: Owner): Promise<Plan>
  /** Scopes and allowances that somebody's plan gives (K3.4, G5). Read within `tx` where one is open. */
  planGrants(owner: Owner, tx?: Tx): Promise<PlanGrants>
  /** Called when the features of a plan, or the plan of a user, changed: with the user's id, or null for everybody. */
  onPlanChange(listener: (userId: string | null) => void): () => void
  subscription(owner: Owner): Promise<SubscriptionResponse & { readonly period_start: string | null }>
  /** Plans as clients see them. */
  plans(): PlanResponse[]
  /** Movements of a wallet, newest first. */
  history(owner: Owner, page: Page): Promise<LedgerEntry[]>
  payments(owner: Owner, page: Page): Promise<PaymentResponse[]>
  paymentMethods(owner: Owner): Promise<PaymentMethod[]>
  autoTopup(owner: Owner): Promise<AutoTopUpSettings>
  /** Writes what was agreed for the calls of an app; null: nothing any more. Every node knows it after the commit. */
  agreeTerms(tx: Tx, appId: string, terms: Omit<Terms, 'appId'> | null): Promise<void>
  /** What is agreed on, read in the transaction that decides about the app. */
  agreement(tx: Tx, appId: string): Promise<Agreement>
  /** What one call of a function costs, without a fee for a model. */
  basePrice(appId: string, functionName: string, actionType: ActionType): number
  /** What a developer has earned, of calls in all tenants. */
  earnings(userId: string): Promise<Earnings>
  /** What one app has earned for its developer, by day (UTC), oldest first; days without earnings are left out. */
  earnedByDay(of: {
    readonly userId: string
    readonly appId: string
    readonly since?: Date
  }): Promise<{ date: string; earned: number; actions: number }[]>
  /** Least credits of one payout (K10.31). */
  readonly payoutMinimum: number
  /** @throws BILLING_PAYOUT_TOO_SMALL, BILLING_NOT_EARNED, BILLING_PAYOUT_PENDING */
  requestPayout(owner: Owner, wish: PayoutWish): Promise<PayoutResponse>
  payoutsOf(userId: string): Promise<PayoutResponse[]>
  /** Payouts that wait for a decision, oldest first. */
  waitingPayouts(withApproved: boolean): Promise<PayoutResponse[]>
  /** @throws BILLING_PAYOUT_UNKNOWN, BILLING_PAYOUT_STATE */
  decidePayout(id: number, decision: Decider & { readonly step: PayoutStep }): Promise<PayoutResponse>
  /**
   * Takes credits from a wallet inside a transaction, for something that the platform sells. Repeating an event has no effect.
   * @throws BILLING_INSUFFICIENT
   */
  sell(tx: Tx, owner: Owner, sale: Sale): Promise<void>
  /** Credits for a dollar. */
  tokenRate(): number
  /** Reads prices again, so that this node knows at once what was just committed. */
  refreshPrices(): Promise<void>
  /** Resolves when owners have heard of every movement so far, and what follows from it is done. */
  allTold(): Promise<void>
  /**
   * Ends what charges somebody, and removes what is kept for that beside ledger, payments and wallet: here and at the payment
   * provider. Repeatable.
   * @throws BILLING_PROVIDER_FAILED
   */
  forget(owner: Owner): Promise<void>
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}
