import { beforeAll, expect, inject, test } from 'vitest'
import { buildApp, createApp, deployApp, deploySource } from '../support/extension.ts'
import { type Session, signInAdmin } from '../support/session.ts'
import { violationsOf } from './support/axe.ts'
import { signIn } from './support/people.ts'
import { becomes, focused, gone, PATIENCE, STORY_TIMEOUT, shown, withoutReload } from './support/seeing.ts'
import { leftPanel, openApp, row } from './support/shell.ts'
import { useStage, type Visitor } from './support/stage.ts'

// What an author declares in code and the platform draws: panels, icons of the top bar, and the secrets of an app.
const stage = useStage()
let author: Session

beforeAll(async () => {
  if (inject('chromium') === '') return
  author = await signInAdmin(stage.server)
}, PATIENCE)

const asAuthor = () => ({ email: stage.server.adminEmail, password: stage.server.adminPassword })

const head = (appId: string, name: string, version = '1.0.0') => `
import { ActionResult, ChatExtension, Extension, ui } from '@imperal/sdk'
import * as z from 'zod'

export const ext = new Extension('${appId}', {
  version: '${version}', displayName: '${name}', icon: 'icon.svg', actionsExplicit: true,
  description: 'Made by a test to see what the platform draws of an app that it met a moment ago.',
  capabilities: ['${appId}:read', '${appId}:write'],
})
const chat = new ChatExtension(ext, { toolName: '${appId}', description: 'Things of ${name}.' })
`

const scrolls = (version: string, more: string) => `${head('scrolls', 'Scroll Shelf', version)}
chat.function('add_scroll', { description: 'Puts one scroll on the shelf.', actionType: 'write', effects: ['create:scroll'],
  params: z.object({ title: z.string().describe('Its title.') }) },
  async (ctx, params) => ActionResult.success({ scroll_id: (await ctx.store.create('scrolls', params)).id }, 'Added.'))
ext.panel('sidebar', { slot: 'left', title: 'My scrolls', icon: '📜', refresh: 'on_event:add_scroll', defaultWidth: 280, minWidth: 200, maxWidth: 500 },
  async (ctx, params) => {
    const { data } = await ctx.store.query('scrolls', { where: typeof params.only === 'string' ? { title: params.only } : {} })
    return ui.Stack([
      ui.Text('Got ' + JSON.stringify(params)),
      ui.Button('Only Birds', { onClick: ui.Call('__panel__sidebar', { only: 'Birds' }) }),
      ui.List(data.map((one) => ui.ListItem(one.id, String(one.data.title)))),
    ])
  })
${more}
`
const ASIDE = `ext.panel('aside', { slot: 'right', title: 'Beside it', icon: 'Feather' }, async () => ui.Text('The right side'))`

const rightPanel = ({ page }: Visitor, app: string) => page.getByRole('region', { name: `${app}, right panel` })
// The column with its hairline.
const widthOf = async ({ page }: Visitor) => (await page.locator('.side[data-side="left"]').boundingBox())?.width

