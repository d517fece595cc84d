import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OidcProvider, startOidcProvider } from '../../../../../../test/support/oidc-provider.ts'
import { openFixture, PASSWORD } from '../test-fixture.ts'

let provider: OidcProvider
let fixture: Awaited<ReturnType<typeof openFixture>>
let refused: unknown[]

beforeAll(async () => {
  provider = await startOidcProvider()
  const policy = {
    issuer: provider.issuer,
    clientId: provider.client.id,
    clientSecret: provider.client.secret,
    scopes: 'openid email profile',
    name: 'Example',
    tenantId: 'default',
    createAccounts: true,
  }
  fixture = await openFixture({ policy: { oidc: policy } })
  refused = fixture.problems
})
afterAll(async () => {
  await fixture.close()
  await provider.close()
})
beforeEach(() => {
  Object.assign(provider.script, {
    subject: 'sub-ada',
    email: 'ada@example.com',
    emailVerified: true,
    addressInUserinfo: false,
    wrong: null,
    denies: false,
    isDown: false,
  })
})

/** A browser that keeps its cookie. */
function browser() {
  let cookie = ''
  const send = async (method: 'GET' | 'POST', url: string, body?: object) => {
    const answer = await fixture.send(method, url, { headers: { cookie }, ...(body === undefined ? {} : { body }) })
    const set = answer.headers['set-cookie']
    if (set !== undefined) cookie = String(set).split(';')[0] ?? ''
    return answer
  }
  const start = async (next?: string) => {
    const answer = await send(
      'GET',
      `/v1/auth/oidc/start${next === undefined ? '' : `?next=${encodeURIComponent(next)}`}`,
    )
    return { answer, location: String(answer.headers.location) }
  }
  const comeBack = async (address: URL) => {
    const answer = await send('GET', address.pathname + address.search)
    const target = new URL(String(answer.headers.location))
    const found = new URLSearchParams(target.hash.slice(1))
    return { target, code: found.get('oidc'), problem: found.get('oidc_error') }
  }
  const signIn = async (next?: string) => comeBack(await provider.signIn((await start(next)).location))
  const redeem = (code: string | null) => send('POST', '/v1/auth/oidc/token', { code: code ?? '' })
  return { start, comeBack, signIn, redeem, cookie: () => cookie }
}
const userOf = async (answer: { json(): { access_token: string } }) =>
  (await fixture.me(answer.json().access_token)).json<{
    imperal_id: string
    email: string
    auth_method: string
    first_name: string
  }>()

describe('[lessons 9] signing in with another identity provider', () => {
  test('the address of the provider carries state, nonce and a challenge; a stranger gets an account and tokens', async () => {
    expect((await fixture.send('GET', '/v1/auth/oidc')).json()).toEqual({ enabled: true, name: 'Example' })
    const ada = browser()
    const { answer, location } = await ada.start('/apps/notes')
    expect(answer.statusCode).toBe(302)
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax; Path=\/v1\/auth\/oidc/)
    const asked = Object.fromEntries(new URL(location).searchParams)
    expect(asked).toMatchObject({
      client_id: 'imperal-test',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:4780/v1/auth/oidc/callback',
      code_challenge_method: 'S256',
      state: expect.any(String),
      nonce: expect.any(String),
    })
    expect(location).not.toContain(provider.client.secret)
    const { target, code } = await ada.comeBack(await provider.signIn(location))
    expect(target.pathname + target.search).toBe('/sign-in?next=%2Fapps%2Fnotes')
    const tokens = await ada.redeem(code)
    expect(tokens.statusCode).toBe(200)
    expect(await userOf(tokens)).toMatchObject({ email: 'ada@example.com', auth_method: 'oidc', first_name: 'Ada' })
    // The code was good once.
    expect((await ada.redeem(code)).statusCode).toBe(400)
  })

  test('who came before is the same person, whatever the address is now', async () => {
    const first = await userOf(await browserTokens())
    provider.script.email = 'ada@elsewhere.example'
    expect(await userOf(await browserTokens())).toMatchObject({
      imperal_id: first.imperal_id,
      email: 'ada@example.com',
    })
  })
  async function browserTokens() {
    const one = browser()
    return one.redeem((await one.signIn()).code)
  }

  test('a verified address leads to the account that has it; an unverified one never does', async () => {
    const bob = await fixture.join('bob@example.com')
    Object.assign(provider.script, { subject: 'sub-bob', email: 'Bob@Example.com', emailVerified: false })
    expect((await browser().signIn()).problem).toBe('email_not_verified')
    provider.script.emailVerified = true
    expect((await userOf(await browserTokens())).imperal_id).toBe(bob.userId)
    expect(await fixture.audited('auth.external_linked')).toHaveLength(1)
    // The password goes on.
    expect((await fixture.logIn('bob@example.com')).statusCode).toBe(200)
  })

  test('a password that waits for the proof of an address is worth nothing once its owner came', async () => {
    await fixture.signUp('carol@example.com')
    Object.assign(provider.script, { subject: 'sub-carol', email: 'carol@example.com', addressInUserinfo: true })
    expect(await userOf(await browserTokens())).toMatchObject({ email: 'carol@example.com', auth_method: 'oidc' })
    expect((await fixture.logIn('carol@example.com', PASSWORD)).statusCode).toBe(401)
  })

  test('ten windows at once are one account', async () => {
    Object.assign(provider.script, { subject: 'sub-dan', email: 'dan@example.com' })
    const ids = await Promise.all(
      Array.from({ length: 10 }, async () => (await userOf(await browserTokens())).imperal_id),
    )
    expect(new Set(ids).size).toBe(1)
  })

  test('[kernel 10] who was erased may come again, as somebody new; the one who is gone is nobody’s', async () => {
    Object.assign(provider.script, { subject: 'sub-gone', email: 'gone@example.com' })
    const first = browser()
    const before = await userOf(await first.redeem((await first.signIn()).code))
    const { userId, access_token: token } = await fixture.join('eraser@example.com')
    await fixture.rows("update identity.account set role = 'admin' where user_id = $1", [userId])
    await fixture.rows("select pg_notify('identity_changed', $1)", [`user:${userId}`])
    await expect.poll(async () => (await fixture.me(token)).json().role).toBe('admin')
    const erased = await fixture.send('DELETE', `/v1/users/${before.imperal_id}?permanent=true`, { token })
    expect(erased.statusCode).toBe(200)
    const again = browser()
    const after = await userOf(await again.redeem((await again.signIn()).code))
    expect(after).toMatchObject({ email: 'gone@example.com' })
    expect(after.imperal_id).not.toBe(before.imperal_id)
  })

  test('a disabled account stays out, and so does a person without an address', async () => {
    await fixture.rows("update identity.account set status = 'inactive' where email = 'dan@example.com'")
    Object.assign(provider.script, { subject: 'sub-dan', email: 'dan@example.com' })
    expect((await browser().signIn()).problem).toBe('account_disabled')
    Object.assign(provider.script, { subject: 'sub-nobody', email: null })
    expect((await browser().signIn()).problem).toBe('no_email')
  })
})

