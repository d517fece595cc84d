import type { Clock } from '../clock.ts'
import { type Database, EVERY_TENANT } from '../db/index.ts'

export interface RateVerdict {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the window ends. */
  readonly reset: number
}

export interface RateLimiter {
  /** Takes one from the counter `key`. Windows are fixed; nodes lease blocks, so a request rarely touches the database. */
  take(key: string, limit: number, windowSeconds: number): Promise<RateVerdict>
}

interface Lease {
  windowStart: number
  left: number
  exhausted: boolean
  refill: Promise<void> | null
}

// One write for this share of the limit: a limit of 100 costs at most ten writes per window and node.
const BLOCKS_PER_WINDOW = 10
const LEASE = `insert into foundation.rate_counter as c (key, window_start, used, previous, expires_at)
values ($1, $2, least($3::int, $4::int), 0, to_timestamp($5))
on conflict (key, window_start) do update set previous = c.used, used = least(c.used + $3::int, $4::int)
returning used - previous as granted`

const TIDY = 'delete from foundation.rate_counter where expires_at <= to_timestamp($1)'

/** Removes counters of windows that are over. */
export async function tidyRateCounters(db: Database, clock: Clock): Promise<void> {
  await db.atomic(EVERY_TENANT, [{ text: TIDY, values: [clock.now() / 1000] }])
}

/**
 * Counters shared by all nodes of the installation, leased in blocks (decisions on limits against load).
 * A database that is down lets requests pass: the routes themselves will say so.
 */
export function createRateLimiter(db: Database, clock: Clock): RateLimiter {
  const leases = new Map<string, Lease>()

  const lease = async (key: string, entry: Lease, limit: number, windowSeconds: number): Promise<void> => {
    const block = Math.max(1, Math.ceil(limit / BLOCKS_PER_WINDOW))
    const before = entry.windowStart
    const expires = (before + windowSeconds * 2_000) / 1000
    const [result] = await db.atomic(EVERY_TENANT, [{ text: LEASE, values: [key, before, block, limit, expires] }])
    const granted = Number(result?.rows[0]?.granted ?? 0)
    if (entry.windowStart !== before) return
    if (granted <= 0) entry.exhausted = true
    else entry.left += granted
  }

  const sweep = (now: number) => {
    if (leases.size < 50_000) return
    for (const [key, entry] of leases) if (now - entry.windowStart > 3_600_000) leases.delete(key)
  }

  return {
    async take(key, limit, windowSeconds) {
      const now = clock.now()
      const length = windowSeconds * 1000
      const windowStart = now - (now % length)
      const reset = Math.ceil((windowStart + length - now) / 1000)
      let entry = leases.get(key)
      if (!entry || entry.windowStart !== windowStart) {
        sweep(now)
        entry = { windowStart, left: 0, exhausted: false, refill: null }
        leases.set(key, entry)
      }
      while (entry.left <= 0 && !entry.exhausted) {
        entry.refill ??= lease(key, entry, limit, windowSeconds).finally(() => {
          entry.refill = null
        })
        try {
          await entry.refill
        } catch {
          // Counting needs the database; the request itself will report that it is down.
          return { allowed: true, limit, remaining: limit, reset }
        }
      }
      if (entry.left <= 0) return { allowed: false, limit, remaining: 0, reset }
      entry.left--
      return { allowed: true, limit, remaining: entry.left, reset }
    },
  }
}
