import { auth } from '@imperal/contract'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openFixture, PASSWORD, type Tokens } from './test-fixture.ts'

const home = await openFixture()
const { send, mails, clock } = home
afterAll(() => home.close())
beforeEach(() => {
  mails.length = 0
})

let users = 0
const newEmail = () => `user${++users}@example.com`
const count = (codes: number[], status: number) => codes.filter((code) => code === status).length

describe('POST /v1/auth/login', () => {
  test('[S001-021] [S001-022] the printed request answers the printed shape', async () => {
    await home.join('user@example.com')
    const body = { email: 'user@example.com', password: 's3cure!', tenant_id: 'default' }
    const answer = await send('POST', '/v1/auth/login', { body })
    expect(answer.statusCode).toBe(200)
    expect(Object.keys(answer.json()).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
    expect(answer.json()).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
  })

  test('[S001-023] the access token is an RS256 JWT that the published keys verify, without an audience', async () => {
    const ada = await home.join(newEmail())
    const { access_token: token } = (await home.logIn(ada.email)).json<Tokens>()
    const published = await send('GET', '/v1/auth/.well-known/jwks.json')
    expect(published.headers['cache-control']).toBe('public, max-age=3600')
    expect(auth.jwks.response.parse(published.json()).keys).toHaveLength(1)
    const { payload } = await jwtVerify(token, createLocalJWKSet(published.json()), {
      currentDate: new Date(clock.now()),
    })
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT', kid: published.json().keys[0].kid })
    expect(payload).toEqual({
      sub: ada.userId,
      email: ada.email,
      tenant_id: 'default',
      agency_id: null,
      org_id: null,
      role: 'user',
      scopes: expect.arrayContaining(['store:*', 'ai:complete']),
      sid: expect.stringMatching(/^ses_/),
      actor_kind: 'user',
      jti: expect.any(String),
      iss: 'http://127.0.0.1:4780',
      iat: Math.floor(clock.now() / 1000),
      exp: Math.floor(clock.now() / 1000) + 3600,
    })
  })

  test('[POST /v1/auth/login] unknown address, wrong password and wrong tenant get one answer', async () => {
    const ada = await home.join(newEmail())
    const answers = [
      await home.logIn('nobody@example.com'),
      await home.logIn(ada.email, 'wrong-password'),
      await send('POST', '/v1/auth/login', { body: { email: ada.email, password: PASSWORD, tenant_id: 'imp_t_x' } }),
    ]
    expect(new Set(answers.map((answer) => `${answer.statusCode} ${answer.body}`)).size).toBe(1)
    expect(answers[0]?.statusCode).toBe(401)
    expect(answers[0]?.headers['www-authenticate']).toBe('Bearer')
    expect((await home.audited('auth.login_failed')).at(-2)).toMatchObject({
      target_id: ada.userId,
      metadata: { reason: 'credentials' },
    })
  })

  test('[api 5.1] a disabled account is told so after its right password only', async () => {
    const ada = await home.join(newEmail())
    await home.rows("update identity.account set status = 'inactive' where user_id = $1", [ada.userId])
    expect((await home.logIn(ada.email)).json().error).toBe('account_disabled')
    expect((await home.logIn(ada.email, 'wrong-password')).statusCode).toBe(401)
  })

  test('[api 7.4] the eleventh try for one address waits, also for the right password, and each lock is longer', async () => {
    const ada = await home.join(newEmail())
    for (let i = 0; i < 10; i++) expect((await home.logIn(ada.email, 'wrong-password')).statusCode).toBe(401)
    const locked = await home.logIn(ada.email)
    expect(locked.statusCode).toBe(429)
    expect(locked.headers['retry-after']).toBe('900')
    clock.advance(15 * 60_000)
    for (let i = 0; i < 10; i++) expect((await home.logIn(ada.email, 'wrong-password')).statusCode).toBe(401)
    expect((await home.logIn(ada.email)).headers['retry-after']).toBe('1800')
    clock.advance(30 * 60_000)
    expect((await home.logIn(ada.email)).statusCode).toBe(200)
  })

  const from = (ip: string, email: string, password = 'wrong-password') =>
    home.logIn(email, password, { 'x-forwarded-for': ip })

  test('[api 7.4] a stranger who fails on purpose locks out himself, not the owner of the account', async () => {
    const ada = await home.join(newEmail())
    for (let i = 0; i < 10; i++) expect((await from('203.0.113.9', ada.email)).statusCode).toBe(401)
    expect((await from('203.0.113.9', ada.email)).statusCode).toBe(429)
    expect((await from('198.51.100.7', ada.email, PASSWORD)).statusCode).toBe(200)
    expect((await from('203.0.113.9', ada.email, PASSWORD)).statusCode).toBe(429)
  })

  test('[api 7.4] the addresses of one IPv6 network are one place', async () => {
    const ada = await home.join(newEmail())
    for (let i = 0; i < 10; i++) await from(`2001:db8:1:2::${i}`, ada.email)
    expect((await from('2001:0db8:0001:0002:ffff:0:0:1', ada.email)).statusCode).toBe(429)
    expect((await from('2001:db8:1:3::1', ada.email, PASSWORD)).statusCode).toBe(200)
  })

  test('[api 7.4] guesses from many places meet a brake, which places that were let in before do not feel', async () => {
    const ada = await home.join(newEmail())
    expect((await from('198.51.100.7', ada.email, PASSWORD)).statusCode).toBe(200)
    // Most of the hundred tries, which would each cost a hash.
    await home.rows("update identity.attempt set tries = 98 where purpose = 'login_all' and tries = 1")
    for (const ip of ['198.18.0.1', '198.18.0.2']) expect((await from(ip, ada.email)).statusCode).toBe(401)
    expect((await from('198.18.1.1', ada.email, PASSWORD)).statusCode).toBe(429)
    expect((await from('198.51.100.7', ada.email, PASSWORD)).statusCode).toBe(200)
    clock.advance(15 * 60_000)
    expect((await from('198.18.1.1', ada.email, PASSWORD)).statusCode).toBe(200)
  })

  test('[api 7.4] who has to wait costs one statement: no account is read and no password hashed', async () => {
    const ada = await home.join(newEmail())
    for (let i = 0; i < 10; i++) await home.logIn(ada.email, 'wrong-password')
    await home.logIn(ada.email)
    const work = vi.spyOn(home.db, 'everyTenant')
    expect((await home.logIn(ada.email)).statusCode).toBe(429)
    expect(work.mock.calls).toHaveLength(1)
    vi.restoreAllMocks()
  })

  test('[api 1.13] guesses in parallel do not slip past the limit', async () => {
    const ada = await home.join(newEmail())
    const answers = await Promise.all(Array.from({ length: 20 }, () => home.logIn(ada.email, 'wrong-password')))
    const codes = answers.map((answer) => answer.statusCode)
    expect([count(codes, 401), count(codes, 429)]).toEqual([10, 10])
  })

  test('[POST /v1/auth/login] a sign-in forgets the failures before it', async () => {
    const ada = await home.join(newEmail())
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) await home.logIn(ada.email, 'wrong-password')
      expect((await home.logIn(ada.email)).statusCode).toBe(200)
    }
  })
})

