import { ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { checkSite, forgetSite, watchSite } from './functions.ts'
import { allSites, lastLook, nameOf, sitesOf } from './sites.ts'

const REFRESH = 'on_event:watchtower.site_added,watchtower.site_removed,watchtower.state_changed,watchtower.looked'
const badge = (up: boolean | undefined) =>
  ui.Badge(up === true ? 'up' : 'down', { color: up === true ? 'green' : 'red' })

const sitePanel = ext.panel(
  'site',
  {
    slot: 'center',
    centerOverlay: true,
    title: 'Site',
    icon: 'Activity',
    refresh: REFRESH,
    params: z.object({ site_id: z.string().default('') }),
  },
  async (ctx, { site_id }) => {
    const site = site_id === '' ? null : await sitesOf(ctx.store).find(site_id)
    if (!site) return ui.Empty('This site is not watched any more.', { icon: 'Unplug' })
    const { url, looks, since } = site.data
    const last = lastLook(site)
    const rows = looks.map(({ at, milliseconds }) => ({ name: at.slice(11, 16), milliseconds }))
    return ui.Page(
      [
        ui.Stack(
          [
            ui.Button('Look now', { icon: 'RefreshCw', size: 'sm', onClick: ui.Call(checkSite, { site_id }) }),
            ui.Button('Forget', {
              icon: 'Trash2',
              size: 'sm',
              variant: 'danger',
              onClick: ui.Call(forgetSite, { site_id }),
            }),
          ],
          { direction: 'h' },
        ),
        ui.KeyValue({
          Address: url,
          State: last?.up === true ? 'up' : 'down',
          Since: since,
          'Last look': last?.words ?? '',
        }),
        ui.Chart(rows, { title: 'Milliseconds to the answer', type: 'line', xKey: 'name', showDataTable: true }),
      ],
      { title: nameOf(url) },
    )
  },
)

ext.panel(
  'sites',
  { slot: 'left', title: 'Watchtower', icon: 'RadioTower', refresh: REFRESH, defaultWidth: 300 },
  async (ctx) => {
    const sites = await allSites(ctx.store)
    const rows = sites.map((site) => {
      const last = lastLook(site)
      return ui.ListItem(site.id, nameOf(site.data.url), {
        icon: 'Globe',
        badge: badge(last?.up),
        meta: `${last?.milliseconds ?? 0} ms`,
        onClick: ui.Call(sitePanel, { site_id: site.id }),
      })
    })
    return ui.Stack([
      ui.Form([ui.Input({ label: 'Site', paramName: 'url', placeholder: 'https://example.com', required: true })], {
        action: watchSite,
        submitLabel: 'Watch',
        node: { revision: String(sites.length) },
      }),
      rows.length === 0 ? ui.Text('No site is watched yet.', { variant: 'caption' }) : ui.List(rows),
    ])
  },
)
