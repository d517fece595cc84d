import { createHmac } from 'node:crypto'
import type { JsonObject, JsonValue } from '@imperal/contract'
import { OAUTH_ENDPOINTS } from '@imperal/contract'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { mountForTest, principalOf } from '../../../../../test/support/apps.ts'
import { type OAuthProvider, startOAuthProvider } from '../../../../../test/support/oauth-provider.ts'
import { forgetConnections } from '../connections/index.ts'
import type { HostCallbacks } from '../hosts/index.ts'
import { chatFunction, type Fixture, openFixture, PATIENCE, success } from './test-fixture.ts'

const STATE_KEY = 'state-key-of-the-tests-that-is-long-enough'
type Person = { tenantId: string; userId: string }

let fixture: Fixture
let provider: OAuthProvider
let app: FastifyInstance
let service: FastifyInstance
let owner: Person
let ada: Person
let eve: Person

beforeAll(async () => {
  provider = await startOAuthProvider()
  fixture = await openFixture()
  const node = await fixture.openNode({}, { google: { ...OAUTH_ENDPOINTS.google, ...provider.endpoints } })
  fixture = { ...fixture, ...node }
  owner = await fixture.person({ tenantId: 'makers' })
  ada = await fixture.person()
  eve = await fixture.person({ tenantId: 'elsewhere' })
  const secret = (name: string) => ({
    ...{ name, description: 'Of the client.', required: false, write_mode: 'user', max_bytes: 200, scope: 'app' },
  })
  const manifest = {
    tools: [chatFunction('work', 'write'), chatFunction('read_box', 'write', { params_schema: {} })],
    secrets: ['google_client_id', 'google_client_secret', 'yahoo_client_id'].map(secret),
    oauth: [
      { provider: 'google', scopes: ['openid', 'email', 'mail.read'], has_hook: false },
      { provider: 'yahoo', scopes: [], collection: 'post_boxes', has_hook: false },
    ],
    events: {
      subscribes: [{ type: 'mailer.oauth_connected', handler: 'onConnected' }],
      emits: [],
    },
  }
  await fixture.app('mailer', manifest as unknown as JsonObject, [ada, eve], { owner } as never)
  const other = { tools: [chatFunction('work', 'write')], oauth: manifest.oauth, secrets: manifest.secrets }
  await fixture.app('other', other as unknown as JsonObject, [ada], { owner } as never)
  const keep = await mountForTest(fixture.secrets.routes, () => principalOf(owner))
  for (const [name, value] of [
    ['google_client_id', 'client-1'],
    ['google_client_secret', 'client-secret-1'],
  ])
    for (const id of ['mailer', 'other'])
      await keep.inject({ method: 'PUT', url: `/v1/secrets/${id}/${name}`, payload: { value } })
  await keep.close()
  app = await mountForTest(fixture.connections.routes, () => null)
  service = await mountForTest(fixture.connections.routes, () => principalOf(null))
})
afterAll(async () => {
  await app?.close()
  await service?.close()
  await fixture.close()
  await provider.close()
})
beforeEach(() => {
  Object.assign(provider.script, {
    email: 'ada@example.com',
    subject: 'sub-ada',
    expiresIn: 3600,
    failWith: null,
    withoutRefreshToken: false,
  })
})

/** What the app's code does in a handler of one user. */
async function inHandler<T>(person: Person, work: (kernel: HostCallbacks) => Promise<T>, appId = 'mailer'): Promise<T> {
  let ended: Promise<T> | undefined
  fixture.hosts.handlers.set(`${appId} function work`, async (_call, kernel) => {
    ended = work(kernel)
    await ended.catch(() => {})
    return success()
  })
  await fixture.kernel.call({ source: 'api', ...person, appId, function: 'work', params: {} })
  return ended as Promise<T>
}
const ask = (kernel: HostCallbacks, client: string, method: string, ...args: JsonValue[]) =>
  kernel.onCallback({ client, method, args, asUser: null })
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: { wire?: { code: string; detail: JsonObject } }) => error.wire,
  )
const authorizeUrl = (person: Person, name = 'google', hint: string | null = null, appId = 'mailer') =>
  inHandler(person, (kernel) => ask(kernel, 'oauth', 'authorize_url', name, hint), appId) as Promise<string>
