import { ui } from '@imperal/sdk'
import { readDeadEvents } from './events.ts'
import { ext } from './extension.ts'
import { approveApp, Health, readHealth, readPending, rejectApp } from './functions.ts'

const COLORS = { ok: 'green', warn: 'orange', fail: 'red' } as const
const WORDS = { ok: 'fine', warn: 'look', fail: 'broken' } as const

ext.panel(
  'overview',
  {
    slot: 'left',
    title: 'Installation',
    icon: 'ShieldCheck',
    refresh: 'on_event:admin.reviews_changed,admin.events_changed',
    defaultWidth: 360,
  },
  async (ctx) => {
    const answer = await readHealth(ctx)
    if (answer.status === 403) return ui.Empty('For administrators.', { icon: 'Shield' })
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const { checks } = Health.parse(answer.body)
    const pending = await readPending(ctx)
    const waiting = (pending.ok ? pending.body : []) as { app_id: string; name: string; developer_id: string }[]
    const reviews = waiting.map((app) =>
      ui.ListItem(app.app_id, app.name, {
        subtitle: app.developer_id,
        icon: 'PackageSearch',
        onClick: ui.Navigate(`/marketplace/${app.app_id}`),
        actions: [
          { icon: 'Check', label: 'Publish', onClick: ui.Call(approveApp, { app_id: app.app_id }) },
          {
            icon: 'Undo2',
            label: 'Send back',
            onClick: ui.Call(rejectApp, { app_id: app.app_id, reason: 'It needs more work.' }),
          },
        ],
      }),
    )
    const health = checks.map((check) =>
      ui.ListItem(check.name, check.name.slice(0, 1).toUpperCase() + check.name.slice(1), {
        subtitle: check.fix === null ? check.summary : `${check.summary} ${check.fix}`,
        badge: ui.Badge(WORDS[check.status], { color: COLORS[check.status] }),
      }),
    )
    const dead = await readDeadEvents(ctx, 1)
    return ui.Stack(
      [
        ui.Header('Waiting for review', { level: 1 }),
        reviews.length === 0 ? ui.Text('Nothing waits.', { variant: 'caption' }) : ui.List(reviews),
        ui.Header('Installation', { level: 1 }),
        ui.List(health),
        ...(dead.body.total === 0
          ? []
          : [
              ui.Button(`${dead.body.total} events were given up`, {
                icon: 'MailX',
                size: 'sm',
                onClick: ui.Call('__panel__events', {}),
              }),
            ]),
        ui.Button('Open the administration', { icon: 'ExternalLink', size: 'sm', onClick: ui.Navigate('/admin') }),
      ],
      { gap: 3 },
    )
  },
)
