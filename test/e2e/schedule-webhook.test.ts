import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp, createApp, deployApp, deploySource } from '../support/extension.ts'
import { type ModelProvider, settingsFor, startModelProvider } from '../support/model-provider.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signInAdmin, until } from '../support/session.ts'

/** One app that uses what an author uses, written with the public SDK. */
const source = (version: string, more = '') => `
import { ActionResult, ChatExtension, Extension, HealthStatus, WebhookResponse } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('pocket', {
  version: '${version}', displayName: 'Pocket', description: 'Does a little of everything that an extension may do, for the tests.',
  icon: 'icon.svg', capabilities: ['pocket:read', 'pocket:write'],
})
const chat = new ChatExtension(ext, { toolName: 'pocket', description: 'Does a little of everything.' })
const token = ext.secret({ name: 'api_token', description: 'Token of the quote service.', required: true, writeMode: 'user' })
const Quote = ext.cacheModel('quote', z.object({ text: z.string(), at: z.number() }))

chat.function('fetch_quote', { description: 'Fetches one quote from the given address, once a minute.', params: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const quote = await ctx.cache.getOrFetch('quote', Quote, async () => {
      const answer = await ctx.http.get(url, { headers: { authorization: 'Bearer ' + (await ctx.secrets.get(token)) } })
      return { text: String(answer.raiseForStatus().json().text), at: Date.now() }
    })
    return ActionResult.success({ ...quote }, quote.text, { refreshPanels: [] })
  })
chat.function('ask_model', { description: 'Asks the model for one word about a thing.', params: z.object({ about: z.string() }) },
  async (ctx, { about }) => {
    const answer = await ctx.ai.complete('One word about ' + about, { system: 'Be brief.' })
    return ActionResult.success({ text: answer.text, model: answer.model }, answer.text)
  })
chat.function('tell', { description: 'Sends the person a notification.', actionType: 'write', effects: ['send:notification'], params: z.object({ text: z.string() }) },
  async (ctx, { text }) => {
    await ctx.notify(text, { subject: 'Pocket says', priority: 'high' })
    return ActionResult.success({}, 'Told.')
  })
chat.function('count', { description: 'Counts the documents of one collection.', params: z.object({ of: z.string() }) },
  async (ctx, { of }) => ActionResult.success({ count: await ctx.store.count(of), version: '${version}' }, 'Counted.'))
chat.function('slowly', { description: 'Answers after the address that it fetches did.', params: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    await ctx.http.get(url)
    return ActionResult.success({ version: '${version}' }, 'Slowly done.')
  })
ext.schedule('tick', { cron: '* * * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers()) {
    const user = ctx.asUser(userId)
    await user.store.create('ticks', { by: user.user.imperalId })
    await user.notify.push({ title: 'Tick', body: 'A minute began.' })
  }
})
ext.webhook('/in', { method: 'POST' }, async (ctx, request) => {
  const user = ctx.forUser(request.queryParams.for ?? '')
  const document = await user.store.create('received', request.json())
  return { status_code: 201, body: { id: document.id, heard: request.header('x-heard') ?? null } }
})
ext.webhook('/stripe', { method: 'POST', secretHeader: 'Stripe-Signature' }, async (ctx, request) => {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('whsec'), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  const signature = Uint8Array.from((request.header('Stripe-Signature') ?? '').match(/../g) ?? [], (pair) => parseInt(pair, 16))
  if (!(await crypto.subtle.verify('HMAC', key, signature, new TextEncoder().encode(request.body))))
    return { status_code: 400, body: { error: 'bad signature' } }
  const event = request.json()
  if (event.type === 'payment_intent.succeeded')
    await ctx.forUser(event.data.object.metadata.user).store.create('payments', { amount: event.data.object.amount })
  return { received: true }
})
ext.webhook('/plain', { method: 'GET' }, async () => WebhookResponse.ok('hello'))
ext.skeleton('state', { ttl: 60, description: 'How many things arrived' }, async (ctx) => ({ response: { received: await ctx.store.count('received') } }))
ext.healthCheck(async () => HealthStatus.ok())
${more}
`

let server: TestServer
let admin: Session
let model: ModelProvider
let outside: Server
let outsideUrl: string
let asked: { authorization: string | undefined; release: () => void }[] = []

beforeAll(async () => {
  outside = createServer((request, response) => {
    const answer = () => response.end(JSON.stringify({ text: `quote ${asked.length}` }))
    response.setHeader('content-type', 'application/json')
    asked.push({ authorization: request.headers.authorization, release: answer })
    if (request.url !== '/slow') answer()
  })
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  model = await startModelProvider(() => ({ text: 'splendid' }))
  server = await startTestServer({
    env: {
      IMPERAL_ALLOW_PRIVATE_NETWORK: 'true',
      ...settingsFor(model),
    },
  })
  admin = await signInAdmin(server)
  await deploySource(server.url, admin, source('1.0.0'))
}, 240_000)
afterAll(async () => {
  await server?.stop()
  await model?.close()
  outside?.closeAllConnections()
  outside?.close()
})

