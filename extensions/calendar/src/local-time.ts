import type { Reader } from '@imperal/sdk'
import * as z from 'zod'

const wall = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })

/** `2026-12-24 18:00` as a clock in the zone shows the moment. */
export const localText = (moment: string, { zone }: Pick<Reader, 'zone'>): string => wall(zone).format(new Date(moment))

const LOCAL = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?$/

const isOnCalendar = (text: string): boolean => {
  const moment = new Date(`${text.replace(' ', 'T')}Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text.replace(' ', 'T'))
}

/** A day, a moment with its offset, or a moment of the caller's own clock: `2026-12-24 18:00`. */
export const When = z.union(
  [z.iso.date(), z.iso.datetime({ offset: true }), z.string().regex(LOCAL).refine(isOnCalendar)],
  {
    error:
      'This is no day or time. Write a day as 2026-12-24, a time of your clock as 2026-12-24 18:00, or one with its offset as 2026-12-24T18:00:00+01:00.',
  },
)

const seconds = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })

/** What a clock in the zone shows at a moment, written as if it were UTC: `2026-12-24T18:00:00.000Z`. */
export const wallOf = (moment: string, zone: string): string =>
  `${seconds(zone).format(new Date(moment)).replace(' ', 'T')}.000Z`

/** The moment at which a clock in the zone shows what {@link wallOf} wrote. */
export const momentOf = (wall: string, zone: string): string => toMoment(wall.slice(0, 19), { zone })

/** Whether a name is that of a zone known here. */
export function isZone(name: string): boolean {
  try {
    return wall(name) !== undefined
  } catch {
    return false
  }
}

/** How far a zone is ahead of UTC at a moment, in milliseconds. */
function aheadOf(zone: string, moment: number): number {
  const minute = Math.floor(moment / 60_000) * 60_000
  return Date.parse(`${wall(zone).format(minute).replace(' ', 'T')}:00Z`) - minute
}

/** What somebody wrote as an ISO moment; a time of the clock is read in their zone. Days stay days. */
export function toMoment(text: string, { zone }: Pick<Reader, 'zone'>): string {
  if (!LOCAL.test(text)) return text
  const asIfUtc = Date.parse(`${text.replace(' ', 'T')}Z`)
  // The second look counts where the clock changes between the two.
  const guess = asIfUtc - aheadOf(zone, asIfUtc)
  return new Date(asIfUtc - aheadOf(zone, guess)).toISOString()
}

/** `Thu, 24 December 2026`, in the reader's language; whole days belong to no zone. */
export const dayTitle = (moment: string, allDay: boolean, { zone, locale }: Pick<Reader, 'zone' | 'locale'>): string =>
  new Intl.DateTimeFormat(locale, {
    timeZone: allDay ? 'UTC' : zone,
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(new Date(moment))

/** Midnight of the reader's day in which a moment lies. */
export const startOfDay = (moment: string, reader: Pick<Reader, 'zone'>): string =>
  toMoment(`${localText(moment, reader).slice(0, 10)} 00:00`, reader)