describe('POST /v1/auth/refresh', () => {
  test('[S001-025] [S001-026] it gives a fresh pair of the login shape and uses the old token up', async () => {
    const ada = await home.join(newEmail())
    const answer = await home.refresh(ada.refresh_token)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
    expect(answer.json().refresh_token).not.toBe(ada.refresh_token)
    expect(decodeJwt(answer.json().access_token).sid).toBe(decodeJwt(ada.access_token).sid)
    clock.advance(30_000)
    expect((await home.refresh(ada.refresh_token)).statusCode).toBe(401)
  })

  test('[api 5.1] ten at once with one token get one pair, and nobody is signed out', async () => {
    const ada = await home.join(newEmail())
    const answers = await Promise.all(Array.from({ length: 10 }, () => home.refresh(ada.refresh_token)))
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(10).fill(200))
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
    const pair = answers[0]?.json<Tokens>()
    expect((await home.me(String(pair?.access_token))).statusCode).toBe(200)
    expect((await home.refresh(String(pair?.refresh_token))).statusCode).toBe(200)
  })

  test('[api 5.1] within the grace window the same pair comes back, and expires_in stays true', async () => {
    const ada = await home.join(newEmail())
    const first = (await home.refresh(ada.refresh_token)).json<Tokens>()
    clock.advance(29_000)
    const again = (await home.refresh(ada.refresh_token)).json<Tokens>()
    expect(again).toEqual({ ...first, expires_in: 3571 })
  })

  test('[api 5.1] a token that comes back later was stolen: its whole session ends, on both sides', async () => {
    const messages = home.announced()
    const ada = await home.join(newEmail())
    const other = (await home.logIn(ada.email)).json<Tokens>()
    const thief = (await home.refresh(ada.refresh_token)).json<Tokens>()
    clock.advance(30_000)
    expect((await home.refresh(ada.refresh_token)).statusCode).toBe(401)
    expect((await home.refresh(thief.refresh_token)).statusCode).toBe(401)
    expect((await home.me(thief.access_token)).statusCode).toBe(401)
    expect((await home.me(other.access_token)).statusCode).toBe(200)
    const sid = decodeJwt(ada.access_token).sid
    expect((await home.audited('auth.refresh_reuse')).at(-1)).toMatchObject({
      target_id: sid,
      retention_class: 'security_forever',
    })
    await expect
      .poll(() => messages.map((message) => message.payload))
      .toContainEqual(
        expect.objectContaining({ event_type: 'auth.refresh_reuse', user_id: ada.userId, data: { session_id: sid } }),
      )
    // The user hears of it once, however often the dead token comes back.
    await expect.poll(() => mails.filter(({ kind }) => kind === 'session_reused')).toHaveLength(1)
    expect(mails.at(-1)).toMatchObject({ to: ada.email, text: expect.stringContaining('/settings/devices') })
  })

  test('[api 1.13] refreshes count per user, also behind one address; a token that nobody has counts for the address', async () => {
    const [ada, bob] = [await home.join(newEmail()), await home.join(newEmail())]
    home.counted.keys = []
    for (const token of [ada.refresh_token, ada.refresh_token, bob.refresh_token, 'nobody-has-this'])
      await home.refresh(token)
    expect(home.counted.keys).toEqual([
      ...[ada, ada, bob].map(({ userId }) => `auth.refresh:user:${userId}`),
      'auth.refresh:user:127.0.0.1',
    ])
    home.counted.keys = null
  })

  test('[api 5.1] a session ends after 30 idle days, and after 180 days however busy it is', async () => {
    const DAY = 86_400_000
    const idle = await home.join(newEmail())
    const busy = await home.join(newEmail())
    let token = busy.refresh_token
    for (let day = 0; day < 174; day += 29) {
      clock.advance(29 * DAY)
      const answer = await home.refresh(token)
      expect(answer.statusCode).toBe(200)
      token = answer.json().refresh_token
    }
    expect((await home.refresh(idle.refresh_token)).statusCode).toBe(401)
    clock.advance(6 * DAY)
    expect((await home.refresh(token)).statusCode).toBe(401)
  })

  test('[api 5.1] an inactive account does not refresh, also not within the grace window', async () => {
    const ada = await home.join(newEmail())
    await home.refresh(ada.refresh_token)
    await home.rows("update identity.account set status = 'inactive' where user_id = $1", [ada.userId])
    expect((await home.refresh(ada.refresh_token)).statusCode).toBe(401)
  })

  test('[api 1.10] trouble with the store is 503, and the token still works afterwards', async () => {
    const ada = await home.join(newEmail())
    await home.rows('alter table identity.session rename to session_away')
    const answer = await home.refresh(ada.refresh_token)
    await home.rows('alter table identity.session_away rename to session')
    expect(answer.statusCode).toBe(503)
    expect(answer.json().error).toBe('unavailable')
    expect(answer.headers['retry-after']).toBeDefined()
    expect((await home.refresh(ada.refresh_token)).statusCode).toBe(200)
    expect(home.problems.splice(0)).toMatchObject([{ msg: 'request failed' }])
  })

  test('[api 5.1] neither tokens nor passwords are stored as they are', async () => {
    const ada = await home.join(newEmail())
    const pair = (await home.refresh(ada.refresh_token)).json<Tokens>()
    const stored = await home.rows<{ text: string }>(
      `select r::text || s::text || a::text as text from identity.refresh_token r
       join identity.session s using (session_id) join identity.account a on a.user_id = s.user_id where a.user_id = $1`,
      [ada.userId],
    )
    const all = JSON.stringify(stored)
    for (const secret of [ada.refresh_token, pair.refresh_token, pair.access_token, PASSWORD])
      expect(all).not.toContain(secret)
    expect(all).toContain('$argon2id$')
  })
})

