import { freeze, isObject, type JsonObject, stringOr } from './json.ts'

const STATES = ['ok', 'degraded', 'unhealthy'] as const

/** Answer of a health check. */
export interface HealthStatus {
  readonly status: (typeof STATES)[number]
  readonly message: string
  readonly details: Readonly<JsonObject>
}

const health = (status: HealthStatus['status'], message: string, details: JsonObject = {}): HealthStatus =>
  freeze({ status, message, details: freeze(details) })

export const HealthStatus = freeze({
  ok: (details?: JsonObject): HealthStatus => health('ok', '', details),
  degraded: (message: string): HealthStatus => health('degraded', message),
  unhealthy: (message: string): HealthStatus => health('unhealthy', message),
})

/** Reads what a handler returned: a `HealthStatus`, or `{healthy: boolean}`; anything else counts as unhealthy. */
export function toHealthStatus(value: unknown): HealthStatus {
  if (!isObject(value)) return HealthStatus.unhealthy('The health check returned no status')
  const details = isObject(value.details) ? (value.details as JsonObject) : {}
  const message = stringOr(value.message, '')
  const status = STATES.find((state) => state === value.status)
  if (status !== undefined) return health(status, message, details)
  if (typeof value.healthy === 'boolean') return health(value.healthy ? 'ok' : 'unhealthy', message, details)
  return HealthStatus.unhealthy('The health check returned no status')
}
