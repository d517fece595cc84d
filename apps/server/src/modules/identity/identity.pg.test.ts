import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Principal, RouteRequest } from '../../foundation/http/index.ts'
import { openFixture, SERVICE_TOKEN, type Tokens } from './test-fixture.ts'

const home = await openFixture()
const { send, clock, identity } = home
afterAll(() => home.close())

let users = 0
let ada: Awaited<ReturnType<typeof home.join>>
beforeEach(async () => {
  ada = await home.join(`user${++users}@example.com`)
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
async function ticketFor(user: Principal | null): Promise<string> {
  const route = home.outbox.routes.find((mounted) => mounted.route.id === 'events.ticket')
  const answer = await route?.handle({ user } as RouteRequest<unknown>)
  return (answer as { ticket: string }).ticket
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error) => error.code,
  )

describe('the first account', () => {
  test('[decision 21] is administrator and developer, and there is only ever one first account', async () => {
    const other = await openFixture()
    const first = { email: 'Admin@Localhost.localdomain', password: () => 'admin-password' }
    const made = await Promise.all(Array.from({ length: 5 }, () => other.identity.ensureFirstAccount(first)))
    const [account] = made.filter((result) => result !== null)
    expect(made.filter((result) => result !== null)).toHaveLength(1)
    expect(await other.identity.actor('default', String(account?.userId))).toMatchObject({
      role: 'admin',
      scopes: ['*'],
      isActive: true,
      isDeveloper: true,
      email: 'admin@localhost.localdomain',
    })
    expect(await other.identity.unusedFirstAccount()).toEqual(account)
    const known = account ?? expect.fail()
    expect(await other.identity.isPasswordOf(known, 'admin-password')).toBe(true)
    expect(await other.identity.isPasswordOf(known, 'another')).toBe(false)
    expect((await other.logIn('admin@localhost.localdomain', 'admin-password')).statusCode).toBe(200)
    expect(await other.identity.unusedFirstAccount()).toBeNull()
    expect(await other.identity.ensureFirstAccount(first)).toBeNull()
    // Later starts tell this address, whatever they were started with.
    expect(await other.identity.administratorEmail('else@example.com')).toBe('admin@localhost.localdomain')
    await other.close()
  })
})

describe('authentication', () => {
  test('[api 1.3] nothing given is nobody', async () => {
    expect(await identity.authenticate({})).toBeNull()
  })

  test('[S001-023] an access token as Bearer gives the user as the identity store knows it', async () => {
    expect(await identity.authenticate(bearer(ada.access_token))).toEqual({
      kind: 'user',
      credential: 'jwt',
      userId: ada.userId,
      tenantId: 'default',
      agencyId: null,
      email: ada.email,
      role: 'user',
      scopes: expect.arrayContaining(['store:*']),
      sessionId: decodeJwt(ada.access_token).sid,
      tokenUse: null,
      isDeveloper: false,
    })
  })

  test.each([
    ['a word', 'nonsense'],
    ['another scheme', 'Basic YWRhOnB3'],
    ['three made-up parts', 'Bearer a.b.c'],
    ['an unknown key', 'Bearer imp_live_00000000000000000000000000000000'],
    ['a call token alone', 'ImperalCallToken abc.def'],
    ['an unsigned token', `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"sub":"imp_u_abc123"}')}.`],
  ])('[api 1.3] %s is refused', async (_name, authorization) => {
    expect(await codeOf(identity.authenticate({ authorization }))).toBe('IDENTITY_CREDENTIAL_INVALID')
  })

  test('[api 1.4] a token that somebody else signed, or with a symmetric key, is refused', async () => {
    const claims = decodeJwt(ada.access_token)
    const { kid } = (await send('GET', '/v1/auth/.well-known/jwks.json')).json().keys[0]
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.alloc(32))
    for (const token of [forged, symmetric])
      expect(await codeOf(identity.authenticate(bearer(token)))).toBe('IDENTITY_CREDENTIAL_INVALID')
  })

  test('[api 1.4] a token ends with its time, 30 s of skew allowed, warm or cold', async () => {
    const cold = await home.openNode()
    await identity.authenticate(bearer(ada.access_token))
    clock.advance(3_629_000)
    expect(await codeOf(identity.authenticate(bearer(ada.access_token)))).toBe('fine')
    clock.advance(2_000)
    expect(await codeOf(identity.authenticate(bearer(ada.access_token)))).toBe('IDENTITY_TOKEN_EXPIRED')
    expect(await codeOf(cold.identity.authenticate(bearer(ada.access_token)))).toBe('IDENTITY_TOKEN_EXPIRED')
    await cold.close()
  })

  test('a warm token needs no database', async () => {
    await identity.authenticate(bearer(ada.access_token))
    const reads = vi.spyOn(home.db, 'everyTenant')
    const more = vi.spyOn(home.db, 'tenant')
    const first = await identity.authenticate(bearer(ada.access_token))
    expect(await identity.authenticate(bearer(ada.access_token))).toBe(first)
    await identity.actor('default', ada.userId)
    expect([reads.mock.calls.length, more.mock.calls.length]).toEqual([0, 0])
    vi.restoreAllMocks()
  })

  test('[api 1.10] trouble with the store is 503, never 401', async () => {
    const fresh = (await home.logIn(ada.email)).json<Tokens>()
    await home.rows('alter table identity.session rename to session_away')
    const answer = await home.me(fresh.access_token)
    await home.rows('alter table identity.session_away rename to session')
    expect([answer.statusCode, answer.json().error]).toEqual([503, 'unavailable'])
    expect((await home.me(fresh.access_token)).statusCode).toBe(200)
    home.problems.length = 0
  })

  test('[api 1.4] a change of role or state counts after 300 s at the latest, without any notice', async () => {
    await identity.authenticate(bearer(ada.access_token))
    await home.rows("update identity.account set role = 'viewer' where user_id = $1", [ada.userId])
    clock.advance(300_000)
    expect(await identity.authenticate(bearer(ada.access_token))).toMatchObject({ role: 'viewer' })
    expect((await identity.actor('default', ada.userId))?.deniedScopes).toEqual([
      'extensions:write',
      'extensions:destructive',
    ])
    await home.rows("update identity.account set status = 'inactive' where user_id = $1", [ada.userId])
    clock.advance(300_000)
    expect(await codeOf(identity.authenticate(bearer(ada.access_token)))).toBe('IDENTITY_ACCOUNT_CLOSED')
  })

  test('[api 3.19] a stream ticket works once, an access token works as one, and elsewhere neither does', async () => {
    const principal = await identity.authenticate(bearer(ada.access_token))
    const ticket = await ticketFor(principal)
    expect(await identity.authenticate({}, { streamToken: ticket })).toMatchObject({
      userId: ada.userId,
      credential: 'stream_ticket',
    })
    expect(await codeOf(identity.authenticate({}, { streamToken: ticket }))).toBe('IDENTITY_CREDENTIAL_INVALID')
    expect(await identity.authenticate({}, { streamToken: ada.access_token })).toMatchObject({ userId: ada.userId })
    expect(await codeOf(identity.authenticate(bearer(ticket)))).toBe('IDENTITY_CREDENTIAL_INVALID')
  })

  test('[api 3.19] a ticket dies with its session', async () => {
    const principal = await identity.authenticate(bearer(ada.access_token))
    const ticket = await ticketFor(principal)
    await send('POST', '/v1/auth/logout', { body: { refresh_token: ada.refresh_token } })
    expect(await codeOf(identity.authenticate({}, { streamToken: ticket }))).toBe('IDENTITY_SESSION_ENDED')
  })

  test('[api 3.19] a ticket dies with its key, and whoever was let in with that key is not let in again', async () => {
    const { key, id } = (await send('POST', '/v1/keys', { token: ada.access_token, body: { name: 'k' } })).json()
    const bySession = await identity.authenticate(bearer(ada.access_token))
    const byKey = await identity.authenticate(bearer(key))
    const [used, kept] = [await ticketFor(byKey), await ticketFor(byKey)]
    const byTicket = await identity.authenticate({}, { streamToken: used })
    const admitted = () => Promise.all([bySession, byKey, byTicket].map((one) => one && identity.isAdmitted(one)))
    expect(await admitted()).toEqual([true, true, true])

    await send('DELETE', `/v1/keys/${id}`, { token: ada.access_token })
    expect(await admitted()).toEqual([true, false, false])
    expect(await codeOf(identity.authenticate({}, { streamToken: kept }))).toBe('IDENTITY_CREDENTIAL_INVALID')
    await send('POST', '/v1/auth/logout', { body: { refresh_token: ada.refresh_token } })
    expect(await admitted()).toEqual([false, false, false])
  })
})

