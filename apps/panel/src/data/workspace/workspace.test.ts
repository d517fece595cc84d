// @vitest-environment happy-dom
// @vitest-environment-options {"url": "http://panel.test/"}
import type { JsonObject, MyExtension } from '@imperal/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ServerStandIn, text } from './stand-in.ts'

const server = new ServerStandIn()
server.install()
localStorage.setItem('imperal.session', JSON.stringify({ access: 'a', refresh: 'r', expiresAt: Date.now() + 1e9 }))

const { appsQuery, toApp } = await import('../apps.ts')
const { connectNavigation } = await import('../navigation.ts')
const { queryClient } = await import('../query-client.ts')
const { meQuery } = await import('../me.ts')
const { acceptQuestion, declineQuestion, questions } = await import('../questions.ts')
const { chat, emptyChat } = await import('../chat/state.ts')
const { showPlace } = await import('./open-app.ts')
const { refreshPanels } = await import('./refresher.ts')
const { runAction, runFunction } = await import('./run-action.ts')
const { overlay } = await import('./overlay.ts')
const { mayMove } = await import('../self-moves.ts')
const { toasts } = await import('../toasts.ts')
const { appView, clearWorkspace, openPanels, panelView, panelsOfSide } = await import('./workspace.ts')

const visited: string[] = []
connectNavigation((path) => visited.push(path))
queryClient.setQueryData(meQuery.queryKey, { imperal_id: 'imp_u_1', tenant_id: 'default' } as never)

function install(panels: readonly JsonObject[], more: Partial<MyExtension> = {}) {
  const mine = {
    app_id: 'notes',
    name: 'Notes',
    display_name: 'Notes',
    description: '',
    version: '1.0.0',
    icon_url: '',
    functions: [
      { name: 'create_note', description: '', params_schema: {}, action_type: 'write' },
      { name: 'list_notes', description: '', params_schema: {}, action_type: 'read' },
    ],
    panels,
    tray: [],
    menu: [],
    is_installed: true,
    is_disabled: false,
    hidden_in_sidebar: false,
    has_access: true,
    ...more,
  } as unknown as MyExtension
  const app = toApp(mine)
  queryClient.setQueryData(appsQuery.queryKey, [app])
  return app
}

const SIDES = [
  { panel_id: 'sidebar', slot: 'left', title: 'Notes' },
  { panel_id: 'details', slot: 'right', title: 'Details' },
  { panel_id: 'note', slot: 'center', title: 'Note' },
  { panel_id: 'secrets', slot: 'right', title: 'Secrets' },
]
const origin = (gestureId: string, kind: 'control' | 'end_reached' | 'cell' = 'control') => ({
  kind,
  nodePath: '',
  gestureId,
})
const call = (name: string, params: JsonObject = {}) => ({
  action: 'call' as const,
  function: name,
  params,
  confirm: null,
})
const open = async (app: ReturnType<typeof install>, panelId: string | null = null, params: JsonObject = {}) => {
  showPlace({ app, panelId, params })
  await vi.waitFor(() => expect(appView(app.appId)?.hydrated).toBe(true))
}

