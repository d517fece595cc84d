import type { CallResponse } from '@imperal/contract'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assistantOf } from '../support/assistant.ts'
import { deploySource } from '../support/extension.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'
import { startStripeServer } from '../support/stripe-server.ts'

/**
 * Every door of the platform against every gate of kernel 3.2, on the running program. Each pair is one user whose state
 * makes that one gate refuse; a door that skips the gate runs the handler, and the handler leaves a mark.
 */

const PASSWORD = 's3cure! and long'
const PATIENCE_MS = 60_000

const target = (appId: string, extra = '') => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('${appId}', {
  version: '1.0.0', displayName: 'Doors ${appId}', description: 'Leaves a mark whenever one of its handlers runs, for the tests.',
  icon: 'icon.svg', capabilities: ['${appId}:read', '${appId}:write'],
})
const chat = new ChatExtension(ext, { toolName: '${appId}_chat', description: 'Leaves marks.' })
const params = z.object({ mark: z.string(), user_id: z.string().optional(), fail: z.boolean().default(false) })
const leave = async (ctx, { mark, fail }) => {
  await ctx.store.create('marks', { mark })
  return fail ? ActionResult.error('It did not work out.', { code: 'NOT_TODAY' }) : ActionResult.success({ mark }, 'Marked.')
}
chat.function('change', { description: 'Leaves a mark in the collection.', actionType: 'write', event: 'changed', effects: ['create:mark'], params }, leave)
chat.function('destroy', { description: 'Leaves a mark and cannot be undone.', actionType: 'destructive', effects: ['delete:mark'], params }, leave)
ext.expose('change', { actionType: 'write', params }, leave)
${extra}
`

const SYSTEM = `
chat.function('ponder', { description: 'Asks a model about the marks.', params: z.object({ catches: z.boolean() }) }, async (ctx, { catches }) => {
  try { return ActionResult.success({ text: (await ctx.ai.complete('Which mark is best?')).text }, 'Pondered.') }
  catch (error) {
    if (!catches) throw error
    return ActionResult.success({ name: error.name, code: error.code, status: error.statusCode }, 'Caught.')
  }
})
ext.webhook('/in', { method: 'POST' }, async (ctx, request) => {
  const { user, mark } = request.json()
  await ctx.forUser(user).store.create('marks', { mark })
  return { body: { ok: true } }
})
ext.onEvent('relay.knock', async (ctx, event) => { await ctx.store.create('marks', { mark: 'event ' + event.data.mark }) })
ext.onEvent('billing.payment_completed', async (ctx, event) => {
  await ctx.store.create('marks', { mark: 'paid for ' + event.data.plan + ': ' + event.data.amount_cents + ' ' + event.data.currency })
})
ext.skeleton('state', { ttl: 30, description: 'How many marks there are' }, async (ctx) => ({ response: { marks: await ctx.store.count('marks') } }))
ext.onEnable(async (ctx) => { await ctx.store.create('marks', { mark: 'enabled' }) })
`

const RELAY = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('relay', {
  version: '1.0.0', displayName: 'Relay', description: 'Hands calls on to other apps, for the tests of doors.',
  icon: 'icon.svg', capabilities: ['extensions:*'],
})
const chat = new ChatExtension(ext, { toolName: 'relay', description: 'Hands calls on.' })
ext.emits('relay.knock')
const params = z.object({ app: z.string(), name: z.string(), params: z.string() })
const told = async (work) => {
  try { return ActionResult.success({ answer: await work() }, 'Done.') }
  catch (error) { return ActionResult.success({ refused: String(error) }, 'Refused.') }
}
chat.function('by_tools', { description: 'Calls a tool of another app.', params }, (ctx, { app, name, params }) => told(() => ctx.tools.call(app + '.' + name, JSON.parse(params))))
chat.function('by_expose', { description: 'Calls a method of another app.', params }, (ctx, { app, name, params }) => told(() => ctx.extensions.call(app, name, JSON.parse(params))))
chat.function('knock', { description: 'Emits an event that others hear.', actionType: 'write', effects: ['send:event'], params: z.object({ mark: z.string() }) },
  async (ctx, { mark }) => { await ctx.extensions.emit('relay.knock', { mark }); return ActionResult.success({}, 'Knocked.') })
`

