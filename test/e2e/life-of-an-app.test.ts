import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assistantOf, plan, type Task, taskOf } from '../support/assistant.ts'
import { createApp, deploySource } from '../support/extension.ts'
import {
  type ModelAnswer,
  type ModelProvider,
  type ModelRequest,
  startModelProvider,
} from '../support/model-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signIn, signInAdmin, until } from '../support/session.ts'
import { type Listening, listen, type StreamMessage } from '../support/stream.ts'

// Apps of one developer on the marketplace, used by somebody else: what the authors wrote is below, and no more than that.
const head = (appId: string, name: string, about: string) => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('${appId}', {
  version: '1.0.0', displayName: '${name}', icon: 'icon.svg', actionsExplicit: true,
  description: '${about}', capabilities: ['${appId}:read', '${appId}:write'],
})
const chat = new ChatExtension(ext, { toolName: '${appId}', description: '${about}' })
`
const MAIL = `${head('postroom', 'Post Room', 'Receives mails and counts them, for people who like to know.')}
const Mail = z.object({ subject: z.string().describe('What it is about.') })
chat.function('receive_mail', { description: 'Receives one mail with its subject.', actionType: 'write', effects: ['create:mail'], event: 'postroom.received', params: Mail },
  async (ctx, params) => ActionResult.success({ mail_id: (await ctx.store.create('mails', params)).id, subject: params.subject }, { summary: 'Received.', refreshPanels: ['inbox'] }))
chat.function('burn_mails', { description: 'Burns every mail of the person.', actionType: 'destructive', effects: ['delete:mail'], event: 'postroom.burned', params: z.object({}) },
  async (ctx) => {
    const { data } = await ctx.store.query('mails')
    for (const mail of data) await ctx.store.delete('mails', mail.id)
    return ActionResult.success({ burned: data.length }, 'Burned.')
  })
chat.function('sum_up', { description: 'Says in a sentence what came in.', params: z.object({}) },
  async (ctx) => ActionResult.success({ text: (await ctx.ai.complete('Sum up the mails.')).text }, 'Summed up.'))
chat.function('sort_slowly', { description: 'Sorts the mails and says how far it is.', actionType: 'write', effects: ['update:mail'], params: z.object({ well: z.boolean() }) },
  async (ctx, { well }) => {
    const task_id = await ctx.backgroundTask(async (task) => {
      await task.deliverChatMessage('Half of the mails are sorted.', { msgType: 'system' })
      return well ? ActionResult.success({ sorted: 2 }, 'All mails are sorted.') : ({ sorted: 2 } as never)
    }, { name: 'Sorting' })
    return ActionResult.success({ task_id }, 'Sorting has begun.')
  })
ext.expose('count_mails', { actionType: 'read', params: z.object({ about: z.string().optional() }) },
  async (ctx, { about }) => ActionResult.success({ count: await ctx.store.count('mails', about === undefined ? {} : { subject: about }), for: ctx.user.imperalId }))
`
const ALARM = `${head('alarm', 'Alarm Bell', 'Rings when something urgent came in, and knows how much came in.')}
ext.onEvent('postroom.received', async (ctx, event) => {
  const subject = String(event.data.subject ?? '')
  await ctx.store.create('heard', { subject })
  if (subject.toLowerCase().includes('urgent')) await ctx.notify.push({ title: 'Urgent mail', body: subject })
})
chat.function('count_others', { description: 'Counts the mails that the other app keeps.', params: z.object({ about: z.string().optional() }) },
  async (ctx, params) => ActionResult.success(await ctx.extensions.call('postroom', 'count_mails', params), 'Counted.'))
chat.function('list_heard', { description: 'Lists the subjects that were heard.', params: z.object({}) },
  async (ctx) => ActionResult.success({ heard: (await ctx.store.query('heard')).data.map((one) => one.data.subject), mails: await ctx.store.count('mails') }, 'Heard.'))
`
const clock = (
  url: string,
) => `${head('clock', 'Clock Work', 'Looks something up each minute and keeps it, for the developer.')}
chat.function('tell_time', { description: 'Says what time it is for the person.', params: z.object({}) },
  async (ctx) => ActionResult.success({ now: ctx.time.nowUtc }, 'Told.'))
