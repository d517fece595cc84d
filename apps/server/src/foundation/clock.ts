/** The only source of time in modules, so that tests can move it. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** ISO 8601 in UTC with `Z`. */
  iso(): string
}

export const systemClock: Clock = { now: () => Date.now(), iso: () => new Date().toISOString() }

/** The clock of this machine, set right by so much. */
export interface AdjustableClock extends Clock {
  /** Milliseconds to add from now on. */
  adjust(milliseconds: number): void
}

export function adjustableClock(machine: Clock = systemClock): AdjustableClock {
  let added = 0
  const now = () => machine.now() + added
  return {
    now,
    iso: () => new Date(now()).toISOString(),
    adjust: (milliseconds) => {
      added = milliseconds
    },
  }
}

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