describe('POST /v1/auth/logout', () => {
  test('[POST /v1/auth/logout] it ends the session at once: neither of its tokens works', async () => {
    const ada = await home.join(newEmail())
    expect((await home.me(ada.access_token)).statusCode).toBe(200)
    const answer = await send('POST', '/v1/auth/logout', { body: { refresh_token: ada.refresh_token } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ message: 'Signed out.' })
    expect((await home.me(ada.access_token)).statusCode).toBe(401)
    expect((await home.refresh(ada.refresh_token)).statusCode).toBe(401)
    expect((await home.audited('auth.logout')).at(-1)).toMatchObject({ actor_id: ada.userId })
  })

  test('[POST /v1/auth/logout] with a bearer token alone it ends that session', async () => {
    const ada = await home.join(newEmail())
    expect((await send('POST', '/v1/auth/logout', { token: ada.access_token })).statusCode).toBe(200)
    expect((await home.refresh(ada.refresh_token)).statusCode).toBe(401)
  })

  test('[POST /v1/auth/logout] an unknown token, a second time and no token at all are fine as well', async () => {
    const ada = await home.join(newEmail())
    for (const body of [{ refresh_token: 'unknown' }, { refresh_token: ada.refresh_token }, {}, undefined])
      expect((await send('POST', '/v1/auth/logout', { body })).statusCode).toBe(200)
    expect((await send('POST', '/v1/auth/logout', { token: 'stale' })).statusCode).toBe(200)
    const again = { body: { refresh_token: ada.refresh_token }, token: ada.access_token }
    expect((await send('POST', '/v1/auth/logout', again)).statusCode).toBe(200)
  })
})

