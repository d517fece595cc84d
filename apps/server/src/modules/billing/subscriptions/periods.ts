import type { BillingPeriod } from '../plans/types.ts'

/** The same day so many months later, or the last one of that month where it has no such day. */
export function addMonths(iso: string, months: number): string {
  const from = new Date(iso)
  const to = new Date(from)
  to.setUTCDate(1)
  to.setUTCMonth(to.getUTCMonth() + months)
  const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
  to.setUTCDate(Math.min(from.getUTCDate(), last))
  return to.toISOString()
}

export const endOf = (start: string, period: BillingPeriod): string => addMonths(start, period === 'annual' ? 12 : 1)

/** The part of a period that is still to come, between 0 and 1. */
export function remainingPart(span: { start: Date; end: Date }, now: number): number {
  const whole = span.end.getTime() - span.start.getTime()
  if (whole <= 0) return 0
  return Math.min(1, Math.max(0, (span.end.getTime() - now) / whole))
}
