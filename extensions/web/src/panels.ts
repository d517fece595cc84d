import { ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { dropPage, markPageRead, pagesOf, savePage } from './functions.ts'

const REFRESH = 'on_event:web.pages_changed'

ext.panel(
  'later',
  { slot: 'left', title: 'Read later', icon: 'BookOpen', refresh: REFRESH, defaultWidth: 340 },
  async (ctx) => {
    const pages = (await pagesOf(ctx.store).query({ orderBy: '-created_at', limit: 200 })).data
    const add = ui.Input({ placeholder: 'https://… to keep', paramName: 'url', onSubmit: ui.Call(savePage) })
    if (pages.length === 0) return ui.Stack([add, ui.Text('Pages that you keep appear here.', { variant: 'caption' })])
    const rows = pages.map((page) =>
      ui.ListItem(page.id, page.data.title, {
        subtitle: page.data.url,
        icon: page.data.read ? 'BookCheck' : 'BookOpen',
        group: page.data.read ? 'Read' : 'Unread',
        onClick: ui.Call('__panel__page', { page_id: page.id }),
        actions: [
          {
            icon: 'Check',
            label: page.data.read ? 'Unread' : 'Read',
            onClick: ui.Call(markPageRead, { page_id: page.id, read: !page.data.read }),
          },
          { icon: 'Trash2', label: 'Delete', onClick: ui.Call(dropPage, { page_id: page.id }) },
        ],
      }),
    )
    return ui.Stack([add, ui.List(rows, { groupedBy: 'group', searchable: rows.length > 8, pageSize: 50 })], { gap: 2 })
  },
)

ext.panel(
  'page',
  {
    slot: 'center',
    title: 'Page',
    icon: 'BookOpen',
    centerOverlay: true,
    listed: false,
    refresh: REFRESH,
    params: z.object({ page_id: z.string().default('') }),
  },
  async (ctx, { page_id }) => {
    const page = page_id === '' ? null : await pagesOf(ctx.store).find(page_id)
    if (!page) return ui.Empty('This page is not kept any more.', { icon: 'FileX' })
    const { title, url, text } = page.data
    // Plain text: what strangers wrote is shown, never drawn.
    return ui.Page(
      [
        ui.Link('Open the page', { href: url }),
        ...text
          .split('\n')
          .filter(Boolean)
          .slice(0, 400)
          .map((line) => ui.Text(line)),
      ],
      { title },
    )
  },
)
