import { ValidationError } from '../errors.ts'
import type { JsonValue } from '../values/json.ts'
import { BalanceInfo, LimitsResult, SubscriptionInfo } from '../values/results.ts'
import { reasonOf, type Transport } from './transport.ts'

/** The user's plan. Reads never throw: when billing does not answer they log it and give the safe default. */
export interface BillingClient {
  checkLimits(): Promise<LimitsResult>
  getSubscription(): Promise<SubscriptionInfo>
  getBalance(): Promise<BalanceInfo>
  /** False when it could not be counted. */
  trackUsage(meter: string, quantity?: number): Promise<boolean>
}

type Read = 'check_limits' | 'get_subscription' | 'get_balance'

export function createBilling(transport: Transport): BillingClient {
  const orElse = async (what: string, answer: Promise<JsonValue>, safe: JsonValue): Promise<JsonValue> => {
    try {
      return await answer
    } catch (error) {
      transport.log('warn', `billing.${what} did not answer: ${reasonOf(error)}`)
      return safe
    }
  }
  const read = (method: Read, safe: JsonValue) => orElse(method, transport.call('billing', method), safe)
  return Object.freeze({
    checkLimits: async () => LimitsResult.fromWire(await read('check_limits', { plan: 'unknown' })),
    getSubscription: async () =>
      SubscriptionInfo.fromWire(await read('get_subscription', { plan_id: 'unknown', status: 'unavailable' })),
    getBalance: async () => BalanceInfo.fromWire(await read('get_balance', { plan: 'unknown' })),
    trackUsage: async (meter: string, quantity = 1) => {
      if (!Number.isFinite(quantity)) throw new ValidationError('quantity', 'quantity is a number')
      return (await orElse('track_usage', transport.call('billing', 'track_usage', meter, quantity), false)) !== false
    },
  })
}