describe('services', () => {
  const service = { 'x-service-token': SERVICE_TOKEN }

  test('[api 1.6] the token works in both places and gives a principal without a user', async () => {
    for (const headers of [service, bearer(SERVICE_TOKEN), { ...service, ...bearer(SERVICE_TOKEN) }])
      expect(await identity.authenticate(headers)).toMatchObject({ kind: 'service', userId: null, tenantId: 'default' })
    expect(await codeOf(identity.authenticate({ 'x-service-token': `${SERVICE_TOKEN}x` }))).toBe(
      'IDENTITY_CREDENTIAL_INVALID',
    )
  })

  test('[api 1.6] X-Acting-User makes it act as that user, who must exist in the named tenant and be active', async () => {
    const acting = { ...service, 'x-acting-user': ada.userId }
    expect(await identity.authenticate(acting)).toMatchObject({
      kind: 'service',
      credential: 'service_token',
      userId: ada.userId,
      role: 'user',
    })
    expect(await identity.principalFor(ada.userId)).toMatchObject({ userId: ada.userId, kind: 'service' })
    expect(await identity.principalFor('imp_u_nobody')).toBeNull()
    expect(await codeOf(identity.authenticate({ ...service, 'x-acting-user': 'imp_u_nobody' }))).toBe(
      'IDENTITY_ACTING_USER_UNKNOWN',
    )
    expect(await codeOf(identity.authenticate({ ...acting, 'x-tenant-id': 'imp_t_other' }))).toBe(
      'IDENTITY_ACTING_TENANT_MISMATCH',
    )
  })

  test('[api 7.1] a plain user who names somebody else stays who they are', async () => {
    const headers = { ...bearer(ada.access_token), 'x-acting-user': 'imp_u_abc123', 'x-tenant-id': 'imp_t_other' }
    expect(await identity.authenticate(headers)).toMatchObject({ userId: ada.userId, tenantId: 'default' })
  })

  test('[api 1.3] two credentials of different callers are 400; a call token beside a service token is a pair', async () => {
    expect(await codeOf(identity.authenticate({ ...service, ...bearer(ada.access_token) }))).toBe(
      'IDENTITY_TWO_CREDENTIALS',
    )
    expect(await codeOf(identity.authenticate({ ...service, 'x-api-key': 'imp_live_x' }))).toBe(
      'IDENTITY_TWO_CREDENTIALS',
    )
    const pair = { ...service, authorization: 'ImperalCallToken abc.def' }
    expect(await identity.authenticate(pair)).toMatchObject({ kind: 'service' })
  })

  test('[api 1.3] x-api-key is read only when Authorization is absent', async () => {
    const headers = { ...bearer(ada.access_token), 'x-api-key': 'imp_live_unknown' }
    expect(await identity.authenticate(headers)).toMatchObject({ userId: ada.userId, credential: 'jwt' })
  })
})