const hook = (path: string, method = 'POST', body?: unknown, headers?: Record<string, string>) =>
  send(`${server.url}/v1/ext/pocket/webhook${path}`, method, body, headers)

test('a required secret that is not set stops functions and shows what to do', async () => {
  const refused = await admin.call('pocket', 'count', { of: 'received' })
  expect(refused).toMatchObject({
    status: 'error',
    error_code: 'SECRET_MISSING',
    data: { secret_missing_card: { app_id: 'pocket', secrets: [{ name: 'api_token' }] } },
  })
  expect((await admin.request('PUT', '/v1/secrets/pocket/api_token', { value: 'tok-4711' })).status).toBe(200)
  expect(await admin.call('pocket', 'count', { of: 'received' })).toMatchObject({
    status: 'success',
    data: { count: 0 },
  })
})

test('secrets, http and cache: the token reaches the service, the answer is fetched once', async () => {
  const url = `${outsideUrl}/quote`
  const first = await admin.call('pocket', 'fetch_quote', { url })
  expect(first).toMatchObject({ status: 'success', data: { text: 'quote 1' } })
  expect((await admin.call('pocket', 'fetch_quote', { url })).data).toEqual(first.data)
  expect(asked.map((request) => request.authorization)).toEqual(['Bearer tok-4711'])
})

test('the model of the installation answers ctx.ai', async () => {
  const answer = await admin.call('pocket', 'ask_model', { about: 'tests' })
  expect(answer).toMatchObject({ status: 'success', data: { text: 'splendid', model: 'scripted' } })
  expect(model.requests.at(-1)).toMatchObject({ protocol: 'openai', key: 'sk-scripted', system: 'Be brief.' })
})

test('notifications arrive with the name of their app', async () => {
  expect(await admin.call('pocket', 'tell', { text: 'Look here' })).toMatchObject({ status: 'success' })
  const { notifications } = (await admin.request('GET', '/v1/notifications')).body as { notifications: object[] }
  expect(notifications).toContainEqual(
    expect.objectContaining({ title: 'Pocket says', message: 'Look here', priority: 'high', extension_id: 'pocket' }),
  )
})

describe('webhooks', () => {
  test('[POST /v1/ext/{app_id}/webhook/{path}] [GET /v1/ext/{app_id}/webhook/{path}] arrive without a token, find their user, and answer what the extension answers', async () => {
    const answer = await hook(`/in?for=${admin.userId}`, 'POST', { from: 'outside' }, { 'x-heard': 'yes' })
    expect(answer).toMatchObject({ status: 201, body: { id: expect.any(String), heard: 'yes' } })
    expect((await admin.call('pocket', 'count', { of: 'received' })).data).toMatchObject({ count: 1 })
    expect(await hook('/plain', 'GET')).toMatchObject({ status: 200, body: 'hello' })
  })

  test('[S003-093] [S000-045] [S000-048] [K7.6] /stripe is reached at its public address, byte for byte, without a sign-in', async () => {
    const object = { amount: 4200, metadata: { user: admin.userId } }
    const body = `{ "type":"payment_intent.succeeded",\n "data": ${JSON.stringify({ object })}, "note": "é " }`
    const post = async (signature: string) => {
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
      const response = await fetch(`${server.url}/v1/ext/pocket/webhook/stripe`, { method: 'POST', headers, body })
      return [response.status, await response.json()]
    }
    const count = async () =>
      ((await admin.call('pocket', 'count', { of: 'payments' })).data as { count: number }).count
    expect(await post('00'.repeat(32))).toEqual([400, { error: 'bad signature' }])
    expect(await count()).toBe(0)
    expect(await post(createHmac('sha256', 'whsec').update(body).digest('hex'))).toEqual([200, { received: true }])
    expect(await count()).toBe(1)
  })

  test('of nobody, of strangers, with the wrong method and unknown ones are refused in words', async () => {
    expect((await hook('/in?for=imp_u_stranger1', 'POST', {})).status).toBe(500)
    expect(await hook('/plain', 'POST', {})).toMatchObject({ status: 405, body: { error: 'method_not_allowed' } })
    expect((await hook('/nothing', 'POST', {})).status).toBe(404)
  })
})

test('[K5.4, K5.6] the skeleton of an app that was just deployed is there, in its own rhythm, and follows each change', async () => {
  const database = await superuserOf(server.dataDir)
  const section = async () => {
    const found = await database.query(
      "select data, ttl from state.skeleton where app_id = 'pocket' and section = 'state'",
    )
    return found.rows[0] as { data: { received: number } | null; ttl: number } | undefined
  }
  try {
    expect((await until(section, 60_000)).ttl).toBe(60)
    expect(await admin.call('pocket', 'tell', { text: 'Something changed' })).toMatchObject({ status: 'success' })
    await until(async () => (await section())?.data?.received === 1, 60_000)
  } finally {
    await database.end()
  }
}, 150_000)

