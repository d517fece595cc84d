import { ActionResult, readerOf, type StoreClient } from '@imperal/sdk'
import { convertIcsCalendar, type IcsEvent } from 'ts-ics'
import * as z from 'zod'
import { type Appointment, allAppointments, appointmentsOf, MOST_APPOINTMENTS } from './agenda.ts'
import { chat, EventsChanged } from './extension.ts'
import { checkIcs } from './ics-check.ts'
import { toAppointment, toIcs } from './ics-text.ts'

const MOST_CHARACTERS = 900_000

const keyOf = ({ uid, occurrence }: Pick<Appointment, 'uid' | 'occurrence'>): string => `${occurrence} ${uid}`
const isCancelled = ({ status }: IcsEvent): boolean => status === 'CANCELLED'

/** What a file wants kept, by key: its cancelled repeats are left out of their series, which may be known already. */
function wantedOf(events: readonly IcsEvent[], known: ReadonlyMap<string, Appointment>, zone: string) {
  const wanted = new Map<string, Appointment>()
  for (const event of events.filter((one) => !isCancelled(one))) {
    const appointment = toAppointment(event, zone)
    wanted.set(keyOf(appointment), appointment)
  }
  const cancelled = events.filter(isCancelled).map((event) => toAppointment(event, zone))
  for (const { uid, occurrence } of cancelled) {
    const series = keyOf({ uid, occurrence: '' })
    const before = wanted.get(series) ?? known.get(series)
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
    returns: z.object({ added: z.number().int(), updated: z.number().int(), removed: z.number().int() }),
  },
  async (ctx, { ics }) => {
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
    const { wanted, cancelled } = wantedOf(events, new Map(documents.map(({ data }) => [keyOf(data), data])), zone)
    const news = [...wanted.keys()].filter((key) => !known.has(key))
    if (documents.length + news.length > MOST_APPOINTMENTS)
      return ActionResult.error(`A calendar holds at most ${MOST_APPOINTMENTS} appointments.`, {
        code: 'CALENDAR_FULL',
      })
    // A file with a series tells all of it: what it no longer moves is back in its place.
    const whole = new Set(
      [...wanted.values(), ...cancelled].filter((one) => one.occurrence === '').map(({ uid }) => uid),
    )
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
  },
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