describe('GET /v1/auth/me', () => {
  test('[S001-027] it needs the token', async () => {
    const answer = await send('GET', '/v1/auth/me')
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ error: 'unauthorized', status: 401, request_id: 'req_0123456789' })
  })

  test('[S001-028] it shows the user, under both names of the id', async () => {
    const ada = await home.join(newEmail())
    const answer = await home.me(ada.access_token)
    expect(answer.json()).toEqual({
      imperal_id: ada.userId,
      id: ada.userId,
      email: ada.email,
      tenant_id: 'default',
      agency_id: null,
      org_id: null,
      role: 'user',
      auth_method: 'email',
      scopes: expect.arrayContaining(['store:*']),
      attributes: {},
      is_active: true,
      first_name: '',
      last_name: '',
      display_name: ada.email.split('@')[0],
      created_at: expect.stringMatching(/Z$/),
      last_login: expect.stringMatching(/Z$/),
      cases_user_id: null,
    })
  })

  test('[GET /v1/auth/me] developers see their tier', async () => {
    const ada = await home.join(newEmail())
    await home.identity.enrolDeveloper('default', ada.userId, { display_name: 'Ada' })
    expect((await home.me(ada.access_token)).json().attributes).toEqual({ developer_tier: 'explorer' })
  })

  test('[PATCH /v1/auth/users/{imperal_id}/cases-uid] users link their own account, as text or number', async () => {
    const [ada, bob] = [await home.join(newEmail()), await home.join(newEmail())]
    const link = (token: string, value: unknown) =>
      send('PATCH', `/v1/auth/users/${ada.userId}/cases-uid`, { token, body: { cases_user_id: value } })
    expect((await link(ada.access_token, '42')).json()).toEqual({
      message: 'Linked.',
      user_id: ada.userId,
      cases_user_id: 42,
    })
    expect((await home.me(ada.access_token)).json().cases_user_id).toBe(42)
    expect((await link(ada.access_token, 7)).json().cases_user_id).toBe(7)
    expect((await link(bob.access_token, 1)).statusCode).toBe(404)
  })
})

describe('sessions', () => {
  const list = (token: string) => send('GET', '/v1/auth/sessions', { token })

  test('[GET /v1/auth/sessions] lists those that are signed in, newest first, and marks the current one', async () => {
    const ada = await home.join(newEmail())
    clock.advance(1_000)
    const second = await send('POST', '/v1/auth/login', {
      body: { email: ada.email, password: PASSWORD },
      headers: { 'user-agent': 'Mozilla/5.0 Firefox/140.0' },
    })
    const { sessions } = (await list(ada.access_token)).json()
    expect(sessions).toMatchObject([
      { session_id: decodeJwt(second.json().access_token).sid, label: 'Firefox', surface: 'web', current: false },
      { session_id: decodeJwt(ada.access_token).sid, current: true, ip_address: '127.0.0.1' },
    ])
  })

  test('[POST /v1/auth/sessions/{session_id}/revoke] ends one session, again without complaint, and nobody else’s', async () => {
    const [ada, bob] = [await home.join(newEmail()), await home.join(newEmail())]
    const other = (await home.logIn(ada.email)).json<Tokens>()
    const sid = decodeJwt(other.access_token).sid
    const revoke = (token: string) => send('POST', `/v1/auth/sessions/${sid}/revoke`, { token })
    expect((await revoke(bob.access_token)).statusCode).toBe(404)
    expect((await home.me(other.access_token)).statusCode).toBe(200)
    for (let i = 0; i < 2; i++)
      expect((await revoke(ada.access_token)).json()).toEqual({ status: 'revoked', session_id: sid })
    expect((await home.me(other.access_token)).statusCode).toBe(401)
    expect((await home.me(ada.access_token)).statusCode).toBe(200)
    expect((await list(ada.access_token)).json().sessions).toHaveLength(1)
  })

  test('[POST /v1/auth/sessions/revoke-others] keeps the session that asks', async () => {
    const ada = await home.join(newEmail())
    const others = await Promise.all([home.logIn(ada.email), home.logIn(ada.email)])
    const answer = await send('POST', '/v1/auth/sessions/revoke-others', { token: ada.access_token })
    expect(answer.json()).toEqual({ revoked: 2 })
    expect((await home.me(ada.access_token)).statusCode).toBe(200)
    for (const other of others) expect((await home.me(other.json().access_token)).statusCode).toBe(401)
  })
})

