import { ValidationError } from '../errors.ts'
import type { JsonValue } from '../values/json.ts'
import {
  type BalanceInfo,
  balanceFromWire,
  type LimitsResult,
  limitsFromWire,
  type SubscriptionInfo,
  subscriptionFromWire,
} from '../values/results.ts'
import { reasonOf, type Transport } from './transport.ts'

/** The user's plan. Reads never throw: when billing does not answer they log it and give the safe default. */
export interface BillingClient {
  checkLimits(): Promise<LimitsResult>
  getSubscription(): Promise<SubscriptionInfo>
  getBalance(): Promise<BalanceInfo>
  /** False when it could not be counted. */
  trackUsage(meter: string, quantity?: number): Promise<boolean>
}

const UNKNOWN_LIMITS = { allowed: true, plan: 'unknown' }
const UNKNOWN_SUBSCRIPTION = { plan_id: 'unknown', status: 'unavailable' }
const UNKNOWN_BALANCE = { balance: 0, plan: 'unknown', cap: 0 }

export function createBilling(transport: Transport): BillingClient {
  const orElse = async (what: string, answer: Promise<JsonValue>, safe: JsonValue): Promise<JsonValue> => {
    try {
      return await answer
    } catch (error) {
      transport.log('warn', `billing.${what} did not answer: ${reasonOf(error)}`)
      return safe
    }
  }
  return Object.freeze({
    checkLimits: async () =>
      limitsFromWire(await orElse('checkLimits', transport.call('billing', 'check_limits'), UNKNOWN_LIMITS)),
    getSubscription: async () =>
      subscriptionFromWire(
        await orElse('getSubscription', transport.call('billing', 'get_subscription'), UNKNOWN_SUBSCRIPTION),
      ),
    getBalance: async () =>
      balanceFromWire(await orElse('getBalance', transport.call('billing', 'get_balance'), UNKNOWN_BALANCE)),
    trackUsage: async (meter: string, quantity = 1) => {
      if (!Number.isFinite(quantity)) throw new ValidationError('quantity', 'quantity is a number')
      const answer = await orElse('trackUsage', transport.call('billing', 'track_usage', meter, quantity), false)
      return answer !== false
    },
  })
}
