import { createHash, createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { mailedToken } from '../support/mailbox.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

/** What services of the platform ask for in the name of users (api.md 3.21, 3.24 to 3.26), on a running server. */
const CALL_SECRET = 'secret-of-call-tokens-0123456789'
const PASSWORD = 's3cure! and long'
let server: TestServer
let model: ModelProvider
let ada: Session
let eve: Session
let mallory: Session

const SOURCE = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('desk', {
  version: '1.0.0', displayName: 'Desk', description: 'Keeps small things on a desk for whoever asks for them.',
  icon: 'icon.svg', capabilities: ['desk:read', 'desk:write'],
})
const chat = new ChatExtension(ext, { toolName: 'desk', description: 'Things on a desk.' })
chat.function('put', { description: 'Puts a thing on the desk of the person.', actionType: 'write', params: z.object({ name: z.string() }) },
  async (ctx, { name }) => ActionResult.success({ id: (await ctx.store.create('things', { name })).id }, 'put'))
ext.skeleton('things', { ttl: 300, description: 'What is on the desk' }, async () => ({ response: { count: 0 } }))
`

async function signUp(email: string, tenantId = 'default'): Promise<Session> {
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: PASSWORD, tenant_id: tenantId })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  return signIn(server, email, PASSWORD, tenantId)
}

beforeAll(async () => {
  model = await startModelProvider()
  server = await startTestServer({
    env: {
      IMPERAL_CALL_TOKEN_HMAC_SECRET: CALL_SECRET,
      IMPERAL_LLM_PROVIDER: 'openai_compatible',
      IMPERAL_LLM_MODEL: 'house-model',
      IMPERAL_LLM_BASE_URL: `${model.url}/v1`,
    },
  })
  ada = await signInAdmin(server)
  await ada.request('POST', '/v1/tenants', { tenant_id: 'umbrella', name: 'U', features: { signup_open: true } })
  eve = await signUp('eve@example.com')
  mallory = await signUp('mallory@umbrella.example', 'umbrella')
  await deploySource(server.url, ada, SOURCE)
  await ada.request('POST', '/v1/marketplace/apps/desk/install', {})
}, 240_000)
afterAll(async () => {
  await server?.stop()
  await model?.close()
})

/** A request of a service, in somebody's name or in nobody's. */
const ask = (method: string, path: string, as: Session | null, body?: unknown, more: Record<string, string> = {}) =>
  send(server.url + path, method, body, {
    'x-service-token': server.serviceToken,
    ...(as === null ? {} : { 'x-acting-user': as.userId }),
    ...more,
  })

const place = { extension_id: 'desk', tenant_id: 'default' }
const at = (more: Record<string, string> = {}) => new URLSearchParams({ ...place, ...more }).toString()

describe('[api 3.24] documents', () => {
  test('what the app writes is what a service reads, changes and deletes; the other way round as well', async () => {
    const { id } = (await ada.call('desk', 'put', { name: 'lamp' })).data as { id: string }
    const path = `/v1/internal/store/things/${id}`
    const read = await ask('GET', `${path}?${at()}`, ada)
    expect(read.body).toEqual({
      ...{ id, collection: 'things', data: { name: 'lamp' }, user_id: ada.userId, extension_id: 'desk' },
      ...{ tenant_id: 'default', created_at: expect.any(String), updated_at: expect.any(String) },
      etag: expect.any(String),
    })
    const { etag } = read.body as { etag: string }
    const patch = (data: object, match?: string) => ask('PATCH', path, ada, { ...place, data, if_match: match })
    const changed = await patch({ colour: 'red' }, etag)
    expect([changed.status, (changed.body as { data: object }).data]).toEqual([200, { name: 'lamp', colour: 'red' }])
    const late = await patch({ colour: 'blue' }, etag)
    expect([late.status, (late.body as { detail: object }).detail]).toEqual([
      409,
      { current_etag: (changed.body as { etag: string }).etag },
    ])
    // Older clients name nobody with an empty text.
    const gone = await ask('DELETE', `${path}?${at({ user_id: '' })}`, ada)
    expect([gone.status, gone.body]).toEqual([200, { id, deleted: true, deleted_at: expect.any(String) }])
    expect((await ask('GET', `${path}?${at()}`, ada)).status).toBe(404)
    expect((await ask('DELETE', `${path}?${at()}`, ada)).status).toBe(404)
  })

  test('made under a chosen id once, also when ten ask at once, and again after its deletion', async () => {
    const body = { ...place, collection: 'things', data: { n: 1 }, id: 'chosen' }
    const made = await Promise.all(Array.from({ length: 10 }, () => ask('POST', '/v1/internal/store', ada, body)))
    expect(made.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)])
    await ask('DELETE', `/v1/internal/store/things/chosen?${at()}`, ada)
    expect((await ask('POST', '/v1/internal/store', ada, body)).status).toBe(201)
    const large = { ...body, id: 'large', data: { text: 'x'.repeat(1_100_000) } }
    expect((await ask('POST', '/v1/internal/store', ada, large)).status).toBe(413)
  })

  test('queries in the older spelling, counts, pages, and refuses operators that are none', async () => {
    for (const n of [1, 2, 3])
      await ask('POST', '/v1/internal/store', ada, { app_id: 'desk', collection: 'numbers', data: { n } })
    const query = (body: object) => ask('POST', '/v1/internal/store/numbers/query', ada, body)
    const first = (await query({ app_id: 'desk', sort: '-n', limit: 2 })).body as {
      data: { data: { n: number } }[]
      cursor: string
      has_more: boolean
    }
    expect([first.data.map(({ data }) => data.n), first.has_more]).toEqual([[3, 2], true])
    const rest = await query({ ...place, order_by: '-n', limit: 2, cursor: first.cursor })
    expect((rest.body as typeof first).data.map(({ data }) => data.n)).toEqual([1])
    const found = await query({ app_id: 'desk', filter: { n: 2 } })
    expect((found.body as typeof first).data).toHaveLength(1)
    const count = await ask('POST', '/v1/internal/store/numbers/count', ada, { ...place, where: {} })
    expect(count.body).toEqual({ count: 3 })
    // [api 3.24] Each page says how many match in all.
    const totals = [first, rest.body, found.body].map((page) => (page as object as { total: number }).total)
    expect(totals).toEqual([3, 3, 1])
    expect((await query({ ...place, where: { n: { $near: 1 } } })).status).toBe(400)
  })

  test('[api 1.6] [api 7.1] a user of another tenant, another user and another app are refused, whatever is named', async () => {
    await ask('POST', '/v1/internal/store', ada, { ...place, collection: 'things', data: { mine: 1 }, id: 'mine' })
    const path = `/v1/internal/store/things/mine?${at()}`
    expect((await ask('GET', path, ada)).status).toBe(200)
    expect((await ask('GET', path, eve)).status).toBe(404)
    expect((await ask('GET', path, mallory)).status).toBe(404)
    expect((await ask('GET', path.replace('default', 'umbrella'), ada)).status).toBe(403)
    expect((await ask('GET', `${path}&user_id=${ada.userId}`, mallory)).status).toBe(403)
    expect((await ask('GET', `${path}&user_id=imp_u_nobody00`, null)).status).toBe(404)
    expect((await ask('GET', path, ada, undefined, { 'x-extension-id': 'notes' })).status).toBe(403)
    expect((await ask('GET', path, ada, undefined, { 'x-tenant-id': 'umbrella' })).status).toBe(403)
    expect(
      (await ask('GET', path, ada, undefined, { 'x-extension-id': 'desk', 'x-tenant-id': 'default' })).status,
    ).toBe(200)
    expect((await ask('GET', path, null)).status).toBe(400)
    expect((await ask('GET', path.replace('desk', 'no-such-app'), ada)).status).toBe(404)
    for (const who of [ada, eve]) expect((await who.request('GET', path)).status).toBe(403)
  })

  test('across users only for nobody: all documents, users, and one by its id', async () => {
    const make = (who: Session, id: string) =>
      ask('POST', '/v1/internal/store', who, { ...place, collection: 'shared', data: { who: id }, id })
    await Promise.all([make(ada, 'one'), make(eve, 'two'), make(ada, 'both'), make(eve, 'both')])
    const all = (await ask('GET', `/v1/internal/store/shared/all?${at()}`, null)).body as { user_id: string }[]
    expect(new Set(all.map((each) => each.user_id))).toEqual(new Set([ada.userId, eve.userId]))
    const one = await ask('GET', `/v1/internal/store/shared/all?${at({ limit: '1' })}`, null)
    expect([(one.body as object[]).length, one.headers.get('x-total-count')]).toEqual([1, '4'])
    const users = await ask('GET', `/v1/internal/store/shared/list_users?${at({ limit: '1' })}`, null)
    const [first, second] = [ada.userId, eve.userId].sort()
    expect(users.body).toEqual({ user_ids: [first], next_cursor: first, truncated: false })
    const next = await ask('GET', `/v1/internal/store/shared/list_users?${at({ cursor: String(first) })}`, null)
    expect(next.body).toEqual({ user_ids: [second], next_cursor: null, truncated: false })
    for (const route of ['all', 'list_users'])
      expect((await ask('GET', `/v1/internal/store/shared/${route}?${at()}`, ada)).status).toBe(403)
    const system = (id: string) => ask('GET', `/v1/internal/store/shared/${id}?${at({ user_id: '__system__' })}`, null)
    expect((await system('two')).body).toMatchObject({ user_id: eve.userId })
    expect((await system('both')).status).toBe(409)
    expect((await system('none')).status).toBe(404)
    const foreign = at({ tenant_id: 'umbrella', user_id: '__system__' })
    expect((await ask('GET', `/v1/internal/store/shared/two?${foreign}`, null)).status).toBe(404)
    expect((await ask('GET', `/v1/internal/store/shared/all?${at({ tenant_id: 'none' })}`, null)).status).toBe(403)
  })
})

describe('[api 3.25] files', () => {
  const upload = (as: Session | null, path: string, content: Blob, field = 'file') => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ ...place, path })) form.set(name, value)
    form.set(field, content, 'given.txt')
    const headers = {
      'x-service-token': server.serviceToken,
      ...(as === null ? {} : { 'x-acting-user': as.userId }),
    }
    return fetch(`${server.url}/v1/internal/storage/upload`, { method: 'POST', headers, body: form })
  }

  test('come, are listed, go and stay within their user', async () => {
    const stored = await upload(ada, 'docs/a.txt', new Blob(['hello'], { type: 'text/plain' }))
    expect([stored.status, await stored.json()]).toEqual([
      200,
      {
        ...{ path: 'docs/a.txt', size: 5, size_bytes: 5, content_type: 'text/plain', created_at: expect.any(String) },
        url: expect.stringContaining('/v1/files/'),
      },
    ])
    expect((await upload(ada, '', new Blob(['x']), 'data')).status).toBe(200)
    const download = (as: Session) => ask('GET', `/v1/internal/storage/download?${at({ path: 'docs/a.txt' })}`, as)
    const file = await download(ada)
    expect([file.status, file.body, file.headers.get('content-type')]).toEqual([200, 'hello', 'text/plain'])
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect((await download(eve)).status).toBe(404)
    expect((await download(mallory)).status).toBe(404)
    const listed = await ask('GET', `/v1/internal/storage/list?${at({ prefix: 'docs/' })}`, ada)
    expect(listed.body).toMatchObject({ files: [{ path: 'docs/a.txt' }], has_more: false, cursor: null, total: 1 })
    const paged = await ask('GET', `/v1/internal/storage/list?${at({ limit: '1' })}`, ada)
    expect(paged.body).toMatchObject({ files: [{}], has_more: true, total: 2 })
    const remove = () => ask('DELETE', `/v1/internal/storage?${at({ path: 'docs/a.txt' })}`, ada)
    expect([(await remove()).body, (await remove()).status]).toEqual([{ deleted: true }, 404])
  })

  test('[api 1.17] of the size of a film, but not of more than 100 MiB', async () => {
    const film = Buffer.alloc(20 * 1024 * 1024, 7)
    expect((await upload(ada, 'film.bin', new Blob([film]))).status).toBe(200)
    const back = await fetch(`${server.url}/v1/internal/storage/download?${at({ path: 'film.bin' })}`, {
      headers: { 'x-service-token': server.serviceToken, 'x-acting-user': ada.userId },
    })
    expect(Buffer.from(await back.arrayBuffer()).equals(film)).toBe(true)
    const tooLarge = new Blob([Buffer.alloc(100 * 1024 * 1024 + 1)])
    expect((await upload(ada, 'large.bin', tooLarge)).status).toBe(413)
  })

  test('paths that lead out, forms without a file and requests for nobody are refused', async () => {
    expect((await upload(ada, '../out.txt', new Blob(['x']))).status).toBe(400)
    expect((await upload(ada, 'a.txt', new Blob(['x']), 'other')).status).toBe(422)
    expect((await upload(null, 'a.txt', new Blob(['x']))).status).toBe(400)
  })
})

const callToken = (claims: object) => {
  const now = Math.floor(Date.now() / 1000)
  const payload = { app_id: 'desk', exp: now + 60, iat: now, jti: randomUUID(), user_id: ada.userId, ...claims }
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url')
  return `ImperalCallToken ${encoded}.${createHmac('sha256', CALL_SECRET).update(encoded).digest('base64url')}`
}
const call = (method: string, path: string, claims: object, body?: unknown, token = callToken(claims)) =>
  ask(method, path, null, body, { authorization: token })

describe('[api 1.8] [api 3.25] skeletons and cached values', () => {
  test('a snapshot is stored by a service and read with a token for skeletons, by nobody else', async () => {
    const old = `/v1/internal/skeleton/${ada.userId}/things`
    // The app's own snapshot, which its installation asked for, must not come over the one of the service.
    await until(async () => ((await ask('GET', `${old}?app_id=desk`, null)).body as { ttl: number }).ttl !== -1)
    const stored = await ask('PUT', old, null, { extension_id: 'desk', data: { count: 3 }, ttl: 86_400 })
    expect([stored.status, stored.body]).toEqual([200, { section: 'things', status: 'updated' }])
    expect((await ask('GET', `${old}?extension_id=&app_id=desk`, null)).body).toMatchObject({ data: { count: 3 } })
    expect((await ask('GET', `${old}?extension_id=`, null)).body).toMatchObject({ data: {}, ttl: -1 })
    const path = `/v1/internal/skeleton/desk/${ada.userId}/things`
    const read = await call('GET', path, { tool_type: 'skeleton' })
    expect([read.status, read.body]).toEqual([
      200,
      { section: 'things', data: { count: 3 }, ttl: 86_400, updated_at: expect.any(String) },
    ])
    expect((await call('GET', path, { tool_type: 'tool' })).status).toBe(403)
    expect((await call('GET', path, { tool_type: 'skeleton', app_id: 'notes' })).status).toBe(403)
    expect((await ask('GET', path, ada)).status).toBe(401)
    expect((await call('GET', path.replace('things', 'none'), { tool_type: 'skeleton' })).status).toBe(404)
    expect((await ask('GET', `${old}?app_id=desk`, null)).body).toMatchObject({ data: { count: 3 } })
    expect((await ask('GET', `${old}?extension_id=notes`, null)).body).toMatchObject({ data: {}, ttl: -1 })
    const undeclared = { extension_id: 'desk', data: {} }
    expect((await ask('PUT', old.replace('things', 'none'), null, undeclared)).status).toBe(404)
    const large = { extension_id: 'desk', data: { text: 'x'.repeat(70_000) } }
    expect((await ask('PUT', old, null, large)).status).toBe(413)
  })

  test('a value is cached and forgotten with one token for each request', async () => {
    const hash = createHash('sha256').update('key').digest('hex').slice(0, 16)
    const path = `/v1/internal/extcache/desk/${ada.userId}/Weather/${hash}`
    const envelope = { model: 'Weather', version: 1, data: { degrees: 7 }, cached_at: '2026-11-29T10:00:00Z' }
    const tool = { tool_type: 'tool' }
    expect((await call('GET', path, tool)).status).toBe(404)
    expect((await call('PUT', path, tool, { envelope, ttl_seconds: 300 })).body).toEqual({ ok: true })
    expect((await call('GET', path, tool)).body).toEqual(envelope)
    expect((await call('GET', path.replace('Weather', 'Other'), tool)).status).toBe(404)
    const once = callToken(tool)
    expect((await call('GET', path, {}, undefined, once)).status).toBe(200)
    expect((await call('GET', path, {}, undefined, once)).status).toBe(401)
    const foreign = { ...tool, user_id: eve.userId }
    for (const method of ['GET', 'DELETE']) expect((await call(method, path, foreign)).status).toBe(403)
    expect((await call('PUT', path, tool, { envelope, ttl_seconds: 301 })).status).toBe(422)
    const large = { envelope: { data: 'x'.repeat(66_000) }, ttl_seconds: 60 }
    expect((await call('PUT', path, tool, large)).status).toBe(413)
    expect((await call('DELETE', path, tool)).body).toEqual({ deleted: true })
    expect((await call('GET', path, tool)).status).toBe(404)
  })
})

test('[api 1.6] [api 1.8] a call token opens nothing for somebody else whom a header names', async () => {
  const path = `/v1/internal/extcache/desk/${ada.userId}/Weather/0123456789abcdef`
  const headers = (more: Record<string, string>) =>
    ask('GET', path, null, undefined, { authorization: callToken({ tool_type: 'tool' }), ...more })
  expect((await headers({ 'x-acting-user': ada.userId })).status).toBe(404)
  for (const more of [{ 'x-acting-user': eve.userId }, { 'x-extension-id': 'notes' }, { 'x-tenant-id': 'umbrella' }])
    expect([more, (await headers(more)).status]).toEqual([more, 403])
  const skeleton = `/v1/internal/skeleton/desk/${ada.userId}/things`
  const authorization = callToken({ tool_type: 'skeleton' })
  expect((await ask('GET', skeleton, eve, undefined, { authorization })).status).toBe(403)
})

test('[api 1.6] [api 7.1] a service that acts for somebody is that user: it names no other person, rule or hold', async () => {
  const of = (userId: string) => `/v1/billing/internal/balance/${userId}`
  for (const [as, whose, status] of [
    [eve, ada, 403],
    [mallory, ada, 403],
    [eve, eve, 200],
    // Ada runs the installation, and a service in its own name acts for nobody.
    [ada, eve, 200],
    [null, eve, 200],
  ] as const)
    expect((await ask('GET', of(whose.userId), as)).status).toBe(status)
  expect((await ask('GET', of('imp_u_nobody00'), eve)).status).toBe(403)
  const held = await ask('POST', '/v1/internal/billing/holds', null, { user_id: ada.userId, amount: 5 })
  const { hold_id: hold } = held.body as { hold_id: string }
  const release = (as: Session) => ask('POST', `/v1/internal/billing/holds/${hold}/release`, as, {})
  expect([(await release(eve)).status, (await release(ada)).status]).toEqual([404, 200])
  // `default` stands for the tenant of the acting user.
  const rules = await ask('GET', '/v1/automations/internal/all?tenant_id=default', mallory)
  expect([rules.status, rules.body]).toEqual([200, []])
  expect((await ask('GET', '/v1/automations/internal/all?tenant_id=umbrella', eve)).status).toBe(403)
})

test('[api 1.6] [api 7.1] a service that names a plain user reaches no settings, logs or usage of others', async () => {
  const config = '/v1/internal/config'
  const refused: [string, string, object?][] = [
    ['PUT', `${config}/platform/x`, { config: { a: 1 } }],
    ['GET', `${config}/platform/x`],
    ['PUT', `${config}/tenant/umbrella`, { config: { a: 1 } }],
    ['PUT', `${config}/tenant/default`, { config: { a: 1 } }],
    ['PUT', `${config}/app/desk`, { config: { a: 1 } }],
    ['PUT', `${config}/user/${ada.userId}`, { config: { a: 1 } }],
    ['PUT', `${config}/user/${eve.userId}`, { config: { a: 1 }, updated_by: ada.userId }],
    ['PUT', `${config}/llm`, { config: {} }],
    ['GET', `${config}/llm/usage`],
    ['GET', `${config}/llm/usage/${ada.userId}`],
    ['GET', '/v1/internal/email/log'],
    ['GET', '/v1/internal/email/templates'],
    ['GET', '/v1/internal/email/templates/password_reset'],
    ['GET', `${config}/llm/providers`],
    ['POST', `${config}/llm/invalidate/${ada.userId}`, {}],
  ]
  for (const [method, path, body] of refused)
    expect([method, path, (await ask(method, path, eve, body)).status]).toEqual([method, path, 403])
  expect((await ask('PUT', `${config}/user/${eve.userId}`, eve, { config: { a: 1 } })).status).toBe(200)
  expect((await ask('GET', `${config}/llm/usage/${eve.userId}`, eve)).status).toBe(200)
  for (const who of [ada, null]) {
    expect((await ask('PUT', `${config}/platform/x`, who, { config: { a: 1 } })).status).toBe(200)
    expect((await ask('PUT', `${config}/tenant/umbrella`, who, { config: { a: 1 } })).status).toBe(200)
    expect((await ask('GET', '/v1/internal/email/log', who)).status).toBe(200)
  }
  const forged = { config: { a: 2 }, updated_by: eve.userId }
  expect((await ask('PUT', `${config}/platform/x`, ada, forged)).status).toBe(403)
})

describe('[api 3.21] [api 3.25] people', () => {
  test('[I-LONGRUN-CHAT-INJECT-AUDIT-EVERY] a message is said in the chat of the acting user, with one row in the ledger', async () => {
    const inject = (as: Session | null, body: object) =>
      ask('POST', '/v1/internal/chat/inject', as, { ext_id: 'desk', text: 'The lamp is on.', ...body })
    const said = await inject(ada, { user_id: ada.userId, msg_type: 'system', refresh_panels: ['left'] })
    expect([said.status, said.body]).toEqual([200, { message_id: expect.any(String), delivered: true }])
    const { messages } = (await ada.request('GET', '/v1/chat/messages')).body as { messages: object[] }
    expect(messages).toContainEqual(expect.objectContaining({ text: 'The lamp is on.', app_id: 'desk' }))
    const { actions } = (await ada.request('GET', '/v1/actions?app_id=desk')).body as { actions: object[] }
    expect(actions.filter((row) => (row as { tool_name: string }).tool_name === 'chat.inject')).toHaveLength(1)
    expect((await inject(ada, { user_id: eve.userId })).status).toBe(403)
    expect((await inject(null, { user_id: ada.userId })).status).toBe(400)
    expect((await inject(eve, { user_id: eve.userId })).status).toBe(403)
    expect((await inject(ada, { user_id: ada.userId, text: 'x'.repeat(65_537) })).status).toBe(413)
    const cut = `${'x'.repeat(65_536)}…(truncated)`
    expect((await inject(ada, { user_id: ada.userId, text: cut })).status).toBe(200)
  })

  test('a notification rings where its user wants it, and is suppressed where not', async () => {
    // The SDK sends the service token as Bearer here.
    const notify = (as: Session, body: object) =>
      send(
        `${server.url}/v1/internal/notify`,
        'POST',
        { user_id: as.userId, message: 'Lamp', ...body },
        { authorization: `Bearer ${server.serviceToken}` },
      )
    const sent = await notify(ada, { extension_id: 'desk', title: 'Desk says', priority: 'high', lamp: 7 })
    expect(sent.body).toEqual({ notification_id: expect.any(String), status: 'queued', channels: ['bell'] })
    const { notifications } = (await ada.request('GET', '/v1/notifications')).body as { notifications: object[] }
    expect(notifications).toContainEqual(
      expect.objectContaining({ title: 'Desk says', message: 'Lamp', priority: 'high', extension_id: 'desk' }),
    )
    expect((await notify(eve, { extension_id: 'desk' })).status).toBe(403)
    await ada.request('PATCH', '/v1/me/settings', {
      notifications: { enabled: true, default: ['bell'], apps: { desk: 'off' } },
    })
    expect((await notify(ada, { extension_id: 'desk' })).body).toEqual({
      ...{ notification_id: null, status: 'suppressed', channels: [] },
    })
  })

  test('surfaces tell where a person can be reached', async () => {
    const { surfaces } = (await ask('GET', `/v1/internal/surfaces/${eve.userId}`, null)).body as { surfaces: object[] }
    expect(surfaces).toEqual([
      { id: 'panel', kind: 'panel', label: 'Web panel', connected: false },
      { id: 'email', kind: 'email', label: 'eve@example.com', connected: false },
    ])
    expect((await ask('GET', `/v1/internal/surfaces/${eve.userId}`, ada)).status).toBe(403)
    expect((await ask('GET', '/v1/internal/surfaces/imp_u_nobody00', null)).status).toBe(404)
  })

  test('a model answers a prompt, or a conversation, with the configured model unless another is named', async () => {
    model.script(({ messages, system }) => ({ text: `${system}|${messages.map(({ content }) => content).join('/')}` }))
    const complete = (body: object) =>
      ask('POST', '/v1/internal/ai/complete', null, { user_id: ada.userId, extension_id: 'desk', ...body })
    const one = await complete({ prompt: 'hi', model: 'gpt-4o-mini', system: 'be brief' })
    expect([one.status, one.body]).toEqual([
      200,
      {
        ...{ text: 'be brief|hi', model: 'house-model', tokens_used: expect.any(Number), stop_reason: 'end_turn' },
        usage: {
          ...{ input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
          total_tokens: expect.any(Number),
        },
      },
    ])
    const messages = [
      { role: 'system', content: 'speak' },
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ]
    const two = await complete({ messages, model: 'other-model' })
    expect(two.body).toMatchObject({ text: 'speak|a/b/c', model: 'other-model' })
    for (const body of [{}, { prompt: 'x', messages }]) expect((await complete(body)).status).toBe(400)
    expect((await complete({ prompt: 'x', tenant_id: 'umbrella' })).status).toBe(403)
    model.script(() => ({ status: 429 }))
    expect((await complete({ prompt: 'x' })).status).toBe(429)
  })
})