const stripe = await startStripeServer()
let server: TestServer
let admin: Session
let stranger: Session
let database: pg.Client
const clients: Client[] = []

const app = (method: string, path: string, body: object) => admin.request(method, path, body)

/** Published with a price, as its developer and an administrator do it. */
async function publish(appId: string, source: string, prices: Record<string, number> = {}): Promise<void> {
  const isPaid = Object.keys(prices).length > 0
  const about = {
    ...{ app_id: appId, name: appId, short_description: 'For tests.', category: 'productivity' },
    ...{ description: 'An app with everything that a reviewer wants to see of it.' },
    ...(isPaid ? { pricing_model: 'per_action', pricing_config: { tool_prices: prices } } : {}),
  }
  expect((await app('POST', '/v1/developer/apps', about)).status).toBe(201)
  await deploySource(server.url, admin, source)
  for (const path of [`/v1/developer/apps/${appId}/submit`, `/v1/admin/apps/${appId}/approve`]) {
    const answer = await app('POST', path, {})
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  }
}

let people = 0
async function person(apps: readonly string[], more: object = {}): Promise<Session> {
  const email = `door${++people}@example.com`
  const made = await app('POST', '/v1/users', { email, password: PASSWORD, ...more })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  const user = await signIn(server, email, PASSWORD)
  for (const appId of apps) {
    const answer = await user.request('POST', `/v1/marketplace/apps/${appId}/install`, {})
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  }
  return user
}

beforeAll(async () => {
  server = await startTestServer({
    env: {
      IMPERAL_STRIPE_API_URL: stripe.url,
      IMPERAL_STRIPE_SECRET_KEY: stripe.secretKey,
      IMPERAL_STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
    },
  })
  admin = await signInAdmin(server)
  database = await superuserOf(server.dataDir)
  await publish('doors', target('doors', SYSTEM))
  await publish(
    'locked',
    target('locked', `ext.secret({ name: 'api_token', description: 'A token.', required: true, writeMode: 'user' })`),
  )
  await publish('dear', target('dear'), { change: 100_000, destroy: 100_000 })
  await publish('relay', RELAY)
  const others = { tenant_id: 'umbrella', name: 'Umbrella' }
  expect((await app('POST', '/v1/tenants', others)).status).toBe(201)
  const outsider = { email: 'outsider@example.com', password: PASSWORD, tenant_id: 'umbrella' }
  expect((await app('POST', '/v1/users', outsider)).status).toBe(201)
  stranger = await signIn(server, outsider.email, PASSWORD, 'umbrella')
  const role = { name: 'once', display_name: 'Once', monthly_action_limit: 1 }
  expect((await app('POST', '/v1/roles', role)).status).toBe(201)
}, 240_000)
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await database?.end()
  await server?.stop()
  await stripe.close()
})

const marks = async (mark: string): Promise<number> =>
  (await database.query("select 1 from store.document where collection = 'marks' and data ->> 'mark' = $1", [mark]))
    .rows.length

interface Row {
  readonly source: string
  readonly status: string
  readonly error_code: string | null
  readonly event_id: string | null
}
const rowsOf = async (who: Session, appId: string, source: string): Promise<Row[]> =>
  (
    await database.query<Row>(
      'select source, status, error_code, event_id from ledger.action where user_id = $1 and app_id = $2 and source = $3 order by call_id',
      [who.userId, appId, source],
    )
  ).rows

interface Knock {
  readonly who: Session
  readonly appId: string
  readonly name: 'change' | 'destroy'
  readonly params: Record<string, unknown>
}

interface Door {
  /** Of its rows in the ledger. */
  readonly source: string
  /** Looks the function up among those that the user may call: what is withheld is not there for it, and makes no row. */
  readonly looksUp: boolean
  /** Nothing to ask a person: destructive functions do not go through it at all. */
  readonly asksNobody?: boolean
  /** Before the gate is closed, what has to be set up while it is still open. */
  prepare?(knock: Knock): Promise<void>
  /** Calls, and ends when what it caused is over. */
  enter(knock: Knock): Promise<void>
}

