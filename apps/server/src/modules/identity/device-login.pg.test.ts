import { createHash, randomBytes } from 'node:crypto'
import { auth } from '@imperal/contract'
import { decodeJwt } from 'jose'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openFixture, type Tokens } from './test-fixture.ts'

const home = await openFixture()
const { send, mails, clock } = home
afterAll(() => home.close())

let users = 0
let ada: Awaited<ReturnType<typeof home.join>>
beforeEach(async () => {
  ada = await home.join(`user${++users}@example.com`)
  mails.length = 0
})

const pkce = () => {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
const authorize = (body: Record<string, unknown>) => send('POST', '/v1/auth/cli/device/authorize', { body })

async function begin(facts: Record<string, unknown> = {}) {
  const { verifier, challenge } = pkce()
  const answer = await authorize({ code_challenge: challenge, code_challenge_method: 'S256', ...facts })
  expect(answer.statusCode).toBe(200)
  const codes = answer.json<{ device_code: string; user_code: string }>()
  const poll = (given = verifier) =>
    send('POST', '/v1/auth/cli/device/token', { body: { device_code: codes.device_code, code_verifier: given } })
  return { ...codes, answer: answer.json(), poll }
}
const show = (code: string, token = ada.access_token) => send('GET', `/v1/auth/cli/device/${code}`, { token })
const approve = (code: string, token = ada.access_token, body = {}) =>
  send('POST', `/v1/auth/cli/device/${code}/approve`, { token, body })
const deny = (code: string) => send('POST', `/v1/auth/cli/device/${code}/deny`, { token: ada.access_token, body: {} })

describe('device sign-in', () => {
  test('[POST /v1/auth/cli/device/authorize] answers what terminals read, with a code that people can type', async () => {
    const { answer } = await begin()
    expect(auth.deviceAuthorize.response.parse(answer)).toEqual(answer)
    expect(answer.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ2-9]{4}-[BCDFGHJKLMNPQRSTVWXZ2-9]{4}$/)
    expect(answer).toMatchObject({
      verification_uri: 'http://127.0.0.1:4780/device',
      verification_uri_complete: `http://127.0.0.1:4780/device?code=${answer.user_code}`,
      expires_in: 600,
      interval: 5,
    })
  })

  test.each([
    [{ code_challenge: 'too-short', code_challenge_method: 'S256' }],
    [{ code_challenge: pkce().challenge, code_challenge_method: 'plain' }],
    [{ code_challenge: `${pkce().challenge.slice(1)}!`, code_challenge_method: 'S256' }],
  ])('[POST /v1/auth/cli/device/authorize] a bad challenge is 400: %j', async (body) => {
    expect((await authorize(body)).statusCode).toBe(400)
  })

  test('[POST /v1/auth/cli/device/token] waits with 200, then gives a session of its own for 900 s, once', async () => {
    const device = await begin({ client_name: 'imperal on anvil', surface: 'terminal' })
    const waiting = await device.poll()
    expect([waiting.statusCode, waiting.json()]).toEqual([200, { error: 'authorization_pending' }])
    expect((await approve(device.user_code, ada.access_token, { label: 'Anvil' })).json()).toEqual({
      status: 'approved',
    })
    const answers = await Promise.all(Array.from({ length: 10 }, () => device.poll()))
    const won = answers.filter((answer) => answer.statusCode === 200)
    expect(won).toHaveLength(1)
    for (const lost of answers.filter((answer) => answer.statusCode !== 200))
      expect([lost.statusCode, lost.json().error]).toEqual([400, 'invalid_grant'])
    const tokens = won[0]?.json<Tokens>()
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 900 })
    const token = String(tokens?.access_token)
    expect(decodeJwt(token)).toMatchObject({ sub: ada.userId, token_use: 'cli' })
    expect((await home.me(token)).json().imperal_id).toBe(ada.userId)
    const { sessions } = (await send('GET', '/v1/auth/sessions', { token })).json()
    expect(sessions).toContainEqual(expect.objectContaining({ label: 'Anvil', surface: 'terminal', current: true }))
    expect(mails).toMatchObject([{ kind: 'new_device', to: ada.email }])
    expect((await home.audited('auth.device_approved')).at(-1)).toMatchObject({ actor_id: ada.userId })
  })

  test('[api 5.1] a refresh keeps the terminal session a terminal session', async () => {
    const device = await begin()
    await approve(device.user_code)
    const tokens = (await device.poll()).json<Tokens>()
    const next = (await home.refresh(tokens.refresh_token)).json<Tokens>()
    expect(next.expires_in).toBe(900)
    expect(decodeJwt(next.access_token).token_use).toBe('cli')
  })

  test('[api 1.3] a token of a terminal approves no further device', async () => {
    const device = await begin()
    await approve(device.user_code)
    const { access_token: token } = (await device.poll()).json<Tokens>()
    const second = await begin()
    expect((await show(second.user_code, token)).statusCode).toBe(403)
    expect((await approve(second.user_code, token)).statusCode).toBe(403)
  })

  test('[api 5.2] polling faster than the interval answers slow_down and makes the interval longer', async () => {
    const device = await begin()
    const errors = []
    for (const pause of [0, 4_999, 10_000, 9_999, 15_000]) {
      clock.advance(pause)
      errors.push((await device.poll()).json().error)
    }
    // 5 s become 10 and then 15 with each poll that comes too early.
    expect(errors).toEqual([
      'authorization_pending',
      'slow_down',
      'authorization_pending',
      'slow_down',
      'authorization_pending',
    ])
  })

  test('[api 5.2] a denied and an expired code say so at the top level', async () => {
    const [denied, expired] = [await begin(), await begin()]
    expect((await deny(denied.user_code)).json()).toEqual({ status: 'denied' })
    const refused = await denied.poll()
    expect([refused.statusCode, refused.json().error]).toEqual([400, 'access_denied'])
    clock.advance(600_000)
    const late = await expired.poll()
    expect([late.statusCode, late.json().error]).toEqual([400, 'expired_token'])
    expect((await approve(expired.user_code)).statusCode).toBe(410)
  })

  test('[api 5.2] the verifier counts after the approval, and the fifth wrong one kills the code', async () => {
    const device = await begin()
    expect((await device.poll('wrong')).json().error).toBe('authorization_pending')
    await approve(device.user_code)
    for (let i = 0; i < 5; i++) expect((await device.poll('wrong')).json().error).toBe('invalid_grant')
    expect((await device.poll()).json().error).toBe('invalid_grant')
  })

  test('[GET /v1/auth/cli/device/{user_code}] shows what asks, however the code is typed', async () => {
    const device = await begin({ client_name: 'imperal on anvil' })
    const typed = device.user_code.replace('-', '').toLowerCase()
    expect((await show(typed)).json()).toEqual({
      user_code: device.user_code,
      client_name: 'imperal on anvil',
      surface: 'terminal',
      ip_address: '127.0.0.1',
      created_at: new Date(clock.now()).toISOString(),
      expires_at: new Date(clock.now() + 600_000).toISOString(),
      status: 'pending',
    })
    clock.advance(600_000)
    expect((await show(typed)).json().status).toBe('expired')
  })

  test('[POST /v1/auth/cli/device/{user_code}/approve] of ten decisions at once one counts', async () => {
    const device = await begin()
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => approve(device.user_code)),
      ...Array.from({ length: 5 }, () => deny(device.user_code)),
    ])
    const codes = answers.map((answer) => answer.statusCode).sort()
    expect(codes).toEqual([200, ...Array(9).fill(409)])
  })

  test('[GET /v1/auth/cli/device/{user_code}] what somebody else decided is hidden', async () => {
    const device = await begin()
    await approve(device.user_code)
    const eve = await home.join(`eve${users}@example.com`)
    expect((await show(device.user_code, eve.access_token)).statusCode).toBe(404)
    expect((await show(device.user_code)).json().status).toBe('approved')
  })

  test('[api 5.2] after ten wrong codes within a minute even a right one has to wait', async () => {
    const device = await begin()
    for (let i = 0; i < 10; i++) expect((await show('BBBB-BBBB')).statusCode).toBe(404)
    expect((await show(device.user_code)).statusCode).toBe(429)
    expect((await approve(device.user_code)).statusCode).toBe(429)
    clock.advance(60_000)
    expect((await approve(device.user_code)).statusCode).toBe(200)
  })
})

