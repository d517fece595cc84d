import { LOCALE } from '../i18n/index.ts'

const TIME = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' })
const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { weekday: 'short' })
const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' })
const YEAR = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' })
const EXACT = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'medium' })
const DAY_MS = 86_400_000

/** Today `10:42`, this week `Thu`, this year `12 Jun`, else with the year. */
export function shortTime(date: Date, now = new Date()): string {
  if (date.toDateString() === now.toDateString()) return TIME.format(date)
  if (Math.abs(now.getTime() - date.getTime()) < 6 * DAY_MS) return WEEKDAY.format(date)
  return (date.getFullYear() === now.getFullYear() ? DAY : YEAR).format(date)
}

/** A moment in short form; the exact one is in its title. */
export function TimeText({ value }: { readonly value: string }) {
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return null
  return (
    <time className="time-text" dateTime={value} title={EXACT.format(date)}>
      {shortTime(date)}
    </time>
  )
}