test('a schedule fires by itself, for each user that has the app', async () => {
  await until(async () => {
    const { data } = await admin.call('pocket', 'count', { of: 'ticks' })
    return (data as { count: number }).count >= 1
  }, 150_000)
  const database = await superuserOf(server.dataDir)
  // What it writes is seen before it notifies, and its own row comes with its end.
  const rows = await until(async () => {
    const found = await database.query(
      "select distinct source, function, user_id, status from ledger.action where app_id = 'pocket' and source = 'schedule'",
    )
    return found.rows.some(({ user_id }) => user_id === '__system__') && found.rows
  }, 180_000)
  await database.end()
  const { notifications } = (await admin.request('GET', '/v1/notifications')).body as { notifications: object[] }
  expect(notifications).toContainEqual(expect.objectContaining({ title: 'Tick', extension_id: 'pocket' }))
  // The run itself, and what it did for a user in that user's own ledger.
  const row = (user_id: string) => ({ source: 'schedule', function: 'tick', user_id, status: 'success' })
  expect(rows).toHaveLength(2)
  expect(rows).toEqual(expect.arrayContaining([row('__system__'), row(admin.userId)]))
}, 240_000)

describe('deploys', () => {
  test('a hot redeploy answers new calls at once and lets the old ones end', async () => {
    asked = []
    // Looked at in the end: what went wrong before is told first.
    const slow = Promise.allSettled([admin.call('pocket', 'slowly', { url: `${outsideUrl}/slow` })])
    await until(async () => asked.length === 1)
    await deploySource(server.url, admin, source('1.1.0'))
    await until(
      async () =>
        ((await admin.call('pocket', 'count', { of: 'ticks' })).data as { version: string }).version === '1.1.0',
    )
    asked[0]?.release()
    expect(await slow).toMatchObject([{ value: { status: 'success', data: { version: '1.0.0' } } }])
  }, 240_000)

  const isUnharmed = async () =>
    expect(await admin.call('pocket', 'count', { of: 'ticks' })).toMatchObject({
      status: 'success',
      data: { version: '1.1.0' },
    })

  test('code that throws while loading fails with the place in the author’s source, and the old version goes on', async () => {
    const good = await buildApp(source('1.2.0'))
    const bad = await buildApp(
      `${source('1.2.0', 'if (typeof process === "undefined" || !process.versions?.node || globalThis.navigator?.userAgent === "Cloudflare-Workers") throw new Error("nothing works today")')}`,
    )
    const answer = await deployApp(server.url, admin, { ...bad, manifest: good.manifest })
    expect(answer.status).toBe('failed')
    expect(answer.error_message).toContain('nothing works today')
    expect(answer.report?.issues).toContainEqual(
      expect.objectContaining({ rule: 'LOAD', level: 'ERROR', file: expect.stringContaining('main.ts') }),
    )
    await isUnharmed()
  })

  test('a manifest that does not say what the code does is refused, naming what differs', async () => {
    const app = await buildApp(source('1.3.0'))
    const tools = (app.manifest.tools as { name: string; action_type?: string }[]).map((tool) =>
      tool.name === 'tell' ? { ...tool, action_type: 'read' } : tool,
    )
    const answer = await deployApp(server.url, admin, { ...app, manifest: { ...app.manifest, tools } as never })
    expect(answer.status).toBe('failed')
    expect(answer.error_message).toMatch(/tell/)
    await isUnharmed()
  })

  test('a manifest that is none is refused, and so is another app’s', async () => {
    const app = await buildApp(source('1.4.0'))
    const broken = await deployApp(server.url, admin, { ...app, manifest: { version: '1.4.0' } })
    expect(broken).toMatchObject({ status: 'failed' })
    expect(broken.report?.issues.length).toBeGreaterThan(0)
    await createApp(admin, 'pocket-two')
    const foreign = await deployApp(server.url, admin, { ...app, appId: 'pocket-two' })
    expect(foreign).toMatchObject({ status: 'failed', error_message: expect.stringContaining('DEPLOY-APP') })
    await isUnharmed()
  })

  test('[GET /v1/developer/apps/{app_id}/deploys] deploys are listed with their ends, newest first', async () => {
    const { body } = await admin.request('GET', '/v1/developer/apps/pocket/deploys')
    expect((body as { version: string; status: string }[]).map(({ version, status }) => [version, status])).toEqual([
      ['1.4.0', 'failed'],
      ['1.3.0', 'failed'],
      ['1.2.0', 'failed'],
      ['1.1.0', 'live'],
      ['1.0.0', 'live'],
    ])
  })
})
