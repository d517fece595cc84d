import type { MyExtension } from '@imperal/contract'
import { beforeAll, expect, inject, test } from 'vitest'
import { createApp, deploySource } from '../support/extension.ts'
import { type Session, signInAdmin } from '../support/session.ts'
import { existing, person, signIn } from './support/people.ts'
import { becomes, gone, PATIENCE, STORY_TIMEOUT, shown, withoutReload } from './support/seeing.ts'
import { leftPanel, openApp, say } from './support/shell.ts'
import { useStage, type Visitor } from './support/stage.ts'

// Everything that one app may add to the shell, declared in code alone (ui 5.11).
const stage = useStage()
let author: Session

beforeAll(async () => {
  if (inject('chromium') === '') return
  author = await signInAdmin(stage.server)
  await createApp(author, 'desk', 'Front Desk')
}, PATIENCE)

const asAuthor = () => ({ email: stage.server.adminEmail, password: stage.server.adminPassword })

const desk = (version: string, more = '') => `
import { ActionResult, ChatExtension, Extension, ui } from '@imperal/sdk'
import * as z from 'zod'

export const ext = new Extension('desk', {
  version: '${version}', displayName: 'Front Desk', icon: 'icon.svg', actionsExplicit: true,
  description: 'Keeps the tickets of a front desk, and adds to the shell whatever an app may add.',
  capabilities: ['desk:read', 'desk:write'],
  configDefaults: { ui: {
    commands: [
      { id: 'ring', title: 'Ring the bell', icon: 'Bell', shortcut: 'Ctrl+Shift+U', category: 'Counter', handler: 'ring_bell' },
      { id: 'new', title: 'Open a ticket', handler: 'open_ticket' },
      { id: 'board', title: 'Look at the board', handler: '__panel__board' },
      { id: 'here', title: 'Only with the desk open', handler: 'ring_bell', when: 'app' },
      { id: 'lost', title: 'Runs nothing', handler: 'not_there' },
    ],
    context_menus: [{ slot: 'chat.message', label: 'Keep as a ticket', icon: 'Ticket', handler: 'open_ticket' }],
    settings: [
      { id: 'greeting', type: 'string', label: 'Greeting', default: 'Hello', placeholder: 'Good morning' },
      { id: 'seats', type: 'number', label: 'Seats', min: 1, max: 9, default: 4, group: 'Room' },
      { id: 'quiet', type: 'boolean', label: 'Quiet hours', group: 'Room' },
      { id: 'tone', type: 'select', label: 'Tone', options: [{ value: 'warm', label: 'Warm one' }, { value: 'dry', label: 'Dry one' }] },
      { id: 'paint', type: 'color', label: 'Paint' },
      { id: 'house', type: 'string', label: 'House rule', admin_only: true },
      { id: 'bell_key', type: 'secret', label: 'Key of the bell' },
    ],
    theme: { accent_color: '#8a1c5a', custom_css: 'body { display: none }' },
  } },
})
ext.secret({ name: 'bell_key', description: 'What opens the bell.' })
const chat = new ChatExtension(ext, { toolName: 'desk', description: 'Tickets of the front desk.' })
chat.function('ring_bell', { description: 'Rings the bell of the front desk.', actionType: 'write', effects: ['create:ring'], params: z.object({}) },
  async (ctx) => {
    await ctx.store.create('rings', {})
    return ActionResult.success({ rings: await ctx.store.count('rings', {}) }, 'The bell rang.')
  })
chat.function('open_ticket', { description: 'Opens one ticket with a text.', actionType: 'write', effects: ['create:ticket'],
  params: z.object({ text: z.string().describe('What it is about.') }) },
  async (ctx, params) => ActionResult.success({ ticket_id: (await ctx.store.create('tickets', params)).id }, 'Ticket: ' + params.text))
ext.panel('sidebar', { slot: 'left', title: 'Tickets', refresh: 'on_event:open_ticket' }, async (ctx) => {
  const { data } = await ctx.store.query('tickets')
  return ui.Stack([
    ui.Text('Says ' + ctx.config.get('greeting') + ', seats ' + ctx.config.get('seats') + ', house ' + ctx.config.get('house', 'none')),
    ui.List(data.map((one) => ui.ListItem(one.id, String(one.data.text)))),
  ])
})
ext.panel('board', { slot: 'center', title: 'Board' }, async () => ui.Text('The whole board'))
ext.widget('rings', { slot: 'dashboard.stats', label: 'Rings today', icon: 'Bell' }, async (ctx) =>
  ui.Stat('Rings', String(await ctx.store.count('rings', {}))))
ext.widget('mailbar', { slot: 'email.toolbar', label: 'Not here' }, async () => ui.Text('Never drawn'))
ext.menuItem('tidy', { label: 'Tidy the desk', icon: 'Brush', handler: async () => ui.Text('All tidy') })
ext.tray('bell', { icon: 'BellRing', tooltip: 'Rings' }, async (ctx) => ui.Badge(String(await ctx.store.count('rings', {}))))
${more}
`