describe('what an attacker may try', () => {
  test('a sign-in that another browser began is none', async () => {
    const [ada, eve] = [browser(), browser()]
    const { location } = await ada.start()
    await eve.start()
    expect((await eve.comeBack(await provider.signIn(location))).problem).toBe('too_old')
    const { code } = await ada.signIn()
    expect((await eve.redeem(code)).statusCode).toBe(400)
  })

  test('an answer is taken once, and not after ten minutes', async () => {
    const one = browser()
    const address = await provider.signIn((await one.start()).location)
    expect((await one.comeBack(address)).code).not.toBeNull()
    expect((await one.comeBack(address)).problem).toBe('too_old')
    const { location } = await one.start()
    fixture.clock.advance(601_000)
    expect((await one.comeBack(await provider.signIn(location))).problem).toBe('too_old')
  })

  test.each(['nonce', 'audience', 'issuer', 'signature'] as const)(
    'an identity with a wrong %s is refused',
    async (wrong) => {
      provider.script.wrong = wrong
      expect((await browser().signIn()).problem).toBe('provider_error')
      expect(await fixture.audited('auth.oidc_failed')).not.toEqual([])
    },
  )

  test('who does not agree comes back without a session, and only to the panel', async () => {
    provider.script.denies = true
    const { target, problem } = await browser().signIn()
    expect([target.origin, target.pathname, problem]).toEqual(['http://127.0.0.1:4780', '/sign-in', 'access_denied'])
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example'])
      expect((await browser().start(next)).answer.statusCode).toBe(422)
  })
})

test('off until it is configured; a provider that is down costs a sign-in and not the start', async () => {
  const off = await fixture.openNode({ oidc: undefined })
  expect((await off.send('GET', '/v1/auth/oidc')).json()).toEqual({ enabled: false, name: '' })
  expect((await off.send('GET', '/v1/auth/oidc/start')).statusCode).toBe(404)
  await off.close()
  provider.script.isDown = true
  const policy = {
    issuer: provider.issuer,
    clientId: 'x',
    scopes: 'openid',
    name: 'X',
    tenantId: 'default',
    createAccounts: false,
  }
  const fresh = await fixture.openNode({ oidc: policy })
  expect((await fresh.send('GET', '/v1/auth/oidc/start')).statusCode).toBe(503)
  provider.script.isDown = false
  expect((await fresh.send('GET', '/v1/auth/oidc/start')).statusCode).toBe(302)
  await fresh.close()
  // The one error that is meant.
  expect(refused.splice(0)).toEqual([expect.objectContaining({ path: '/v1/auth/oidc/start' })])
})
