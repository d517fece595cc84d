import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ChatMessage, Execution, Rule } from '@imperal/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assistantOf, plan, taskOf } from '../support/assistant.ts'
import { deploySource } from '../support/extension.ts'
import { type KeyService, startKeyService } from '../support/key-service.ts'
import { mailedToken } from '../support/mailbox.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, until } from '../support/session.ts'
import { type SharedPostgres, startSharedPostgres } from '../support/shared-postgres.ts'
import { listen } from '../support/stream.ts'

// The acceptance scenarios of kernel 18 that need no classifier, on two processes that share one database and nothing else.

const FRESH = `chat.function('fresh', { description: 'Says that it is new.', params: z.object({}) }, async () => ActionResult.success({}, 'Fresh.'))`
const APP = (version: string) => `
import { ActionResult, ChatExtension, Extension, ui } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('trial', {
  version: '${version}', displayName: 'Trial', description: 'Does whatever the acceptance scenarios ask for, for the tests.',
  icon: 'icon.svg', capabilities: ['trial:read', 'trial:write'],
})
const chat = new ChatExtension(ext, { toolName: 'trial', description: 'Does what is asked for.' })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const Key = z.object({ key: z.string() })
chat.function('make', { description: 'Makes one item under a key.', params: Key, actionType: 'write', effects: ['create:item'], event: 'made' },
  async (ctx, { key }) => { await ctx.store.create('items', { key }); return ActionResult.success({ key }, 'Made ' + key + '.') })
chat.function('paid', { description: 'Makes one item for money, or fails when it is told to.', params: Key, actionType: 'write', effects: ['create:item'] },
  async (ctx, { key }) => {
    if (key === 'fail') return ActionResult.error('It failed as asked.', { code: 'AS_ASKED' })
    await pause(50)
    await ctx.store.create('items', { key })
    return ActionResult.success({ key }, 'Made.')
  })
chat.function('erase', { description: 'Erases all items of a key for good.', params: Key.extend({ user_id: z.string().optional() }), actionType: 'destructive', effects: ['delete:item'], event: 'erased' },
  async (ctx, { key }) => {
    let erased = 0
    for (const one of (await ctx.store.query('items', { where: { key } })).data) { await ctx.store.delete('items', one.id); erased++ }
    return ActionResult.success({ erased }, 'Erased ' + erased + '.')
  })
chat.function('count', { description: 'Counts the items of a key.', params: Key },
  async (ctx, { key }) => ActionResult.success({ count: await ctx.store.count('items', { key }), version: '${version}' }, 'Counted.'))
chat.function('ponder', { description: 'Thinks for some seconds and says how far it is.', params: z.object({ seconds: z.number() }) },
  async (ctx, { seconds }) => {
    const begun = Date.now()
    for (let past = 0; past < seconds * 1000; past = Date.now() - begun) { await pause(100); await ctx.progress(past / (seconds * 10), 'thinking') }
    return ActionResult.success({ thought: true, version: '${version}' }, 'Thought it over.')
  })
chat.function('ponder_begun', { description: 'Makes one item under a key and thinks for some seconds.', params: Key.extend({ seconds: z.number() }), actionType: 'write', effects: ['create:item'] },
  async (ctx, { key, seconds }) => {
    await ctx.store.create('items', { key })
    await pause(seconds * 1000)
    return ActionResult.success({ version: '${version}' }, 'Thought it over.')
  })
chat.function('cut', { description: 'Makes one item and then never ends.', params: Key, background: true, actionType: 'write', effects: ['create:item'] },
  async (ctx, { key }) => { await ctx.store.create('items', { key }); await pause(170_000); return ActionResult.success({ key }, 'Too late.') })
chat.function('cut_once', { description: 'Makes one item unless it is there, and then never ends the first time.', params: Key, background: true, idempotent: true, actionType: 'write', effects: ['create:item'] },
  async (ctx, { key }) => {
    if ((await ctx.store.count('items', { key })) > 0) return ActionResult.success({ key }, 'It is there.')
    await ctx.store.create('items', { key })
    await pause(170_000)
    return ActionResult.success({ key }, 'Too late.')
  })
${version === '1.0.0' ? '' : FRESH}
ext.panel('items', { slot: 'left', title: 'Items', icon: 'List' }, async (ctx) => ui.Text(String(await ctx.store.count('items', {})) + ' items'))
ext.panel('nosy', { slot: 'center', title: 'Nosy', icon: 'Eye' }, async (ctx) => {
  const { skeleton } = ctx as unknown as { skeleton: { get(section: string): Promise<unknown> } }
  return ui.Text(await skeleton.get('items').then(() => 'it read it', (error) => error.constructor.name))
})
ext.skeleton('items', { ttl: 300, alert: true, description: 'How many items there are' }, async (ctx) => ({ response: { items: await ctx.store.count('items', {}) } }))
ext.skeletonAlert('items', async (_ctx, { previous, current }) => ActionResult.success({}, previous?.items + ' to ' + current.items))
ext.skeleton('beat', { ttl: 60, description: 'The same, renewed every minute' }, async (ctx) => ({ response: { items: await ctx.store.count('items', {}) } }))
ext.webhook('/echo', { method: 'POST' }, async (_ctx, request) => ({ status_code: 202, headers: { 'x-echo': request.header('x-challenge') ?? '' }, body: { heard: request.body.length } }))
ext.schedule('tick', { cron: '* * * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers()) {
    try {
      if ((await ctx.asUser(userId).store.count('items', { key: 'trouble' })) > 0) throw new Error('this one has trouble')
      await ctx.asUser(userId).store.create('ticks', { minute: new Date().toISOString().slice(0, 16) })
    } catch (error) { ctx.log(String(error)) }
  }
})
`
const LOCKED = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('locked', {
  version: '1.0.0', displayName: 'Locked', description: 'Needs a secret of its user before it does anything, for the tests.', icon: 'icon.svg', capabilities: ['locked:read'],
})
const token = ext.secret({ name: 'token', description: 'A token.', required: true, writeMode: 'user' })
new ChatExtension(ext, { toolName: 'locked', description: 'Needs a secret.' }).function('open', { description: 'Opens with the secret of its user.', params: z.object({}) },
  async (ctx) => ActionResult.success({ length: (await ctx.secrets.get(token)).length }, 'Open.'))
