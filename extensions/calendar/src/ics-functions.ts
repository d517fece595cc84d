import { ActionResult } from '@imperal/sdk'
import {
  convertIcsCalendar,
  convertIcsRecurrenceRule,
  generateIcsCalendar,
  generateIcsRecurrenceRule,
  type IcsCalendar,
  type IcsEvent,
} from 'ts-ics'
import * as z from 'zod'
import {
  type Appointment,
  type AppointmentDocument,
  allAppointments,
  appointmentsOf,
  MOST_APPOINTMENTS,
} from './agenda.ts'
import { chat, EventsChanged } from './extension.ts'

const MOST_CHARACTERS = 900_000

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

export function toAppointment(event: IcsEvent): Appointment {
  const all_day = event.start.type === 'DATE'
  return {
    title: event.summary.slice(0, 300) || 'Without a title',
    start: event.start.date.toISOString(),
    end: endOf(event, all_day).toISOString(),
    all_day,
    location: (event.location ?? '').slice(0, 300),
    notes: (event.description ?? '').slice(0, 10_000),
    rrule: event.recurrenceRule === undefined ? '' : ruleText(event.recurrenceRule),
    uid: event.uid,
  }
}

function toEvent({ data, createdAt }: AppointmentDocument): IcsEvent {
  const type = data.all_day ? ('DATE' as const) : ('DATE-TIME' as const)
  return {
    summary: data.title,
    uid: data.uid,
    stamp: { date: new Date(createdAt) },
    start: { date: new Date(data.start), type },
    end: { date: new Date(data.end), type },
    ...(data.location === '' ? {} : { location: data.location }),
    ...(data.notes === '' ? {} : { description: data.notes }),
    ...(data.rrule === '' ? {} : { recurrenceRule: convertIcsRecurrenceRule(undefined, { value: data.rrule }) }),
  }
}

export const importIcs = chat.function(
  'import_ics',
  {
    description:
      'Take the appointments of an ICS file into the calendar; what was imported before is brought up to date.',
    actionType: 'write',
    effects: ['create:event', 'update:event'],
    event: EventsChanged,
    params: z.object({
      ics: z.string().min(1).max(MOST_CHARACTERS).describe('The text of the file, from BEGIN:VCALENDAR on.'),
    }),
    returns: z.object({ added: z.number().int(), updated: z.number().int() }),
  },
  async (ctx, { ics }) => {
    if (!/^\s*BEGIN:VCALENDAR/i.test(ics)) return ActionResult.error('That is no ICS file.', { code: 'NOT_ICS' })
    let calendar: IcsCalendar
    try {
      calendar = convertIcsCalendar(undefined, ics)
    } catch {
      return ActionResult.error('The ICS file cannot be read.', { code: 'NOT_ICS' })
    }
    const events = (calendar.events ?? []).filter(
      (event) => event.start !== undefined && !Number.isNaN(event.start.date.getTime()),
    )
    const known = new Map((await allAppointments(ctx.store)).map((one) => [one.data.uid, one]))
    if (known.size + events.length > MOST_APPOINTMENTS)
      return ActionResult.error(`A calendar holds at most ${MOST_APPOINTMENTS} appointments.`, {
        code: 'CALENDAR_FULL',
      })
    let added = 0
    for (const event of events) {
      const appointment = toAppointment(event)
      const before = known.get(appointment.uid)
      if (before) await appointmentsOf(ctx.store).update(before.id, appointment)
      else {
        known.set(appointment.uid, await appointmentsOf(ctx.store).create(appointment))
        added += 1
      }
    }
    const updated = events.length - added
    return ActionResult.success({ added, updated }, `Added ${added} appointment(s), brought ${updated} up to date.`)
  },
)

/** The whole calendar as RFC 5545 writes it. */
export const toIcs = (documents: readonly AppointmentDocument[]): string =>
  generateIcsCalendar({ version: '2.0', prodId: '-//Imperal//Calendar 1.0//EN', events: documents.map(toEvent) })

export const exportIcs = chat.function(
  'export_ics',
  {
    description: 'Give the whole calendar as the text of an ICS file, for other calendars.',
    params: z.object({}),
    returns: z.object({ ics: z.string(), events: z.number().int() }),
  },
  async (ctx) => {
    const documents = await allAppointments(ctx.store)
    const ics = toIcs(documents)
    if (ics.length > MOST_CHARACTERS)
      return ActionResult.error('The calendar is too large for one file.', { code: 'TOO_LARGE' })
    return ActionResult.success({ ics, events: documents.length }, `${documents.length} appointment(s) as ICS.`)
  },
)