const direct = async ({ who, appId, name, params }: Knock) =>
  void (await who.request('POST', `/v1/extensions/${appId}/call`, { user_id: who.userId, function: name, params }))
const through = (how: string) => async (knock: Knock) =>
  void (await knock.who.call('relay', how, {
    app: knock.appId,
    name: knock.name,
    params: JSON.stringify(knock.params),
  }))
/** Asked of the database: whoever polls the platform meets its limits. */
const statusesOf = async (who: Session, table: string, where: string): Promise<string[]> =>
  (
    await database.query<{ status: string }>(`select status from ${table} where user_id = $1 and ${where}`, [
      who.userId,
    ])
  ).rows.map(({ status }) => status)

const DOORS: Readonly<Record<string, Door>> = {
  'the panel': { source: 'panel', looksUp: false, enter: direct },
  'an API key': {
    source: 'api',
    looksUp: false,
    async enter({ who, appId, name, params }) {
      const { key } = (await who.request('POST', '/v1/keys', { name: 'robot' })).body as { key: string }
      const body = { user_id: who.userId, function: name, params }
      await send(`${server.url}/v1/extensions/${appId}/call`, 'POST', body, { 'x-api-key': key })
    },
  },
  'a service for its user': {
    source: 'api',
    looksUp: false,
    async enter({ who, appId, name, params }) {
      const body = { user_id: who.userId, function: name, params }
      const headers = { 'x-service-token': server.serviceToken }
      await send(`${server.url}/v1/extensions/${appId}/call`, 'POST', body, headers)
    },
  },
  'a batch': {
    source: 'panel',
    looksUp: false,
    async enter({ who, appId, name, params }) {
      const calls = [{ function: name, params }]
      await who.request('POST', `/v1/extensions/${appId}/batch`, { user_id: who.userId, calls })
    },
  },
  'operate, for terminals': {
    source: 'mcp',
    looksUp: false,
    async enter({ who, appId, name, params }) {
      const body = { user_id: who.userId, function: name, params, confirmation_bypassed: true }
      await who.request('POST', `/v1/extensions/${appId}/operate`, body)
    },
  },
  MCP: {
    source: 'mcp',
    looksUp: true,
    async enter({ who, appId, name, params }) {
      const client = new Client({ name: 'test', version: '1' })
      const headers = { authorization: `Bearer ${who.token}` }
      const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } })
      await client.connect(transport as Parameters<Client['connect']>[0])
      clients.push(client)
      // An unknown tool is an error of the protocol, not a result.
      await client.callTool({ name: `${appId}__${name}`, arguments: params }).catch(() => {})
    },
  },
  'the chat': {
    source: 'chat',
    looksUp: true,
    async enter({ who, appId, name, params }) {
      await assistantOf(who).say(`/${appId}.${name} ${JSON.stringify(params)}`)
      await until(async () => {
        const statuses = await statusesOf(who, 'chat.message', "role = 'assistant'")
        return statuses.length > 0 && !statuses.includes('processing')
      }, PATIENCE_MS)
    },
  },
  'an automation': {
    source: 'automation',
    looksUp: true,
    asksNobody: true,
    async prepare({ who, appId, name, params }) {
      const made = await who.request('POST', '/v1/automations', {
        prompt: 'when somebody knocks, leave a mark',
        trigger_filter: { event_type: 'relay.knock' },
        actions: [{ app_id: appId, tool: name, args: params }],
        cooldown_seconds: 0,
      })
      if (name === 'change') expect(made.status, JSON.stringify(made.body)).toBe(200)
    },
    async enter({ who, name }) {
      await who.call('relay', 'knock', { mark: `for ${who.userId}` })
      await until(async () => {
        // Without an approval there is no run of what destroys; that the event has come is all that can be awaited.
        if (name === 'destroy') return (await marks(`event for ${who.userId}`)) === 1
        const runs = await statusesOf(who, 'automations.execution', 'true')
        return runs.length > 0 && runs.every((status) => status !== 'triggered' && status !== 'running')
      }, PATIENCE_MS)
    },
  },
  'another app, by ctx.tools': { source: 'tools', looksUp: true, enter: through('by_tools') },
  'another app, by an exposed method': {
    source: 'ipc',
    looksUp: false,
    asksNobody: true,
    enter: through('by_expose'),
  },
}

