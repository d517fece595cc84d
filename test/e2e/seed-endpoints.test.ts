import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin } from '../support/session.ts'

let server: TestServer
let admin: Session

beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
}, 240_000)

const post = (path: string, body: unknown, headers?: Record<string, string>) =>
  send(server.url + path, 'POST', body, headers)

/** Every printed key is there with the printed type. */
function holds(body: unknown, printed: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(printed)) {
    expect(body, key).toHaveProperty(key)
    if (value !== null) expect(typeof (body as Record<string, unknown>)[key], key).toBe(typeof value)
  }
}

const TOKENS = { access_token: 'eyJ...', refresh_token: 'eyJ...', token_type: 'bearer', expires_in: 3600 }

test('[POST /v1/auth/signup, POST /v1/auth/verify-email] endpoint 1 as printed: sign-up, mail, verification, tokens', async () => {
  const signup = await post('/v1/auth/signup', {
    email: 'user@example.com',
    password: 's3cure!',
    tenant_id: 'default',
    first_name: 'Ada',
    last_name: 'Lovelace',
  })
  expect(signup.status, JSON.stringify(signup.body)).toBe(201)
  holds(signup.body, { message: 'Verification email sent. Check your inbox.', user_id: 'imp_u_abc123' })
  expect((await post('/v1/auth/login', { email: 'user@example.com', password: 's3cure!' })).status).not.toBe(200)
  const verified = await post('/v1/auth/verify-email', { token: await mailedToken(server, 'user@example.com') })
  expect(verified.status).toBe(200)
  holds(verified.body, TOKENS)
})

test('[S001-021] [S001-022] [S001-024] the printed curl call signs in on a fresh installation', async () => {
  const { stdout } = await promisify(execFile)('curl', [
    ...['-s', '-X', 'POST', `${server.url}/v1/auth/login`, '-H', 'Content-Type: application/json'],
    ...['-d', '{"email":"user@example.com","password":"s3cure!","tenant_id":"default"}'],
  ])
  holds(JSON.parse(stdout), TOKENS)
})

test('[POST /v1/auth/login, POST /v1/auth/refresh, GET /v1/auth/me] endpoints 2 to 4 as printed', async () => {
  const login = await post('/v1/auth/login', { email: 'user@example.com', password: 's3cure!', tenant_id: 'default' })
  expect(login.status).toBe(200)
  holds(login.body, TOKENS)
  expect(login.body).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
  const { access_token, refresh_token } = login.body as { access_token: string; refresh_token: string }
  const me = await send(`${server.url}/v1/auth/me`, 'GET', undefined, { authorization: `Bearer ${access_token}` })
  expect(me.body).toMatchObject({ email: 'user@example.com', role: 'user', tenant_id: 'default', is_active: true })
  holds(me.body, { imperal_id: 'imp_u_abc123' })
  const refreshed = await post('/v1/auth/refresh', { refresh_token })
  expect(refreshed.status).toBe(200)
  holds(refreshed.body, TOKENS)
})

test('[POST /v1/extensions/{app_id}/call] endpoint 5 against notes answers the five members', async () => {
  const answer = await admin.request('POST', '/v1/extensions/notes/call', {
    user_id: admin.userId,
    tenant_id: 'default',
    function: 'create_note',
    params: { title: 'From the API' },
  })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  expect(answer.body).toMatchObject({ status: 'success', data: { title: 'From the API' }, error: null, ui: null })
  holds(answer.body, { summary: 'text' })
})

test('[S001-031] [S001-033] the acting user and the function are required, everything else has a default', async () => {
  const call = (body: object) => admin.request('POST', '/v1/extensions/notes/call', body)
  const whole = { user_id: admin.userId, function: 'list_notes' }
  expect((await call(whole)).body).toMatchObject({ status: 'success' })
  for (const missing of ['user_id', 'function']) {
    const answer = await call({ ...whole, [missing]: undefined })
    expect(answer.status, missing).toBe(422)
    expect(JSON.stringify(answer.body)).toContain(missing)
  }
})

test('[S001-030] every function of every installed extension is reachable by the same address', async () => {
  const { body } = await admin.request('GET', '/v1/me/extensions')
  const apps = body as { app_id: string; functions: { name: string }[] }[]
  expect(apps.flatMap((app) => app.functions).length).toBeGreaterThan(10)
  for (const { app_id, functions } of apps)
    for (const { name } of functions) {
      // Wrong arguments on purpose: reaching it is the point, and nothing must be deleted on the way.
      const answer = await admin.request('POST', `/v1/extensions/${app_id}/call`, {
        user_id: admin.userId,
        function: name,
        params: { '': 'nobody declares this' },
      })
      expect([200, 422], `${app_id}.${name} ${JSON.stringify(answer.body)}`).toContain(answer.status)
      expect((answer.body as { error_code?: string }).error_code).not.toBe('UNKNOWN_SUB_FUNCTION')
    }
})