ext.schedule('look', { cron: '* * * * *' }, async (ctx) => {
  const before = await ctx.store.query('looked', { limit: 10 })
  const answer = await ctx.http.get('${url}/looked')
  await ctx.store.create('looked', { seen: answer.json().seen, before: before.data.length, by: ctx.user.imperalId })
  await ctx.notify.push({ title: 'Looked', body: 'after ' + before.data.length })
  return ActionResult.success({}, 'Looked.')
})
`

let server: TestServer
let model: ModelProvider
let outside: Server
let admin: Session
let grace: Session
let eve: Session
let leo: Session
let stream: Listening
let script: Partial<Record<Task, (request: ModelRequest) => ModelAnswer>> = {}

async function person(name: string): Promise<Session> {
  const email = `${name}@example.com`
  await admin.request('POST', '/v1/users', { email, password: 'long-password' })
  return signIn(server, email, 'long-password')
}

/** Build, deploy, ask for publication, approve. */
async function publish(appId: string, name: string, source: string, prices: object = {}): Promise<void> {
  await createApp(grace, appId, name)
  await grace.request('PUT', `/v1/developer/apps/${appId}`, { category: 'productivity', ...prices })
  await deploySource(server.url, grace, source)
  const submitted = await grace.request('POST', `/v1/developer/apps/${appId}/submit`, {})
  expect(submitted.body).toMatchObject({ app_id: appId, status: 'pending_review' })
  const approved = await admin.request('POST', `/v1/admin/apps/${appId}/approve`, {})
  expect(approved.body).toMatchObject({ app_id: appId, status: 'active' })
}

beforeAll(async () => {
  outside = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end('{"seen":"stars"}')
  })
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
  model = await startModelProvider((request) => script[taskOf(request)]?.(request) ?? { text: 'Two mails came.' })
  server = await startTestServer({
    env: {
      IMPERAL_ALLOW_PRIVATE_NETWORK: 'true',
      IMPERAL_LLM_PROVIDER: 'openai_compatible',
      IMPERAL_LLM_MODEL: 'house-model',
      IMPERAL_LLM_BASE_URL: model.url,
      IMPERAL_LLM_API_KEY: 'sk-house',
    },
  })
  admin = await signInAdmin(server)
  grace = await person('grace')
  eve = await person('eve')
  leo = await person('leo')
  await grace.request('POST', '/v1/developer/register', { display_name: 'Grace' })
  const address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  await deploySource(server.url, grace, clock(address))
  const prices = { pricing_model: 'per_action', pricing_config: { tool_prices: { receive_mail: 20 } } }
  await publish('postroom', 'Post Room', MAIL, prices)
  await publish('alarm', 'Alarm Bell', ALARM)
  for (const app of ['postroom', 'alarm']) await install(eve, app)
  await install(leo, 'alarm')
  stream = await listen(server.url, eve)
}, 180_000)
beforeEach(() => {
  script = {}
})
afterAll(async () => {
  stream?.close()
  await server?.stop()
  await model?.close()
  outside?.closeAllConnections()
  outside?.close()
})

async function install(who: Session, appId: string): Promise<void> {
  expect((await who.request('POST', `/v1/marketplace/apps/${appId}/install`, {})).status).toBe(200)
}
const balance = async (who: Session) =>
  ((await who.request('GET', '/v1/billing/balance')).body as { balance: number }).balance
const receive = (who: Session, subject: string) => who.call('postroom', 'receive_mail', { subject })
const actionsOf = async (who: Session, traceId: string | undefined) =>
  (await who.request('GET', `/v1/actions/${traceId}`)).body as { calls: { status: string; tool_name: string }[] }

test('[S003-001] a developer’s app is found, installed and used by somebody else; sign-in, billing, models and live updates are the platform’s', async () => {
  expect(
    (await leo.request('POST', '/v1/extensions/postroom/call', { user_id: leo.userId, function: 'sum_up' })).status,
  ).toBe(404)
  const found = (await leo.request('GET', '/v1/marketplace/apps?search=post%20room')).body as { app_id: string }[]
  expect(found.map(({ app_id }) => app_id)).toContain('postroom')
  await install(leo, 'postroom')
  const live = await listen(server.url, leo)

  const earned = async () =>
    (await grace.request('GET', '/v1/developer/earnings')).body as {
      total_earnings: number
      total_platform_share: number
    }
  const before = { balance: await balance(leo), ...(await earned()) }
  const received = await receive(leo, 'Rent')
  expect(received).toMatchObject({ status: 'success', data: { subject: 'Rent' } })
  // The price is the user's; a developer of the first tier keeps 70 % of it.
  expect(before.balance - (await balance(leo))).toBe(20)
  const after = await earned()
  expect(after.total_earnings - before.total_earnings).toBe(14)
  expect(after.total_platform_share - before.total_platform_share).toBe(6)

  const event = await live.first(({ type, payload }) => type === 'event' && payload.event_type === 'postroom.received')
  expect(event.payload).toMatchObject({ user_id: leo.userId, data: { subject: 'Rent' } })
  live.close()
  expect(stream.messages.filter(({ payload }) => payload.user_id === leo.userId)).toEqual([])

  const asked = model.requests.length
  expect((await leo.call('postroom', 'sum_up')).data).toEqual({ text: 'Two mails came.' })
  expect(model.requests.slice(asked)).toMatchObject([{ model: 'house-model', key: 'sk-house' }])
  const strangers = await fetch(`${server.url}/v1/extensions/postroom/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: leo.userId, function: 'sum_up' }),
  })
  expect(strangers.status).toBe(401)
})

