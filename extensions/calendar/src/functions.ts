import { ActionResult, readerOf, type StoreClient } from '@imperal/sdk'
import * as z from 'zod'
import {
  type AppointmentDocument,
  allAppointments,
  appointmentsOf,
  between,
  exceptionsOf,
  isDay,
  MOST_APPOINTMENTS,
  type Occurrence,
  spanOf,
} from './agenda.ts'
import { chat, EventsChanged, ext } from './extension.ts'
import { localText, momentOf, toMoment, When, wallOf } from './local-time.ts'
import { ruleProblem } from './repeats.ts'

const Title = z.string().trim().min(1).max(300)
const Rule = z
  .string()
  .max(300)
  .superRefine((rule, { addIssue }) => {
    const message = ruleProblem(rule)
    if (message !== null) addIssue({ code: 'custom', message })
  })
  .describe('How it repeats, such as FREQ=WEEKLY;COUNT=10; empty for once.')
export const AppointmentId = z.string().min(1).describe('Id from list_events.')

export const EventWire = z.object({
  event_id: z.string(),
  title: z.string(),
  start: z.string(),
  end: z.string(),
  all_day: z.boolean(),
  location: z.string(),
  notes: z.string(),
  rrule: z.string(),
  zone: z.string(),
})
export const wire = ({ id, data }: AppointmentDocument, at: Partial<Pick<Occurrence, 'start' | 'end'>> = {}) => {
  const { uid: _uid, excluded: _excluded, occurrence: _occurrence, ...shown } = data
  return { event_id: id, ...shown, ...at }
}
export const gone = () => ActionResult.error('This appointment does not exist any more.', { code: 'EVENT_NOT_FOUND' })
const wrongSpan = () => ActionResult.error('It would end before it begins.', { code: 'EVENT_ENDS_EARLY' })

export const addEvent = chat.function(
  'add_event',
  {
    description: 'Add an appointment or a whole day to the calendar, once or repeating.',
    actionType: 'write',
    effects: ['create:event'],
    event: EventsChanged,
    params: z.object({
      title: Title,
      start: When.describe(
        'A day (2026-12-24), a time of your clock (2026-12-24 18:00) or one with offset (2026-12-24T18:00:00+01:00).',
      ),
      end: When.optional().describe('The last day, or the end; an hour later unless told.'),
      location: z.string().max(300).default(''),
      notes: z.string().max(10_000).default(''),
      rrule: Rule.default(''),
    }),
    returns: EventWire,
  },
  async (ctx, { start, end, ...rest }) => {
    const reader = readerOf(ctx)
    const span = spanOf(toMoment(start, reader), end === undefined ? undefined : toMoment(end, reader))
    if (span === null) return wrongSpan()
    if ((await appointmentsOf(ctx.store).count()) >= MOST_APPOINTMENTS)
      return ActionResult.error(`A calendar holds at most ${MOST_APPOINTMENTS} appointments.`, {
        code: 'CALENDAR_FULL',
      })
    const made = await appointmentsOf(ctx.store).create({
      ...rest,
      ...span,
      uid: crypto.randomUUID(),
      zone: span.all_day ? '' : reader.zone,
      excluded: [],
      occurrence: '',
    })
    return ActionResult.success(wire(made), `Added “${made.data.title}”.`)
  },
)

