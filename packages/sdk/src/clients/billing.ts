import { refuse } from '../refuse.ts'
import {
  type AutoTopupSettings,
  inCode,
  type PaymentInfo,
  type PaymentMethodInfo,
  type PlanInfo,
  type WalletEntry,
} from '../values/billing.ts'
import { freeze, type JsonValue } from '../values/json.ts'
import { BalanceInfo, LimitsResult, SubscriptionInfo } from '../values/results.ts'
import { reasonOf, type Transport } from './transport.ts'

/** The user's plan. Reads never throw: when billing does not answer they log it and give the safe default. */
export interface BillingClient {
  checkLimits(): Promise<LimitsResult>
  getSubscription(): Promise<SubscriptionInfo>
  getBalance(): Promise<BalanceInfo>
  /** False when it could not be counted. */
  trackUsage(meter: string, quantity?: number): Promise<boolean>
  listPlans(): Promise<readonly PlanInfo[]>
  /** Movements of the wallet, newest first. Like the following, for apps of the platform; others get an empty answer. */
  listEntries(limit?: number, offset?: number): Promise<readonly WalletEntry[]>
  listPayments(limit?: number, offset?: number): Promise<readonly PaymentInfo[]>
  listPaymentMethods(): Promise<readonly PaymentMethodInfo[]>
  getAutoTopup(): Promise<AutoTopupSettings>
}

type Read =
  | 'check_limits'
  | 'get_subscription'
  | 'get_balance'
  | 'list_plans'
  | 'list_entries'
  | 'list_payments'
  | 'list_payment_methods'
  | 'get_auto_topup'

const NO_AUTO_TOPUP = { enabled: false, threshold_pct: 10, recharge_tokens: 20_000, payment_method_id: '' }

export function createBilling(transport: Transport): BillingClient {
  const orElse = async (what: string, answer: Promise<JsonValue>, safe: JsonValue): Promise<JsonValue> => {
    try {
      return await answer
    } catch (error) {
      transport.log('warn', `billing.${what} did not answer: ${reasonOf(error)}`)
      return safe
    }
  }
  const read = (method: Read, safe: JsonValue, ...args: JsonValue[]) =>
    orElse(method, transport.call('billing', method, ...args), safe)
  const list = async <T>(method: Read, ...args: JsonValue[]): Promise<readonly T[]> => {
    const answer = await read(method, [], ...args)
    return Array.isArray(answer) ? answer.map((one) => inCode<T>(one)) : []
  }
  return freeze({
    checkLimits: async () => LimitsResult.fromWire(await read('check_limits', { plan: 'unknown' })),
    getSubscription: async () =>
      SubscriptionInfo.fromWire(await read('get_subscription', { plan_id: 'unknown', status: 'unavailable' })),
    getBalance: async () => BalanceInfo.fromWire(await read('get_balance', { plan: 'unknown' })),
    listPlans: () => list<PlanInfo>('list_plans'),
    listEntries: (...page: number[]) => list<WalletEntry>('list_entries', ...page),
    listPayments: (...page: number[]) => list<PaymentInfo>('list_payments', ...page),
    listPaymentMethods: () => list<PaymentMethodInfo>('list_payment_methods'),
    getAutoTopup: async () => inCode<AutoTopupSettings>(await read('get_auto_topup', NO_AUTO_TOPUP)),
    trackUsage: async (meter: string, quantity = 1) => {
      if (!Number.isFinite(quantity)) refuse('quantity', 'quantity is a number')
      return (await orElse('track_usage', transport.call('billing', 'track_usage', meter, quantity), false)) !== false
    },
  })
}
