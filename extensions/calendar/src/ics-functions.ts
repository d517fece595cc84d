import { ActionResult, type FunctionContext, readerOf, type StoreClient } from '@imperal/sdk'
import { convertIcsCalendar, type IcsEvent } from 'ts-ics'
import * as z from 'zod'
import { type Appointment, allAppointments, appointmentsOf, MOST_APPOINTMENTS } from './agenda.ts'
import { chat, EventsChanged, ext } from './extension.ts'
import { checkIcs } from './ics-check.ts'
import { toAppointment, toIcs } from './ics-text.ts'

const MOST_CHARACTERS = 900_000
const TOO_LONG = 'An ICS file may have at most 1.4 MB.'

const keyOf = ({ uid, occurrence }: Pick<Appointment, 'uid' | 'occurrence'>): string => `${occurrence} ${uid}`
const isCancelled = ({ status }: IcsEvent): boolean => status === 'CANCELLED'

interface IcsFile {
  readonly events: readonly IcsEvent[]
  /** Dates of each event besides its rule. */
  readonly dates: readonly (readonly string[])[]
}

/** Dates that a series names one by one, each as a repeat in the place that it has already. */
function namedDates(series: Appointment, dates: readonly string[]): Appointment[] {
  const lasts = Date.parse(series.end) - Date.parse(series.start)
  return dates
    .filter((start) => start !== series.start && !series.excluded.includes(start))
    .map((start) => ({
      ...{ ...series, start, occurrence: start, rrule: '', excluded: [] },
      end: new Date(Date.parse(start) + lasts).toISOString(),
    }))
}

/** What a file wants kept, by key: its cancelled repeats are left out of their series, which may be known already. */
function wantedOf({ events, dates }: IcsFile, known: ReadonlyMap<string, Appointment>, zone: string) {
  const wanted = new Map<string, Appointment>()
  const kept = events.map((event, index) => ({ event, dates: dates[index] ?? [] }))
  for (const { event, dates } of kept.filter((one) => !isCancelled(one.event))) {
    const appointment = toAppointment(event, zone)
    // What moves such a date says more of it than its bare name, wherever in the file it stands.
    for (const date of namedDates(appointment, dates)) if (!wanted.has(keyOf(date))) wanted.set(keyOf(date), date)
    wanted.set(keyOf(appointment), appointment)
  }
  const cancelled = events.filter(isCancelled).map((event) => toAppointment(event, zone))
  for (const { uid, occurrence } of cancelled) {
    const series = keyOf({ uid, occurrence: '' })
    const before = wanted.get(series) ?? known.get(series)
    wanted.delete(keyOf({ uid, occurrence }))
    if (occurrence !== '' && before && !before.excluded.includes(occurrence))
      wanted.set(series, { ...before, excluded: [...before.excluded, occurrence] })
  }
  return { wanted, cancelled }
}

async function bringIn(
  store: StoreClient,
  wanted: ReadonlyMap<string, Appointment>,
  known: ReadonlyMap<string, { readonly id: string }>,
) {
  for (const [key, appointment] of wanted) {
    const before = known.get(key)
    if (before) await appointmentsOf(store).update(before.id, appointment)
    else await appointmentsOf(store).create(appointment)
  }
}

async function takeIn(ctx: FunctionContext, ics: string) {
  if (!/^\s*BEGIN:VCALENDAR/i.test(ics)) return ActionResult.error('That is no ICS file.', { code: 'NOT_ICS' })
  const { zone } = readerOf(ctx)
  const checked = checkIcs(ics, zone)
  if (checked.problems.length > 0)
    return ActionResult.error(`Nothing was imported. ${checked.problems.join(' ')}`, { code: 'NOT_ICS' })
  let events: readonly IcsEvent[]
  try {
    events = convertIcsCalendar(undefined, checked.ics).events ?? []
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return ActionResult.error(`Nothing was imported: the ICS file cannot be read (${why}).`, { code: 'NOT_ICS' })
  }
  const documents = await allAppointments(ctx.store)
  const known = new Map(documents.map((one) => [keyOf(one.data), one]))
  const before = new Map(documents.map(({ data }) => [keyOf(data), data]))
  const { wanted, cancelled } = wantedOf({ events, dates: checked.dates }, before, zone)
  const news = [...wanted.keys()].filter((key) => !known.has(key))
  if (documents.length + news.length > MOST_APPOINTMENTS)
    return ActionResult.error(`A calendar holds at most ${MOST_APPOINTMENTS} appointments.`, { code: 'CALENDAR_FULL' })
  // A file with a series tells all of it: what it no longer moves is back in its place.
  const whole = new Set([...wanted.values(), ...cancelled].filter((one) => one.occurrence === '').map(({ uid }) => uid))
  const gone = new Set(cancelled.map(keyOf))
  const stale = documents.filter(
    ({ data }) =>
      !wanted.has(keyOf(data)) && (gone.has(keyOf(data)) || (data.occurrence !== '' && whole.has(data.uid))),
  )
  await bringIn(ctx.store, wanted, known)
  for (const { id } of stale) await appointmentsOf(ctx.store).delete(id)
  const counts = { added: news.length, updated: wanted.size - news.length, removed: stale.length }
  const removed = stale.length === 0 ? '' : `, removed ${stale.length}`
  return ActionResult.success(
    counts,
    `Added ${counts.added} appointment(s), brought ${counts.updated} up to date${removed}.`,
  )
}

const IMPORT = {
  actionType: 'write',
  // What a file cancels, and what it no longer moves, goes.
  effects: ['create:event', 'update:event', 'delete:event'],
  event: EventsChanged,
  returns: z.object({ added: z.number().int(), updated: z.number().int(), removed: z.number().int() }),
} as const

export const importIcs = chat.function(
  'import_ics',
  {
    ...IMPORT,
    description:
      'Take the appointments of an ICS file into the calendar; what was imported before is brought up to date, and removed where the file cancels it.',
    params: z.object({
      ics: z.string().min(1).max(MOST_CHARACTERS).describe('The text of the file, from BEGIN:VCALENDAR on.'),
    }),
  },
  (ctx, { ics }) => takeIn(ctx, ics),
)
ext.fileSink(importIcs.functionName, { accepts: ['text/calendar'], arg: 'ics', description: 'Imports appointments' })

/** The text of a file; older calendars write in the encoding of the West. */
function textOf(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

export const importIcsFile = chat.function(
  'import_ics_file',
  {
    ...IMPORT,
    description:
      'Take the appointments of an ICS file that was picked in the panel; for the text of a file there is import_ics.',
    params: z.object({
      files: z.array(z.object({ data_base64: z.base64().max(2_000_000, TOO_LONG) })).length(1),
    }),
  },
  (ctx, { files }) => takeIn(ctx, files.map(({ data_base64 }) => textOf(data_base64)).join('')),
)

export const exportIcs = chat.function(
  'export_ics',
  {
    description: 'Give the whole calendar as the text of an ICS file, for other calendars.',
    params: z.object({}),
    returns: z.object({ ics: z.string(), events: z.number().int() }),
  },
  async (ctx) => {
    const documents = await allAppointments(ctx.store)
    const ics = toIcs(documents, readerOf(ctx).zone)
    if (ics.length > MOST_CHARACTERS)
      return ActionResult.error('The calendar is too large for one file.', { code: 'TOO_LARGE' })
    return ActionResult.success({ ics, events: documents.length }, `${documents.length} appointment(s) as ICS.`)
  },
)