interface Gate {
  readonly appId?: string
  readonly name?: 'change' | 'destroy'
  readonly params?: Record<string, unknown>
  /** Closes the gate for this user. */
  close?(who: Session, knock: Knock): Promise<void>
  /** Row that the refusal leaves. */
  readonly row: { readonly status: string; readonly error_code: string }
  /** Catalogs of callables leave out what this gate would refuse. */
  readonly hides?: boolean
}

const GATES: Readonly<Record<string, Gate>> = {
  'G2 tenant: an argument names somebody of another tenant': {
    get params() {
      return { user_id: stranger.userId }
    },
    row: { status: 'denied', error_code: 'TENANT_SCOPE_VIOLATION' },
  },
  'G3 availability: the app is switched off for the user': {
    close: async (who, { appId }) =>
      void (await app('POST', `/v1/users/${who.userId}/extensions/disable`, { app_id: appId })),
    row: { status: 'denied', error_code: 'PERMISSION_DENIED' },
    hides: true,
  },
  'G4 scope: the user was denied what the function needs': {
    close: async (who, { appId }) =>
      void (await app('PATCH', `/v1/users/${who.userId}`, {
        denied_scopes: [`${appId}:write`, `${appId}:destructive`],
      })),
    row: { status: 'denied', error_code: 'PERMISSION_DENIED' },
    hides: true,
  },
  'G4 policy: the operator withholds one function from the user': {
    async close(who, { appId, name }) {
      const config = { access_policy: { functions: { [name]: { denied_users: [who.userId] } } } }
      const headers = { 'x-service-token': server.serviceToken }
      const answer = await send(`${server.registryUrl}/v1/apps/${appId}`, 'PUT', { config }, headers)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    },
    row: { status: 'denied', error_code: 'PERMISSION_DENIED' },
    hides: true,
  },
  'G5 money: the wallet does not cover the price': {
    appId: 'dear',
    row: { status: 'denied', error_code: 'INSUFFICIENT_CREDITS' },
  },
  'G6 secrets: a required one is not set': {
    appId: 'locked',
    row: { status: 'denied', error_code: 'SECRET_MISSING' },
  },
  'G7 guards: an argument is a placeholder': {
    params: { mark: '<MARK>' },
    row: { status: 'validation_rejected', error_code: 'VALIDATION_MISSING_FIELD' },
  },
  'G7 schema: an argument is of the wrong type': {
    params: { fail: 'neither' },
    row: { status: 'validation_rejected', error_code: 'VALIDATION_TYPE_ERROR' },
  },
  'G8 confirmation: it cannot be undone': {
    name: 'destroy',
    row: { status: 'intercepted', error_code: 'CONFIRMATION_REQUIRED' },
  },
}