async function openPalette({ page }: Visitor) {
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Search or run' })
  await shown(field)
  return {
    field,
    option: (name: string | RegExp) => page.getByRole('option', { name }),
    close: () => page.keyboard.press('Escape'),
  }
}

const ringsOf = async (who: Session) => (await who.call('desk', 'ring_bell')).data as { rings: number }

test(
  '[S003-043] [UI5.11] an app adds commands with keys, entries of menus, a widget, an icon and its accent, seen after the deploy without a reload',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, asAuthor())
    await withoutReload(page, async () => {
      await deploySource(stage.server.url, author, desk('1.0.0'))

      // The widget stands on the start page of the assistant; one of a slot that is drawn nowhere is kept.
      const glance = page.getByRole('region', { name: 'At a glance' })
      const cell = glance.getByRole('region', { name: 'Rings today' })
      await shown(cell.getByText('0', { exact: true }))
      expect(await page.getByText('Never drawn').count()).toBe(0)

      // A command runs its function at once; its keys do so too, and the widget and the icon follow.
      const palette = await openPalette(visitor)
      const ring = palette.option(/Ring the bell/)
      await shown(ring)
      expect(await ring.textContent()).toMatch(/Ctrl\+Shift\+U.*Front Desk · Counter/)
      expect(await palette.option(/Runs nothing|Only with the desk open/).count()).toBe(0)
      await visitor.picture('contributed-commands')
      await ring.click()
      await shown(cell.getByText('1', { exact: true }))
      await page.keyboard.press('Control+Shift+u')
      await shown(cell.getByText('2', { exact: true }))
      await shown(page.getByRole('banner').getByRole('img', { name: 'Rings, 2' }))
      await visitor.picture('dashboard-widgets')

      // What a function needs is asked for.
      await (await openPalette(visitor)).option(/^Open a ticket/).click()
      const form = page.getByRole('dialog', { name: /Open ticket/ })
      await form.getByRole('textbox', { name: /^Text/ }).fill('Lost umbrella')
      await form.getByRole('button', { name: 'Open ticket' }).click()
      await gone(form)

      // The user menu, and what it answers with.
      await page.getByRole('button', { name: /^Account of/ }).click()
      await page.getByRole('menuitem', { name: 'Tidy the desk' }).click()
      await shown(page.getByRole('dialog', { name: 'Front Desk' }).getByText('All tidy'))
      await page.keyboard.press('Escape')

      // A message of the assistant becomes what its entry makes of it.
      await say(visitor, '/desk.ring_bell')
      const answer = page.getByRole('article', { name: 'Assistant' }).last()
      await answer.getByRole('button', { name: 'More for this message' }).click()
      await page.getByRole('menuitem', { name: 'Keep as a ticket' }).click()

      await openApp(visitor, 'Front Desk')
      await gone(glance)
      const left = leftPanel(visitor, 'Front Desk')
      await shown(left.getByText('Lost umbrella'))
      await shown(left.getByText(/bell rang/i))
      // The accent colours the tile of the app and nothing else: the author's style sheet is no part of the page.
      const tile = page.getByRole('link', { name: 'Front Desk' }).locator('.im-app-tile')
      expect(await tile.getAttribute('style')).toContain('--hue: #8a1c5a')

      // Some are offered only where the app is open; a panel opens like any other.
      await shown((await openPalette(visitor)).option(/Only with the desk open/))
      await page.getByRole('option', { name: /Look at the board/ }).click()
      await shown(page.getByText('The whole board'))
    })
  },
  STORY_TIMEOUT,
)

