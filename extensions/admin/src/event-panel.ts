import { type Reader, readerOf, type UINode, ui } from '@imperal/sdk'
import { type DeadEvent, dropDeadEvent, readDeadEvents, replayDeadEvents } from './events.ts'
import { ext } from './extension.ts'

const SHOWN = 50

const row = (
  { delivery_id, app_id, handler, event_type, error, failed_at, user_id }: DeadEvent,
  reader: Reader,
): UINode =>
  ui.ListItem(delivery_id, `${app_id}: ${event_type}`, {
    subtitle: `${handler} for ${user_id}: ${error}`.slice(0, 400),
    icon: 'MailX',
    meta: reader.moment(failed_at),
    actions: [
      { icon: 'RotateCcw', label: 'Deliver again', onClick: ui.Call(replayDeadEvents, { delivery_id }) },
      { icon: 'Trash2', label: 'Forget', onClick: ui.Call(dropDeadEvent, { delivery_id }) },
    ],
  })

ext.panel(
  'events',
  {
    slot: 'center',
    title: 'Events given up',
    icon: 'MailX',
    centerOverlay: true,
    refresh: 'on_event:admin.events_changed',
  },
  async (ctx) => {
    const answer = await readDeadEvents(ctx, SHOWN)
    if (answer.status === 403) return ui.Empty('For administrators.', { icon: 'Shield' })
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const { events, total } = answer.body
    if (total === 0) return ui.Empty('Every event was taken.', { icon: 'MailCheck' })
    const apps = [...new Set(events.map(({ app_id }) => app_id))]
    const again = apps.map((app_id) =>
      ui.Button(`Deliver all of ${app_id} again`, {
        icon: 'RotateCcw',
        size: 'sm',
        onClick: ui.Call(replayDeadEvents, { app_id }),
      }),
    )
    const more =
      total > events.length ? [ui.Text(`${total} in all; the newest are shown.`, { variant: 'caption' })] : []
    const reader = readerOf(ctx)
    return ui.Page(
      [
        ui.Stack(again, { direction: 'h', gap: 2, wrap: true }),
        ui.List(events.map((event) => row(event, reader))),
        ...more,
      ],
      {
        title: 'Events given up',
        subtitle: 'An app failed to take each of these five times. Mend it first, then have them delivered again.',
      },
    )
  },
)