describe.each(Object.entries(DOORS))('[S003-059] [K3.1] [K3.2] through %s', (doorName, door) => {
  test.each(Object.entries(GATES))('[S003-060] %s', async (gateName, gate) => {
    const appId = gate.appId ?? 'doors'
    const mark = `${doorName} | ${gateName}`
    const who = await person(['relay', appId])
    const name = gate.name ?? 'change'
    const knock: Knock = { who, appId, name, params: { mark, ...gate.params } }
    await door.prepare?.(knock)
    await gate.close?.(who, knock)
    const before = (await rowsOf(who, appId, door.source)).length
    await door.enter(knock)

    const made = (await rowsOf(who, appId, door.source)).slice(before)
    expect(await marks(String(knock.params.mark)), JSON.stringify(made)).toBe(0)
    const isRefusedEarly =
      (gate.hides === true && door.looksUp) || (gate.name === 'destroy' && door.asksNobody === true)
    if (isRefusedEarly) expect(made.filter(({ status }) => status === 'success')).toEqual([])
    else expect(made).toMatchObject([{ source: door.source, ...gate.row }])
  })

  test('[S003-061] [K3.51] [K3.53] G9 to G12: it runs once; a success is one row with its event, a failure one row without', async () => {
    const who = await person(['relay', 'doors'])
    const mark = `${doorName} | open ${who.userId}`
    const ok: Knock = { who, appId: 'doors', name: 'change', params: { mark } }
    await door.prepare?.(ok)
    await door.enter(ok)
    // Exposed methods declare no event.
    const event_id = door.source === 'ipc' ? null : expect.any(String)
    expect(await rowsOf(who, 'doors', door.source)).toMatchObject([
      { source: door.source, status: 'success', event_id },
    ])
    expect(await marks(mark)).toBe(1)

    const failing = await person(['relay', 'doors'])
    const bad: Knock = { ...ok, who: failing, params: { mark: `${doorName} | failing`, fail: true } }
    await door.prepare?.(bad)
    await door.enter(bad)
    const [row] = await rowsOf(failing, 'doors', door.source)
    expect(row).toMatchObject({ source: door.source, status: 'failed', error_code: 'NOT_TODAY', event_id: null })
  })
})

test('[I-AA-FU-1] G1: a body that names somebody else is refused at each address, and nothing is recorded for either', async () => {
  const [who, other] = [await person(['doors']), await person(['doors'])]
  const bodies = {
    call: { function: 'change', params: { mark: 'foreign' } },
    batch: { calls: [{ function: 'change', params: { mark: 'foreign' } }] },
    operate: { function: 'change', params: { mark: 'foreign' } },
  }
  for (const [address, body] of Object.entries(bodies)) {
    const named = { user_id: other.userId, ...body }
    expect((await who.request('POST', `/v1/extensions/doors/${address}`, named)).status).toBe(403)
    expect((await send(`${server.url}/v1/extensions/doors/${address}`, 'POST', named)).status).toBe(401)
  }
  await app('PATCH', `/v1/users/${who.userId}`, { is_active: false })
  await until(async () => (await who.request('GET', '/v1/auth/me')).status === 401, PATIENCE_MS)
  for (const [address, body] of Object.entries(bodies)) {
    const own = { user_id: who.userId, ...body }
    expect((await who.request('POST', `/v1/extensions/doors/${address}`, own)).status).toBe(401)
    // A service may speak for users, not for those who may not be here any more.
    const headers = { 'x-service-token': server.serviceToken }
    const served = await send(`${server.url}/v1/extensions/doors/${address}`, 'POST', own, headers)
    if (address !== 'batch') expect(served.status).toBe(403)
    else expect(JSON.stringify(served.body)).not.toContain('"success"')
  }
  for (const somebody of [who, other])
    for (const source of ['api', 'panel', 'mcp']) expect(await rowsOf(somebody, 'doors', source)).toEqual([])
  expect(await marks('foreign')).toBe(0)
})

test('[S003-040] without a model a function that asks one says so: to its author by a code, to people in a sentence', async () => {
  const user = await person(['doors'])
  const ponder = async (catches: boolean) => {
    const call = { user_id: user.userId, function: 'ponder', params: { catches } }
    return (await user.request('POST', '/v1/extensions/doors/call', call)).body as CallResponse
  }
  expect(await ponder(true)).toMatchObject({ data: { name: 'APIError', code: 'llm_unavailable', status: 503 } })
  expect(await ponder(false)).toMatchObject({
    status: 'error',
    error_code: 'LLM_UNAVAILABLE',
    error: expect.stringContaining('Settings, Language model'),
  })
})

