import { useSyncExternalStore } from 'react'
import { LOCALE, t } from '../../i18n/index.ts'

const DAY_MS = 86_400_000
const show = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LOCALE, options)
const CLOCK = show({ hour: '2-digit', minute: '2-digit' })
const WEEKDAY = show({ weekday: 'short', hour: '2-digit', minute: '2-digit' })
const THIS_YEAR = show({ day: 'numeric', month: 'short' })
const ANY_YEAR = show({ day: 'numeric', month: 'short', year: 'numeric' })
const EXACT = show({ dateStyle: 'full', timeStyle: 'medium' })

/** 10:42 today, this week Thu 10:42, this year 12 Jun, else with the year. */
export function shortMoment(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return CLOCK.format(at)
  const age = now.getTime() - at.getTime()
  if (age > 0 && age < 6 * DAY_MS) return WEEKDAY.format(at).replace(',', '')
  return at.getFullYear() === now.getFullYear() ? THIS_YEAR.format(at) : ANY_YEAR.format(at)
}

/** A time in few words, the exact one in the tooltip. `value` is ISO 8601 or Unix milliseconds. */
export function Moment({
  value,
  empty = t('Never'),
  bare = false,
}: {
  readonly value: string | number | null
  readonly empty?: string
  /** Only the clock for today: in columns, where every row is a time. */
  readonly bare?: boolean
}) {
  if (value === null) return <>{empty}</>
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return <>{empty}</>
  return (
    <time dateTime={at.toISOString()} title={EXACT.format(at)}>
      {bare || at.toDateString() !== new Date().toDateString() ? '' : `${t('today')} `}
      {shortMoment(at, new Date())}
    </time>
  )
}

const MINUTE_MS = 60_000
const everyMinute = (listener: () => void) => {
  const timer = setInterval(listener, 10_000)
  return () => clearInterval(timer)
}

/** Whole minutes until `end`, kept up to date; 0 once it has passed. */
export function useMinutesLeft(end: string): number {
  const left = () => Math.max(0, Math.ceil((new Date(end).getTime() - Date.now()) / MINUTE_MS))
  return useSyncExternalStore(everyMinute, left)
}
