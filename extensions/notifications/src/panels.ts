import { readerOf, ui } from '@imperal/sdk'
import { ext } from './extension.ts'
import { markAllRead, markRead, readNotifications } from './functions.ts'

ext.panel(
  'inbox',
  { slot: 'left', title: 'Notifications', icon: 'Bell', refresh: 'on_event:notifications.changed', defaultWidth: 360 },
  async (ctx) => {
    const answer = await readNotifications(ctx, { limit: 100 })
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const { notifications, unread_count: unread } = answer.body
    // A root that is Empty would fold the panel away.
    if (notifications.length === 0)
      return ui.Stack([ui.Text('Your apps have not told you anything yet.', { variant: 'caption' })])
    const reader = readerOf(ctx)
    const rows = notifications.map((one) =>
      ui.ListItem(one.id, one.title || one.message, {
        ...(one.title === '' ? {} : { subtitle: one.message }),
        icon: one.priority === 'urgent' || one.priority === 'high' ? 'BellRing' : 'Bell',
        group: one.read ? 'Earlier' : 'Unread',
        meta: `${one.extension_id ?? 'platform'} · ${reader.moment(one.created_at)}`,
        ...(one.link?.startsWith('/') ? { onClick: ui.Navigate(one.link as `/${string}`) } : {}),
        actions: one.read
          ? []
          : [{ icon: 'Check', label: 'Mark as read', onClick: ui.Call(markRead, { ids: [one.id] }) }],
      }),
    )
    const head = ui.Stack(
      [
        ui.Text(`${unread} unread`, { variant: 'caption' }),
        ui.Button('Mark all as read', {
          icon: 'CheckCheck',
          size: 'sm',
          variant: 'ghost',
          disabled: unread === 0,
          onClick: ui.Call(markAllRead, {}),
        }),
      ],
      { direction: 'h', justify: 'between', sticky: true },
    )
    return ui.Stack([head, ui.List(rows, { groupedBy: 'group', searchable: rows.length > 8, pageSize: 50 })], {
      gap: 2,
    })
  },
)