test(
  '[S003-132] [S003-133] [S000-028] [S000-030] [S000-031] a deployed app shows its panels at once in a page that stays as it is, as wide as declared, with or without parameters',
  async () => {
    await createApp(author, 'scrolls', 'Scroll Shelf')
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, asAuthor())
    // What the server hands to browsers: the same before and after, for nothing of an author is built into it.
    const front = async () => (await fetch(`${stage.server.url}/`)).text()
    const before = await front()
    await withoutReload(page, async () => {
      const { bundle } = await deploySource(stage.server.url, author, scrolls('1.0.0', ASIDE))
      expect(bundle).not.toMatch(/\breact(?:-dom)?\b|createElement/)
      await openApp(visitor, 'Scroll Shelf')
      const left = leftPanel(visitor, 'Scroll Shelf')
      await shown(left.getByRole('heading', { name: 'My scrolls' }))
      await shown(left.locator('header').getByText('📜'))
      await shown(rightPanel(visitor, 'Scroll Shelf').getByText('The right side'))

      // Without any parameter, and with those of a call.
      await shown(left.getByText('Got {}'))
      for (const title of ['Birds', 'Bees']) await author.call('scrolls', 'add_scroll', { title })
      await shown(row(left, 'Bees'))
      await left.getByRole('button', { name: 'Only Birds' }).click()
      await shown(left.getByText('Got {"only":"Birds"}'))
      await gone(row(left, 'Bees'))
      await shown(row(left, 'Birds'))

      const edge = left.getByRole('separator')
      await becomes(() => widthOf(visitor), 280)
      await edge.press('Home')
      await becomes(() => widthOf(visitor), 200)
      await edge.press('ArrowLeft')
      await becomes(() => widthOf(visitor), 200)
      await edge.press('End')
      await becomes(() => widthOf(visitor), 500)
      await edge.press('ArrowRight')
      await becomes(() => widthOf(visitor), 500)
      await edge.press('Enter')
      await becomes(() => widthOf(visitor), 280)
      await visitor.picture('author-panels')

      // F6 leads from pane to pane and around, Shift with it the other way; from outside to the first or the last one.
      const chat = page.getByRole('region', { name: 'Chat' })
      const right = rightPanel(visitor, 'Scroll Shelf')
      await page.getByRole('link', { name: 'Add an app' }).focus()
      for (const pane of [left, chat, right, left]) {
        await page.keyboard.press('F6')
        await becomes(() => pane.evaluate((element) => element.matches(':focus-within')), true)
      }
      await page.keyboard.press('Shift+F6')
      await becomes(() => right.evaluate((element) => element.matches(':focus-within')), true)
      await page.getByRole('link', { name: 'Add an app' }).focus()
      await page.keyboard.press('Shift+F6')
      await becomes(() => right.evaluate((element) => element.matches(':focus-within')), true)

      // Where there is no room for it, the right side is a drawer.
      await page.setViewportSize({ width: 1000, height: 900 })
      await gone(right)
      const opener = page.getByRole('button', { name: 'Show the right panel' })
      await opener.press('Enter')
      const drawer = page.getByRole('dialog', { name: 'Scroll Shelf' })
      await shown(drawer.getByText('The right side'))
      expect(await violationsOf(page)).toEqual([])
      await page.keyboard.press('Escape')
      await gone(drawer)
      await focused(opener)
      await page.setViewportSize({ width: 1440, height: 900 })
      await shown(right.getByText('The right side'))

      expect(await front()).toBe(before)

      // A panel that the next version lacks is gone from the same page.
      const next = await deployApp(stage.server.url, author, await buildApp(scrolls('1.1.0', '')))
      expect(next.status).toBe('live')
      await gone(rightPanel(visitor, 'Scroll Shelf'))
      await shown(left.getByRole('heading', { name: 'My scrolls' }))
    })
  },
  STORY_TIMEOUT,
)

const LETTERS = `${head('letters', 'Letter Box')}
chat.function('receive', { description: 'Receives one letter.', actionType: 'write', effects: ['create:letter'],
  params: z.object({ title: z.string().describe('What it is about.') }) },
  async (ctx, params) => ActionResult.success({ letter_id: (await ctx.store.create('letters', { ...params, read: false })).id }, 'Received.'))
const unread = (ctx) => ctx.store.query('letters', { where: { read: false } })
ext.tray('unread', { icon: 'Mail', tooltip: 'Unread letters' }, async (ctx) => {
  const count = await ctx.store.count('letters', { read: false })
  return ui.Stack([ui.Badge(String(count), { color: count > 0 ? 'red' : 'gray' })])
})
ext.tray('alerts', { icon: 'Bell', tooltip: 'Waiting letters' }, async (ctx) => {
  const { data } = await unread(ctx)
  return ui.Stack([
    ui.Badge(String(data.length), { color: 'red' }),
    ui.List(data.map((one) => ui.ListItem(one.id, String(one.data.title), { subtitle: 'unread' }))),
  ])
})
`

test(
  '[S000-064] [S000-066] [S003-090] [S003-091] [S003-092] an app puts icons with a count into the bar, and a list below one of them',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await deploySource(stage.server.url, author, LETTERS)
    await signIn(visitor, asAuthor())
    const bar = page.getByRole('banner')
    // Nothing to count, no number; an icon with a count alone is no button.
    const counterOnly = (name: string) => bar.getByRole('img', { name, exact: true })
    await shown(counterOnly('Unread letters'))
    await shown(counterOnly('Unread letters').locator('svg.lucide-mail'))

    for (const title of ['Rent', 'Post from Ada']) await author.call('letters', 'receive', { title })
    const counted = counterOnly('Unread letters, 2')
    await shown(counted)
    expect(await counted.locator('.tray-count').getAttribute('data-tone')).toBe('danger')

    const alerts = bar.getByRole('button', { name: 'Waiting letters, 2' })
    await shown(alerts.locator('svg.lucide-bell'))
    expect(await alerts.locator('.tray-count').textContent()).toBe('2')
    await alerts.click()
    const dropdown = page.getByRole('dialog', { name: 'Waiting letters' })
    await shown(row(dropdown, 'Post from Ada'))
    expect(await dropdown.getByRole('listitem').count()).toBe(2)
    // The counter is no part of what opens.
    expect(await dropdown.getByText('2', { exact: true }).count()).toBe(0)
    await visitor.picture('tray')
    await page.keyboard.press('Escape')
    await gone(dropdown)
  },
  STORY_TIMEOUT,
)

