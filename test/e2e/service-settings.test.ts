import { createHmac } from 'node:crypto'
import { serviceState } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callTokensWith, createClient } from '../../packages/client/src/index.ts'
import { deploySource } from '../support/extension.ts'
import { type OAuthProvider, startOAuthProvider } from '../support/oauth-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signInAdmin } from '../support/session.ts'

/** Settings with which an operator narrows or widens what services and runtimes beside the platform may do. */
const CALL_SECRET = 'secret-of-call-tokens-0123456789'
const STATE_KEY = 'state-key-of-the-tests-that-is-long-enough'
const WITHIN = '10.1.2.3'
let server: TestServer
let provider: OAuthProvider
let ada: Session

const SOURCE = (appId: string) => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('${appId}', {
  version: '1.0.0', displayName: 'Desk', description: 'Keeps small things on a desk for whoever asks for them.',
  icon: 'icon.svg', capabilities: ['${appId}:read', '${appId}:write'],
})
const chat = new ChatExtension(ext, { description: 'Things on a desk, and the accounts that belong to it.' })
ext.oauth('google', { scopes: ['openid', 'email'] })
chat.function('put', { description: 'Puts a thing on the desk of the person.', actionType: 'write', effects: ['create:thing'], params: z.object({ name: z.string() }) },
  async (ctx, { name }) => ActionResult.success({ id: (await ctx.store.create('things', { name })).id }, 'put'))