const accountsOf = (person: Person, collection = 'google_accounts') =>
  inHandler(person, async (kernel) => {
    const page = (await ask(kernel, 'store', 'query', collection, {})) as unknown as { data: JsonObject[] }
    return page.data as unknown as { id: string; data: JsonObject }[]
  })
/** The browser comes back. */
const comeBack = async (address: URL) => {
  const answer = await app.inject({ method: 'GET', url: address.pathname + address.search })
  return { status: answer.statusCode, location: answer.headers.location, body: answer.body }
}
const connect = async (person: Person) => comeBack(await provider.consent(await authorizeUrl(person)))

describe('[sdk 2.20] the address of the consent page', () => {
  test('says what the provider has to know, and that a code is worth nothing without its verifier', async () => {
    const url = new URL(await authorizeUrl(ada, 'google', 'ada@example.com'))
    expect(url.origin + url.pathname).toBe(provider.endpoints.authorize)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'client-1',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:4780/v1/ext/mailer/oauth/google/callback',
      scope: 'openid email mail.read',
      access_type: 'offline',
      prompt: 'consent',
      login_hint: 'ada@example.com',
      code_challenge_method: 'S256',
    })
    const [payload = '', mac] = (url.searchParams.get('state') ?? '').split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      app_id: 'mailer',
      user_id: ada.userId,
      tenant_id: ada.tenantId,
      provider: 'google',
    })
    expect(mac).toBe(createHmac('sha256', STATE_KEY).update(payload).digest('base64url'))
    expect(url.href).not.toContain('client-secret-1')
  })

  test('a provider that is not declared is refused, one without a client id is not set up', async () => {
    for (const name of ['microsoft', 'facebook'])
      expect(await refusal(authorizeUrl(ada, name))).toMatchObject({
        code: 'validation_error',
        detail: { field: 'provider' },
      })
    expect(await refusal(authorizeUrl(ada, 'yahoo'))).toMatchObject({
      code: 'api_error',
      detail: { status_code: 503 },
    })
  })
})

