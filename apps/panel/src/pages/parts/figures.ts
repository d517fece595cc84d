import { DIRECTION, LOCALE, tCount } from '../../i18n/index.ts'

const PLAIN = new Intl.NumberFormat(LOCALE)
const SHORT = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 })
const SECONDS = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** 1,234 */
export const count = (value: number): string => PLAIN.format(value)
/** 1,234 up to ten thousand, then 12.4k. */
export const shortCount = (value: number): string =>
  value < 10_000 ? PLAIN.format(value) : SHORT.format(value).toLowerCase()
/** Between words that are read from the right, number and unit, or number and sign, would change places. */
export const apart = (text: string): string => (DIRECTION === 'rtl' ? `\u2066${text}\u2069` : text)
/** A price keeps its own order: its sign and figures take no side in the words around it, as within a `<bdi>`. */
export const isolated = (text: string): string => (DIRECTION === 'rtl' ? `\u2068${text}\u2069` : text)

/** 142 ms, 2.4 s */
export const duration = (milliseconds: number): string =>
  apart(
    milliseconds < 1000 ? `${PLAIN.format(Math.round(milliseconds))} ms` : `${SECONDS.format(milliseconds / 1000)} s`,
  )
/** What {@link counted} can count; each language has its own forms of them. */
export type Countable =
  | 'call'
  | 'failure'
  | 'review'
  | 'install'
  | 'secret'
  | 'app'
  | 'device'
  | 'scope'
  | 'person'
  | 'entry'
  | 'function'
  | 'running task'
  | 'credit'
  | 'payment'
  | 'deploy'
  | 'finding'
  | 'message'
  | 'waiting confirmation'
  | 'item'
  | 'attached file'
  | 'token'
  | 'last day'
/** "1 app", "3 apps" */
export const counted = (value: number, thing: Countable): string => tCount(thing, value, count(value))
