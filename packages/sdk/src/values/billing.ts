import { isObject, type JsonObject, type JsonValue } from './json.ts'

/** A plan that the platform offers. */
export interface PlanInfo {
  readonly id: string
  readonly name: string
  /** Dollars for `interval`. */
  readonly price: number
  readonly interval: string
  readonly features: JsonObject
  /** By meter; -1 is without a limit. */
  readonly limits: Readonly<Record<string, number>>
}

/** One movement of a wallet; positive when it grew. */
export interface WalletEntry {
  readonly id: number
  readonly transactionId: string
  readonly amount: number
  readonly reason: string
  readonly appId: string | null
  readonly description: string | null
  readonly createdAt: string | null
}

export interface PaymentInfo {
  readonly paymentIntentId: string
  readonly amountCents: number
  readonly currency: string
  readonly tokens: number
  readonly status: string
  readonly type: string
  readonly createdAt: string
  readonly completedAt: string | null
  readonly receiptUrl: string | null
}

export interface PaymentMethodInfo {
  readonly id: string
  readonly type: string
  readonly brand: string
  readonly last4: string
  readonly expMonth: number
  readonly expYear: number
  readonly isDefault: boolean
}

export interface AutoTopupSettings {
  readonly enabled: boolean
  readonly thresholdPct: number
  readonly rechargeTokens: number
  readonly paymentMethodId: string
}

/** What the platform sent, under the names of code; it is the only sender, so members are taken as they are. */
export function inCode<T>(wire: JsonValue): T {
  const members = Object.entries(isObject(wire) ? wire : {})
  const named = members.map(([name, member]) => [
    name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
    member,
  ])
  return Object.fromEntries(named) as T // by the contract of the callback
}