describe('loopback sign-in', () => {
  const REDIRECT = 'http://127.0.0.1:43111/callback'
  const code = (challenge: string, redirectUri = REDIRECT) =>
    send('POST', '/v1/auth/cli/codes', {
      token: ada.access_token,
      body: { code_challenge: challenge, redirect_uri: redirectUri },
    })
  const redeem = (given: string, verifier: string, redirectUri = REDIRECT) =>
    send('POST', '/v1/auth/cli/token', {
      body: { code: given, code_verifier: verifier, redirect_uri: redirectUri },
    })

  test('[POST /v1/auth/cli/token] of ten at once with one code one signs in', async () => {
    const { verifier, challenge } = pkce()
    const given = (await code(challenge)).json().code
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(given, verifier)))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, ...Array(9).fill(400)])
    const tokens = answers.find((answer) => answer.statusCode === 200)?.json<Tokens>()
    expect(decodeJwt(String(tokens?.access_token)).token_use).toBe('cli')
    // Its owner hears of it, and the log has both halves.
    expect(mails.filter(({ kind, to }) => kind === 'new_device' && to === ada.email).length).toBeGreaterThan(0)
    expect((await home.audited('auth.loopback_approved')).at(-1)).toMatchObject({ actor_id: ada.userId })
    expect((await home.audited('auth.login')).at(-1)).toMatchObject({
      actor_id: ada.userId,
      metadata: { surface: 'terminal' },
    })
  })

  test('[POST /v1/auth/cli/token] a wrong verifier, another address and a late try are refused, and use the code up', async () => {
    const { verifier, challenge } = pkce()
    const wrong = (await code(challenge)).json().code
    expect((await redeem(wrong, 'wrong')).statusCode).toBe(400)
    expect((await redeem(wrong, verifier)).statusCode).toBe(400)
    const moved = (await code(challenge)).json().code
    expect((await redeem(moved, verifier, 'http://127.0.0.1:1/')).statusCode).toBe(400)
    const late = (await code(challenge)).json().code
    clock.advance(60_000)
    expect((await redeem(late, verifier)).json().error).toBe('invalid_grant')
  })

  test.each([
    'https://evil.example/callback',
    'http://127.0.0.1.evil.example:80/',
    'http://localhost:43111/',
    'http://127.0.0.1:43111@evil.example/',
    'http://127.0.0.1/callback',
  ])('[POST /v1/auth/cli/codes] %s is no loopback address', async (address) => {
    expect((await code(pkce().challenge, address)).statusCode).toBe(400)
  })
})
