import type { WireError } from '@imperal/contract'

/** What a failure of a service behind the app means for the caller (kernel 3.7). */
export type UpstreamCode = 'BACKEND_5XX' | 'BACKEND_TIMEOUT' | 'RATE_LIMITED'

const OF_SERVICES: ReadonlySet<string> = new Set(['http_status_error', 'api_error', 'unavailable'])
const GATEWAY_TIMEOUT = 504

/**
 * The code for an error that a handler let through from a service that it asked: it is not the app that is broken, and the
 * same call may work later. Null: it is no such error.
 */
export function upstreamCode(error: WireError | undefined): UpstreamCode | null {
  if (error === undefined) return null
  if (error.code === 'rate_limited') return 'RATE_LIMITED'
  if (error.code === 'timeout') return 'BACKEND_TIMEOUT'
  if (!OF_SERVICES.has(error.code)) return null
  const status = error.detail?.status_code
  if (typeof status !== 'number') return null
  if (status === 429) return 'RATE_LIMITED'
  if (status === GATEWAY_TIMEOUT) return 'BACKEND_TIMEOUT'
  return status >= 500 ? 'BACKEND_5XX' : null
}