describe('several nodes', () => {
  test('a sign-out, a revoked key and new settings reach the other node', async () => {
    const node = await home.openNode()
    const { key, id } = (await send('POST', '/v1/keys', { token: ada.access_token, body: { name: 'k' } })).json()
    const changed: (string | null)[] = []
    node.identity.onChange((userId) => changed.push(userId))
    await node.identity.authenticate(bearer(ada.access_token))
    await node.identity.authenticate(bearer(key))
    await node.identity.settings('default', ada.userId)

    await send('PATCH', '/v1/me/settings', { token: ada.access_token, body: { language: 'it' } })
    await expect.poll(async () => (await node.identity.settings('default', ada.userId)).language).toBe('it')
    await identity.enrolDeveloper('default', ada.userId, {})
    await expect.poll(() => changed).toContain(ada.userId)
    expect(await node.identity.actor('default', ada.userId)).toMatchObject({ isDeveloper: true })
    await send('DELETE', `/v1/keys/${id}`, { token: ada.access_token })
    await expect.poll(() => codeOf(node.identity.authenticate(bearer(key)))).toBe('IDENTITY_CREDENTIAL_INVALID')
    await expect.poll(() => changed.filter((userId) => userId === ada.userId).length).toBeGreaterThan(1)
    await send('POST', '/v1/auth/logout', { body: { refresh_token: ada.refresh_token } })
    await expect.poll(() => codeOf(node.identity.authenticate(bearer(ada.access_token)))).toBe('IDENTITY_SESSION_ENDED')
    await node.close()
  })

  test('[GET /v1/auth/me] a warm one reads nothing from the database, and what changes on one node is seen on the other', async () => {
    const [node, person] = [await home.openNode(), await home.join('me@example.com')]
    const token = person.access_token
    const seen = async () => (await node.send('GET', '/v1/auth/me', { token })).json<Record<string, unknown>>()
    const cold = await seen()
    const reads = [vi.spyOn(node.db, 'everyTenant'), vi.spyOn(node.db, 'tenant'), vi.spyOn(node.db, 'atomic')]
    expect(await seen()).toEqual(cold)
    expect(reads.map((read) => read.mock.calls.length)).toEqual([0, 0, 0])
    vi.restoreAllMocks()

    await send('PUT', '/v1/me/nickname', { token, body: { nickname: 'nomad' } })
    await expect.poll(async () => (await seen()).display_name).toBe('nomad')
    home.clock.advance(1000)
    expect((await home.logIn(person.email)).statusCode).toBe(200)
    await expect.poll(async () => (await seen()).last_login).toBe(new Date(home.clock.now()).toISOString())
    await home.rows("update identity.account set role = 'admin' where user_id = $1", [ada.userId])
    const headers = { 'x-service-token': SERVICE_TOKEN, 'x-acting-user': ada.userId }
    const body = { first_name: 'Nora', attributes: { desk: 7 } }
    expect((await send('PATCH', `/v1/users/${person.userId}`, { headers, body })).statusCode).toBe(200)
    await expect.poll(seen).toMatchObject({ display_name: 'Nora', attributes: { desk: 7 } })
    const link = await send('PATCH', `/v1/auth/users/${person.userId}/cases-uid`, { token, body: { cases_user_id: 7 } })
    expect(link.statusCode).toBe(200)
    await expect.poll(async () => (await seen()).cases_user_id).toBe(7)
    await node.close()
  })

  test('[api 1.4] all nodes sign with one key, which is sealed in the database', async () => {
    const nodes = await Promise.all([home.openNode(), home.openNode()])
    const answers = await Promise.all(nodes.map((node) => node.send('GET', '/v1/auth/.well-known/jwks.json')))
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
    const [row] = await home.rows<{ private_sealed: string }>('select private_sealed from identity.signing_key')
    expect(row?.private_sealed).toMatch(/^v2\./)
    expect(row?.private_sealed).not.toContain('PRIVATE KEY')
    for (const node of nodes) await node.close()
  })
})

