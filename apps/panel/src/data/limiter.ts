/** Calls of one app: ten within a second and so many within a minute (ui 6.4). */
export interface Limiter {
  /** Milliseconds to wait before the next call may go; it is counted when that is 0. */
  take(key: string, now: number): number
}

const SECOND = 1_000
const MINUTE = 60_000

export function createLimiter(perSecond: number, perMinute: number): Limiter {
  const calls = new Map<string, number[]>()
  return {
    take(key, now) {
      const recent = (calls.get(key) ?? []).filter((at) => now - at < MINUTE)
      const waits = [
        waitFor(recent, perMinute, MINUTE, now),
        waitFor(
          recent.filter((at) => now - at < SECOND),
          perSecond,
          SECOND,
          now,
        ),
      ]
      const wait = Math.max(...waits)
      if (wait === 0) recent.push(now)
      calls.set(key, recent)
      return wait
    },
  }
}

function waitFor(recent: readonly number[], most: number, span: number, now: number): number {
  const oldest = recent[recent.length - most]
  return oldest === undefined ? 0 : Math.max(1, oldest + span - now)
}

export const byHand = createLimiter(10, 60)
export const bySelf = createLimiter(10, 20)

const LONGEST_WAIT = 2_000

/** Waits a little for room; false when there is none. */
export async function admit(limiter: Limiter, key: string): Promise<boolean> {
  let waited = 0
  for (;;) {
    const wait = limiter.take(key, Date.now())
    if (wait === 0) return true
    waited += wait
    if (waited > LONGEST_WAIT) return false
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}
