import { type Reader, readerOf, type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { allAppointments, appointmentsOf, between, type Occurrence } from './agenda.ts'
import { ext } from './extension.ts'
import { addEvent, changeEvent, deleteEvent } from './functions.ts'
import { importIcs, importIcsFile } from './ics-functions.ts'
import { toIcs } from './ics-text.ts'
import { dayTitle, localText, startOfDay } from './local-time.ts'

const REFRESH = 'on_event:calendar.events_changed'
const DAY_MS = 86_400_000

// The shell tells a panel at the left what stands in the center (ui 5.5), so that it can mark the row.
const Center = z.object({ __active__: z.object({ params: z.object({ event_id: z.string() }) }) })

function row({ document, start, end }: Occurrence, reader: Reader, openId: string | undefined): UINode {
  const { title, all_day, location, rrule } = document.data
  return ui.ListItem(`${document.id} ${start}`, title, {
    ...(location === '' ? {} : { subtitle: location }),
    selected: document.id === openId,
    icon: rrule === '' ? 'CalendarDays' : 'Repeat',
    group: dayTitle(start, all_day, reader),
    meta: all_day ? 'all day' : `${reader.clock(start)}–${reader.clock(end)}`,
    onClick: ui.Call('__panel__event', { event_id: document.id }),
    actions: [{ icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteEvent, { event_id: document.id }) }],
  })
}

ext.panel(
  'agenda',
  { slot: 'left', title: 'Calendar', icon: 'Calendar', refresh: REFRESH, defaultWidth: 340 },
  async (ctx, params) => {
    const openId = Center.safeParse(params).data?.__active__.params.event_id
    const reader = readerOf(ctx)
    const from = startOfDay(ctx.time.nowUtc, reader)
    const to = new Date(Date.parse(from) + 60 * DAY_MS).toISOString()
    const found = between(await allAppointments(ctx.store), [from, to], reader.zone).slice(0, 200)
    const toolbar = ui.Stack(
      [
        ui.Button('New', { icon: 'Plus', size: 'sm', onClick: ui.Call('__panel__event', {}) }),
        ui.Button('ICS', { icon: 'FileUp', size: 'sm', variant: 'ghost', onClick: ui.Call('__panel__ics', {}) }),
      ],
      { direction: 'h', sticky: true },
    )
    const body =
      found.length === 0
        ? ui.Text('Nothing in the coming two months. Add an appointment, or bring in a calendar as ICS.', {
            variant: 'caption',
          })
        : ui.List(
            found.map((one) => row(one, reader, openId)),
            { groupedBy: 'group', pageSize: 50 },
          )
    return ui.Stack([toolbar, body], { gap: 2 })
  },
)

ext.panel(
  'event',
  {
    slot: 'center',
    title: 'Appointment',
    icon: 'CalendarDays',
    centerOverlay: true,
    refresh: REFRESH,
    params: z.object({ event_id: z.string().default('') }),
  },
  async (ctx, { event_id }) => {
    const one = event_id === '' ? null : await appointmentsOf(ctx.store).find(event_id)
    if (event_id !== '' && !one) return ui.Empty('This appointment does not exist any more.', { icon: 'CalendarX' })
    const moment = (text: string) => (one?.data.all_day ? text.slice(0, 10) : localText(text, readerOf(ctx)))
    const fields = [
      ui.Input({ label: 'Title', paramName: 'title', value: one?.data.title ?? '', required: true }),
      ui.Input({
        label: 'Begins',
        paramName: 'start',
        value: one ? moment(one.data.start) : '',
        placeholder: '2026-12-24 18:00, or 2026-12-24 for all day',
        required: true,
      }),
      ...(one ? [] : [ui.Input({ label: 'Ends', paramName: 'end', placeholder: 'an hour later unless told' })]),
      ui.Input({ label: 'Place', paramName: 'location', value: one?.data.location ?? '' }),
      ui.TextArea({ label: 'Notes', paramName: 'notes', value: one?.data.notes ?? '', rows: 4 }),
      ui.Select(
        [
          { value: '', label: 'Once' },
          { value: 'FREQ=DAILY', label: 'Every day' },
          { value: 'FREQ=WEEKLY', label: 'Every week' },
          { value: 'FREQ=MONTHLY', label: 'Every month' },
          { value: 'FREQ=YEARLY', label: 'Every year' },
          ...(one && !['', 'FREQ=DAILY', 'FREQ=WEEKLY', 'FREQ=MONTHLY', 'FREQ=YEARLY'].includes(one.data.rrule)
            ? [{ value: one.data.rrule, label: one.data.rrule }]
            : []),
        ],
        { label: 'Repeats', paramName: 'rrule', value: one?.data.rrule ?? '' },
      ),
    ]
    const form = one
      ? ui.Form(fields, { action: changeEvent.functionName, submitLabel: 'Save', defaults: { event_id: one.id } })
      : ui.Form(fields, { action: addEvent.functionName, submitLabel: 'Add' })
    return ui.Page([form], { title: one ? one.data.title : 'New appointment' })
  },
)

ext.panel(
  'ics',
  { slot: 'center', title: 'ICS', icon: 'FileUp', centerOverlay: true, refresh: REFRESH },
  async (ctx) => {
    const upload = ui.FileUpload({
      accept: '.ics,.ical,text/calendar',
      maxSizeMb: 1.4,
      onUpload: ui.Call(importIcsFile, {}),
      title: 'Drop an ICS file here, or choose',
    })
    const form = ui.Form(
      [ui.TextArea({ label: 'Or its text', paramName: 'ics', rows: 8, placeholder: 'BEGIN:VCALENDAR' })],
      {
        action: importIcs.functionName,
        submitLabel: 'Import',
      },
    )
    const ics = toIcs(await allAppointments(ctx.store), readerOf(ctx).zone)
    const own =
      ics.length > 200_000
        ? ui.Alert('The calendar is too large to show here; ask the chat to export it.', { type: 'info' })
        : ui.Code(ics)
    return ui.Page([upload, form, ui.Header('Yours', { level: 2 }), own], { title: 'Import and export' })
  },
)