describe('[K3.2] doors of handlers that nobody calls by name', () => {
  const hook = (mark: string, user: Session) =>
    send(`${server.url}/v1/ext/doors/webhook/in`, 'POST', { mark, user: user.userId })
  const ofDoor = async (source: string, since: number) =>
    (
      await database.query<Row & { user_id: string }>(
        "select source, status, user_id from ledger.action where app_id = 'doors' and source = $1 order by call_id",
        [source],
      )
    ).rows.slice(since)

  test('webhook: each delivery is a row, and reaches only users who have the app', async () => {
    const [has, off, without] = [await person(['doors']), await person(['doors']), await person([])]
    await app('POST', `/v1/users/${off.userId}/extensions/disable`, { app_id: 'doors' })
    const before = (await ofDoor('webhook', 0)).length
    expect((await hook('hooked', has)).status).toBe(200)
    expect((await hook('hooked off', off)).status).toBe(500)
    expect((await hook('hooked without', without)).status).toBe(500)
    expect((await hook('hooked elsewhere', stranger)).status).toBe(500)
    const rows = await ofDoor('webhook', before)
    expect(rows.filter(({ user_id }) => user_id === '__webhook__').map(({ status }) => status)).toEqual([
      'success',
      'failed',
      'failed',
      'failed',
    ])
    expect(await Promise.all(['hooked', 'hooked off', 'hooked without', 'hooked elsewhere'].map(marks))).toEqual([
      1, 0, 0, 0,
    ])
  })

  test('event: it reaches the same user of an app that is on, as one row', async () => {
    const [has, off] = [await person(['relay', 'doors']), await person(['relay', 'doors'])]
    await app('POST', `/v1/users/${off.userId}/extensions/disable`, { app_id: 'doors' })
    await off.call('relay', 'knock', { mark: 'knock off' })
    await has.call('relay', 'knock', { mark: 'knock on' })
    await until(async () => (await marks('event knock on')) === 1, PATIENCE_MS)
    const own = (who: Session) => rowsOf(who, 'doors', 'event')
    await until(async () => (await own(has)).length === 1, PATIENCE_MS)
    expect(await own(has)).toMatchObject([{ status: 'success' }])
    expect([await own(off), await marks('event knock off')]).toEqual([[], 0])
  })

  test('[K6.3] a paid plan: the signed word of the payment provider becomes one event, which the payer’s apps hear', async () => {
    const [payer, other] = [await person(['doors']), await person(['doors'])]
    expect((await payer.request('POST', '/v1/billing/payment-methods/setup', {})).status).toBe(200)
    const customer = [...stripe.customers.values()].find(({ metadata }) => metadata.user_id === payer.userId)
    stripe.addCard(customer?.id ?? '', 'asks')
    const begun = await payer.request('POST', '/v1/billing/subscribe', { plan_id: 'pro' })
    const asked = begun.body as { payment_intent_id: string; requires_action: boolean }
    expect([begun.status, asked.requires_action]).toEqual([200, true])
    const intent = stripe.finish(asked.payment_intent_id, 'succeeded')
    const { payload, signature } = stripe.message('payment_intent.succeeded', intent)
    const told = (body: string) => {
      const headers = { 'stripe-signature': signature, 'content-type': 'application/json' }
      return fetch(`${server.url}/v1/webhooks/stripe`, { method: 'POST', headers, body })
    }
    expect((await told(payload.replace('succeeded', 'canceled'))).status).toBe(400)
    // Said twice at once, it happened once.
    expect((await Promise.all([told(payload), told(payload)])).map(({ status }) => status)).toEqual([200, 200])
    const own = () => rowsOf(payer, 'doors', 'event')
    await until(async () => (await own()).length > 0, PATIENCE_MS)
    expect(await own()).toMatchObject([{ status: 'success' }])
    expect(await marks('paid for pro: 2900 usd')).toBe(1)
    expect(await rowsOf(other, 'doors', 'event')).toEqual([])
    const plan = (await payer.request('GET', '/v1/billing/subscription')).body as { plan: string; status: string }
    expect(plan).toMatchObject({ plan: 'pro', status: 'active' })
  })

  test('lifecycle: a hook is a row of its user', async () => {
    const who = await person(['doors'])
    await app('POST', `/v1/users/${who.userId}/extensions/disable`, { app_id: 'doors' })
    await app('DELETE', `/v1/users/${who.userId}/extensions/disable/doors`, {})
    await until(async () => (await rowsOf(who, 'doors', 'lifecycle')).length > 0, PATIENCE_MS)
    expect(await rowsOf(who, 'doors', 'lifecycle')).toMatchObject([{ status: 'success' }])
  })

  test('none of them opens a function of people, and none of people opens theirs', async () => {
    const who = await person(['doors'])
    for (const name of ['__webhook__in', 'skeleton_refresh_state', 'onRelayKnock', 'on_enable', 'health_check']) {
      const body = { user_id: who.userId, function: name, params: {} }
      const answer = (await who.request('POST', '/v1/extensions/doors/call', body)).body as CallResponse
      expect([name, answer.error_code]).toEqual([name, 'UNKNOWN_SUB_FUNCTION'])
    }
    expect((await send(`${server.url}/v1/ext/doors/webhook/change`, 'POST', {})).status).toBe(404)
  })

  test('a suspended app has no open door', async () => {
    const who = await person(['relay', 'doors'])
    const status = (to: string) => app('POST', '/v1/admin/apps/doors/status', { status: to })
    expect((await status('suspended')).status).toBe(200)
    try {
      const body = { user_id: who.userId, function: 'change', params: { mark: 'suspended' } }
      await until(
        async () => (await who.request('POST', '/v1/extensions/doors/call', body)).status === 403,
        PATIENCE_MS,
      )
      expect((await hook('suspended', who)).status).toBeGreaterThanOrEqual(400)
      await who.call('relay', 'by_tools', { app: 'doors', name: 'change', params: '{"mark":"suspended"}' })
      await who.call('relay', 'by_expose', { app: 'doors', name: 'change', params: '{"mark":"suspended"}' })
      await assistantOf(who).ask('/doors.change {"mark": "suspended"}')
      expect(await marks('suspended')).toBe(0)
    } finally {
      expect((await status('active')).status).toBe(200)
    }
  })
})

