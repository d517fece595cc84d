import { readerOf } from '@imperal/sdk'
import * as z from 'zod'
import { allAppointments, appointmentsOf, between } from './agenda.ts'
import { ext } from './extension.ts'
import { AppointmentId, gone } from './functions.ts'
import { momentOf } from './local-time.ts'

const LONGEST_MS = 92 * 86_400_000
const Moment = z.iso.datetime({ offset: true })

interface Span {
  readonly start: string
  readonly end: string
}

/** Spans that touch are one. */
function joined(spans: readonly Span[]): Span[] {
  const whole: Span[] = []
  for (const span of spans.toSorted((one, other) => one.start.localeCompare(other.start))) {
    const last = whole.at(-1)
    if (last === undefined || span.start > last.end) whole.push(span)
    else if (span.end > last.end) whole[whole.length - 1] = { ...last, end: span.end }
  }
  return whole
}

// Asked before the person is asked: nobody should confirm what cannot be done.
ext.expose(
  'check_delete_event',
  { actionType: 'read', params: z.object({ event_id: AppointmentId }) },
  async (ctx, { event_id }) => ((await appointmentsOf(ctx.store).find(event_id)) ? {} : gone()),
)

// For other apps of the person: when they are busy, and nothing of what they do then.
ext.expose(
  'list_busy',
  {
    actionType: 'read',
    params: z
      .object({ from: Moment, to: Moment })
      .refine(({ from, to }) => Date.parse(to) > Date.parse(from), 'It ends before it begins.')
      .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= LONGEST_MS, 'At most 92 days can be asked for.'),
  },
  async (ctx, given) => {
    const { zone } = readerOf(ctx)
    const [from, to] = [given.from, given.to].map((moment) => new Date(moment).toISOString()) as [string, string] // of two
    const busy = between(await allAppointments(ctx.store), [from, to], zone).map(({ document, start, end }) => {
      // A whole day is one where the person is.
      const at = (moment: string) => (document.data.all_day ? momentOf(moment, zone) : moment)
      return { start: at(start), end: at(end) }
    })
    const within = busy
      .filter(({ start, end }) => start < to && end > from)
      .map(({ start, end }) => ({
        start: [start, from].toSorted()[1] ?? start,
        end: [end, to].toSorted()[0] ?? end,
      }))
    return { busy: joined(within) }
  },
)