`
const PASSWORD = 's3cure! and long'

let postgres: SharedPostgres
let folder: string
let keys: KeyService
let model: ModelProvider
let one: TestServer
let two: TestServer
let ada: Session
/** The same person on the second process. */
let adaThere: Session
let eve: Session

const nodeEnv = () => ({
  DATABASE_URL: postgres.url,
  IMPERAL_KEYS_DIR: path.join(folder, 'keys'),
  IMPERAL_FILES_DIR: path.join(folder, 'files'),
  IMPERAL_KEY_SERVICE_URL: keys.url,
  IMPERAL_KEY_SERVICE_TOKEN: keys.token,
  IMPERAL_KEY_CACHE_S: '0',
  IMPERAL_METRICS: 'true',
  // The installation has no model; a person may bring one of their own.
  IMPERAL_ALLOW_PRIVATE_NETWORK: 'true',
})
const startNode = () => startTestServer({ env: nodeEnv() })
async function newUser(email: string): Promise<Session> {
  await send(`${one.url}/v1/auth/signup`, 'POST', { email, password: PASSWORD })
  await send(`${one.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(one, email) })
  return signIn(one, email, PASSWORD)
}

beforeAll(async () => {
  ;[postgres, keys, model] = await Promise.all([
    startSharedPostgres(),
    startKeyService(),
    startModelProvider((request) =>
      taskOf(request) === 'classify'
        ? plan([{ tool: 'trial.paid', args: { key: 'own-model' } }], { intent: 'write' })
        : { status: 400 },
    ),
  ])
  folder = mkdtempSync(path.join(tmpdir(), 'imperal-acceptance-'))
  ;[one, two] = await Promise.all([startNode(), startNode()])
  ada = await signIn(one, one.adminEmail, one.adminPassword)
  adaThere = await signIn(two, one.adminEmail, one.adminPassword)
  await deploySource(one.url, ada, APP('1.0.0'))
  await deploySource(two.url, adaThere, LOCKED)
  await rows("update registry.app set status = 'active' where app_id in ('trial', 'locked')")
  eve = await newUser('eve@example.com')
  await eve.request('POST', '/v1/marketplace/apps/trial/install', {})
}, 240_000)
afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()])
  await Promise.all([postgres?.stop(), keys?.close(), model?.close()])
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = await postgres.superuser()
  try {
    await client.query("select set_config('imperal.tenant', '*', false)") // for triggers, which act as the owner
    return (await client.query(text, values)).rows as Row[]
  } finally {
    await client.end()
  }
}
const count = async (key: string, who = ada) =>
  ((await who.call('trial', 'count', { key })).data as { count: number }).count
const ask = async (key: string, who = ada) =>
  (
    (await who.call('trial', 'erase', { key })) as unknown as {
      data: { confirmation: { confirmation_id: string } }
    }
  ).data.confirmation.confirmation_id
const ticks = () =>
  rows<{ user_id: string; minute: string; n: number }>(
    "select user_id, data ->> 'minute' as minute, count(*)::int as n from store.document where app_id = 'trial' and collection = 'ticks' group by 1, 2",
  )
const section = async (name: string) =>
  (
    await rows<{ data: { items: number }; refreshed_at: Date; lasts: number }>(
      `select data, refreshed_at, extract(epoch from due_at - refreshed_at)::float as lasts
       from state.skeleton where app_id = 'trial' and section = $1 and user_id = $2 and data is not null`,
      [name, ada.userId],
    )
  )[0]
/** Nobody waits half a minute for the last word of a process that was killed. */
const wasLastHeardLongAgo = ({ pid }: TestServer) =>
  rows("update kernel.node set heartbeat_at = now() - interval '1 minute' where name like '% ' || $1", [String(pid)])