beforeEach(() => {
  server.reset()
  clearWorkspace()
  chat.set(emptyChat('default'))
  questions.set([])
  overlay.set(null)
  visited.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

test('[S001-050] opening an app reads its left and right panels in one batch, center panels not', async () => {
  await open(install(SIDES))
  expect(server.batches).toEqual([['__panel__sidebar', '__panel__details']])
  expect(panelView('notes', 'sidebar')?.tree).toEqual(text('__panel__sidebar'))
})

test('[S000-035] [S000-036] left, right and center are drawn; reserved slots are not', () => {
  const reserved = ['overlay', 'bottom', 'chat-sidebar'].map((slot) => ({ panel_id: slot, slot }))
  const app = install([...SIDES, ...reserved])
  expect(app.panels.map((panel) => panel.slot)).toEqual(['left', 'right', 'center', 'right'])
})

test('[UI5.2] the secrets panel is no tab beside another right panel', () => {
  expect(panelsOfSide(install(SIDES), 'right').map((panel) => panel.panelId)).toEqual(['details'])
  const alone = install(SIDES.filter((panel) => panel.panel_id !== 'details'))
  expect(panelsOfSide(alone, 'right').map((panel) => panel.panelId)).toEqual(['secrets'])
})

test('[UI5.6] a panel that is empty when the app opens leaves its side free until it has something', async () => {
  server.answers.__panel__details = { ui: { type: 'Empty', props: { message: 'None' } } }
  await open(install(SIDES))
  expect(appView('notes')?.unclaimed).toEqual({ left: false, right: true })
  server.answers.__panel__details = { ui: text('now') }
  refreshPanels('notes', ['details'])
  await vi.waitFor(() => expect(appView('notes')?.unclaimed.right).toBe(false))
})

test('[UI5.6] auto_action of the left root opens its panel once, and not after a click', async () => {
  const action = { action: 'call', function: '__panel__note', params: { note_id: 'n1' } }
  server.answers.__panel__sidebar = { ui: { type: 'Stack', props: { children: [], auto_action: action } } }
  const app = install(SIDES)
  await open(app)
  await vi.waitFor(() => expect(visited).toEqual(['/ext/notes/note?note_id=n1']))
  refreshPanels('notes', ['sidebar'])
  await vi.waitFor(() => expect(server.batches).toHaveLength(2))
  expect(visited).toHaveLength(1)
})

test('[UI5.6] an app with center panels only opens the first of them', async () => {
  await open(install(SIDES.filter((panel) => panel.slot === 'center')))
  await vi.waitFor(() => expect(visited).toEqual(['/ext/notes/note']))
})

test('[ui 6.4] an app that leads on by itself is stopped after five pages within ten seconds, a person is not', async () => {
  const app = install(SIDES)
  const told = vi.spyOn(toasts, 'show')
  const isPresent = (isActive: boolean) =>
    Object.defineProperty(navigator, 'userActivation', { configurable: true, value: { isActive } })
  const answer = { directives: [{ action: 'navigate', url: '/activity' }] }
  server.answers.create_note = answer as never // what a declarative app adds to an answer
  const lead = () => runFunction(app, { function: 'create_note', params: {}, gestureId: crypto.randomUUID() })
  isPresent(true)
  for (let n = 0; n < 6; n++) expect(mayMove(app)).toBe(true)
  isPresent(false)
  for (let n = 0; n < 4; n++) expect(mayMove(app)).toBe(true)
  await lead()
  expect(visited).toEqual(['/activity'])
  await lead()
  expect(visited).toEqual(['/activity'])
  expect(told.mock.calls.map(([toast]) => toast).filter(({ variant }) => variant === 'error')).toMatchObject([
    { owner: 'Notes', message: 'Stopped: it led to other pages by itself again and again.' },
  ])
  isPresent(true)
  await lead()
  expect(visited).toEqual(['/activity', '/activity'])
})

test('[UI5.4] triggers within 250 ms become one fetch', async () => {
  await open(install(SIDES))
  refreshPanels('notes', ['sidebar'])
  refreshPanels('notes', 'all')
  refreshPanels('notes', ['sidebar'])
  await vi.waitFor(() => expect(server.batches).toHaveLength(2))
  expect([...(server.batches[1] ?? [])].sort()).toEqual(['__panel__details', '__panel__sidebar'])
})

test('[UI5.4] a trigger during a fetch leads to one more fetch afterwards', async () => {
  await open(install(SIDES))
  const gate = Promise.withResolvers<null>()
  server.answers.__panel__sidebar = async () => {
    await gate.promise
    return { ui: text('late') }
  }
  refreshPanels('notes', ['sidebar'])
  await vi.waitFor(() => expect(server.batches).toHaveLength(2))
  refreshPanels('notes', ['sidebar'])
  server.answers.__panel__sidebar = { ui: text('latest') }
  gate.resolve(null)
  await vi.waitFor(() => expect(panelView('notes', 'sidebar')?.tree).toEqual(text('latest')))
  expect(server.batches).toHaveLength(3)
})

test('[UI5.9] a failed refresh keeps the tree and says what happened', async () => {
  await open(install(SIDES))
  server.answers.__panel__sidebar = {
    status: 'error',
    error: 'The shelf is closed.',
    error_code: 'SHELF_CLOSED',
    ui: null,
  }
  refreshPanels('notes', ['sidebar'])
  await vi.waitFor(() => expect(panelView('notes', 'sidebar')?.failure?.code).toBe('SHELF_CLOSED'))
  expect(panelView('notes', 'sidebar')?.tree).toEqual(text('__panel__sidebar'))
})

test('[S000-037] [S003-107] a call of a center panel opens it with exactly its params, and the left panel hears of it', async () => {
  const app = install(SIDES)
  await open(app)
  const outcome = await runAction(app, call('__panel__note', { note_id: 'n1' }), {}, origin('g1'))
  expect(outcome).toEqual({ ok: true })
  expect(visited).toEqual(['/ext/notes/note?note_id=n1'])
  await open(app, 'note', { note_id: 'n1' })
  expect(openPanels(appView('notes') as never)).toContain('note')
  await vi.waitFor(() => {
    const last = server.calls.findLast((one) => one.function === '__panel__sidebar')
    expect(last?.params).toEqual({ __active__: { panel_id: 'note', params: { note_id: 'n1' } } })
  })
  expect(server.calls.filter((one) => one.function === '__panel__note')).toHaveLength(1)
})

test('[UI5.5] what a field held stays out of the address', async () => {
  const app = install(SIDES)
  await open(app)
  await runAction(app, call('__panel__note', { note_id: 'n1', pin: '1234' }), { pin: '1234' }, origin('g'))
  expect(visited).toEqual(['/ext/notes/note?note_id=n1'])
})

test('[UI5.6] an overlay root of a center panel is drawn over the shell, and the center stays', async () => {
  server.answers.__panel__note = { ui: { type: 'Dialog', props: { title: 'Sure', open: true } } }
  const app = install(SIDES)
  await open(app)
  await runAction(app, call('__panel__note'), {}, origin('g'))
  expect(overlay.get()?.app.appId).toBe('notes')
  expect(visited).toEqual([])
})

test('[S000-165] [S000-127] refresh_panels names the panels that are read again', async () => {
  const app = install(SIDES)
  await open(app)
  server.answers.create_note = { summary: 'Created', refresh_panels: ['details'] }
  await runFunction(app, { function: 'create_note', params: {}, gestureId: 'g' })
  await vi.waitFor(() => expect(server.batches.at(-1)).toEqual(['__panel__details']))
})

test('[UI3.4] without refresh_panels a change reads every open panel again, an empty list none, a read none', async () => {
  const app = install(SIDES)
  await open(app)
  server.answers.create_note = { summary: 'Created' }
  await runFunction(app, { function: 'create_note', params: {}, gestureId: 'g1' })
  await vi.waitFor(() => expect(server.batches).toHaveLength(2))
  vi.useFakeTimers()
  server.answers.create_note = { summary: 'Created', refresh_panels: [] }
  server.answers.list_notes = { summary: '3 notes' }
  const both = [
    runFunction(app, { function: 'create_note', params: {}, gestureId: 'g2' }),
    runFunction(app, { function: 'list_notes', params: {}, gestureId: 'g3' }),
  ]
  await Promise.all(both)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(server.batches).toHaveLength(2)
})

test('[UI3.4] the summary becomes a line of the chat; a silent function says nothing', async () => {
  const app = install(SIDES)
  await open(app)
  server.answers.create_note = { summary: 'Created the note' }
  await runFunction(app, { function: 'create_note', params: { title: 'A' }, gestureId: 'g1' })
  server.answers.create_note = { summary: 'Quiet', data: { silent: true } }
  await runFunction(app, { function: 'create_note', params: {}, gestureId: 'g2' })
  expect(chat.get().lines.map((line) => line.summary)).toEqual(['Created the note'])
})

const CARD = {
  confirmation_id: 'conf_1',
  title: 'Delete note?',
  message: '',
  items: [],
  expires_at: new Date(Date.now() + 300_000).toISOString(),
}
const STOPPED = {
  status: 'error',
  error: 'Needs you',
  error_code: 'CONFIRMATION_REQUIRED',
  data: { confirmation: CARD },
} as const

test('[K3.25] a stopped call runs only after the person accepts, and its own result is acted on', async () => {
  const app = install(SIDES)
  await open(app)
  server.answers.create_note = STOPPED
  server.confirmResult = { summary: 'Deleted', refresh_panels: [] }
  const outcome = runFunction(app, { function: 'create_note', params: {}, gestureId: 'g' })
  await vi.waitFor(() => expect(questions.get()).toHaveLength(1))
  expect(server.confirmed).toEqual([])
  await acceptQuestion('conf_1')
  expect((await outcome).kind).toBe('done')
  expect(server.confirmed).toEqual(['conf_1'])
  expect(chat.get().lines.map((line) => line.summary)).toEqual(['Deleted'])
})

test('[UI3.1] a declined call changes nothing, and the next attempt of the gesture is a new call', async () => {
  const app = install(SIDES)
  await open(app)
  server.answers.create_note = STOPPED
  for (const expected of ['again', 'again.1']) {
    const outcome = runAction(app, call('create_note'), {}, origin('again', 'cell'))
    await vi.waitFor(() => expect(questions.get()).toHaveLength(1))
    await declineQuestion('conf_1')
    expect((await outcome).ok).toBe(false)
    // A panel may be read again in between; the attempt is the newest call of the function.
    expect(server.calls.findLast((one) => one.function === 'create_note')?.key).toBe(expected)
  }
  expect(server.cancelled).toEqual(['conf_1', 'conf_1'])
})

test('[UI4.2] the next rows of a list are handed over and do not become the panel', async () => {
  const app = install(SIDES)
  await open(app)
  server.answers.__panel__sidebar = (params) => ({ ui: text(`page ${String(params.cursor)}`) })
  const outcome = await runAction(app, call('__panel__sidebar', { cursor: 'p2' }), {}, origin('g', 'end_reached'))
  expect(outcome).toEqual({ ok: true, ui: text('page p2') })
  expect(panelView('notes', 'sidebar')?.params).toEqual({})
  expect(panelView('notes', 'sidebar')?.tree).toEqual(text('__panel__sidebar'))
})

test('[UI3.1] a panel that the app does not declare is refused without asking the server', async () => {
  const app = install(SIDES)
  await open(app)
  const before = server.calls.length
  const outcome = await runAction(app, call('__panel__other'), {}, origin('g'))
  expect(outcome.ok).toBe(false)
  expect(server.calls).toHaveLength(before)
})

test('[UI5.6] coming back within ten minutes shows the last trees at once and reads them again', async () => {
  const app = install(SIDES)
  await open(app)
  const other = install([], { app_id: 'tasks' })
  queryClient.setQueryData(appsQuery.queryKey, [app, other])
  await open(other)
  server.answers.__panel__sidebar = { ui: text('newer') }
  showPlace({ app, panelId: null, params: {} })
  expect(panelView('notes', 'sidebar')?.tree).toEqual(text('__panel__sidebar'))
  await vi.waitFor(() => expect(panelView('notes', 'sidebar')?.tree).toEqual(text('newer')))
})

test('[ui 5.4] a refresh that begins while a person waits for a panel neither takes their word back nor comes over it', async () => {
  const app = install(SIDES)
  const gates = new Map<string, (tree: Partial<{ ui: JsonObject }>) => void>()
  const held = (name: string) => new Promise<{ ui: JsonObject }>((resolve) => gates.set(name, resolve as never))
  server.answers = { __panel__note: { ui: text('look') } }
  showPlace({ app, panelId: 'note', params: { path: 'a' } })
  await vi.waitFor(() => expect(panelView('notes', 'note')?.tree).toEqual(text('look')))
  server.answers = {
    __panel__note: ({ edit }) => held(edit === undefined ? 'refresh' : 'edit'),
  }
  const moved = runAction(app, call('__panel__note', { path: 'a', edit: 'path' }), {}, origin('g-edit'))
  await vi.waitFor(() => expect(gates.has('edit')).toBe(true))
  refreshPanels('notes', ['note'])
  await vi.waitFor(() => expect(gates.has('refresh')).toBe(true))
  gates.get('edit')?.({ ui: text('form') })
  expect(await moved).toEqual({ ok: true })
  expect(panelView('notes', 'note')).toMatchObject({ tree: text('form'), params: { path: 'a', edit: 'path' } })
  gates.get('refresh')?.({ ui: text('look') })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(panelView('notes', 'note')).toMatchObject({ tree: text('form'), fetching: false })
})
