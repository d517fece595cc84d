import { type CronExpression, CronExpressionParser } from 'cron-parser'

/** A recurring time, read from five cron fields or a keyword such as `@daily`. */
export interface Recurrence {
  /** The last due time at or before a moment; null when there was none. */
  lastDue(at: Date): Date | null
  /** The first due time after a moment. */
  nextDue(after: Date): Date | null
}

const FIELDS = 5

/**
 * Null when the text is no recurring time (`@reboot` is none) or the zone none of IANA. A local time that a change of
 * clocks repeats is due once, and one that it skips is due as much later. Read as the job engine reads it, with the same
 * library: what is due here and what it sends must be the same moment.
 */
export function parseCron(text: string, zone = 'UTC'): Recurrence | null {
  if (!text.startsWith('@') && text.trim().split(/\s+/).length !== FIELDS) return null
  const from = (currentDate: Date): CronExpression => CronExpressionParser.parse(text, { tz: zone, currentDate })
  const moment = (find: () => { toDate(): Date }): Date | null => {
    try {
      return find().toDate()
    } catch {
      return null // it is due on no day of any year
    }
  }
  try {
    from(new Date(0))
  } catch {
    return null
  }
  const nextDue = (after: Date): Date | null => moment(() => from(after).next())
  return {
    nextDue,
    lastDue(at) {
      // The library looks strictly before its reference, and backwards past times that a change of clocks has moved.
      let last = moment(() => from(new Date(at.getTime() + 1_000)).prev())
      for (let next = last; next !== null && next <= at; next = nextDue(next)) last = next
      return last
    },
  }
}