test('[S003-064] rights, the question before destruction, price, event and record come without a line of the author', async () => {
  // Nothing in the source asks, checks, charges, records or publishes.
  expect(MAIL).not.toMatch(/confirm|scope|billing|charge|audit|emit\(|ledger|permission/i)
  await receive(eve, 'To be burned')
  const asked = await eve.call('postroom', 'burn_mails')
  const { confirmation } = asked.data as { confirmation: { confirmation_id: string } }
  expect(asked).toMatchObject({ status: 'error', error_code: 'CONFIRMATION_REQUIRED' })
  const confirmed = await eve.request('POST', `/v1/confirmations/${confirmation.confirmation_id}/confirm`, {})
  expect(confirmed.status).toBe(200)
  await stream.first(({ type, payload }) => type === 'event' && payload.event_type === 'postroom.burned')
  expect((await eve.request('GET', '/v1/actions?app_id=postroom')).body).toMatchObject({
    actions: expect.arrayContaining([
      expect.objectContaining({ tool_name: 'burn_mails', status: 'success' }),
      expect.objectContaining({ tool_name: 'burn_mails', status: 'intercepted' }),
    ]),
  })

  const path = `/v1/users/${eve.userId}`
  expect((await admin.request('PATCH', path, { denied_scopes: ['postroom:write'] })).status).toBe(200)
  const denied = await receive(eve, 'Not for you')
  expect(denied).toMatchObject({ status: 'error', error_code: 'PERMISSION_DENIED' })
  expect((await actionsOf(eve, denied.trace_id)).calls).toMatchObject([{ tool_name: 'receive_mail', status: 'denied' }])
  expect((await admin.request('PATCH', path, { denied_scopes: [] })).status).toBe(200)
  expect((await receive(eve, 'For you again')).status).toBe('success')
})

describe('between apps', () => {
  const heard = async () => (await eve.call('alarm', 'list_heard')).data as { heard: string[]; mails: number }

  test('[S003-086] [S003-087] [S001-090] one app hears the event of another with its data, and tells its person', async () => {
    await receive(eve, 'URGENT: the roof')
    await until(async () => (await heard()).heard.includes('URGENT: the roof'), 60_000)
    const told = await until(async () => {
      const { body } = await eve.request('GET', '/v1/notifications')
      return JSON.stringify(body).includes('URGENT: the roof') && body
    }, 180_000)
    expect(JSON.stringify(told)).toContain('Urgent mail')
    // Both came over the one stream of events as well.
    await stream.first(({ type, payload }) => type === 'notification' && payload.body === 'URGENT: the roof', 60_000)
    await stream.first(({ type, payload }) => {
      const panels = (payload.panels ?? []) as string[]
      return type === 'panel_refresh' && payload.app_id === 'postroom' && panels.includes('inbox')
    }, 180_000)
    expect(JSON.stringify((await grace.request('GET', '/v1/notifications')).body)).not.toContain('the roof')
  })

  test('[S003-100] the exposed handler works on the store of its own app, for the person who calls', async () => {
    await receive(eve, 'Twice')
    await receive(eve, 'Twice')
    await receive(grace, 'Twice')
    const count = async (who: Session) => (await who.call('alarm', 'count_others', { about: 'Twice' })).data
    expect(await count(eve)).toMatchObject({ count: 2, for: eve.userId })
    expect(await count(grace)).toMatchObject({ count: 1, for: grace.userId })
    // The caller's own collection of that name is another one.
    expect((await heard()).mails).toBe(0)
  })
})

test('[S000-105] what a person has stays theirs under a new name, and is not that of a namesake', async () => {
  await receive(leo, 'Kept')
  const names = { first_name: 'Eve', last_name: 'Eden' }
  for (const who of [leo, eve])
    expect((await admin.request('PATCH', `/v1/users/${who.userId}`, names)).status).toBe(200)
  const count = async (who: Session) =>
    (await who.call('alarm', 'count_others', { about: 'Kept' })).data as { count: number }
  expect(await count(leo)).toMatchObject({ count: 1, for: leo.userId })
  expect(await count(eve)).toMatchObject({ count: 0, for: eve.userId })
})

describe('background work', () => {
  test('[S000-129] says something in the chat on its way, before its result', async () => {
    script = { classify: () => plan([{ tool: 'postroom.sort_slowly', args: { well: true } }]) }
    const assistant = assistantOf(eve)
    await assistant.ask('please sort my mails', 'sorting')
    const texts = await until(async () => {
      const said = (await assistant.messages('sorting')).map(({ text }) => text)
      return said.some((text) => text.includes('All mails are sorted')) && said
    }, 180_000)
    const at = (part: string) => texts.findIndex((text) => text.includes(part))
    expect(at('Half of the mails are sorted.')).toBeGreaterThan(0)
    expect(at('All mails are sorted')).toBeGreaterThan(at('Half of the mails are sorted.'))
  })

  test('[S000-124] that ends without a result is a critical entry of the audit, and the person hears an honest sentence', async () => {
    script = { classify: () => plan([{ tool: 'postroom.sort_slowly', args: { well: false } }]) }
    const assistant = assistantOf(eve)
    await assistant.ask('please sort my mails again', 'sorting-badly')
    const fallback = await until(
      async () => (await assistant.messages('sorting-badly')).find(({ type }) => type === 'task_failed'),
      180_000,
    )
    expect(fallback.text).toMatch(/^“Sorting”: /)
    expect(fallback.text).not.toMatch(/undefined|Error|ActionResult/)
    const entries = await until(async () => {
      const { body } = await admin.request('GET', '/v1/audit?action=extension.contract_violation')
      const found = (body as { entries: object[] }).entries
      return found.length > 0 && found
    })
    expect(entries[0]).toMatchObject({
      target_id: 'postroom',
      metadata: { severity: 'critical', function: 'sort_slowly' },
    })
  })
})

test('[S001-088] [S001-089] messages and tasks come over the stream with their ids, and a finished task is done', async () => {
  const { task_id } = (await eve.call('postroom', 'sort_slowly', { well: true })).data as { task_id: string }
  expect(task_id).toMatch(/^task_\w+/)
  const isEnd = ({ type, payload }: StreamMessage) =>
    type === 'task_update' && payload.task_id === task_id && payload.status === 'done'
  const end = await stream.first(isEnd, 60_000)
  expect(Number.isNaN(Date.parse(end.ts))).toBe(false)
  const said = await stream.first(({ type, payload }) => type === 'chat_message' && payload.task_id === task_id, 60_000)
  expect(said.payload).toMatchObject({ message_id: expect.stringMatching(/^msg_\w+/), text: 'All mails are sorted.' })
})

test('[S003-080] a schedule reads and writes documents, asks over HTTP and notifies, in the name of the app', async () => {
  const notified = await until(async () => {
    const { body } = await grace.request('GET', '/v1/notifications')
    return JSON.stringify(body).includes('"Looked"') && JSON.stringify(body)
  }, 150_000)
  expect(notified).toContain('after 0')
}, 200_000)