const confirm = (id: string, who: Session) => who.request('POST', `/v1/confirmations/${id}/confirm`, {})

test('[18.2] a destructive call: a card, a second tab confirms on the other process, the first finds it used; one deletion, one event, one row', async () => {
  const erased = () =>
    rows(
      "select payload -> 'data' as data from outbox.message where type = 'event' and payload ->> 'event_type' = 'trial.erased'",
    )
  const before = await erased()
  await ada.call('trial', 'make', { key: 'scenario-2' })
  const id = await ask('scenario-2')
  const cards = (await adaThere.request('GET', '/v1/confirmations/active')).body as {
    confirmations: { confirmation_id: string }[]
  }
  expect(cards.confirmations.map(({ confirmation_id }) => confirmation_id)).toContain(id)
  expect(await confirm(id, adaThere)).toMatchObject({ status: 200, body: { status: 'executed' } })
  expect(await confirm(id, ada)).toMatchObject({ status: 409, body: { error: 'CONFIRMATION_CONSUMED' } })
  expect(await count('scenario-2')).toBe(0)
  expect(await erased()).toEqual([...before, { data: { erased: 1 } }])
  expect(
    await rows(
      "select retention_class, confirmation, status from ledger.action where confirmation_id = $1 and status <> 'intercepted'",
      [id],
    ),
  ).toEqual([{ retention_class: 'federal_7y', confirmation: 'user_accepted', status: 'success' }])
})

test('[18.3] a card of 301 s ago: 410 on both processes, nothing is executed, and a row says so', async () => {
  await ada.call('trial', 'make', { key: 'scenario-3' })
  const id = await ask('scenario-3')
  const aged = `update kernel.confirmation set created_at = created_at - interval '301 s', expires_at = expires_at - interval '301 s'
    where confirmation_id = $1 returning extract(epoch from expires_at - created_at)::int as lasts`
  expect(await rows(aged, [id])).toEqual([{ lasts: 300 }])
  for (const who of [ada, adaThere])
    expect(await confirm(id, who)).toMatchObject({ status: 410, body: { error: 'CONFIRMATION_EXPIRED' } })
  expect(await count('scenario-3')).toBe(1)
  const ends = () =>
    rows("select confirmation, status from ledger.action where confirmation_id = $1 and status <> 'intercepted'", [id])
  expect(await until(async () => ((await ends()).length > 0 ? ends() : null), 60_000)).toEqual([
    { confirmation: 'expired', status: 'cancelled' },
  ])
})

test('[18.4] a right that is gone between card and yes: refused at the yes, and told honestly', async () => {
  await eve.call('trial', 'make', { key: 'scenario-4' })
  const denied = await ask('scenario-4', eve)
  const deny = (denied_scopes: string[]) => ada.request('PATCH', `/v1/users/${eve.userId}`, { denied_scopes })
  expect((await deny(['trial:destructive', 'trial:write'])).status).toBe(200)
  const codeOf = async (who: Session) => (await who.call('trial', 'erase', { key: 'none' })).error_code
  const away = await signIn(two, 'eve@example.com', PASSWORD)
  await until(async () => (await codeOf(away)) === 'PERMISSION_DENIED')
  const told = await confirm(denied, away)
  expect(told.body).toMatchObject({
    status: 'failed',
    results: [
      { status: 'error', error_code: 'PERMISSION_DENIED', error: expect.stringMatching(/permission|right|allowed/i) },
    ],
  })
  await deny([])
  await until(async () => (await codeOf(eve)) === 'CONFIRMATION_REQUIRED')

  const id = await ask('scenario-4', eve)
  expect((await eve.request('POST', '/v1/me/extensions/disable', { app_id: 'trial' })).status).toBe(200)
  const there = await signIn(two, 'eve@example.com', PASSWORD)
  const asks = { user_id: eve.userId, function: 'count', params: { key: 'scenario-4' } }
  const statusOf = async (who: Session) => (await who.request('POST', '/v1/extensions/trial/call', asks)).status
  await until(async () => (await statusOf(there)) === 403)
  expect(await confirm(id, there)).toMatchObject({ body: { status: 'failed', results: [{ status: 'error' }] } })
  expect(
    await rows(
      "select status, retention_class from ledger.action where confirmation_id = any($1) and status <> 'intercepted' order by call_id",
      [[denied, id]],
    ),
  ).toEqual([
    { status: 'denied', retention_class: 'security_forever' },
    { status: 'denied', retention_class: 'security_forever' },
  ])
  await eve.request('DELETE', '/v1/me/extensions/disable/trial')
  await until(async () => (await statusOf(eve)) === 200 && (await statusOf(there)) === 200)
  expect(await count('scenario-4', eve)).toBe(1)
})