test(
  '[S003-043] [UI5.11] settings of an app are a form of the host: kept per person, those of administrators for everybody, secrets elsewhere',
  async () => {
    await deploySource(stage.server.url, author, desk('1.0.1'))
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, asAuthor())
    await openApp(visitor, 'Front Desk')
    const left = leftPanel(visitor, 'Front Desk')
    await shown(left.getByText('Says Hello, seats 4, house none'))

    await (await openPalette(visitor)).option(/^Settings of Front Desk/).click()
    await shown(page.getByRole('heading', { name: 'Settings of Front Desk' }))
    const field = (name: RegExp) => page.getByRole('textbox', { name })
    await becomes(() => field(/^Greeting/).inputValue(), 'Hello')
    await visitor.picture('app-settings')
    await field(/^Seats/).fill('12')
    await page.getByRole('button', { name: 'Save settings' }).click()
    await shown(page.getByText('The largest is 9.'))
    await field(/^Seats/).fill('7')
    await field(/^Greeting/).fill('Welcome')
    await field(/^House rule/).fill('no dogs')
    await page.getByRole('checkbox', { name: 'Quiet hours' }).check()
    await page.getByRole('combobox', { name: 'Tone' }).selectOption({ label: 'Dry one' })
    await field(/^Paint/).fill('#0a6a80')
    await page.getByRole('button', { name: 'Save settings' }).click()
    await shown(page.getByText('Settings saved'))
    expect(await page.getByText('Key of the bell').locator('..').getByRole('link').getAttribute('href')).toBe(
      '/ext/desk/secrets#bell_key',
    )
    await page.reload()
    await becomes(() => field(/^Greeting/).inputValue(), 'Welcome')
    await becomes(() => field(/^Paint/).inputValue(), '#0a6a80')
    await openApp(visitor, 'Front Desk')
    await shown(left.getByText('Says Welcome, seats 7, house no dogs'))

    const values = await author.request('GET', '/v1/me/extensions/desk/settings')
    expect(values.body).toMatchObject({
      fixed: [],
      values: { greeting: 'Welcome', seats: 7, quiet: true, tone: 'dry', paint: '#0a6a80', house: 'no dogs' },
    })
    // Emptied, a setting is what the author declared.
    const back = await author.request('PUT', '/v1/me/extensions/desk/settings', { values: { greeting: null } })
    expect(back.body).toMatchObject({ values: { greeting: 'Hello' } })
  },
  STORY_TIMEOUT,
)

test(
  '[UI5.11] who has not installed the app sees nothing of it, and nobody sets what is not theirs',
  async () => {
    await deploySource(stage.server.url, author, desk('1.0.2'))
    const ada = person('Ada', '-contributions')
    const session = await existing(stage.server, ada)
    const mine = async () =>
      ((await session.request('GET', '/v1/me/extensions')).body as MyExtension[]).find((app) => app.app_id === 'desk')
    const change = (values: object) => session.request('PUT', '/v1/me/extensions/desk/settings', { values })
    expect(await mine()).toBeUndefined()
    expect((await change({ greeting: 'Hi' })).status).toBe(404)
    const visitor = await stage.open()
    await signIn(visitor, ada)
    expect(await (await openPalette(visitor)).option(/Ring the bell/).count()).toBe(0)

    const admins = ((await author.request('GET', '/v1/me/extensions')).body as MyExtension[]).find(
      (app) => app.app_id === 'desk',
    )
    expect(admins?.ui.commands.map((command) => command.id)).toEqual(['ring', 'new', 'board', 'here'])
    expect(admins?.ui.settings.map((setting) => setting.id)).toContain('house')
    expect(admins?.ui.widgets.map((widget) => widget.id)).toEqual(['rings', 'mailbar'])
    expect((await ringsOf(author)).rings).toBeGreaterThan(0)
    for (const values of [
      { seats: 10 },
      { tone: 'loud' },
      { quiet: 'yes' },
      { paint: 'red' },
      { nothing: 1 },
      { bell_key: 'x' },
    ])
      expect((await author.request('PUT', '/v1/me/extensions/desk/settings', { values })).status).toBe(422)
  },
  STORY_TIMEOUT,
)