describe('[GET /v1/ext/{app_id}/oauth/{provider}/callback] the way back', () => {
  test('[K7.12] [api 7.6] exchanges the code, keeps the account and leads into the panel', async () => {
    const answer = await connect(ada)
    expect(answer).toMatchObject({ status: 302, location: 'http://127.0.0.1:4780/ext/mailer?connected=google' })
    expect(provider.grants.at(-1)).toMatchObject({
      grant_type: 'authorization_code',
      redirect_uri: 'http://127.0.0.1:4780/v1/ext/mailer/oauth/google/callback',
      client_secret: 'client-secret-1',
    })
    const [account, ...more] = await accountsOf(ada)
    expect(more).toEqual([])
    expect(account?.data).toMatchObject({
      provider: 'google',
      email: 'ada@example.com',
      subject: 'sub-ada',
      status: 'connected',
      scope: 'mail.read',
      expires_at: Math.floor(fixture.clock.now() / 1000) + 3600,
    })
    expect(provider.isGood(String(account?.data.access_token))).toBe(true)
    expect(await accountsOf(eve)).toEqual([])
  })

  test('tells the app and the audit', async () => {
    const events = fixture.streamed.filter(({ payload }) => payload.event_type === 'mailer.oauth_connected')
    await vi.waitFor(
      () =>
        expect(
          fixture.streamed.filter(({ payload }) => payload.event_type === 'mailer.oauth_connected').at(-1)?.payload,
        ).toMatchObject({ user_id: ada.userId, data: { provider: 'google', email: 'ada@example.com' } }),
      PATIENCE,
    )
    expect(events.every(({ userId }) => userId === ada.userId)).toBe(true)
    expect(
      await fixture.rows(
        "select user_id, target_id, retention_class from audit.entry where action = 'oauth.connected'",
      ),
    ).toContainEqual({ user_id: ada.userId, target_id: 'mailer', retention_class: 'security_forever' })
  })

  test('connecting the same account again changes its document; a refresh token that is not granted again stays', async () => {
    const [before] = await accountsOf(ada)
    provider.script.withoutRefreshToken = true
    await connect(ada)
    const accounts = await accountsOf(ada)
    expect(accounts).toHaveLength(1)
    expect(accounts[0]?.data.refresh_token).toBe(before?.data.refresh_token)
    expect(accounts[0]?.data.access_token).not.toBe(before?.data.access_token)
    Object.assign(provider.script, { subject: 'sub-work', email: 'ada@work.example', withoutRefreshToken: false })
    await connect(ada)
    expect((await accountsOf(ada)).map(({ data }) => data.email).sort()).toEqual([
      'ada@example.com',
      'ada@work.example',
    ])
  })

  test('[api 1.9] a state is good once', async () => {
    const address = await provider.consent(await authorizeUrl(ada))
    expect((await comeBack(address)).status).toBe(302)
    expect(await comeBack(address)).toMatchObject({ status: 400, location: undefined })
  })

  test('ten times at once it is good once', async () => {
    const address = await provider.consent(await authorizeUrl(ada))
    const answers = await Promise.all(Array.from({ length: 10 }, () => comeBack(address)))
    expect(answers.map(({ status }) => status).sort()).toEqual([302, ...Array.from({ length: 9 }, () => 400)])
  })

  test('a state of another app, provider or key, an older one, and none at all lead nowhere', async () => {
    const address = await provider.consent(await authorizeUrl(ada))
    const wrong = (change: (url: URL) => void) => {
      const url = new URL(address)
      change(url)
      return comeBack(url)
    }
    const forged = (more: JsonObject) => {
      const [payload = ''] = (address.searchParams.get('state') ?? '').split('.')
      const claims = Object.fromEntries(
        Object.entries({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...more }).filter(
          ([, value]) => value !== null,
        ),
      )
      const text = Buffer.from(JSON.stringify(claims)).toString('base64url')
      const key = more.user_id === undefined ? STATE_KEY : 'another key'
      return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
    }
    const set = (name: string, value: string) => (url: URL) => url.searchParams.set(name, value)
    const refused = [
      wrong((url) => {
        url.pathname = url.pathname.replace('mailer', 'other')
      }),
      wrong((url) => {
        url.pathname = url.pathname.replace('google', 'yahoo')
      }),
      wrong(set('state', forged({ user_id: eve.userId }))),
      wrong(set('state', forged({ iat: Math.floor(fixture.clock.now() / 1000) - 601 }))),
      // What an app signed itself, without its age or without a number that works once.
      wrong(set('state', forged({ iat: null }))),
      wrong(set('state', forged({ nonce: null }))),
      wrong(set('state', 'made.up')),
      wrong((url) => url.searchParams.delete('state')),
    ]
    for (const answer of await Promise.all(refused)) {
      expect([400, 422]).toContain(answer.status)
      expect(answer.location).toBeUndefined()
    }
    expect((await comeBack(new URL(address.href.replace('/google/', '/facebook/')))).status).toBe(404)
    // None of them has used it up.
    expect((await comeBack(address)).status).toBe(302)
  })

  test('what the person or the provider refused is told to the panel in a word', async () => {
    const back = async (change: (url: URL) => void) => {
      const address = await provider.consent(await authorizeUrl(ada))
      change(address)
      return (await comeBack(address)).location
    }
    const panel = 'http://127.0.0.1:4780/ext/mailer?oauth_error='
    expect(
      await back((url) => {
        url.searchParams.delete('code')
        url.searchParams.set('error', 'access_denied')
      }),
    ).toBe(`${panel}access_denied`)
    expect(await back((url) => url.searchParams.set('error', '<script>'))).toBe(`${panel}provider_error`)
    expect(await back((url) => url.searchParams.set('code', 'stolen'))).toBe(`${panel}exchange_failed`)
    provider.script.failWith = 503
    expect(await back(() => {})).toBe(`${panel}exchange_failed`)
  })

  test('for somebody who has not the app any more nothing is kept', async () => {
    const leaver = await fixture.person()
    await fixture.registry.install(leaver, 'mailer')
    const address = await provider.consent(await authorizeUrl(leaver))
    await fixture.registry.setDisabled(leaver, 'mailer', true)
    expect((await comeBack(address)).status).toBe(404)
    expect(await fixture.rows('select 1 from store.document where user_id = $1', [leaver.userId])).toEqual([])
  })
})