const TICKER = `${head('ticker', 'Ticker')}
chat.function('add_tick', { description: 'Adds one more tick to those before.', actionType: 'write', effects: ['create:tick'], params: z.object({}) },
  async (ctx) => ActionResult.success({ tick_id: (await ctx.store.create('ticks', {})).id }, 'Added.'))
const ticks = async (ctx) => ui.Text('Ticks: ' + String(await ctx.store.count('ticks')))
ext.panel('clock', { slot: 'left', title: 'By the clock', refresh: 'interval:5s' }, async (ctx) => ui.Stack([
  await ticks(ctx),
  ui.Form([ui.Input({ label: 'Note', paramName: 'note' })], { action: 'add_tick', submitLabel: 'Add one' }),
]))
ext.panel('events', { slot: 'right', title: 'By events', refresh: 'on_event:add_tick' }, ticks)
`

test(
  '[UI5.4] [UI5.9] a panel of an interval follows it, but not while somebody types; of two tabs one holds the stream, and the other takes over; without a network what is shown stays and catches up',
  async () => {
    await createApp(author, 'ticker', 'Ticker')
    await deploySource(stage.server.url, author, TICKER)
    const visitor = await stage.open()
    const { page } = visitor
    const context = page.context()
    const streams: string[] = []
    context.on('request', (request) => {
      if (request.url().endsWith('/v1/events/stream'))
        streams.push(request.frame().page() === page ? 'first' : 'second')
    })
    await signIn(visitor, asAuthor(), '/ext/ticker')
    const clock = leftPanel(visitor, 'Ticker')
    const events = rightPanel(visitor, 'Ticker')
    await shown(clock.getByText('Ticks: 0'))
    const tick = async () => expect(await author.call('ticker', 'add_tick')).toMatchObject({ status: 'success' })
    await tick()
    await shown(events.getByText('Ticks: 1'))
    await shown(clock.getByText('Ticks: 1'))

    const note = clock.getByRole('textbox', { name: 'Note' })
    await note.fill('half a sent')
    await tick()
    await shown(clock.getByText('New data'))
    expect([await note.inputValue(), await clock.getByText('Ticks: 1').count()]).toEqual(['half a sent', 1])
    await note.fill('')
    await page.getByRole('textbox', { name: 'Message' }).focus()
    await clock.getByRole('button', { name: 'Refresh', exact: true }).first().click()
    await shown(clock.getByText('Ticks: 2'))
    await gone(clock.getByText('New data'))

    const live = (of: typeof page) => of.getByRole('img', { name: 'Live updates are on' })
    const second = await context.newPage()
    await second.goto('/ext/ticker')
    const ofSecond = second.getByRole('region', { name: 'Ticker, right panel' })
    await shown(ofSecond.getByText('Ticks: 2'))
    await shown(live(second))
    expect(new Set(streams)).toEqual(new Set(['first']))
    await tick()
    await shown(ofSecond.getByText('Ticks: 3'))
    await shown(events.getByText('Ticks: 3'))
    await page.close()
    await becomes(async () => streams.includes('second'), true)
    await shown(live(second))
    await tick()
    await shown(ofSecond.getByText('Ticks: 4'))

    visitor.expectErrors(/./)
    await context.setOffline(true)
    await shown(second.getByText('The server does not answer. What you see may be old; trying again.'))
    await tick()
    expect(await ofSecond.getByText('Ticks: 4').count()).toBe(1)
    const opened = streams.length
    await context.setOffline(false)
    await gone(second.getByText('The server does not answer. What you see may be old; trying again.'))
    await shown(ofSecond.getByText('Ticks: 5'))
    expect(streams.length).toBeGreaterThan(opened)
    await second.close()
  },
  STORY_TIMEOUT,
)

