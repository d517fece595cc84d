import * as z from 'zod'
import { ActionResult, ChatExtension, Extension, type Page, type UIOutput, ui } from '../src/index.ts'
import { mockContext } from '../src/testing/index.ts'

// Misuse that must not compile (11.4). `tsc` runs this file; nothing executes it.

const ext = new Extension('garden-log', { version: '1.2.0' })
const chat = new ChatExtension(ext, { toolName: 'garden_log' })
const description = 'Add one plant to a bed.'
const params = z.object({ species: z.string(), bed: z.string().default('main') })
const returns = z.object({ plant_id: z.string() })

// [S003-014] missing params
// @ts-expect-error params are required
chat.function('a', { description }, () => ActionResult.success())

// [S003-017] a write without effects
// @ts-expect-error a write names its effects
chat.function('b', { description, params, actionType: 'write' }, () => ActionResult.success())
// @ts-expect-error so does a destructive function
chat.function('c', { description, params, actionType: 'destructive' }, () => ActionResult.success())
chat.function('d', { description, params, actionType: 'write', effects: ['create:plant'] }, () =>
  ActionResult.success(),
)

// idProjection naming no field
// @ts-expect-error there is no field plant_id
chat.function('e', { description, params, idProjection: 'plant_id' }, () => ActionResult.success())

// [S003-015] result data that does not fit returns, or no result at all
// @ts-expect-error plant_id is a string
chat.function('f', { description, params, returns }, () => ActionResult.success({ plant_id: 7 }))
// @ts-expect-error plant_id is missing
chat.function('g', { description, params, returns }, () => ActionResult.success({}))
// @ts-expect-error a bare object is no result
chat.function('h', { description, params, returns }, () => ({ plant_id: 'p1' }))

// [S000-008] params are the schema's output, callers give its input
const add = chat.function('i', { description, params, returns }, (_ctx, { species, bed }) => {
  const both: [string, string] = [species, bed]
  return ActionResult.success({ plant_id: both.join() }, 'Added')
})
void add(mockContext(), { species: 'fern' })
// @ts-expect-error species is required
void add(mockContext(), {})
void add(mockContext(), { species: 'fern' }).then((result) => {
  if (result.status === 'success') return result.data.plant_id
  // @ts-expect-error a failure has no such data
  return result.data.plant_id.length
})

// [S000-012] the action types are three
// @ts-expect-error no such type
chat.function('j', { description, params, actionType: 'update', effects: [] }, () => ActionResult.success())

// [S003-021] a chat extension has no model
// @ts-expect-error there is no such option
new ChatExtension(ext, { model: 'large' })

// skeleton on any context but the skeleton one
ext.skeleton('beds', {}, async (ctx) => ({ response: (await ctx.skeleton.get('beds')) ?? {} }))
// @ts-expect-error panels have no skeleton
ext.panel('p1', {}, (ctx) => ctx.skeleton.get('beds'))
// @ts-expect-error tools have no skeleton
ext.tool('t1', { description }, (ctx) => ctx.skeleton.get('beds'))
// @ts-expect-error skeletons have no write method
ext.skeleton('b2', {}, async (ctx) => ({ response: await ctx.skeleton.update('b2', {}) }))

// [S000-054] http in an event handler
ext.onEvent('mail.received', (ctx) => ctx.store.count('mails'))
// @ts-expect-error events have store, notify and ai only
ext.onEvent('mail.received', (ctx) => ctx.http.get('https://x.example'))
// @ts-expect-error nor do they have a user
ext.onEvent('mail.received', (ctx) => ctx.user)

// listUsers on a user-scoped store, asUser outside the system context
ext.schedule('s1', { cron: '@daily' }, (ctx) => ctx.asUser('imp_u_1').store.count('plants'))
ext.schedule('s2', { cron: '@daily' }, (ctx) => void ctx.store.listUsers())
// @ts-expect-error a user's store does not list users
ext.schedule('s3', { cron: '@daily' }, (ctx) => void ctx.asUser('imp_u_1').store.listUsers())
// @ts-expect-error neither does a tool's
ext.tool('t2', { description }, (ctx) => ctx.store.listUsers())
// @ts-expect-error only the system acts for users
ext.tool('t3', { description }, (ctx) => ctx.asUser('imp_u_1'))
// @ts-expect-error a schedule has no chat of its own
ext.schedule('s4', { cron: '@daily' }, (ctx) => ctx.deliverChatMessage('x'))

// an event type outside the app's namespace
ext.emits('garden-log.plant_added')
// @ts-expect-error another app's namespace
ext.emits('weather.frost')