describe('[api 7.6] tokens', () => {
  test('lie sealed in the database, and the app reads and writes them as they are', async () => {
    const [account] = await accountsOf(ada)
    const token = String(account?.data.access_token)
    const dump = JSON.stringify(await fixture.rows('select data from store.document'))
    expect(dump).not.toContain(token)
    expect(dump).not.toContain(String(account?.data.refresh_token))
    const changed = await inHandler(ada, (kernel) =>
      ask(
        kernel,
        'store',
        'update',
        'google_accounts',
        account?.id ?? '',
        { access_token: 'own-value', note: 'n' },
        {},
      ),
    )
    expect(changed).toMatchObject({ data: { access_token: 'own-value', note: 'n' } })
    expect(JSON.stringify(await fixture.rows('select data from store.document'))).not.toContain('own-value')
    const set = await inHandler(ada, async (kernel) => {
      await ask(kernel, 'store', 'set', 'post_boxes', 'box', { refresh_token: 'kept-safe' })
      return ask(kernel, 'store', 'get', 'post_boxes', 'box')
    })
    expect(set).toMatchObject({ data: { refresh_token: 'kept-safe' } })
    expect(JSON.stringify(await fixture.rows('select data from store.document'))).not.toContain('kept-safe')
  })

  test('other collections are stored as they are', async () => {
    await inHandler(ada, (kernel) => ask(kernel, 'store', 'create', 'plain', { access_token: 'visible' }))
    expect(JSON.stringify(await fixture.rows('select data from store.document'))).toContain('visible')
  })
})

describe('[I-OAUTH-REFRESH-SINGLE-IMPLEMENTATION] renewal', () => {
  const refresh = (person: Person, more: JsonObject = {}) =>
    inHandler(person, async (kernel) => {
      const page = (await ask(kernel, 'store', 'query', 'google_accounts', {})) as unknown as {
        data: { id: string; data: JsonObject }[]
      }
      const account = page.data[0]
      const request = { provider: 'google', collection: 'google_accounts', account_id: account?.id ?? '' }
      return ask(kernel, 'oauth', 'refresh', { ...request, account: account?.data ?? {}, ...more }) as unknown as {
        access_token: string
        expires_at: number
        refresh_token: string
      }
    })

  beforeEach(async () => {
    await fixture.rows("delete from store.document where collection = 'google_accounts'")
    await connect(ada)
  })

  test('a good token is used as it is; an old one is renewed, and what was rotated is kept', async () => {
    const [before] = await accountsOf(ada)
    const posts = provider.grants.length
    expect((await refresh(ada)).access_token).toBe(before?.data.access_token)
    expect(provider.grants).toHaveLength(posts)
    const renewed = await refresh(ada, { skew: 7200 })
    expect(renewed.access_token).not.toBe(before?.data.access_token)
    expect(provider.isGood(renewed.access_token)).toBe(true)
    const [after] = await accountsOf(ada)
    expect(after?.data).toMatchObject({ access_token: renewed.access_token, refresh_token: renewed.refresh_token })
    expect(renewed.refresh_token).not.toBe(before?.data.refresh_token)
    // The rotated token works: the next renewal is none with a used one.
    expect(provider.isGood((await refresh(ada, { skew: 7200 })).access_token)).toBe(true)
  })

  test('ten at once renew once, and all get the same token', async () => {
    const posts = provider.grants.length
    const [account] = await accountsOf(ada)
    const request = { provider: 'google', collection: 'google_accounts', account_id: account?.id ?? '' }
    const tokens = await inHandler(ada, (kernel) =>
      Promise.all(
        Array.from({ length: 10 }, () =>
          ask(kernel, 'oauth', 'refresh', { ...request, account: account?.data ?? {}, force: true }),
        ),
      ),
    )
    expect(new Set(tokens.map((token) => JSON.stringify(token))).size).toBe(1)
    expect(provider.grants).toHaveLength(posts + 1)
    // One who still has the old token in hand gets the new one without asking the provider.
    const late = await inHandler(ada, (kernel) =>
      ask(kernel, 'oauth', 'refresh', { ...request, account: account?.data ?? {}, force: true }),
    )
    expect(late).toEqual(tokens[0])
    expect(provider.grants).toHaveLength(posts + 1)
  })

  test('two nodes at once: one of them asks the provider, and both have its outcome; the claim of a node that is gone lapses', async () => {
    const second = await fixture.openNode({}, { google: { ...OAUTH_ENDPOINTS.google, ...provider.endpoints } })
    const [account] = await accountsOf(ada)
    const connectable = async () => {
      const found = await fixture.registry.resolve(ada, 'mailer')
      if (found === null) throw new Error('the app is gone')
      return { appId: 'mailer', ownerTenantId: 'makers', manifest: found.version.manifest }
    }
    const request = {
      provider: 'google',
      collection: 'google_accounts',
      accountId: account?.id ?? '',
      account: account?.data ?? {},
      force: true,
      skew: 60,
    }
    const who = { ...ada, appId: 'mailer' }
    const writer = { tenantId: ada.tenantId, atomic: (list: never) => fixture.db.atomic(ada.tenantId, list) }
    const renew = async (connections: Fixture['connections']) =>
      connections.refresh(writer, who, await connectable(), request)
    const before = provider.grants.length
    const answers = await Promise.all([fixture.connections, second.connections].map(renew))
    expect(provider.grants).toHaveLength(before + 1)
    expect(new Set(answers.map(({ access_token }) => access_token)).size).toBe(1)
    for (const { access_token } of answers) expect(provider.isGood(access_token)).toBe(true)
    const [kept] = await accountsOf(ada)
    expect(kept?.data.access_token).toBe(answers[0]?.access_token)
    // A node that claimed the renewal of this account and was lost a moment ago.
    await fixture.db.tenant(ada.tenantId, (tx) =>
      sql`update connections.account set renewal_claim = gen_random_uuid(), renewal_until = now() + interval '300 ms'
           where account_id = ${request.accountId}`.execute(tx),
    )
    Object.assign(request, { account: kept?.data })
    const later = await renew(second.connections)
    expect(later.access_token).not.toBe(answers[0]?.access_token)
    expect(provider.isGood(later.access_token)).toBe(true)
    await second.close()
  })

  test('[sdk 2.20.6] who must connect again, and who may just try later', async () => {
    provider.script.failWith = 503
    expect(await refusal(refresh(ada, { force: true }))).toMatchObject({
      code: 'token_refresh_error',
      detail: { reconnect_required: false, status_code: 503 },
    })
    provider.script.failWith = null
    const [account] = await accountsOf(ada)
    await inHandler(ada, (kernel) =>
      ask(kernel, 'store', 'update', 'google_accounts', account?.id ?? '', { refresh_token: 'withdrawn' }, {}),
    )
    expect(await refusal(refresh(ada, { force: true }))).toMatchObject({
      code: 'token_refresh_error',
      detail: { reconnect_required: true, status_code: 400 },
    })
  })

  test('an account of another user is out of reach', async () => {
    const [account] = await accountsOf(ada)
    const request = { provider: 'google', collection: 'google_accounts', account_id: account?.id ?? '', account: {} }
    expect(await refusal(inHandler(eve, (kernel) => ask(kernel, 'oauth', 'refresh', request)))).toMatchObject({
      code: 'token_refresh_error',
      detail: { reconnect_required: true },
    })
  })
})

