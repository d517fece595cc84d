// @vitest-environment happy-dom
// @vitest-environment-options {"url": "http://panel.test/"}
import { expect, test, vi } from 'vitest'
import { ServerStandIn } from './workspace/stand-in.ts'

const server = new ServerStandIn()
server.install()
localStorage.setItem('imperal.session', JSON.stringify({ access: 'a', refresh: 'r', expiresAt: Date.now() + 1e9 }))

// Events come from the tab that holds the connection; this test speaks as that tab.
const channel = new BroadcastChannel('imperal.live')
vi.stubGlobal('navigator', { ...navigator, locks: { request: () => new Promise(() => undefined) } })

const { appsQuery, toApp } = await import('./apps.ts')
const { startLive } = await import('./live.ts')
const { meQuery } = await import('./me.ts')
const { queryClient } = await import('./query-client.ts')
const { reactToEvents } = await import('./react-to-events.ts')
const { showPlace } = await import('./workspace/open-app.ts')
const { appView } = await import('./workspace/workspace.ts')

queryClient.setQueryData(meQuery.queryKey, { imperal_id: 'imp_u_1', tenant_id: 'default' } as never)
const app = toApp({
  app_id: 'notes',
  name: 'Notes',
  functions: [],
  panels: [
    { panel_id: 'sidebar', slot: 'left', refresh: 'on_event:create_note,item.moved' },
    { panel_id: 'details', slot: 'right', refresh: 'manual' },
  ],
  tray: [],
  menu: [],
  icon_url: '',
} as never)
queryClient.setQueryData(appsQuery.queryKey, [app])
reactToEvents()
startLive()

let number = 0
const say = (type: string, payload: object) => {
  number += 1
  channel.postMessage({ kind: 'event', event: { type, payload, ts: '', id: `${number}` } })
}
const fetched = (times: number, panels: readonly string[]) =>
  vi.waitFor(() => {
    expect(server.batches).toHaveLength(times)
    expect(server.batches.at(-1)).toEqual(panels)
  })

test('[UI5.4] a change counts by its bare function name, an event by name or alias, a refresh by its list', async () => {
  showPlace({ app, panelId: null, params: {} })
  await vi.waitFor(() => expect(appView('notes')?.hydrated).toBe(true))
  say('state_changed', { scope: 'notes', action: 'delete_note' })
  say('state_changed', { scope: 'tasks', action: 'create_note' })
  say('state_changed', { scope: 'notes', action: 'create_note' })
  await fetched(2, ['__panel__sidebar'])
  say('event', { event_type: 'notes.other', aliases: ['notes.item.moved'], event_id: 'e1' })
  await fetched(3, ['__panel__sidebar'])
  say('panel_refresh', { app_id: 'notes', panels: ['details'] })
  await fetched(4, ['__panel__details'])
})

test('[UI5.4] an event with a known event_id is dropped', async () => {
  const before = server.batches.length
  say('event', { event_type: 'notes.item.moved', event_id: 'e1' })
  say('panel_refresh', { app_id: 'notes', panels: ['details'] })
  await fetched(before + 1, ['__panel__details'])
})

test('[S001-091] the panel ignores a type that it does not know, whatever it carries, and hears the next one', async () => {
  const before = server.batches.length
  for (const payload of [{}, { scope: 'notes', action: 'create_note' }, { app_id: 'notes', panels: ['details'] }])
    say('hologram_ready', payload)
  say('panel_refresh', { app_id: 'notes', panels: ['details'] })
  await fetched(before + 1, ['__panel__details'])
})