describe('passwords', () => {
  const change = (token: string, current: string, next: string) =>
    send('POST', '/v1/auth/me/change-password', { token, body: { current_password: current, new_password: next } })
  const forgot = (email: string) => send('POST', '/v1/auth/forgot-password', { body: { email } })
  const reset = (token: string, next = 'another-password') =>
    send('POST', '/v1/auth/reset-password', { body: { token, new_password: next } })

  test('[POST /v1/auth/me/change-password] the other sessions end, this one stays, and a mail says so', async () => {
    const ada = await home.join(newEmail())
    const other = (await home.logIn(ada.email)).json<Tokens>()
    mails.length = 0
    expect((await change(ada.access_token, PASSWORD, 'new-password')).statusCode).toBe(200)
    expect((await home.me(ada.access_token)).statusCode).toBe(200)
    expect((await home.me(other.access_token)).statusCode).toBe(401)
    expect((await home.logIn(ada.email)).statusCode).toBe(401)
    expect((await home.logIn(ada.email, 'new-password')).statusCode).toBe(200)
    expect(mails.map((mail) => mail.kind)).toEqual(['password_changed'])
    expect((await home.audited('auth.password_changed')).at(-1)).toMatchObject({ actor_id: ada.userId })
  })

  test('[POST /v1/auth/me/change-password] a wrong current password, the same one and a short one are refused', async () => {
    const ada = await home.join(newEmail())
    expect((await change(ada.access_token, 'wrong', 'new-password')).statusCode).toBe(400)
    expect((await change(ada.access_token, PASSWORD, 'short6')).statusCode).toBe(422)
    await change(ada.access_token, PASSWORD, 'new-password')
    expect((await change(ada.access_token, 'new-password', 'new-password')).statusCode).toBe(400)
  })

  test('[POST /v1/auth/reset-password] the mailed token sets a password once, and every session ends', async () => {
    const ada = await home.join(newEmail())
    expect((await forgot(ada.email)).statusCode).toBe(200)
    const token = home.mailedCode(ada.email, 'password_reset')
    const answers = await Promise.all(Array.from({ length: 10 }, () => reset(token)))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, ...Array(9).fill(400)])
    expect((await home.me(ada.access_token)).statusCode).toBe(401)
    expect((await home.refresh(ada.refresh_token)).statusCode).toBe(401)
    expect((await home.logIn(ada.email, 'another-password')).statusCode).toBe(200)
    expect((await home.audited('auth.password_reset')).at(-1)).toMatchObject({ actor_id: ada.userId })
  })

  test('[POST /v1/auth/reset-password] a token is good for an hour', async () => {
    const ada = await home.join(newEmail())
    await forgot(ada.email)
    clock.advance(3_600_000)
    expect((await reset(home.mailedCode(ada.email, 'password_reset'))).statusCode).toBe(400)
  })

  test('[POST /v1/auth/forgot-password] known and unknown addresses get the same answer and the same limit', async () => {
    const ada = await home.join(newEmail())
    mails.length = 0
    for (const email of [ada.email, newEmail()]) {
      for (let i = 0; i < 3; i++) {
        const answer = await forgot(email)
        expect([answer.statusCode, answer.json()]).toEqual([
          200,
          { message: 'If there is such an account, a mail is on its way.' },
        ])
      }
      expect((await forgot(email)).statusCode).toBe(429)
    }
    expect(mails).toHaveLength(3)
    expect(mails.every((mail) => mail.to === ada.email)).toBe(true)
  })
})