describe('rotation of the signing key', () => {
  test('[api 1.4] the next key is published before it signs, and the old one stays until its last token is over', async () => {
    const other = await openFixture()
    const DAY = 86_400_000
    const published = async () =>
      (await other.send('GET', '/v1/auth/.well-known/jwks.json')).json().keys.map((key: { kid: string }) => key.kid)
    const [old] = await published()
    const user = await other.join('ada@example.com')
    other.clock.advance(90 * DAY - 3_600_000)
    const tidier = await other.openNode()
    await expect.poll(published).toHaveLength(2)
    const kidOf = (token: string) => JSON.parse(atob(token.split('.')[0] ?? '')).kid
    const before = (await other.logIn(user.email)).json<Tokens>()
    expect(kidOf(before.access_token)).toBe(old)
    other.clock.advance(2 * 3_600_000)
    const after = (await other.logIn(user.email)).json<Tokens>()
    expect(kidOf(after.access_token)).not.toBe(old)
    expect((await other.me(after.access_token)).statusCode).toBe(200)
    await tidier.close()
    other.clock.advance(DAY)
    const later = await other.openNode()
    await expect.poll(published).toEqual([kidOf(after.access_token)])
    await later.close()
    await other.close()
  })
})

describe('developers', () => {
  test('[S001-071] an empty profile is enough; the second time says so', async () => {
    await identity.enrolDeveloper('default', ada.userId, {})
    expect(await identity.developer('default', ada.userId)).toEqual({
      userId: ada.userId,
      email: ada.email,
      nickname: null,
      tier: 'explorer',
      profile: {},
      registeredAt: new Date(clock.now()).toISOString(),
    })
    const again = await identity.enrolDeveloper('default', ada.userId, {}).catch((error) => error)
    expect([again.kind, again.message]).toEqual(['invalid', expect.stringContaining('already registered')])
  })

  test('the handle and the enrolment are one transaction', async () => {
    const bob = await home.join(`bob${users}@example.com`)
    const profile = { display_name: 'Ada', nickname: 'ada-dev', tier: 'indie' }
    await identity.enrolDeveloper('default', ada.userId, profile)
    expect(await identity.developer('default', ada.userId)).toMatchObject({
      nickname: 'ada-dev',
      tier: 'indie',
      profile: { display_name: 'Ada' },
    })
    expect(await codeOf(identity.enrolDeveloper('default', bob.userId, profile))).toBe('IDENTITY_NICKNAME_TAKEN')
    expect(await identity.developer('default', bob.userId)).toBeNull()
    expect((await identity.actor('default', bob.userId))?.isDeveloper).toBe(false)
  })

  test('[api 7.2] another tenant sees neither actor nor settings nor developer', async () => {
    await identity.enrolDeveloper('default', ada.userId, {})
    expect(await identity.actor('imp_t_other', ada.userId)).toBeNull()
    expect(await identity.developer('imp_t_other', ada.userId)).toBeNull()
    expect(await identity.ownModel('imp_t_other', ada.userId)).toBeNull()
    expect(await codeOf(identity.enrolDeveloper('imp_t_other', ada.userId, {}))).toBe('IDENTITY_USER_NOT_FOUND')
  })

  test('the tenant is known by its facts', async () => {
    expect(await identity.tenant('default')).toEqual({
      tenantId: 'default',
      name: 'Default',
      isActive: true,
      features: {},
      isolation: 'shared',
      authMethods: ['email', 'api_key', 'oidc'],
      defaults: {},
    })
    expect(await identity.tenant('imp_t_none')).toBeNull()
  })
})
