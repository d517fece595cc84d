import { isObject, numberOr, numbersOf, stringOr } from './json.ts'

export interface FileInfo {
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly contentType: string
  readonly createdAt: string
  /** Signed, good for 24 h. */
  readonly url: string
}

export interface CompletionResult {
  readonly text: string
  readonly model: string
  readonly usage: Readonly<Record<string, number>>
  readonly stopReason: string
}

export interface SecretStatus {
  readonly name: string
  readonly description: string
  readonly isSet: boolean
  /** Unix seconds. */
  readonly lastAccessedAt: number | null
}

export interface LimitsResult {
  readonly allowed: boolean
  readonly balance: number
  readonly plan: string
  readonly usage: Readonly<Record<string, number>>
  readonly limits: Readonly<Record<string, number>>
  readonly exceeded: readonly string[]
  readonly message: string
}

export interface SubscriptionInfo {
  readonly planId: string
  readonly planName: string
  readonly status: string
  readonly period: 'monthly' | 'yearly'
  readonly currentPeriodStart: string
  readonly currentPeriodEnd: string
}

export interface BalanceInfo {
  readonly balance: number
  readonly plan: string
  readonly cap: number
}

const members = (wire: unknown): Record<string, unknown> => (isObject(wire) ? wire : {})

export function fileFromWire(wire: unknown): FileInfo {
  const file = members(wire)
  return Object.freeze({
    path: stringOr(file.path, ''),
    size: numberOr(file.size, 0),
    contentType: stringOr(file.content_type, ''),
    createdAt: stringOr(file.created_at, ''),
    url: stringOr(file.url, ''),
  })
}

export function completionFromWire(wire: unknown): CompletionResult {
  const completion = members(wire)
  return Object.freeze({
    text: stringOr(completion.text, ''),
    model: stringOr(completion.model, ''),
    usage: Object.freeze(numbersOf(completion.usage)),
    stopReason: stringOr(completion.stop_reason, ''),
  })
}

export function secretStatusFromWire(wire: unknown): SecretStatus {
  const secret = members(wire)
  return Object.freeze({
    name: stringOr(secret.name, ''),
    description: stringOr(secret.description, ''),
    isSet: secret.is_set === true,
    lastAccessedAt: typeof secret.last_accessed_at === 'number' ? secret.last_accessed_at : null,
  })
}

export function limitsFromWire(wire: unknown): LimitsResult {
  const limits = members(wire)
  const exceeded = Array.isArray(limits.exceeded) ? limits.exceeded.map(String) : []
  return Object.freeze({
    allowed: exceeded.length === 0 && limits.allowed !== false,
    balance: numberOr(limits.balance, 0),
    plan: stringOr(limits.plan, ''),
    usage: Object.freeze(numbersOf(limits.usage)),
    limits: Object.freeze(numbersOf(limits.limits)),
    exceeded: Object.freeze(exceeded),
    message: stringOr(limits.message, ''),
  })
}

/** Reads the contract's names and the client's older ones (sdk.md 4.8). */
export function subscriptionFromWire(wire: unknown): SubscriptionInfo {
  const subscription = members(wire)
  const planId = stringOr(subscription.plan_id, stringOr(subscription.plan, ''))
  return Object.freeze({
    planId,
    planName: stringOr(subscription.plan_name, planId),
    status: stringOr(subscription.status, ''),
    period: subscription.period === 'yearly' ? 'yearly' : 'monthly',
    currentPeriodStart: stringOr(subscription.current_period_start, stringOr(subscription.started_at, '')),
    currentPeriodEnd: stringOr(subscription.current_period_end, stringOr(subscription.expires_at, '')),
  })
}

export function balanceFromWire(wire: unknown): BalanceInfo {
  const balance = members(wire)
  return Object.freeze({
    balance: numberOr(balance.balance, 0),
    plan: stringOr(balance.plan, ''),
    cap: numberOr(balance.cap, 0),
  })
}
