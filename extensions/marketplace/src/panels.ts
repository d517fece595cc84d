import { readerOf, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { browse, installApp } from './functions.ts'

ext.panel(
  'browse',
  {
    slot: 'left',
    title: 'Find apps',
    icon: 'Store',
    refresh: 'on_event:marketplace.apps_changed',
    defaultWidth: 360,
    params: z.object({ search: z.string().max(200).default('') }),
  },
  async (ctx, { search }) => {
    const answer = await browse(ctx, { search, limit: 40 })
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const field = ui.Input({
      placeholder: 'What do you want to do?',
      paramName: 'search',
      value: search,
      onSubmit: ui.Call('__panel__browse', {}),
    })
    const rows = answer.body.map((app) =>
      ui.ListItem(app.app_id, app.name, {
        subtitle: app.short_description,
        icon: 'Package',
        meta: app.install_count === 1 ? '1 install' : `${readerOf(ctx).number(app.install_count)} installs`,
        ...(app.is_installed ? { badge: ui.Badge('installed', { color: 'green' }) } : {}),
        onClick: ui.Navigate(`/marketplace/${app.app_id}`),
        actions: app.is_installed
          ? []
          : [{ icon: 'Download', label: 'Install', onClick: ui.Call(installApp, { app_id: app.app_id }) }],
      }),
    )
    const body = rows.length === 0 ? ui.Text('No app fits.', { variant: 'caption' }) : ui.List(rows)
    return ui.Stack([field, body], { gap: 2 })
  },
)
