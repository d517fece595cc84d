import type { Document, StoreClient } from '@imperal/sdk'
import * as z from 'zod'
import { wallOf } from './local-time.ts'
import { startsWithin } from './repeats.ts'

export const Appointment = z.object({
  title: z.string(),
  /** UTC, ISO 8601; midnight UTC of the first day for what lasts all day. */
  start: z.string(),
  /** Exclusive. */
  end: z.string(),
  all_day: z.boolean(),
  location: z.string(),
  notes: z.string(),
  /** `FREQ=WEEKLY;COUNT=10` as in RFC 5545; empty when it happens once. */
  rrule: z.string(),
  /** Names the appointment across imports. */
  uid: z.string(),
  /** IANA name of the zone whose clock its repeats keep; empty: that of the person, or it lasts all day. */
  zone: z.string().default(''),
  /** Beginnings of repeats that do not take place, UTC. */
  excluded: z.array(z.string()).default([]),
  /** In the place of which repeat of the series with this uid it happens: its beginning, UTC. Empty: of none. */
  occurrence: z.string().default(''),
})
export type Appointment = z.infer<typeof Appointment>
export type AppointmentDocument = Document<Appointment>
export const appointmentsOf = (store: StoreClient) => store.collection('appointments', Appointment)

export const MOST_APPOINTMENTS = 5000

export interface Occurrence {
  readonly document: AppointmentDocument
  readonly start: string
  readonly end: string
}

export async function allAppointments(store: StoreClient): Promise<AppointmentDocument[]> {
  const found: AppointmentDocument[] = []
  for await (const one of await appointmentsOf(store).query({ orderBy: 'start', limit: 500 })) {
    found.push(one)
    if (found.length >= MOST_APPOINTMENTS) break
  }
  return found
}

/** What stands in the place of repeats of a series. */
export const exceptionsOf = (documents: readonly AppointmentDocument[], uid: string): AppointmentDocument[] =>
  documents.filter(({ data }) => data.uid === uid && data.occurrence !== '')

/** What happens between two moments, repeats included, in the order in which it begins; `zone` is the person's. */
export function between(
  documents: readonly AppointmentDocument[],
  [from, to]: readonly [from: string, to: string],
  zone: string,
): Occurrence[] {
  const replaced = new Set(documents.map(({ data }) => `${data.occurrence} ${data.uid}`))
  // Whole days belong to no zone: they are compared with what the person's calendar shows at these moments.
  const days = [wallOf(from, zone), wallOf(to, zone)] as const
  return documents
    .flatMap((document) => {
      const { data } = document
      const [begin, end] = data.all_day ? days : [from, to]
      if (data.start >= end) return []
      const lasts = Date.parse(data.end) - Date.parse(data.start)
      const series = { ...data, zone: data.all_day ? 'UTC' : data.zone || zone }
      return startsWithin(series, Date.parse(begin) - lasts, Date.parse(end))
        .filter((start) => !data.excluded.includes(start))
        .filter((start) => data.occurrence !== '' || !replaced.has(`${start} ${data.uid}`))
        .map((start) => ({ document, start, end: new Date(Date.parse(start) + lasts).toISOString() }))
        .filter((one) => one.start < end && (one.end > begin || one.start === begin))
    })
    .sort((one, other) => one.start.localeCompare(other.start))
}

const DAY = /^\d{4}-\d\d-\d\d$/
const DAY_MS = 86_400_000
export const isDay = (text: string): boolean => DAY.test(text)

/** A day lasts until the next one; a moment without an end lasts an hour. Null: the end is not after the start. */
export function spanOf(start: string, end: string | undefined): Pick<Appointment, 'start' | 'end' | 'all_day'> | null {
  const from = new Date(start)
  if (isDay(start)) {
    const last = end === undefined || end === '' ? from : new Date(end.slice(0, 10))
    return last < from
      ? null
      : { start: from.toISOString(), end: new Date(last.getTime() + DAY_MS).toISOString(), all_day: true }
  }
  const to = end === undefined || end === '' ? new Date(from.getTime() + 3_600_000) : new Date(end)
  return to <= from ? null : { start: from.toISOString(), end: to.toISOString(), all_day: false }
}
