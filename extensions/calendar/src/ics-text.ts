import {
  convertIcsRecurrenceRule,
  generateIcsCalendar,
  generateIcsRecurrenceRule,
  type IcsDateObject,
  type IcsEvent,
} from 'ts-ics'
import { type Appointment, type AppointmentDocument, exceptionsOf } from './agenda.ts'
import { isZone, wallOf } from './local-time.ts'
import { ruleProblem, startsWithin } from './repeats.ts'

/** `RRULE:FREQ=…` without its name. */
const ruleText = (rule: NonNullable<IcsEvent['recurrenceRule']>): string =>
  generateIcsRecurrenceRule(rule)
    .trim()
    .replace(/^RRULE:/, '')
    .replace(/\r?\n[ \t]?/g, '')

function endOf(event: IcsEvent, isDay: boolean): Date {
  const start = event.start.date.getTime()
  if (event.end) return event.end.date
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = event.duration ?? {}
  const lasts = ((weeks * 7 + days) * 86_400 + hours * 3600 + minutes * 60 + seconds) * 1000
  return new Date(start + (lasts > 0 ? lasts : isDay ? 86_400_000 : 3_600_000))
}

const iso = ({ date }: IcsDateObject): string => date.toISOString()

/** An event of a file as it is kept; a zone that only the file knows becomes that of the person. */
export function toAppointment(event: IcsEvent, zone: string): Appointment {
  const all_day = event.start.type === 'DATE'
  const named = event.start.local?.timezone ?? 'UTC'
  return {
    title: (event.summary ?? '').slice(0, 300) || 'Without a title',
    start: iso(event.start),
    end: endOf(event, all_day).toISOString(),
    all_day,
    location: (event.location ?? '').slice(0, 300),
    notes: (event.description ?? '').slice(0, 10_000),
    rrule: event.recurrenceRule === undefined ? '' : ruleText(event.recurrenceRule),
    uid: event.uid,
    zone: all_day ? '' : isZone(named) ? named : zone,
    excluded: (event.exceptionDates ?? []).map(iso),
    occurrence: event.recurrenceId === undefined ? '' : iso(event.recurrenceId.value),
  }
}

function timeIn(moment: string, { all_day, zone }: Appointment): IcsDateObject {
  const date = new Date(moment)
  if (all_day) return { date, type: 'DATE' }
  if (zone === '' || zone === 'UTC') return { date, type: 'DATE-TIME' }
  const local = new Date(wallOf(moment, zone))
  const ahead = Math.round((local.getTime() - date.getTime()) / 60_000)
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60].map((part) =>
    String(part).padStart(2, '0'),
  )
  return {
    date,
    type: 'DATE-TIME',
    local: { date: local, timezone: zone, tzoffset: `${ahead < 0 ? '-' : '+'}${hours}${minutes}` },
  }
}

function toEvent({ data: kept, createdAt }: AppointmentDocument, personsZone: string): IcsEvent {
  const data = kept.zone === '' && kept.rrule !== '' ? { ...kept, zone: personsZone } : kept
  const excluded = data.excluded.map((moment) => timeIn(moment, data))
  return {
    summary: data.title,
    uid: data.uid,
    stamp: { date: new Date(createdAt) },
    start: timeIn(data.start, data),
    end: timeIn(data.end, data),
    ...(data.location === '' ? {} : { location: data.location }),
    ...(data.notes === '' ? {} : { description: data.notes }),
    ...(data.rrule === '' || ruleProblem(data.rrule) !== null
      ? {}
      : { recurrenceRule: convertIcsRecurrenceRule(undefined, { value: data.rrule }) }),
    ...(excluded.length === 0 ? {} : { exceptionDates: excluded }),
    ...(data.occurrence === '' ? {} : { recurrenceId: { value: timeIn(data.occurrence, data) } }),
  }
}

/** A date that stands for itself, in UTC or as a day: named so, it belongs to its series for other calendars too. */
const dateLine = (moment: string, allDay: boolean): string => {
  const text = moment.replaceAll(/[-:]|\.\d+/g, '')
  return allDay ? `RDATE;VALUE=DATE:${text.slice(0, 8)}\r\n` : `RDATE:${text}\r\n`
}

/** The repeats of a series that no rule of it gives: they were named one by one. */
function namedDates(series: Appointment, documents: readonly AppointmentDocument[], zone: string): string[] {
  const rule = { ...series, zone: series.all_day ? 'UTC' : series.zone || zone }
  return exceptionsOf(documents, series.uid)
    .map(({ data }) => data.occurrence)
    .filter((moment) => !startsWithin(rule, Date.parse(moment), Date.parse(moment)).includes(moment))
}

/** The whole calendar as RFC 5545 writes it; `zone` is the person's. */
export function toIcs(documents: readonly AppointmentDocument[], zone: string): string {
  const ics = generateIcsCalendar({
    version: '2.0',
    prodId: '-//Imperal//Calendar 1.0//EN',
    events: documents.map((one) => toEvent(one, zone)),
  })
  const [head = '', ...events] = ics.split(/(?=BEGIN:VEVENT\r?\n)/)
  const withDates = events.map((text, index) => {
    const data = documents[index]?.data
    const dates = data === undefined || data.occurrence !== '' ? [] : namedDates(data, documents, zone)
    const lines = dates.map((moment) => dateLine(moment, data?.all_day === true)).join('')
    return text.replace('END:VEVENT', `${lines}END:VEVENT`)
  })
  return head + withDates.join('')
}