test('[S001-035] [S001-036] [S001-037] [S001-038] [S001-040] all five members are in every answer, whatever became of the call', async () => {
  const outcomes = [
    { function: 'list_notes', status: 'success' },
    { function: 'nope', status: 'error' },
    { function: 'create_note', params: { title: 7 }, status: 'error' },
  ] as const
  const answer = await admin.request('POST', '/v1/extensions/notes/batch', {
    user_id: admin.userId,
    calls: outcomes.map(({ status: _status, ...call }) => call),
  })
  for (const [index, one] of (answer.body as Record<string, unknown>[]).entries()) {
    expect(Object.keys(one)).toEqual(expect.arrayContaining(['status', 'data', 'summary', 'error', 'ui']))
    expect(one.status).toBe(outcomes[index]?.status)
    expect(one.error === null).toBe(one.status === 'success')
    expect(one.summary === null || typeof one.summary === 'string').toBe(true)
  }
})

test('[S001-001] [S001-003] [S001-004] [S002-005] [S003-037] both services publish their documents', async () => {
  const document = async (name: string) => {
    const answer = await send(`${server.url}/openapi/${name}.json`, 'GET')
    expect(answer.status).toBe(200)
    return answer.body as { openapi: string; paths: Record<string, Record<string, { operationId: string }>> }
  }
  const [gateway, registry] = [await document('auth-gateway'), await document('registry')]
  expect([gateway.openapi, registry.openapi]).toEqual(['3.1.0', '3.1.0'])
  expect(Object.keys(gateway.paths)).toEqual(
    expect.arrayContaining(['/v1/auth/login', '/v1/extensions/{app_id}/call', '/v1/events/stream']),
  )
  expect(Object.keys(registry.paths)).toEqual(expect.arrayContaining(['/v1/apps', '/v1/catalog']))
})

test('[S002-006] the registry listens inside, on a port of its own, and asks for a key', async () => {
  expect(new URL(server.registryUrl).hostname).toBe('127.0.0.1')
  expect((await send(`${server.registryUrl}/v1/catalog`, 'GET')).status).toBe(401)
  const served = await send(`${server.registryUrl}/v1/catalog`, 'GET', undefined, {
    'x-service-token': server.serviceToken,
  })
  expect(served.status, JSON.stringify(served.body)).toBe(200)
  expect(JSON.stringify(served.body)).toContain('create_note')
})

test('[S001-041] [S001-051] endpoint 6 as printed: the app billing shows balance, latest movements and plans in one request', async () => {
  const printed = [{ function: 'get_balance' }, { function: 'list_recent', params: { limit: 5 } }]
  const answer = await admin.request('POST', '/v1/extensions/billing/batch', {
    user_id: admin.userId,
    tenant_id: 'default',
    calls: [...printed, { function: 'list_plans' }],
  })
  expect(answer.status).toBe(200)
  const [balance, recent, plans] = answer.body as { status: string; data: Record<string, unknown> }[]
  for (const one of [balance, recent, plans]) expect(one).toMatchObject({ status: 'success', error: null })
  const { body: wallet } = await admin.request('GET', '/v1/billing/balance')
  expect(balance?.data).toMatchObject({ balance: 500, currency: 'token', plan: 'free' })
  expect((wallet as { balance: number }).balance).toBe(500)
  const [entry] = (recent?.data.entries ?? []) as object[]
  expect(entry).toMatchObject({ amount: 500, reason: 'plan_credit', app_id: null })
  expect(plans?.data.plans).toEqual((await admin.request('GET', '/v1/billing/plans')).body)
  const { body: mine } = await admin.request('GET', '/v1/me/extensions')
  expect(mine).toContainEqual(expect.objectContaining({ app_id: 'billing', system: true }))
  for (const slug of ['developer', 'automations']) {
    const call = { user_id: admin.userId, function: slug === 'developer' ? 'list_apps' : 'list_automations' }
    const called = await admin.request('POST', `/v1/extensions/${slug}/call`, call)
    expect([slug, called.status, (called.body as { status: string }).status]).toEqual([slug, 200, 'success'])
  }
  const { body: cards } = await admin.request('GET', '/v1/marketplace/apps')
  expect((cards as { app_id: string }[]).map((card) => card.app_id)).not.toContain('billing')
})

test('[POST /v1/extensions/{app_id}/batch] endpoint 6 answers one result per call, and a bad item aborts nothing', async () => {
  const answer = await admin.request('POST', '/v1/extensions/notes/batch', {
    user_id: admin.userId,
    calls: [{ function: 'list_folders' }, { function: 'list_notes', params: { limit: 5 } }, { function: 'nope' }],
  })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject([
    { status: 'success' },
    { status: 'success' },
    { status: 'error', error_code: 'UNKNOWN_SUB_FUNCTION' },
  ])
})