test('[18.6] a function of 20 s becomes a task after 5 s; the chat is free, its result takes the place of the notice, progress is told, and cancel works', async () => {
  const [here, there] = [assistantOf(ada), assistantOf(adaThere)]
  const stream = await listen(two.url, adaThere)
  const said = performance.now()
  const slow = await here.ask('/trial.ponder {"seconds": 20}', 'slow')
  expect(slow).toMatchObject({ type: 'task_promoted', task_id: expect.any(String) })
  expect(performance.now() - said).toBeGreaterThanOrEqual(5_000)
  // The same conversation answers on the other process meanwhile.
  expect(await there.ask('/trial.count {"key": "none"}', 'slow')).toMatchObject({
    status: 'done',
    type: 'function_call',
  })
  await stream.first(
    ({ type, payload }) => type === 'task_update' && payload.task_id === slow.task_id && Number(payload.percent) > 0,
    30_000,
  )
  const done = await until(
    async () =>
      (await there.messages('slow')).find(
        (message: ChatMessage) => message.message_id === slow.message_id && message.type !== 'task_promoted',
      ),
    180_000,
  )
  expect(done).toMatchObject({ type: 'response', status: 'done', text: 'Thought it over.' })
  const updates = stream.messages.filter(
    ({ type, payload }) => type === 'task_update' && payload.task_id === slow.task_id,
  )
  // Reports of every tenth of a second are told every two seconds at most, beside the beginning and the end.
  const most = Math.ceil((performance.now() - said) / 2_000)
  const running = updates.filter(({ payload }) => payload.status === 'running' && Number(payload.percent) > 0)
  expect(running.length).toBeGreaterThan(2)
  expect(running.length).toBeLessThanOrEqual(most)
  const long = await here.ask('/trial.ponder {"seconds": 120}', 'slow')
  expect(long.type).toBe('task_promoted')
  expect((await adaThere.request('POST', `/v1/tasks/${long.task_id}/cancel`, {})).status).toBe(200)
  await stream.first(
    ({ type, payload }) => type === 'task_update' && payload.task_id === long.task_id && payload.status === 'cancelled',
    180_000,
  )
  stream.close()
}, 180_000)

test('[18.10] without a model: panels, commands, webhooks, schedules and structured automations work, and free words get a list to pick from', async () => {
  const posted = await fetch(`${two.url}/v1/ext/trial/webhook/echo`, { method: 'POST', body: 'ten' })
  expect([posted.status, await posted.json()]).toEqual([202, { heard: 3 }])
  const rule = await ada.request('POST', '/v1/automations', {
    prompt: 'keep what is about ten',
    trigger_filter: { event_type: 'email.received', conditions: [{ path: 'data.subject', op: 'eq', value: 'Ten' }] },
    actions: [{ app_id: 'trial', tool: 'make', args: { key: 'by-rule-{{event.data.subject}}' } }],
  })
  expect(rule.status, JSON.stringify(rule.body)).toBe(200)
  expect((await received('Ten')).status).toBe(200)
  const panel = await adaThere.call('trial', '__panel__items')
  expect(JSON.stringify(panel)).toContain('items')
  const assistant = assistantOf(adaThere)
  expect(await assistant.ask('/trial.make {"key": "scenario-10"}', 'bare')).toMatchObject({
    type: 'function_call',
    status: 'done',
  })
  const words = await assistant.ask('items', 'bare')
  expect(words).toMatchObject({ type: 'pick_list' })
  expect(words.pick_list.length).toBeGreaterThan(1)
  await until(async () => (await count('by-rule-Ten')) === 1, 60_000)
  await ada.request('DELETE', `/v1/automations/${(rule.body as Rule).id}`)
  await until(async () => (await ticks()).some(({ user_id }) => user_id === ada.userId), 150_000)
  expect(model.requests).toEqual([])
}, 240_000)

const received = (subject: string) =>
  send(
    `${two.url}/v1/internal/events/publish`,
    'POST',
    {
      tenant_id: 'default',
      scope: 'email',
      action: 'received',
      id: subject,
      actor: ada.userId,
      user_id: ada.userId,
      data: { subject },
    },
    { 'x-service-token': two.serviceToken },
  )

