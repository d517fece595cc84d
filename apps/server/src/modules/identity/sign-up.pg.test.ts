import { auth } from '@imperal/contract'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openFixture, PASSWORD, SERVICE_TOKEN } from './test-fixture.ts'

const home = await openFixture()
const { send, mails, clock } = home
afterAll(() => home.close())
beforeEach(() => {
  mails.length = 0
})

let users = 0
const newEmail = () => `user${++users}@example.com`
const signUp = (body: Record<string, unknown>, on = home) => on.send('POST', '/v1/auth/signup', { body })
const verify = (token: string) => send('POST', '/v1/auth/verify-email', { body: { token } })

describe('sign-up', () => {
  test('[S001-006] [S001-016] [S001-017] [S001-018] the printed request creates an account that waits for its address', async () => {
    const answer = await signUp({
      email: 'user@example.com',
      password: 's3cure!',
      tenant_id: 'default',
      first_name: 'Ada',
      last_name: 'Lovelace',
    })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({
      message: 'Verification email sent. Check your inbox.',
      user_id: expect.stringMatching(/^imp_u_[A-Za-z0-9_-]{6,24}$/),
    })
    expect(mails).toMatchObject([{ kind: 'verify_email', to: 'user@example.com' }])
    expect(mails[0]?.text).toContain('Hello Ada,')
    expect(await home.audited('user.signup')).toMatchObject([{ target_id: answer.json().user_id }])
  })

  test('[S001-016] names are optional and the address is kept in lower case', async () => {
    const email = newEmail()
    expect((await signUp({ email: ` ${email.toUpperCase()} `, password: PASSWORD })).statusCode).toBe(201)
    expect(mails[0]?.to).toBe(email)
  })

  test.each([
    [{ email: 'not an address', password: PASSWORD }, 'email'],
    [{ email: 'a@example.com', password: 'short6' }, 'password'],
    [{ email: 'a@example.com', password: 'x'.repeat(129) }, 'password'],
    [{ email: `${'x'.repeat(250)}@example.com`, password: PASSWORD }, 'email'],
  ])('[POST /v1/auth/signup] %j answers 422 and names the field', async (body, field) => {
    const answer = await signUp(body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().detail[0].loc).toEqual(['body', field])
    expect(mails).toEqual([])
  })

  test('[POST /v1/auth/signup] ten at once with one address create one account and send one mail', async () => {
    const email = newEmail()
    const answers = await Promise.all(Array.from({ length: 10 }, () => signUp({ email, password: PASSWORD })))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, ...Array(9).fill(409)])
    expect(mails).toHaveLength(1)
    expect(await home.rows('select 1 from identity.account where email = $1', [email])).toHaveLength(1)
  })

  test('[POST /v1/auth/signup] a tenant that does not exist or is closed takes nobody', async () => {
    expect((await signUp({ email: newEmail(), password: PASSWORD, tenant_id: 'imp_t_none' })).statusCode).toBe(403)
    await home.rows(
      "insert into identity.tenant (tenant_id, name, signup_open) values ('imp_t_closed', 'Closed', false)",
    )
    expect((await signUp({ email: newEmail(), password: PASSWORD, tenant_id: 'imp_t_closed' })).statusCode).toBe(403)
  })

  test('[POST /v1/auth/signup] the same address in two tenants is two accounts', async () => {
    await home.rows("insert into identity.tenant (tenant_id, name) values ('imp_t_two', 'Two')")
    const email = newEmail()
    expect((await signUp({ email, password: PASSWORD })).statusCode).toBe(201)
    expect((await signUp({ email, password: PASSWORD, tenant_id: 'imp_t_two' })).statusCode).toBe(201)
  })

  test('[POST /v1/auth/signup] where addresses are not revealed a known one gets the usual answer and its owner a mail', async () => {
    const discreet = await home.openNode({ revealExisting: false })
    const [known, pending] = [newEmail(), newEmail()]
    await home.join(known)
    await home.signUp(pending)
    mails.length = 0
    const answers = []
    for (const email of [known, pending, newEmail()])
      answers.push(await discreet.send('POST', '/v1/auth/signup', { body: { email, password: PASSWORD } }))
    await discreet.close()
    expect(answers.map((answer) => answer.statusCode)).toEqual([201, 201, 201])
    expect(new Set(answers.map((answer) => Object.keys(answer.json()).join())).size).toBe(1)
    expect(mails.map((mail) => mail.kind)).toEqual(['already_registered', 'verify_email', 'verify_email'])
    expect(await home.rows('select 1 from identity.account where email = $1', [known])).toHaveLength(1)
  })

  test('[POST /v1/auth/signup] the operator may ask for longer passwords', async () => {
    const strict = await home.openNode({ passwordMinimum: 12 })
    const body = { email: newEmail(), password: 'eleven-char' }
    const answer = await strict.send('POST', '/v1/auth/signup', { body })
    await strict.close()
    expect(answer.statusCode).toBe(422)
    expect(answer.json().detail).toEqual([
      { loc: ['body', 'password'], msg: 'The password needs at least 12 characters.', type: 'too_small' },
    ])
  })
})