export const listEvents = chat.function(
  'list_events',
  {
    description: 'List what is in the calendar between two days, repeats included; the coming two weeks unless told.',
    params: z.object({
      from: When.optional(),
      to: When.optional(),
      search: z.string().max(200).default(''),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    returns: z.object({ events: z.array(EventWire), total: z.number().int() }),
  },
  async (ctx, { from, to, search, limit }) => {
    const reader = readerOf(ctx)
    const moment = (text: string) => new Date(toMoment(isDay(text) ? `${text} 00:00` : text, reader)).toISOString()
    const begin = from === undefined ? new Date(ctx.time.nowUtc).toISOString() : moment(from)
    const after = (text: string) => moment(isDay(text) ? (spanOf(text, undefined)?.end.slice(0, 10) ?? text) : text)
    const end = to === undefined ? new Date(Date.parse(begin) + 14 * 86_400_000).toISOString() : after(to)
    const asked = search.trim().toLowerCase()
    const found = between(await allAppointments(ctx.store), [begin, end], reader.zone).filter(
      ({ document: { data } }) => `${data.title} ${data.location} ${data.notes}`.toLowerCase().includes(asked),
    )
    const events = found.slice(0, limit).map(({ document, ...at }) => wire(document, at))
    const said =
      events.length === 0
        ? 'Nothing is in the calendar then.'
        : events
            .slice(0, 5)
            .map(({ title, start, all_day }) => `${all_day ? start.slice(0, 10) : localText(start, reader)} ${title}`)
            .join('\n')
    return ActionResult.success({ events, total: found.length }, said)
  },
)

/** What is left out of a series, or stands in the place of a repeat, goes along when the series moves. */
async function moveExceptions(store: StoreClient, before: AppointmentDocument, { data }: AppointmentDocument) {
  if (before.data.start === data.start || before.data.occurrence !== '') return
  const zone = data.all_day ? 'UTC' : data.zone
  const wall = (moment: string) => Date.parse(wallOf(moment, zone))
  const moved = (moment: string) =>
    momentOf(new Date(wall(moment) + wall(data.start) - wall(before.data.start)).toISOString(), zone)
  await appointmentsOf(store).update(before.id, { excluded: data.excluded.map(moved) })
  for (const one of exceptionsOf(await allAppointments(store), data.uid))
    await appointmentsOf(store).update(one.id, { occurrence: moved(one.data.occurrence) })
}

export const changeEvent = chat.function(
  'change_event',
  {
    description: 'Change the title, time, place, notes or repetition of an appointment.',
    actionType: 'write',
    effects: ['update:event'],
    event: EventsChanged,
    params: z.object({
      event_id: AppointmentId,
      title: Title.optional(),
      start: When.optional(),
      end: When.optional(),
      location: z.string().max(300).optional(),
      notes: z.string().max(10_000).optional(),
      rrule: Rule.optional(),
    }),
    returns: EventWire,
  },
  async (ctx, { event_id, start: begins, end: ends, ...rest }) => {
    const reader = readerOf(ctx)
    const [start, end] = [begins, ends].map((text) => (text === undefined ? undefined : toMoment(text, reader)))
    const appointments = appointmentsOf(ctx.store)
    const before = await appointments.find(event_id)
    if (!before) return gone()
    const lasts = Date.parse(before.data.end) - Date.parse(before.data.start)
    const moved =
      start === undefined || end !== undefined || start.length === 10
        ? undefined
        : new Date(Date.parse(start) + lasts).toISOString()
    const begin = start ?? (before.data.all_day ? before.data.start.slice(0, 10) : before.data.start)
    const span = start === undefined && end === undefined ? {} : spanOf(begin, end ?? moved)
    if (span === null) return wrongSpan()
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
    const allDay = 'all_day' in span ? span.all_day : before.data.all_day
    const zone = allDay ? '' : before.data.zone || reader.zone
    const changed = await appointments.update(event_id, { ...given, ...span, zone })
    await moveExceptions(ctx.store, before, changed)
    return ActionResult.success(wire(changed), `Changed “${changed.data.title}”.`)
  },
)

export const deleteEvent = chat.function(
  'delete_event',
  {
    description: 'Delete an appointment, with all its repeats.',
    actionType: 'destructive',
    effects: ['delete:event'],
    event: EventsChanged,
    params: z.object({ event_id: AppointmentId }),
    returns: z.object({ event_id: z.string() }),
  },
  async (ctx, { event_id }) => {
    const appointments = appointmentsOf(ctx.store)
    const one = await appointments.find(event_id)
    if (!one) return gone()
    const { uid, occurrence } = one.data
    const family = (await allAppointments(ctx.store)).filter(({ data }) => data.uid === uid)
    const series = family.find(({ data }) => data.occurrence === '')
    // Left out of its series, or the repeat would come back to where it was.
    if (occurrence !== '' && series)
      await appointments.update(series.id, { excluded: [...series.data.excluded, occurrence] })
    for (const { id } of occurrence === '' ? exceptionsOf(family, uid) : []) await appointments.delete(id)
    return (await appointments.delete(event_id)) ? ActionResult.success({ event_id }, 'Deleted.') : gone()
  },
)

ext.skeleton('today', { ttl: 900, description: 'What is in the calendar in the coming 24 hours.' }, async (ctx) => {
  const [from, to] = [ctx.time.nowUtc, new Date(Date.parse(ctx.time.nowUtc) + 86_400_000).toISOString()]
  const found = between(await allAppointments(ctx.store), [new Date(from).toISOString(), to], readerOf(ctx).zone)
  return {
    response: {
      events: found.length,
      next: found
        .slice(0, 3)
        .map(({ document, start }) =>
          document.data.all_day
            ? document.data.title
            : `${localText(start, readerOf(ctx)).slice(11)} ${document.data.title}`,
        ),
    },
  }
})