describe('what others are told of accounts', () => {
  const listed = async (userId: string, kind = 'mail') =>
    (await service.inject({ method: 'GET', url: `/v1/oauth/internal/${kind}/accounts?user_id=${userId}` })).json()
  const push = (token: string, body: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: `/v1/webhooks/gmail?token=${token}`, headers, payload: body })
  const message = (emailAddress: string, messageId = '1') => ({
    message: { data: Buffer.from(JSON.stringify({ emailAddress, historyId: 42 })).toString('base64'), messageId },
    subscription: 'projects/x/subscriptions/y',
  })
  const pushed = (person: Person) =>
    fixture.streamed
      .filter(({ userId, payload }) => userId === person.userId && payload.event_type === 'gmail.push')
      .map(({ payload }) => payload.data)

  test('[GET /v1/oauth/internal/mail/accounts] services see whose accounts they are, and never a token', async () => {
    const { accounts } = await listed(ada.userId)
    expect(accounts[0]).toEqual({
      provider: 'google',
      email: 'ada@example.com',
      connected_at: expect.any(String),
      is_primary: true,
      status: 'connected',
    })
    expect(await listed(ada.userId, 'gmail')).toEqual({ accounts })
    expect((await listed('imp_u_nobody')).error).toBe('not_found')
  })

  test('[POST /v1/webhooks/gmail] each user with that mailbox gets one event; everything else is answered alike and ignored', async () => {
    const refused = [
      await push('wrong-token-of-the-pushes', message('ada@example.com')),
      await push('token-of-the-pushes-1', message('nobody@example.com')),
      await push('token-of-the-pushes-1', { message: { data: '%%%' } }),
      await push('token-of-the-pushes-1', []),
    ]
    const taken = await push('token-of-the-pushes-1', message('ADA@example.com', '7'))
    const bearer = await push('', message('ada@example.com', '8'), { authorization: 'Bearer token-of-the-pushes-1' })
    for (const answer of [...refused, taken, bearer]) {
      expect([answer.statusCode, answer.json()]).toEqual([200, { received: true }])
      expect(answer.headers.deprecation).toBe('true')
    }
    await vi.waitFor(() => expect(pushed(ada)).toHaveLength(2), PATIENCE)
    expect(
      pushed(ada)
        .map((data) => (data as JsonObject).message_id)
        .sort(),
    ).toEqual(['7', '8'])
    expect(pushed(ada)[0]).toMatchObject({ email: expect.stringMatching(/ada@example\.com/i), history_id: '42' })
    expect(pushed(eve)).toEqual([])
  })

  test('an account whose document the app removed is known no longer', async () => {
    const [account] = await accountsOf(ada)
    await inHandler(ada, (kernel) => ask(kernel, 'store', 'delete', 'google_accounts', account?.id ?? ''))
    const { accounts } = await listed(ada.userId)
    expect(accounts.filter(({ provider: name }: { provider: string }) => name === 'google')).toHaveLength(
      (await accountsOf(ada)).length,
    )
  })
})