test('[18.11] an automation: a mail makes a note, the cooldown stops the second, a rule that makes rules is refused, resuming begins to count anew', async () => {
  const attempt = `invoice ${randomBytes(4).toString('hex')}`
  const made = await ada.request('POST', '/v1/automations', {
    prompt: 'save invoices',
    trigger_filter: {
      event_type: 'email.received',
      conditions: [{ path: 'data.subject', op: 'contains', value: attempt }],
    },
    actions: [{ app_id: 'notes', tool: 'create_note', args: { title: '{{event.data.subject}}' } }],
    cooldown_seconds: 3_600,
  })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  const { id } = made.body as Rule
  const rule = async () =>
    ((await adaThere.request('GET', '/v1/automations')).body as Rule[]).find((row) => row.id === id) as Rule
  expect((await received(`Your ${attempt} 81`)).status).toBe(200)
  await until(async () => {
    const { executions } = (await ada.request('GET', `/v1/automations/${id}/executions`)).body as {
      executions: Execution[]
    }
    return executions.some(({ status }) => status === 'completed')
  }, 180_000)
  await received('A picture')
  await received(`Your ${attempt} 82`)
  await until(async () => (await rule()).skipped.cooldown === 1, 60_000)
  expect(await rule()).toMatchObject({ trigger_count: 1, success_count: 1 })
  expect(
    await rows(
      "select data ->> 'title' as title from store.document where app_id = 'notes' and data ->> 'title' like 'Your ' || $1 || '%'",
      [attempt],
    ),
  ).toEqual([{ title: `Your ${attempt} 81` }])
  const replicating = await ada.request('POST', '/v1/automations', {
    prompt: 'again and again',
    trigger_filter: { event_type: 'email.received' },
    actions: [{ app_id: 'automations', tool: 'create_automation', args: { prompt: 'again and again' } }],
  })
  expect(replicating.status).toBe(422)
  expect((await ada.request('POST', `/v1/automations/${id}/pause`, {})).status).toBe(200)
  expect((await adaThere.request('POST', `/v1/automations/${id}/resume`, {})).status).toBe(200)
  expect(await rule()).toMatchObject({ status: 'active', trigger_count: 0 })
  await ada.request('DELETE', `/v1/automations/${id}`)
}, 240_000)

test('[18.13] a webhook with a handshake: its header reaches the caller; a wrong method is 405, 1.1 MB are 413, on both processes', async () => {
  for (const { url } of [one, two]) {
    const at = `${url}/v1/ext/trial/webhook/echo`
    const answer = await fetch(at, { method: 'POST', headers: { 'x-challenge': 'prove it' }, body: 'hello' })
    expect([answer.status, answer.headers.get('x-echo'), await answer.json()]).toEqual([202, 'prove it', { heard: 5 }])
    expect((await fetch(at, { method: 'PUT', body: 'x' })).status).toBe(405)
    expect((await fetch(at, { method: 'POST', body: 'x'.repeat(1_100_000) })).status).toBe(413)
  }
})

test('[18.14] a missing secret: the handler does not run and a card is shown; without the key service nothing opens; ledger and audit know the length and a prefix', async () => {
  expect(await ada.call('locked', 'open')).toMatchObject({
    error_code: 'SECRET_MISSING',
    data: { secret_missing_card: { app_id: 'locked' } },
  })
  const value = 'canary-9f27-of-the-secret'
  expect((await adaThere.request('PUT', '/v1/secrets/locked/token', { value })).status).toBe(200)
  await until(async () => (await ada.call('locked', 'open')).status === 'success')
  expect(
    await rows('select 1 from ledger.action where position($1 in args::text || coalesce(result_preview, $2)) > 0', [
      value,
      '',
    ]),
  ).toEqual([])
  expect(await rows('select 1 from audit.entry where position($1 in metadata::text) > 0', [value])).toEqual([])
  const reads = await rows<{ metadata: object }>("select metadata from audit.entry where action = 'secret.read'")
  expect(reads.length).toBeGreaterThan(0)
  for (const { metadata } of reads)
    expect(metadata).toEqual({
      by: 'extension',
      length: value.length,
      sha256_prefix: expect.stringMatching(/^[0-9a-f]{8}$/),
    })
  await keys.goAway()
  for (const who of [ada, adaThere]) {
    const closed = await who.call('locked', 'open')
    expect(closed).toMatchObject({ status: 'error' })
    expect(JSON.stringify(closed)).not.toContain(value)
    expect((await who.request('PUT', '/v1/secrets/locked/token', { value: 'another' })).status).toBe(503)
  }
  await keys.comeBack()
  for (const who of [ada, adaThere])
    expect(await who.call('locked', 'open')).toMatchObject({ status: 'success', data: { length: value.length } })
})

test('[18.15] params that name another tenant are refused, kept for ever, and told', async () => {
  const recorded = () =>
    rows("select status, retention_class from ledger.action where error_code = 'TENANT_SCOPE_VIOLATION'")
  const audited = () => rows("select actor_id from audit.entry where action = 'tenant.violation'")
  const threats = async () =>
    Number(
      /imperal_threats\{[^}]*kind="tenant_mismatch"[^}]*\} (\d+)/.exec(
        String((await adaThere.request('GET', '/metrics')).body),
      )?.[1] ?? 0,
    )
  const before = { recorded: await recorded(), audited: await audited(), threats: await threats() }
  const answer = await adaThere.request('POST', '/v1/extensions/trial/call', {
    ...{ user_id: ada.userId, function: 'make' },
    params: { key: 'scenario-15', tenant_id: 'acme' },
  })
  expect(answer).toMatchObject({ status: 403, body: { error: 'TENANT_SCOPE_VIOLATION' } })
  expect(await recorded()).toEqual([...before.recorded, { status: 'denied', retention_class: 'security_forever' }])
  expect(await audited()).toEqual([...before.audited, { actor_id: ada.userId }])
  expect(await threats()).toBe(before.threats + 1)
  await until(async () => two.logs().includes('a call named another tenant and was refused'))
  expect(await count('scenario-15')).toBe(0)
})