describe('verification of the address', () => {
  test('[S001-019] nobody signs in before the address is verified', async () => {
    const email = newEmail()
    await home.signUp(email)
    const answer = await home.logIn(email)
    expect(answer.statusCode).toBe(403)
    expect(answer.json().error).toBe('email_not_verified')
  })

  test('[S001-020] the mailed token answers tokens of the login shape, which work at once', async () => {
    const email = newEmail()
    const userId = await home.signUp(email)
    const answer = await verify(home.mailedCode(email, 'verify_email'))
    expect(answer.statusCode).toBe(200)
    expect(auth.verifyEmail.response.parse(answer.json())).toEqual(answer.json())
    expect(answer.json()).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
    expect(answer.headers['cache-control']).toBe('no-store')
    expect((await home.me(answer.json().access_token)).json()).toMatchObject({ imperal_id: userId, is_active: true })
    expect((await home.audited('user.email_verified')).at(-1)).toMatchObject({ actor_id: userId })
  })

  test('[POST /v1/auth/verify-email] of ten at once with one token one signs in', async () => {
    const email = newEmail()
    await home.signUp(email)
    const token = home.mailedCode(email, 'verify_email')
    const answers = await Promise.all(Array.from({ length: 10 }, () => verify(token)))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, ...Array(9).fill(400)])
  })

  test('[POST /v1/auth/verify-email] a token of yesterday, an unknown one and one of another purpose are refused', async () => {
    const email = newEmail()
    await home.signUp(email)
    const token = home.mailedCode(email, 'verify_email')
    clock.advance(24 * 3_600_000)
    expect((await verify(token)).statusCode).toBe(400)
    expect((await verify('made-up')).statusCode).toBe(400)
    const other = newEmail()
    await home.join(other)
    await send('POST', '/v1/auth/forgot-password', { body: { email: other } })
    expect((await verify(home.mailedCode(other, 'password_reset'))).statusCode).toBe(400)
  })

  test('[POST /v1/auth/resend-verification] a new token replaces the old one', async () => {
    const email = newEmail()
    await home.signUp(email)
    const old = home.mailedCode(email, 'verify_email')
    const answer = await send('POST', '/v1/auth/resend-verification', { body: { email } })
    expect(answer.statusCode).toBe(200)
    const fresh = home.mailedCode(email, 'verify_email')
    expect(fresh).not.toBe(old)
    expect((await verify(old)).statusCode).toBe(400)
    expect((await verify(fresh)).statusCode).toBe(200)
  })

  test('[POST /v1/auth/resend-verification] known, verified and unknown addresses get the same answer; only one a mail', async () => {
    const [pending, active] = [newEmail(), newEmail()]
    await home.signUp(pending)
    await home.join(active)
    mails.length = 0
    const answers = []
    for (const email of [pending, active, 'nobody@example.com'])
      answers.push(await send('POST', '/v1/auth/resend-verification', { body: { email } }))
    expect(new Set(answers.map((answer) => `${answer.statusCode} ${answer.body}`)).size).toBe(1)
    expect(mails.map((mail) => mail.to)).toEqual([pending])
  })

  test('[POST /v1/auth/resend-verification] the fourth try for one address within an hour has to wait', async () => {
    const email = newEmail()
    const resend = () => send('POST', '/v1/auth/resend-verification', { body: { email } })
    for (let i = 0; i < 3; i++) expect((await resend()).statusCode).toBe(200)
    const refused = await resend()
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBe(3600)
    clock.advance(3_600_000)
    expect((await resend()).statusCode).toBe(200)
  })

  test('[api 5.1] an account that is never verified is removed after a week, and its address is free again', async () => {
    const email = newEmail()
    await home.signUp(email)
    clock.advance(7 * 24 * 3_600_000 + 1)
    const next = await home.openNode()
    await next.close()
    expect(await home.rows('select 1 from identity.account where email = $1', [email])).toEqual([])
    await home.signUp(email)
  })
})

describe('POST /v1/auth/register', () => {
  const body = () => ({ email: newEmail(), password: 'longer-password' })
  const asService = { 'x-service-token': SERVICE_TOKEN }

  test('[S001-005] it is for services: users and strangers are refused', async () => {
    const ada = await home.join(newEmail())
    expect((await send('POST', '/v1/auth/register', { body: body() })).statusCode).toBe(401)
    expect((await send('POST', '/v1/auth/register', { body: body(), token: ada.access_token })).statusCode).toBe(403)
  })

  test('[S001-005] a service creates an account that is active at once, and once only', async () => {
    const account = body()
    mails.length = 0
    const answer = await send('POST', '/v1/auth/register', { body: account, headers: asService })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
    expect(mails).toEqual([])
    expect((await home.logIn(account.email, account.password)).statusCode).toBe(200)
    const again = await send('POST', '/v1/auth/register', { body: account, headers: asService })
    expect(again.statusCode).toBe(409)
    expect(again.json().error).toBe('conflict')
  })

  test('[POST /v1/auth/register] seven characters are too few here', async () => {
    const answer = await send('POST', '/v1/auth/register', {
      body: { email: newEmail(), password: PASSWORD },
      headers: asService,
    })
    expect(answer.statusCode).toBe(422)
  })
})
