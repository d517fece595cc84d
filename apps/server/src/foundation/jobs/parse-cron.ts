import { Cron } from 'croner'

/** A recurring time in UTC, read from five cron fields or a keyword such as `@daily`. */
export interface Recurrence {
  /** The last due time at or before a moment; null when there was none. */
  lastDue(at: Date): Date | null
  /** The first due time after a moment. */
  nextDue(after: Date): Date | null
}

/** Null when the text is no recurring time; `@reboot` is none. */
export function parseCron(text: string): Recurrence | null {
  let cron: Cron
  try {
    cron = new Cron(text, { timezone: 'UTC', paused: true, mode: '5-part' })
  } catch {
    return null
  }
  return {
    // croner looks strictly before its reference.
    lastDue: (at) => cron.previousRuns(1, new Date(at.getTime() + 1000))[0] ?? null,
    nextDue: (after) => cron.nextRun(after),
  }
}