test('[18.16] who destroys for somebody else needs `users:admin`, and is asked all the same, whatever the settings and the request say', async () => {
  const bob = await newUser('bob@example.com')
  await bob.request('POST', '/v1/marketplace/apps/trial/install', {})
  expect((await bob.request('PATCH', '/v1/me/settings', { confirmation_enabled: false })).status).toBe(200)
  expect(await bob.call('trial', 'make', { key: 'scenario-16' })).toMatchObject({ status: 'success' })
  const params = { key: 'scenario-16', user_id: eve.userId }
  expect(await bob.call('trial', 'erase', params)).toMatchObject({ error_code: 'PERMISSION_DENIED' })
  expect((await ada.request('PATCH', `/v1/users/${bob.userId}`, { scopes: ['users:admin'] })).status).toBe(200)
  const there = await signIn(two, 'bob@example.com', PASSWORD)
  for (const who of [bob, there]) {
    const asked = await until(async () => {
      const answer = await who.call('trial', 'erase', params)
      return answer.error_code !== 'PERMISSION_DENIED' && answer
    })
    expect(asked).toMatchObject({ error_code: 'CONFIRMATION_REQUIRED', data: { confirmation: expect.any(Object) } })
  }
  expect(await count('scenario-16', bob)).toBe(1)

  const answer = await ada.request('POST', '/v1/extensions/trial/operate', {
    ...{ user_id: ada.userId, function: 'erase', confirmation_bypassed: true },
    params: { key: 'scenario-16', user_id: eve.userId },
  })
  expect(answer).toMatchObject({ status: 200, body: { kind: 'confirmation' } })
})

test('[18.17] money: ten calls at once on two processes spend what is there and no more; a failure gives back what was held; an own model adds no fee; a settlement counts once; the developer’s share is rounded down; all entries add up', async () => {
  await rows(
    `insert into billing.terms (app_id, owner_id, model, tool_prices, free_tools, split, agreed_at)
     values ('trial', $1, 'per_action', '{"paid": 7}', '["make", "erase", "count", "ponder", "ponder_begun", "cut", "cut_once"]', 70, now())
     on conflict (app_id) do update set owner_id = excluded.owner_id, model = 'per_action', split = 70,
       tool_prices = excluded.tool_prices, free_tools = excluded.free_tools`,
    [ada.userId],
  )
  await Promise.all([one.stop(), two.stop()])
  ;[one, two] = await Promise.all([startNode(), startNode()])
  ada = await signIn(one, one.adminEmail, one.adminPassword)
  adaThere = await signIn(two, one.adminEmail, one.adminPassword)
  eve = await signIn(one, 'eve@example.com', PASSWORD)
  const there = await signIn(two, 'eve@example.com', PASSWORD)
  await eve.call('trial', 'paid', { key: 'fail' }) // opens the wallet
  const wallet = async () =>
    (
      await rows<{ balance: number; held: number }>(
        'select balance::int, held::int from billing.wallet where user_id = $1',
        [eve.userId],
      )
    )[0]
  const spare = (await wallet())?.balance ?? 0
  const holds = () => rows('select status from billing.hold where user_id = $1', [eve.userId])
  expect([await holds(), (await wallet())?.held]).toEqual([[{ status: 'released' }], 0])
  const cost = async () => {
    const before = (await wallet())?.balance ?? 0
    expect((await eve.call('trial', 'paid', { key: 'scenario-17' })).status).toBe('success')
    return before - ((await wallet())?.balance ?? 0)
  }
  const book = (amount: number, name: string) =>
    rows(
      `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
       select gen_random_uuid()::text, 'default', $3, account, amount, 'adjustment', '', $3 || account, now()
       from (values ('user:' || $1::text, $2::int), ('platform', -$2::int)) line (account, amount)`,
      [eve.userId, amount, name],
    )
  await book(1_000, 'plenty')
  const each = await cost()
  expect(each).toBe(7)
  // A model of one's own chooses the call: its base price, and no fee.
  const llm = { provider: 'openai_compatible', model: 'm-own', base_url: model.url, api_key: 'sk-own' }
  expect((await eve.request('PATCH', '/v1/me/settings', { llm })).status).toBe(200)
  const before = (await wallet())?.balance ?? 0
  expect(await assistantOf(eve).ask('Make one item for money, own-model', 'own')).toMatchObject({ status: 'done' })
  expect(await count('own-model', eve)).toBe(1)
  expect(before - ((await wallet())?.balance ?? 0)).toBe(7)
  expect(
    await rows(
      "select facts ->> 'extension_price' as base, facts ->> 'platform_fee' as fee from ledger.action where user_id = $1 and source = 'chat' and function = 'paid'",
      [eve.userId],
    ),
  ).toEqual([{ base: '7', fee: '0' }])
  await eve.request('PATCH', '/v1/me/settings', { llm: null })
  // One hold, settled ten times at once on two processes.
  const bill = (at: TestServer, path: string, body: object) =>
    send(`${at.url}/v1/internal/billing/holds${path}`, 'POST', body, { 'x-service-token': at.serviceToken })
  const held = await bill(one, '', { user_id: eve.userId, amount: 10, app_id: 'trial' })
  const { hold_id: hold } = held.body as { hold_id: string }
  const start = (await wallet())?.balance ?? 0
  const settled = await Promise.all(
    Array.from({ length: 10 }, (_, n) => bill(n % 2 === 0 ? one : two, `/${hold}/settle`, { amount: 4 })),
  )
  expect(
    settled.every(({ status }) => status === 200 || status === 409),
    JSON.stringify(settled),
  ).toBe(true)
  expect(settled.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(await wallet()).toEqual({ balance: start - 4, held: 0 })
  // What is left is enough for four.
  await book(4 * each - ((await wallet())?.balance ?? 0), 'four')
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? eve : there).call('trial', 'paid', { key: 'scenario-17' })),
  )
  expect(answers.filter(({ status }) => status === 'success')).toHaveLength(4)
  expect(answers.filter((answer) => answer.error_code === 'INSUFFICIENT_CREDITS')).toHaveLength(6)
  expect(await wallet()).toEqual({ balance: 0, held: 0 })
  expect(await count('scenario-17', eve)).toBe(5)
  // Six calls of 7 at 70 %: 4.9 is 4.
  expect(
    await rows('select amount::int, count(*)::int as n from billing.entry where account = $1 group by 1', [
      `developer:${ada.userId}`,
    ]),
  ).toEqual([{ amount: 4, n: 6 }])
  expect(await rows('select coalesce(sum(amount), 0)::int as sum from billing.entry')).toEqual([{ sum: 0 }])
  expect(spare).toBeGreaterThanOrEqual(0)
}, 180_000)