describe('[K3.2] [K4.3] G5 quota: the actions of the month are used up', () => {
  const knocks = new Map<string, Knock>()

  beforeAll(async () => {
    for (const [doorName, door] of Object.entries(DOORS)) {
      const who = await person(['relay', 'doors'], { role: 'once' })
      const knock: Knock = { who, appId: 'doors', name: 'change', params: { mark: `${doorName} | quota` } }
      await door.prepare?.(knock)
      knocks.set(doorName, knock)
    }
    // The quota of the month counts in the profile for production alone.
    await database.end()
    await server.stop()
    const [PORT, IMPERAL_REGISTRY_PORT] = [new URL(server.url).port, new URL(server.registryUrl).port]
    const env = { IMPERAL_PROFILE: 'production', PORT, IMPERAL_REGISTRY_PORT }
    server = await startTestServer({ dataDir: server.dataDir, env })
    database = await superuserOf(server.dataDir)
    // What was asked with the limits of development counts for nothing under those of production.
    await database.query('delete from foundation.rate_counter')
  }, 240_000)

  test.each(Object.entries(DOORS))('through %s', async (doorName, door) => {
    const knock = knocks.get(doorName) as Knock
    const { who } = knock
    // The knock of a rule is an action of its own: the only one of the month.
    if (door.source !== 'automation') await direct({ ...knock, params: { mark: `${doorName} | first` } })
    const before = (await rowsOf(who, 'doors', door.source)).length
    await door.enter(knock)
    const made = (await rowsOf(who, 'doors', door.source)).slice(before)
    // An exposed method is a part of the call that was counted.
    if (door.source === 'ipc') expect(made).toMatchObject([{ source: 'ipc', status: 'success' }])
    else expect(made).toMatchObject([{ source: door.source, status: 'denied', error_code: 'RATE_LIMITED' }])
    expect(await marks(`${doorName} | quota`)).toBe(door.source === 'ipc' ? 1 : 0)
  })
})
