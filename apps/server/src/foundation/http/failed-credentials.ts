import type { RateLimiter } from './rate-limiter.ts'

/** Wrong credentials per minute from one address; production figure. */
export const MOST_FAILURES = 60
const MOST_ADDRESSES = 10_000
// A client finds out that its token has expired by being told so, which costs no look into the database.
const EVERYDAY: ReadonlySet<string> = new Set(['IDENTITY_TOKEN_EXPIRED', 'HTTP_UNAUTHENTICATED'])

/** Addresses that presented too many wrong credentials: further ones are not even looked up before the minute is over. */
export interface FailedCredentials {
  /** Seconds that this address has to wait; null: none. */
  waitOf(ip: string): number | null
  note(ip: string, code: string): Promise<void>
}

export function openFailedCredentials(options: {
  readonly limiter: RateLimiter
  readonly limitFactor: number
  readonly now: () => number
}): FailedCredentials {
  const until = new Map<string, number>()
  return {
    waitOf(ip) {
      const end = until.get(ip)
      if (end === undefined) return null
      const left = end - options.now()
      if (left > 0) return Math.ceil(left / 1000)
      until.delete(ip)
      return null
    },
    async note(ip, code) {
      if (options.limitFactor === 0 || EVERYDAY.has(code)) return
      const verdict = await options.limiter.take(`credentials:ip:${ip}`, MOST_FAILURES * options.limitFactor, 60)
      if (verdict.allowed && verdict.remaining > 0) return
      if (until.size >= MOST_ADDRESSES) until.clear()
      until.set(ip, options.now() + verdict.reset * 1000)
    },
  }
}