test('[18.18] [K10.40] [K10.41] a deploy during use: what runs ends on the old code, the next call and the next turn on either process are of the new', async () => {
  const assistants = [assistantOf(ada), assistantOf(adaThere)]
  for (const assistant of assistants) expect((await assistant.ask('/trial.fresh {}', 'deploy')).text).not.toBe('Fresh.')
  const begun = await count('scenario-18')
  // Looked at in the end: what went wrong before is told first.
  const running = Promise.allSettled([ada.call('trial', 'ponder_begun', { key: 'scenario-18', seconds: 4 })])
  await until(async () => (await count('scenario-18')) > begun)
  await deploySource(two.url, adaThere, APP('1.1.0'))
  const versionOn = async (who: Session) =>
    ((await who.call('trial', 'count', { key: 'none' })).data as { version: string }).version
  expect(await versionOn(adaThere)).toBe('1.1.0')
  await until(async () => (await versionOn(ada)) === '1.1.0')
  for (const assistant of assistants)
    expect(await assistant.ask('/trial.fresh {}', 'deploy')).toMatchObject({ type: 'function_call', text: 'Fresh.' })
  expect(await running).toMatchObject([{ value: { status: 'success', data: { version: '1.0.0' } } }])
}, 240_000)

test('[18.19] a skeleton: renewed once when its time is over, forbidden to panels, gone when the app is switched off', async () => {
  const stored = () =>
    rows<{ data: { items: number }; refreshed_at: Date }>(
      "select data, refreshed_at from state.skeleton where app_id = 'trial' and user_id = $1 and data is not null",
      [ada.userId],
    )
  await ada.call('trial', 'make', { key: 'scenario-19' })
  const [first] = await until(async () => {
    const found = await stored()
    return found.length > 0 && found
  }, 180_000)
  await rows("update state.skeleton set due_at = now() - interval '1 second' where app_id = 'trial'")
  await until(
    async () => ((await stored())[0]?.refreshed_at.getTime() ?? 0) > (first?.refreshed_at.getTime() ?? 0),
    180_000,
  )
  expect(JSON.stringify(await adaThere.call('trial', '__panel__nosy'))).toContain('SkeletonAccessForbidden')
  await ada.request('POST', '/v1/me/extensions/disable', { app_id: 'trial' })
  expect(await until(async () => (await stored()).length === 0, 30_000)).toBe(true)
  await ada.request('DELETE', '/v1/me/extensions/disable/trial')
}, 180_000)

test('[18.19] an alert: once per cooldown, whichever of two processes meets the changes; the next one covers what was not told', async () => {
  const told = async () =>
    (
      await rows<{ body: string }>(
        "select body from notifications.notification where app_id = 'trial' and user_id = $1 order by id",
        [ada.userId],
      )
    ).map(({ body }) => body.split(' to ').map(Number))
  const forget = () =>
    rows("update state.skeleton set alert_times = '{}' where app_id = 'trial' and user_id = $1", [ada.userId])
  const items = async () => (await section('items'))?.data.items ?? 0
  await until(async () => (await section('items')) !== undefined, 60_000)
  await forget()
  const before = (await told()).length
  await ada.call('trial', 'make', { key: 'alert' })
  await until(async () => (await told()).length > before, 60_000)
  for (const who of [adaThere, ada, adaThere]) {
    const now = await items()
    await who.call('trial', 'make', { key: 'alert' })
    await until(async () => (await items()) > now, 60_000)
  }
  const last = await items()
  // The cooldown is over; nothing changes any more, and the section is renewed once.
  await forget()
  await rows("update state.skeleton set due_at = now() where app_id = 'trial' and section = 'items'")
  await until(async () => (await told()).at(-1)?.[1] === last, 60_000)
  const [first, second, ...more] = (await told()).slice(before)
  expect([second, more]).toEqual([[first?.[1], last], []])
}, 180_000)