// a cache value or handle of the wrong model
const Summary = ext.cacheModel('summary', z.object({ plants: z.number() }))
const Other = ext.cacheModel('other', z.object({ beds: z.number() }))
ext.panel('p2', {}, async (ctx) => {
  await ctx.cache.set('k', Summary, { plants: 1 })
  // @ts-expect-error that is the other model's value
  await ctx.cache.set('k', Other, { plants: 1 })
  // @ts-expect-error a schema is not a handle
  await ctx.cache.get('k', z.object({ plants: z.number() }))
  // @ts-expect-error neither is an object that looks like one
  await ctx.cache.get('k', { name: 'summary', schema: z.object({}) })
  const hit = await ctx.cache.get('k', Summary)
  return ui.Text(String(hit?.plants))
})

// path together with a menu handler
ext.menuItem('m1', { path: '/x' })
ext.menuItem('m2', { handler: () => null })
// @ts-expect-error one or the other
ext.menuItem('m3', { path: '/x', handler: () => null })
// @ts-expect-error the account section is the platform's
ext.menuItem('m4', { path: '/x', section: 'account' })

// [S000-038] slots, refresh grammar, and builders as output
ext.panel('p3', { slot: 'left', refresh: 'on_event:a.b,c.d', minWidth: 200 }, () => ui.Text('x'))
ext.panel('p4', { refresh: 'interval:30s' }, () => ui.Text('x'))
// @ts-expect-error slot main is gone
ext.panel('p5', { slot: 'main' }, () => null)
// @ts-expect-error not in the grammar
ext.panel('p6', { refresh: 'often' }, () => null)
const output: UIOutput = ui.Stack([ui.Text('x')])
void output

// panel params are typed; what comes back is a target of ui.Call
const bed = ext.panel('p7', { params: z.object({ bed: z.string() }) }, (_ctx, { bed: name }) => ui.Text(name))
ui.Call(bed, { bed: 'main' })
ui.Call(add, { species: 'fern' })

// [S000-083] hooks take ctx only; versions are on the context of upgrades
ext.onUpgrade('2.0.0', (ctx) => ctx.log(ctx.fromVersion))
// @ts-expect-error an install has no version to come from
ext.onInstall((ctx) => ctx.log(ctx.fromVersion))
// @ts-expect-error there is no second argument
ext.onInstall((_ctx, version: string) => void version)

// [S000-103] [S000-104] members that do not exist
// @ts-expect-error no ctx.lang
ext.tool('t4', { description }, (ctx) => ctx.lang)
// @ts-expect-error no ctx.api
ext.tool('t5', { description }, (ctx) => ctx.api)

// webhooks act for a user through forUser
ext.webhook('/w1', {}, async (ctx) => {
  await ctx.store.forUser('imp_u_1').count('x')
  await ctx.forUser('imp_u_1').deliverChatMessage('x')
})
// @ts-expect-error a webhook has no user to talk to
ext.webhook('/w2', {}, (ctx) => ctx.deliverChatMessage('x'))
// @ts-expect-error methods are four
ext.webhook('/w3', { method: 'PATCH' }, () => 'x')

// secrets: literal names, write modes
const key = ext.secret({ name: 'sensor_key', description: 'A key.' })
const name: 'sensor_key' = key.secretName
void name
// @ts-expect-error no such write mode
ext.secret({ name: 'k2', description: 'A key.', writeMode: 'anyone' })

// typed answers: http.parse, ai with a schema, pages, mock kinds
ext.tool('t6', { description, params: z.object({ n: z.number() }) }, async (ctx, { n }) => {
  const { id } = (await ctx.http.get('https://x.example')).parse(z.object({ id: z.number() }))
  const { object } = await ctx.ai.complete('x', { schema: z.object({ score: z.number() }) })
  const page: Page<{ data: { n: number } }> = await ctx.store.query<{ n: number }>('x')
  const sum: number = id + object.score + page.length + n
  // @ts-expect-error without a schema there is no object
  void (await ctx.ai.complete('x')).object
  return sum
})
void mockContext({ kind: 'event' }).notify('x')
// @ts-expect-error an event context has no http
void mockContext({ kind: 'event' }).http

// Records for the host (2.17): a word that no host reads, or one that it needs
// @ts-expect-error a command has a title
new Extension('garden-log', { configDefaults: { ui: { commands: [{ id: 'a', label: 'Add', handler: 'a' }] } } })
const currency = { id: 'currency', type: 'select', label: 'Currency' } as const
// @ts-expect-error a choice has a value and a label
new Extension('garden-log', { configDefaults: { ui: { settings: [{ ...currency, options: ['EUR'] }] } } })
new Extension('garden-log', {
  configDefaults: {
    currency: 'EUR',
    limits: { beds: 3 },
    ui: { settings: [{ ...currency, options: [{ value: 'EUR', label: 'Euro' }] }], theme: { accent_color: '#2453c4' } },
  },
})