ext.skeleton('things', { ttl: 300, description: 'What is on the desk' }, async () => ({ response: { count: 0 } }))
`

beforeAll(async () => {
  provider = await startOAuthProvider()
  server = await startTestServer({
    env: {
      IMPERAL_CALL_TOKEN_HMAC_SECRET: CALL_SECRET,
      IMPERAL_OAUTH_STATE_SECRET: STATE_KEY,
      IMPERAL_OAUTH_ENDPOINTS: JSON.stringify({ google: provider.endpoints }),
      TRUST_PROXY: 'loopback',
      SERVICE_ALLOWED_CIDRS: '10.0.0.0/8, fd00::/8',
      CALLTOKEN_MULTIUSE_SECONDS: 'desk=600',
      STORE_REQUIRE_USER: 'false',
      OAUTH_STATE_STRICT: 'false',
    },
  })
  ada = await signInAdmin(server)
  for (const appId of ['desk', 'shelf']) {
    await deploySource(server.url, ada, SOURCE(appId))
    await ada.request('POST', `/v1/marketplace/apps/${appId}/install`, {})
  }
  for (const [name, value] of [
    ['google_client_id', 'client-1'],
    ['google_client_secret', 'client-secret-1'],
  ])
    await ada.request('PUT', `/v1/secrets/desk/${name}`, { value })
}, 240_000)
afterAll(async () => {
  await server?.stop()
  await provider?.close()
})

/** A request of a service at an address of the internal network. */
const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  send(server.url + path, method, body, {
    'x-service-token': server.serviceToken,
    'x-forwarded-for': WITHIN,
    ...headers,
  })
describe('[api 1.6] SERVICE_ALLOWED_CIDRS', () => {
  const users = '/v1/users'
  const from = (address: string | null, headers: Record<string, string>) =>
    send(server.url + users, 'GET', undefined, {
      ...(address === null ? {} : { 'x-forwarded-for': address }),
      'x-acting-user': ada.userId,
      ...headers,
    })
  const token = () => ({ 'x-service-token': server.serviceToken })
  const bearer = () => ({ authorization: `Bearer ${server.serviceToken}` })

  test('services are let in from these networks, by either header, and from nowhere else', async () => {
    for (const given of [token(), bearer()]) {
      for (const address of [WITHIN, 'fd12::1', `::ffff:${WITHIN}`])
        expect([address, (await from(address, given)).status]).toEqual([address, 200])
      for (const address of [null, '11.0.0.1', 'fe80::1'])
        expect([address, (await from(address, given)).status]).toEqual([address, 401])
    }
  })

  test('from elsewhere a wrong token and a good one are answered alike, and people are not concerned', async () => {
    const guess = 'x'.repeat(server.serviceToken.length)
    const answers = await Promise.all([
      from('11.0.0.1', token()),
      from('11.0.0.1', { 'x-service-token': guess }),
      from('11.0.0.1', bearer()),
      from('11.0.0.1', { authorization: `Bearer ${guess}` }),
    ])
    const said = answers.map(({ status, body }) => `${status} ${(body as { message: string }).message}`)
    expect(said[0]).toMatch(/^401 Services are not let in from this address/)
    expect(new Set(said).size).toBe(1)
    expect((await ada.request('GET', users, undefined, { 'x-forwarded-for': '11.0.0.1' })).status).toBe(200)
    const registry = await send(`${server.registryUrl}/v1/apps`, 'GET', undefined, token())
    expect(registry.status).toBe(401)
  })
})

test('[api 7.2] a service that names another agency than that of its acting user is refused', async () => {
  const made = await ada.request('POST', '/v1/agencies', { agency_id: 'north', display_name: 'North' })
  expect(made.status).toBe(201)
  const created = await ada.request('POST', '/v1/users', {
    ...{ email: 'nora@example.com', password: 's3cure! and long', agency_id: 'north' },
  })
  const nora = (created.body as { imperal_id: string }).imperal_id
  const as = (user: string, agency: string) =>
    ask('GET', '/v1/me/settings', undefined, { 'x-acting-user': user, 'x-imperal-agency-id': agency })
  const pairs = [
    [ada.userId, 'default', 200],
    [ada.userId, 'north', 403],
    [nora, 'north', 200],
    [nora, 'default', 403],
    [nora, 'south', 403],
  ] as const
  for (const [user, agency, status] of pairs)
    expect([user, agency, (await as(user, agency)).status]).toEqual([user, agency, status])
  // What a person sends is no word of the platform's.
  expect((await ada.request('GET', '/v1/me/settings', undefined, { 'x-imperal-agency-id': 'north' })).status).toBe(200)
})

describe('[api 9 row 28] CALLTOKEN_MULTIUSE_SECONDS', () => {
  const mint = callTokensWith(CALL_SECRET)
  const cachePath = (appId: string) => `/v1/internal/extcache/${appId}/${ada.userId}/Weather/0123456789abcdef`

  test('a token of the app that the setting names works again, one of another app works once', async () => {
    const use = async (appId: string) => {
      const token = await mint({ appId, userId: ada.userId, toolType: 'tool' })
      const answers = []
      for (const body of [undefined, { envelope: { model: 'Weather', version: 1, data: {} }, ttl_seconds: 60 }]) {
        const headers = { authorization: `ImperalCallToken ${token}` }
        answers.push((await ask(body === undefined ? 'GET' : 'PUT', cachePath(appId), body, headers)).status)
      }
      return answers
    }
    expect(await use('desk')).toEqual([404, 200])
    expect(await use('shelf')).toEqual([404, 401])
  })

  test('[api 1.8] the typed client makes a new token for each request', async () => {
    const client = createClient({
      baseUrl: server.url,
      headers: { 'x-service-token': server.serviceToken, 'x-forwarded-for': WITHIN },
      callToken: mint,
    })
    const stored = { extension_id: 'shelf', data: { count: 3 } }
    expect((await ask('PUT', `/v1/internal/skeleton/${ada.userId}/things`, stored)).status).toBe(200)
    const params = { app_id: 'shelf', user_id: ada.userId, section: 'things' }
    for (let n = 0; n < 2; n++)
      expect(await client.send(serviceState.readSkeleton, { params })).toMatchObject({ data: { count: 3 } })
  })
})

test('[api 3.24] STORE_REQUIRE_USER=false: a document by its id, of whoever has it, for a service that names nobody', async () => {
  const { id } = (await ada.call('desk', 'put', { name: 'lamp' })).data as { id: string }
  const path = `/v1/internal/store/things/${id}`
  const place = 'extension_id=desk&tenant_id=default'
  expect((await ask('GET', `${path}?${place}`)).body).toMatchObject({ user_id: ada.userId, data: { name: 'lamp' } })
  const patch = { extension_id: 'desk', tenant_id: 'default', data: { colour: 'red' } }
  expect((await ask('PATCH', path, patch)).body).toMatchObject({ data: { name: 'lamp', colour: 'red' } })
  // Another app and another tenant have no such document, and all documents of a collection still take a user.
  expect((await ask('GET', `${path}?extension_id=shelf&tenant_id=default`)).status).toBe(404)
  const query = await ask('POST', '/v1/internal/store/things/query', { extension_id: 'desk', tenant_id: 'default' })
  expect(query.status).toBe(400)
  expect((await ask('DELETE', `${path}?${place}`)).body).toMatchObject({ id, deleted: true })
})

describe('[api 1.9] OAUTH_STATE_STRICT=false', () => {
  const signed = (more: object, key = STATE_KEY) => {
    const claims = { app_id: 'desk', user_id: ada.userId, tenant_id: 'default', provider: 'google', ...more }
    const text = Buffer.from(JSON.stringify(claims)).toString('base64url')
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
  }
  /** The consent that a runtime beside the platform begins itself, and the way back. */
  const comeBack = async (state: string) => {
    const begun = new URL(provider.endpoints.authorize)
    begun.searchParams.set('redirect_uri', `${server.url}/v1/ext/desk/oauth/google/callback`)
    begun.searchParams.set('state', state)
    const answer = await fetch(await provider.consent(begun.href), { redirect: 'manual' })
    return { status: answer.status, location: answer.headers.get('location') }
  }

  test('a state that an app signed itself connects the account of its user, without PKCE', async () => {
    const answer = await comeBack(signed({}))
    expect(answer).toEqual({ status: 302, location: `${server.url}/ext/desk?connected=google` })
    expect(provider.grants.at(-1)).not.toHaveProperty('code_verifier')
    const accounts = await ask('GET', '/v1/internal/store/google_accounts/all?extension_id=desk&tenant_id=default')
    expect(accounts.body).toMatchObject([{ user_id: ada.userId, data: { email: 'ada@example.com' } }])
  })

  test('what it says of its age and its number counts all the same, and so does the key', async () => {
    const now = Math.floor(Date.now() / 1000)
    expect((await comeBack(signed({ iat: now }))).status).toBe(302)
    for (const state of [signed({ iat: now - 601 }), signed({ nonce: 'n'.repeat(24) }), signed({}, 'another key')])
      expect(await comeBack(state)).toEqual({ status: 400, location: null })
  })
})
