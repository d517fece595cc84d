import { beforeAll, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin } from '../support/session.ts'

let server: TestServer
let admin: Session

beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
}, 120_000)

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

test('a call without a token, for somebody else, and to an unknown app are refused as documented', async () => {
  const body = { user_id: admin.userId, function: 'list_notes' }
  expect((await post('/v1/extensions/notes/call', body)).status).toBe(401)
  const user = await signIn(server, 'user@example.com', 's3cure!')
  const other = await user.request('POST', '/v1/extensions/notes/call', body)
  expect(other).toMatchObject({ status: 403, body: { error: 'forbidden', status: 403 } })
  expect((await admin.request('POST', '/v1/extensions/nowhere/call', body)).status).toBe(404)
  expect((await admin.request('POST', '/v1/extensions/notes/call', { user_id: 7 })).status).toBe(422)
})