const VAULT = `${head('locksmith', 'Locksmith')}
ext.secret({ name: 'api_key', description: 'Key of the locksmith service.', required: true, maxBytes: 200 })
chat.function('length_of_key', { description: 'Says how long the stored key is.', params: z.object({}) },
  async (ctx) => ActionResult.success({ length: (await ctx.secrets.get('api_key'))?.length ?? 0 }, 'Measured.'))
`
const SECRET = 'sk-proj-9b1f-not-to-be-seen'

test(
  '[S000-074] [S000-157] [S000-156] secrets are set, replaced and deleted without any panel of the author; the value goes to the endpoint of secrets and nowhere else',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await createApp(author, 'locksmith', 'Locksmith')
    await deploySource(stage.server.url, author, VAULT)
    await signIn(visitor, asAuthor(), '/ext/locksmith')
    const carriers: string[] = []
    page.on('request', (request) => {
      if (`${request.url()} ${request.postData() ?? ''}`.includes(SECRET))
        carriers.push(`${request.method()} ${new URL(request.url()).pathname} ${request.postData()}`)
    })

    await page.getByRole('button', { name: 'Secrets of Locksmith' }).click()
    const panel = rightPanel(visitor, 'Locksmith')
    await shown(panel.getByText('Not set'))
    await shown(panel.getByText('Required'))
    await panel.getByRole('button', { name: 'Set value' }).click()
    await shown(page.getByRole('heading', { name: 'Secrets of Locksmith', level: 1 }))
    const field = page.getByLabel(/^Value/)
    expect(await field.evaluate((input) => ['type', 'autocomplete', 'spellcheck'].map((it) => input.getAttribute(it)))) //
      .toEqual(['password', 'new-password', 'false'])
    await field.fill(SECRET)
    await page.getByRole('button', { name: 'Save value' }).click()
    await shown(page.getByRole('button', { name: 'Replace value' }))
    expect(carriers).toEqual([`PUT /v1/secrets/locksmith/api_key ${JSON.stringify({ value: SECRET })}`])
    await becomes(() => page.getByLabel(/^New value/).inputValue(), '')
    expect(await page.content()).not.toContain(SECRET)
    expect((await author.call('locksmith', 'length_of_key')).data).toEqual({ length: SECRET.length })

    await page.getByRole('button', { name: 'Delete…' }).click()
    await page.getByRole('button', { name: 'Delete secret' }).click()
    await shown(page.getByRole('button', { name: 'Save value' }))
    expect(await author.call('locksmith', 'length_of_key')).toMatchObject({ error_code: 'SECRET_MISSING' })
    expect(carriers).toHaveLength(1)
  },
  STORY_TIMEOUT,
)

const herons = `${head('herons', 'Herons')}
chat.function('count_herons', { description: 'Counts the herons that were seen today.', params: z.object({}) },
  async () => ActionResult.success({ count: 1 }, 'One.'))
ext.panel('sidebar', { slot: 'left', title: 'Herons' },
  async () => ui.Html('<p>Seen today</p><img src="https://pictures.example/heron.png" alt="A heron">'))
`

test(
  '[ui 4.11.6] a person chooses in the settings whether pictures from elsewhere are loaded, and panels obey',
  async () => {
    await createApp(author, 'herons', 'Herons')
    await deploySource(stage.server.url, author, herons)
    const visitor = await stage.open()
    visitor.expectErrors(/pictures\.example.*violates the following Content Security Policy/)
    const { page } = visitor
    let asked = 0
    await page.context().route('https://pictures.example/**', (route) => {
      asked++
      return route.fulfill({
        headers: { 'cache-control': 'no-store' },
        contentType: 'image/svg+xml',
        body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
      })
    })
    await signIn(visitor, asAuthor())
    const choose = async (choice: string) => {
      await visitor.go('/settings/profile')
      await page.getByRole('combobox', { name: 'Pictures from elsewhere' }).selectOption({ label: choice })
      await visitor.go('/ext/herons')
      await shown(leftPanel(visitor, 'Herons').getByTitle('HTML content'))
    }
    const refused = leftPanel(visitor, 'Herons').getByText('Pictures from elsewhere are not loaded.')
    await choose('Never load them')
    await shown(refused)
    await choose('Always ask')
    await shown(refused)
    expect(asked).toBe(0)
    await leftPanel(visitor, 'Herons').getByRole('button', { name: 'Load images' }).click()
    await gone(refused)
    await becomes(async () => asked, 1)
    await choose('Always load them')
    await becomes(async () => asked, 2)
    await gone(refused)
  },
  STORY_TIMEOUT,
)