test('an erased user leaves no begun consent behind', async () => {
  const address = await provider.consent(await authorizeUrl(eve))
  await forgetConnections(fixture.db, { tenantId: ada.tenantId, userId: eve.userId })
  await forgetConnections(fixture.db, eve)
  expect((await comeBack(address)).status).toBe(400)
})

test('[K3.20] an account that somebody else has connected through the app names that user', async () => {
  const [owner, other] = [await fixture.person(), await fixture.person()]
  for (const one of [owner, other]) await fixture.registry.install(one, 'mailer')
  const use = async (who: typeof owner, params: JsonObject) =>
    (await fixture.kernel.call({ ...who, source: 'api', appId: 'mailer', function: 'read_box', params })).response
  fixture.hosts.handlers.set('mailer function read_box', () => success())
  const appointed = async () => {
    const rows = await fixture.db.tenant(owner.tenantId, (tx) =>
      tx.selectFrom('connections.account').select('account_id').where('user_id', '=', owner.userId).execute(),
    )
    return { account_id: rows[0]?.account_id ?? 'google_none' }
  }
  expect(await use(other, await appointed())).toMatchObject({ status: 'success' })
  Object.assign(provider.script, { email: `${owner.userId}@example.com`, subject: 'sub-of-owner' })
  expect(await connect(owner)).toMatchObject({ status: 302 })
  const account = await appointed()
  expect(await use(owner, account)).toMatchObject({ status: 'success' })
  expect(await use(other, account)).toMatchObject({
    error_code: 'PERMISSION_DENIED',
    data: { missing_scopes: ['users:manage'] },
  })
})

test('[K3.20] [I-CONNECTED-EMAILS-VIA-METADATA] the address of a connected account is its user’s own, and nobody else’s', async () => {
  const [connected, colleague] = [await fixture.person(), await fixture.person()]
  const address = `${colleague.userId}@example.com`
  const functions = [chatFunction('work', 'write'), chatFunction('invite', 'write', { params_schema: {} })]
  await fixture.app('inviter', { tools: functions }, [connected])
  await fixture.registry.install(connected, 'mailer')
  fixture.hosts.handlers.set('inviter function invite', () => success())
  // What the arguments say of connected addresses counts for nothing: the list is the platform's.
  const invite = async () =>
    (
      await fixture.kernel.call({
        ...connected,
        source: 'api',
        appId: 'inviter',
        function: 'invite',
        params: { email: address, connected_emails: [address] },
      })
    ).response.error_code ?? 'done'
  expect(await invite()).toBe('PERMISSION_DENIED')
  Object.assign(provider.script, { email: address.toUpperCase(), subject: 'sub-connected' })
  expect(await connect(connected)).toMatchObject({ status: 302 })
  expect(await invite()).toBe('done')
})