test('[18.12] [18.19] a schedule on two workers: one run in a minute, and the trouble of one user stops no other; meanwhile a section of 60 s is renewed after 60 s', async () => {
  await eve.call('trial', 'make', { key: 'trouble' })
  const beat = await until(async () => {
    const now = await section('beat')
    return now !== undefined && Math.round(now.lasts) === 60 && now
  }, 180_000)
  // From now on every minute has Ada's tick and none of Eve's.
  const since = new Date(Date.now() + 60_000).toISOString().slice(0, 16)
  const seen = await until(async () => {
    const found = (await ticks()).filter(({ minute }) => minute >= since)
    return found.some(({ user_id }) => user_id === ada.userId) && found
  }, 240_000)
  expect(seen.map(({ user_id }) => user_id)).not.toContain(eve.userId)
  // A run that began late may write in the minute after its own, so runs are counted and not what they wrote.
  const counted = `select (select count(*)::int from kernel.schedule_run where app_id = 'trial' and status in ('success', 'failed')) as minutes,
    (select count(*)::int from ledger.action where app_id = 'trial' and function = 'tick' and user_id = '__system__' and status <> 'skipped') as runs`
  const { minutes, runs } = await until(async () => {
    const [now] = await rows<{ minutes: number; runs: number }>(counted)
    return now !== undefined && now.runs <= now.minutes && now
  }, 180_000)
  expect(runs).toBe(minutes)
  expect(minutes).toBeGreaterThan(0)
  // Such a late one may also be what was seen, while the run of that minute is still under way.
  const ended = await until(async () => {
    const found = await rows<{ status: string }>(
      "select status from kernel.schedule_run where app_id = 'trial' and minute >= $1::timestamptz and status in ('success', 'failed')",
      [`${since}:00Z`],
    )
    return found.length > 0 && found
  }, 240_000)
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['success']))
  const renewed = await until(async () => {
    const now = await section('beat')
    return now !== undefined && now.refreshed_at > beat.refreshed_at && now
  }, 150_000)
  expect(renewed.refreshed_at.getTime() - beat.refreshed_at.getTime()).toBeGreaterThanOrEqual(59_900)
}, 400_000)

test('[18.7] a worker that is killed amid a write: the task fails and says that nobody knows, and nothing is repeated; what may be done twice is, with one effect', async () => {
  const key = 'scenario-7'
  const { data } = (await ada.call('trial', 'cut', { key })) as unknown as { data: { task_id: string } }
  await until(async () => (await count(key)) === 1, 60_000)
  const [holder] = await rows<{ name: string }>(
    'select n.name from kernel.task t join kernel.node n using (node_id) where task_id = $1',
    [data.task_id],
  )
  const victim = holder?.name.endsWith(` ${one.pid}`) === true ? one : two
  const survivor = victim === one ? two : one
  await victim.kill9()
  await wasLastHeardLongAgo(victim)
  const who = await signIn(survivor, survivor.adminEmail, survivor.adminPassword)
  const ended = await until(async () => {
    const [row] = await rows<{ status: string; error: string; attempt: number }>(
      'select status, error, attempt from kernel.task where task_id = $1',
      [data.task_id],
    )
    return row !== undefined && row.status !== 'running' && row.status !== 'queued' && row
  }, 240_000)
  expect(ended).toMatchObject({ status: 'failed', attempt: 1, error: expect.stringContaining('unknown') })
  expect(await count(key, who)).toBe(1)
  const said = await until(
    async () => (await assistantOf(who).messages()).find(({ task_id }) => task_id === data.task_id),
    180_000,
  )
  expect(said).toMatchObject({ type: 'task_failed', text: expect.stringContaining('unknown') })

  const begun = (await who.call('trial', 'cut_once', { key: 'scenario-7b' })) as unknown as {
    data: { task_id: string }
  }
  await until(async () => (await count('scenario-7b', who)) === 1, 60_000)
  await survivor.kill9()
  await wasLastHeardLongAgo(survivor)
  one = await startNode()
  const task = await until(async () => {
    const [row] = await rows<{ status: string; attempt: number }>(
      'select status, attempt from kernel.task where task_id = $1',
      [begun.data.task_id],
    )
    return row !== undefined && row.status !== 'running' && row.status !== 'queued' && row
  }, 240_000)
  expect(task).toEqual({ status: 'done', attempt: 2 })
  expect(await count('scenario-7b', await signIn(one, one.adminEmail, one.adminPassword))).toBe(1)
}, 400_000)
