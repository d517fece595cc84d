import { type Codec, codec, figure, figureOrNull, figures, flag, oneOf, text, texts } from './codec.ts'
import { freeze, isObject } from './json.ts'

export interface FileInfo {
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly contentType: string
  readonly createdAt: string
  /** Signed, good for 24 h. */
  readonly url: string
}
export const FileInfo: Codec<FileInfo> = codec({
  path: text,
  size: figure,
  contentType: text,
  createdAt: text,
  url: text,
})

export interface CompletionResult {
  readonly text: string
  readonly model: string
  /** Tokens: `input_tokens`, `output_tokens`, `total_tokens`. */
  readonly usage: Readonly<Record<string, number>>
  readonly stopReason: string
}
export const CompletionResult: Codec<CompletionResult> = codec({ text, model: text, usage: figures, stopReason: text })

export interface SecretStatus {
  readonly name: string
  readonly description: string
  readonly isSet: boolean
  /** Unix seconds. */
  readonly lastAccessedAt: number | null
}
export const SecretStatus: Codec<SecretStatus> = codec({
  name: text,
  description: text,
  isSet: flag,
  lastAccessedAt: figureOrNull,
})

export interface LimitsResult {
  /** Nothing is exceeded. */
  readonly allowed: boolean
  readonly balance: number
  readonly plan: string
  readonly usage: Readonly<Record<string, number>>
  readonly limits: Readonly<Record<string, number>>
  /** Meters that are used up. */
  readonly exceeded: readonly string[]
  readonly message: string
  readonly anyExceeded: boolean
  isExceeded(meter: string): boolean
}

const limits = codec<Omit<LimitsResult, 'anyExceeded' | 'isExceeded'>>({
  allowed: (value) => value !== false,
  balance: figure,
  plan: text,
  usage: figures,
  limits: figures,
  exceeded: texts,
  message: text,
})

export const LimitsResult: Codec<LimitsResult> = {
  fromWire(wire) {
    const read = limits.fromWire(wire)
    const anyExceeded = read.exceeded.length > 0
    const isExceeded = (meter: string) => read.exceeded.includes(meter)
    return freeze({ ...read, allowed: read.allowed && !anyExceeded, anyExceeded, isExceeded })
  },
  toWire: ({ anyExceeded: _derived, ...members }) => limits.toWire(members),
}

export interface SubscriptionInfo {
  readonly planId: string
  readonly planName: string
  /** `active`, `past_due`, `canceled` and so on; `unavailable` when billing did not answer. */
  readonly status: string
  readonly period: 'monthly' | 'yearly'
  readonly currentPeriodStart: string
  readonly currentPeriodEnd: string
  readonly cancelAtPeriodEnd: boolean
  readonly billingMode: 'card' | 'manual' | 'free'
  readonly cardRequired: boolean
}

const subscription = codec<SubscriptionInfo>({
  planId: text,
  planName: text,
  status: text,
  period: oneOf('monthly', 'yearly'),
  currentPeriodStart: text,
  currentPeriodEnd: text,
  cancelAtPeriodEnd: flag,
  billingMode: oneOf('card', 'manual', 'free'),
  cardRequired: flag,
})

/** Reads the contract's names and the client's older ones (sdk.md 4.8). */
export const SubscriptionInfo: Codec<SubscriptionInfo> = {
  fromWire(wire) {
    const given = isObject(wire) ? wire : {}
    const { plan, started_at, expires_at, period } = given
    return subscription.fromWire({
      plan_id: plan,
      plan_name: given.plan_id ?? plan,
      current_period_start: started_at,
      current_period_end: expires_at,
      ...given,
      period: period === 'annual' ? 'yearly' : period,
    })
  },
  toWire: subscription.toWire,
}

export interface BalanceInfo {
  readonly balance: number
  readonly plan: string
  readonly cap: number
}
export const BalanceInfo: Codec<BalanceInfo> = codec({ balance: figure, plan: text, cap: figure })
