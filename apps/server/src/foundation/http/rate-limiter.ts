import type { Clock } from '../clock.ts'
import { type Database, EVERY_TENANT } from '../db/index.ts'

export interface RateVerdict {
  readonly allowed: boolean
  readonly limit: number
  /** For everybody together, as far as this node knows: what others leased is gone, what they did not use as well. */
  readonly remaining: number
  /** Seconds until the window ends. */
  readonly reset: number
}

/** Unix milliseconds. */
export interface Window {
  readonly from: number
  readonly until: number
}

export interface RateLimiter {
  /**
   * Takes one from the counter `key`. A window is fixed: so many seconds that begin at a multiple of themselves, or the one
   * that is given. Nodes lease blocks, so a request rarely touches the database.
   */
  take(key: string, limit: number, window: number | Window): Promise<RateVerdict>
}

export interface OpenRateLimiter extends RateLimiter {
  /** Gives back what this node leased and did not use. */
  close(): Promise<void>
}

interface Lease {
  readonly window: Window
  readonly limit: number
  left: number
  /** What nobody had leased when this node last did. */
  free: number
  exhausted: boolean
  refill: Promise<void> | null
}

// One write for this share of the limit: a limit of 100 costs at most ten writes per window and node.
const BLOCKS_PER_WINDOW = 10
// A crash loses what is left of a block. In a minute nobody notices; of a month it may be a two-hundredth, not a tenth.
const LONG_WINDOW_MS = 3_600_000
const BLOCKS_PER_LONG_WINDOW = 200
const LEASE = `insert into foundation.rate_counter as c (key, window_start, used, previous, expires_at)
values ($1, $2, least($3::int, $4::int), 0, to_timestamp($5))
on conflict (key, window_start) do update set previous = c.used, used = least(c.used + $3::int, $4::int)
returning used - previous as granted, used`
const GIVE_BACK = `update foundation.rate_counter c set used = greatest(c.used - g.left, 0)
from unnest($1::text[], $2::bigint[], $3::int[]) g (key, window_start, "left")
where c.key = g.key and c.window_start = g.window_start`

const TIDY = 'delete from foundation.rate_counter where expires_at <= to_timestamp($1)'

/** Removes counters of windows that are over. */
export async function tidyRateCounters(db: Database, clock: Clock): Promise<void> {
  await db.atomic(EVERY_TENANT, [{ text: TIDY, values: [clock.now() / 1000] }])
}

/**
 * Counters shared by all nodes of the installation, leased in blocks (decisions on limits against load).
 * A database that is down lets requests pass: the routes themselves will say so.
 */
export function createRateLimiter(db: Database, clock: Clock): OpenRateLimiter {
  const leases = new Map<string, Lease>()

  const lease = async (key: string, entry: Lease): Promise<void> => {
    const { window, limit } = entry
    const length = window.until - window.from
    const blocks = length > LONG_WINDOW_MS ? BLOCKS_PER_LONG_WINDOW : BLOCKS_PER_WINDOW
    const block = Math.max(1, Math.ceil(limit / blocks))
    const expires = (window.until + length) / 1000
    const [result] = await db.atomic(EVERY_TENANT, [{ text: LEASE, values: [key, window.from, block, limit, expires] }])
    const granted = Number(result?.rows[0]?.granted ?? 0)
    entry.free = Math.max(0, limit - Number(result?.rows[0]?.used ?? limit))
    if (granted <= 0) entry.exhausted = true
    else entry.left += granted
  }

  const giveBack = async (unused: readonly (readonly [string, Lease])[]): Promise<void> => {
    if (unused.length === 0) return
    const values = [
      unused.map(([key]) => key),
      unused.map(([, { window }]) => window.from),
      unused.map(([, { left }]) => left),
    ]
    for (const [, entry] of unused) entry.left = 0
    await db.atomic(EVERY_TENANT, [{ text: GIVE_BACK, values }])
  }

  const sweep = (now: number) => {
    if (leases.size < 50_000) return
    for (const [key, { window }] of leases) if (window.until <= now) leases.delete(key)
  }

  /** The lease for this window and limit; another limit (a new plan, a new setting) begins with what is left of it. */
  const current = (key: string, limit: number, window: Window, now: number): Lease => {
    const known = leases.get(key)
    if (known?.window.from === window.from && known.limit === limit) return known
    sweep(now)
    const entry: Lease = { window, limit, left: 0, free: 0, exhausted: false, refill: null }
    if (known?.window.from === window.from && known.left > 0) {
      entry.refill = giveBack([[key, known]]).finally(() => {
        entry.refill = null
      })
    }
    leases.set(key, entry)
    return entry
  }

  return {
    async take(key, limit, length) {
      const now = clock.now()
      const window = typeof length === 'number' ? windowOf(now, length * 1000) : length
      const reset = Math.ceil((window.until - now) / 1000)
      const entry = current(key, limit, window, now)
      while (entry.left <= 0 && !entry.exhausted) {
        entry.refill ??= lease(key, entry).finally(() => {
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
      return { allowed: true, limit, remaining: entry.left + entry.free, reset }
    },
    close: () => giveBack([...leases].filter(([, { left, window }]) => left > 0 && window.until > clock.now())),
  }
}

const windowOf = (now: number, length: number): Window => {
  const from = now - (now % length)
  return { from, until: from + length }
}
