/** The only source of time in modules, so that tests can move it. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** ISO 8601 in UTC with `Z`. */
  iso(): string
}

export const systemClock: Clock = { now: () => Date.now(), iso: () => new Date().toISOString() }

export interface ManualClock extends Clock {
  advance(milliseconds: number): void
}

export function manualClock(start = Date.parse('2026-01-01T00:00:00Z')): ManualClock {
  let now = start
  return {
    now: () => now,
    iso: () => new Date(now).toISOString(),
    advance: (milliseconds) => {
      now += milliseconds
    },
  }
}