test('[GET /v1/me/extensions] endpoint 7 lists the installed apps with their functions', async () => {
  const answer = await admin.request('GET', '/v1/me/extensions')
  const notes = (answer.body as { app_id: string }[]).find((app) => app.app_id === 'notes')
  expect(notes).toMatchObject({ name: 'Notes', is_installed: true, is_disabled: false })
  expect((notes as unknown as { functions: object[] }).functions).toContainEqual(
    expect.objectContaining({
      name: 'create_note',
      description: expect.any(String),
      params_schema: expect.any(Object),
    }),
  )
})

test('[GET /v1/marketplace/apps, POST /v1/marketplace/apps/{app_id}/install] endpoints 8 and 9 as printed', async () => {
  const found = await admin.request('GET', '/v1/marketplace/apps?search=notes&limit=10')
  expect(found.status).toBe(200)
  const [card] = found.body as object[]
  expect(card).toMatchObject({ app_id: 'notes', name: 'Notes' })
  holds(card, {
    short_description: '',
    category: '',
    install_count: 412,
    rating: null,
    developer_id: null,
    icon_url: null,
    pricing_model: 'free',
  })
  const user = await signIn(server, 'user@example.com', 's3cure!')
  const installed = await user.request('POST', '/v1/marketplace/apps/notes/install', {})
  expect(installed.status, JSON.stringify(installed.body)).toBe(200)
  expect(installed.body).toMatchObject({ app_id: 'notes', status: 'installed' })
  holds(installed.body, { installed_at: '2026-06-21T10:00:00Z' })
  expect(await user.call('notes', 'create_note', { title: 'Mine' })).toMatchObject({ status: 'success' })
  expect((await user.request('DELETE', '/v1/marketplace/apps/notes/install')).body).toMatchObject({
    app_id: 'notes',
    status: 'uninstalled',
  })
  await user.request('POST', '/v1/marketplace/apps/notes/install', {})
})

test('[GET /v1/billing/balance] endpoint 10 answers the wallet', async () => {
  const answer = await admin.request('GET', '/v1/billing/balance')
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ currency: 'token' })
  holds(answer.body, { balance: 4200, updated_at: '2026-06-21T09:55:00Z' })
})

test('[GET /v1/events/stream] endpoint 15: typed messages with payload and time, for this person alone, resumable', async () => {
  const abort = new AbortController()
  const stream = await fetch(`${server.url}/v1/events/stream`, {
    headers: { authorization: `Bearer ${admin.token}` },
    signal: abort.signal,
  })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  const user = await signIn(server, 'user@example.com', 's3cure!')
  await user.call('notes', 'create_note', { title: 'Not for the administrator' })
  await admin.call('notes', 'create_note', { title: 'For my stream' })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('For my stream')) break
  }
  abort.abort()
  const messages = text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as { type: string; payload: object; ts: string })
  const event = messages.find((message) => message.type === 'event')
  expect(event).toMatchObject({
    payload: { event_type: 'notes.created', user_id: admin.userId, tenant_id: 'default' },
    ts: expect.stringMatching(/Z$/),
  })
  expect(text).not.toContain('Not for the administrator')
})

test('[S001-092] every time in the answers of the platform is ISO 8601 in UTC, with Z', async () => {
  await admin.call('notes', 'create_note', { title: 'A moment' })
  const found: string[] = []
  const look = (value: unknown): void => {
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value)) found.push(value)
    if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) look(member)
  }
  for (const address of [
    ...['/v1/auth/me', '/v1/billing/balance', '/v1/actions', '/v1/marketplace/apps', '/v1/notifications'],
    ...['/v1/me/extensions', '/v1/keys', '/v1/auth/sessions', '/v1/automations'],
  ]) {
    const { status, body } = await admin.request('GET', address)
    expect(status, address).toBe(200)
    look(body)
  }
  look((await admin.call('notes', 'list_notes', {})).data)
  expect(found.length).toBeGreaterThan(10)
  for (const moment of found) expect(moment).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/)
})

test('a call without a token, for somebody else, and to an unknown app are refused as documented', async () => {
  const body = { user_id: admin.userId, function: 'list_notes' }
  expect((await post('/v1/extensions/notes/call', body)).status).toBe(401)
  const user = await signIn(server, 'user@example.com', 's3cure!')
  const other = await user.request('POST', '/v1/extensions/notes/call', body)
  expect(other).toMatchObject({ status: 403, body: { error: 'forbidden', status: 403 } })
  expect((await admin.request('POST', '/v1/extensions/nowhere/call', body)).status).toBe(404)
  expect((await admin.request('POST', '/v1/extensions/notes/call', { user_id: 7 })).status).toBe(422)
})
