import type { Reader } from '@imperal/sdk'
import * as z from 'zod'

const wall = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })

/** `2026-12-24 18:00` as a clock in the zone shows the moment. */
export const localText = (moment: string, { zone }: Pick<Reader, 'zone'>): string => wall(zone).format(new Date(moment))

const LOCAL = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?$/

/** A day, a moment with its offset, or a moment of the caller's own clock: `2026-12-24 18:00`. */
export const When = z.union([z.iso.date(), z.iso.datetime({ offset: true }), z.string().regex(LOCAL)])

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
