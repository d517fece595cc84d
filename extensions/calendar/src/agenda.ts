import type { Document, StoreClient } from '@imperal/sdk'
import { convertIcsRecurrenceRule, extendByRecurrenceRule } from 'ts-ics'
import * as z from 'zod'

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
})
export type Appointment = z.infer<typeof Appointment>
export type AppointmentDocument = Document<Appointment>
export const appointmentsOf = (store: StoreClient) => store.collection('appointments', Appointment)

export const MOST_APPOINTMENTS = 5000
const MOST_REPEATS = 400

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

function startsOf({ data }: AppointmentDocument, until: Date): Date[] {
  const start = new Date(data.start)
  if (data.rrule === '') return [start]
  const rule = convertIcsRecurrenceRule(undefined, { value: data.rrule })
  return extendByRecurrenceRule(rule, { start, end: until }).slice(0, MOST_REPEATS)
}

/** What happens between two moments, repeats included, in the order in which it begins. */
export function between(documents: readonly AppointmentDocument[], from: string, to: string): Occurrence[] {
  const until = new Date(to)
  return documents
    .filter(({ data }) => data.start < to)
    .flatMap((document) => {
      const lasts = Date.parse(document.data.end) - Date.parse(document.data.start)
      return startsOf(document, until).map((start) => ({
        document,
        start: start.toISOString(),
        end: new Date(start.getTime() + lasts).toISOString(),
      }))
    })
    .filter(({ start, end }) => start < to && (end > from || start === from))
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
