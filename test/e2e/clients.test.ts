import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin } from '../support/session.ts'

/** What clients that exist send, and the members that they read (api.md 8). Nothing here may change under them. */
let server: TestServer
let ada: Session
let eve: Session
beforeAll(async () => {
  server = await startTestServer()
  ada = await signInAdmin(server)
  const email = 'eve@example.com'
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long' })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  eve = await signIn(server, email, 's3cure! and long')
}, 240_000)
afterAll(async () => void (await server?.stop()))

const open = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  send(server.url + path, method, body, headers)
const service = (path: string) => open('GET', path, undefined, { 'x-service-token': server.serviceToken })
const get = async (who: Session, path: string) => (await who.request('GET', path)).body
const text = expect.any(String)
const number = expect.any(Number)

/** Signs a program in as the MCP server and the terminal client do. */
async function deviceLogin(who: Session) {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const begun = await open('POST', '/v1/auth/cli/device/authorize', {
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const { device_code, user_code } = begun.body as { device_code: string; user_code: string }
  const poll = () => open('POST', '/v1/auth/cli/device/token', { device_code, code_verifier: verifier })
  const waiting = await poll()
  expect((await who.request('POST', `/v1/auth/cli/device/${user_code}/approve`, { label: 'Laptop' })).status).toBe(200)
  return { begun, waiting, poll }
}

describe('[api 8.1] the MCP server', () => {
  test('signs in by device, refreshes and signs out: 200 while it waits, 401 as the only verdict', async () => {
    const { begun, waiting, poll } = await deviceLogin(eve)
    expect([begun.status, begun.body]).toEqual([
      200,
      {
        device_code: text,
        user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-Z2-9]{4}-[B-DF-HJ-NP-TV-Z2-9]{4}$/),
        verification_uri: `${server.url}/device`,
        verification_uri_complete: expect.stringContaining('/device?code='),
        expires_in: 600,
        interval: 5,
      },
    ])
    expect([waiting.status, waiting.body]).toEqual([200, { error: 'authorization_pending' }])
    const answer = await poll()
    expect(answer.body).toEqual({
      access_token: text,
      refresh_token: text,
      token_type: 'bearer',
      expires_in: expect.closeTo(900, -1),
    })
    // The code was good once.
    const used = await poll()
    expect([used.status, (used.body as { error: string }).error]).toEqual([400, 'invalid_grant'])
    const tokens = answer.body as { access_token: string; refresh_token: string }
    const me = await open('GET', '/v1/auth/me', undefined, { authorization: `Bearer ${tokens.access_token}` })
    expect(me.body).toMatchObject({ imperal_id: eve.userId, id: eve.userId, email: 'eve@example.com' })
    const refreshed = await open('POST', '/v1/auth/refresh', { refresh_token: tokens.refresh_token })
    expect(refreshed.body).toMatchObject({ access_token: text, refresh_token: text, expires_in: number })
    expect((await open('POST', '/v1/auth/refresh', { refresh_token: 'nonsense' })).status).toBe(401)
    const last = (refreshed.body as { refresh_token: string }).refresh_token
    expect((await open('POST', '/v1/auth/logout', { refresh_token: last })).status).toBe(200)
    expect((await open('POST', '/v1/auth/refresh', { refresh_token: last })).status).toBe(401)
  })

  test('[POST /v1/developer/register] [GET /v1/developer/profile] enrols and makes an app; repeating is told in the words that it knows', async () => {
    expect((await eve.request('GET', '/v1/developer/profile')).status).toBe(403)
    const enrol = { tier: 'explorer', nickname: 'eve-builds' }
    expect((await eve.request('POST', '/v1/developer/register', enrol)).status).toBe(200)
    const again = await eve.request('POST', '/v1/developer/register', enrol)
    expect([again.status, JSON.stringify(again.body)]).toEqual([400, expect.stringContaining('already registered')])
    expect(await get(eve, '/v1/developer/profile')).toMatchObject({
      nickname: 'eve-builds',
      tier: 'explorer',
      registered_at: text,
    })
    expect((await eve.request('GET', '/v1/developer/apps/eves-ir')).status).toBe(404)
    const app = { app_id: 'eves-ir', display_name: 'Eve’s', git_url: 'https://imperal.io/ir-apps/eves-ir' }
    expect((await eve.request('POST', '/v1/developer/apps', app)).status).toBe(201)
    const taken = await eve.request('POST', '/v1/developer/apps', app)
    expect([taken.status, JSON.stringify(taken.body)]).toEqual([409, expect.stringContaining('already in use')])
    expect(await get(eve, '/v1/developer/apps')).toEqual([
      expect.objectContaining({ app_id: 'eves-ir', status: 'draft' }),
    ])
    expect(await get(eve, '/v1/developer/apps/eves-ir')).toMatchObject({
      owner: true,
      tools_json: [],
      manifest_json: null,
    })
  })

  test('[POST /v1/extensions/{app_id}/operate] [GET /v1/actions/{trace_id}] reads by call, writes by operate, and classifies by what the two records say', async () => {
    expect((await eve.request('GET', '/v1/developer/apps/notes')).status).toBe(404)
    await eve.request('POST', '/v1/marketplace/apps/notes/install', {})
    const reduced = await get(eve, '/v1/developer/apps/notes')
    expect(reduced).toMatchObject({ app_id: 'notes', owner: false, status: 'active' })
    expect((reduced as { tools_json: object[] }).tools_json).toContainEqual(
      expect.objectContaining({ name: 'delete_note', action_type: 'destructive' }),
    )
    expect(reduced).not.toHaveProperty('git_url')
    const detail = (await get(eve, '/v1/marketplace/apps/notes')) as { tools: object[] }
    expect(detail.tools).toContainEqual(expect.objectContaining({ name: 'list_notes', action_type: 'read' }))
    const body = { user_id: eve.userId, tenant_id: 'default', confirmation_bypassed: false }
    const operate = (name: string, params: object) =>
      eve.request('POST', '/v1/extensions/notes/operate', { ...body, function: name, params })
    const made = (await operate('create_note', { title: 'Operated' })).body as {
      kind: string
      content: { data: { note_id: string }; trace_id: string }
    }
    expect(made).toMatchObject({ kind: 'tool_result', content: { status: 'success', data: { note_id: text } } })
    expect(made.content).not.toHaveProperty('error')
    expect(await get(eve, `/v1/actions/${made.content.trace_id}`)).toMatchObject({ source: 'mcp', status: 'success' })
    const wrong = (await operate('create_note', { title: 3 })).body
    expect(wrong).toMatchObject({ kind: 'tool_result', content: { status: 'error', error: text } })
    const stopped = (await operate('delete_note', { note_id: made.content.data.note_id })).body
    expect(stopped).toMatchObject({
      kind: 'confirmation',
      confirmation_id: text,
      summary: text,
      items: [{}],
      expires_at: text,
    })
  })

  test('[GET /v1/confirmations/active] [GET /v1/confirmations/{confirmation_id}] [POST /v1/confirmations/{confirmation_id}/cancel] [POST /v1/confirmations/{confirmation_id}/confirm] what waits is listed, looked at and decided once', async () => {
    const list = (await get(eve, '/v1/confirmations/active')) as {
      count: number
      confirmations: { confirmation_id: string }[]
    }
    expect(list).toMatchObject({
      count: 1,
      confirmations: [{ status: 'pending', kind: 'action', source: 'mcp', app_id: 'notes' }],
    })
    const id = list.confirmations[0]?.confirmation_id ?? ''
    const at = `/v1/confirmations/${id}`
    expect(await get(eve, at)).toMatchObject({
      confirmation_id: id,
      user_id: eve.userId,
      items: [{ app_id: 'notes', tool: 'delete_note' }],
    })
    for (const [method, path] of [
      ['GET', at],
      ['POST', `${at}/cancel`],
      ['POST', `${at}/confirm`],
    ] as const)
      expect((await ada.request(method, path, method === 'GET' ? undefined : {})).status).toBe(404)
    expect((await eve.request('POST', `${at}/cancel`, { reason: 'no' })).body).toEqual({
      confirmation_id: id,
      status: 'cancelled',
    })
    expect((await eve.request('POST', `${at}/confirm`, {})).status).toBe(409)
    expect(await get(eve, '/v1/confirmations/active')).toEqual({ confirmations: [], count: 0 })
  })

  test('[api 5.6] [kernel 3.5.5] a money tool waits for its person at the panel, then the same call pays once; a program alone pays never', async () => {
    const { poll } = await deviceLogin(eve)
    const { access_token } = (await poll()).body as { access_token: string }
    const atTerminal = (method: string, path: string, body?: unknown) =>
      open(method, path, body, { authorization: `Bearer ${access_token}` })
    const { tiers } = (await get(eve, '/v1/billing/topup-config')) as {
      tiers: { tokens: number; price_cents: number }[]
    }
    const { tokens, price_cents } = tiers[0] ?? { tokens: 0, price_cents: 0 }
    expect((await atTerminal('POST', '/v1/billing/topup', { tokens, price_cents })).body).toMatchObject({
      error: 'panel_required',
    })
    const operate = async (name: string, params: object) =>
      (
        await atTerminal('POST', '/v1/extensions/billing/operate', {
          ...{ user_id: eve.userId, tenant_id: 'default', function: name, params, confirmation_bypassed: false },
        })
      ).body as Record<string, unknown> & { content: Record<string, unknown> }
    const buy = () => operate('buy_tokens', { tokens, price_cents })
    const asked = await buy()
    expect(asked).toEqual({
      ...{ kind: 'panel_approval_required', confirmation_id: text, panel_url: text, summary: 'Buy tokens?' },
      expires_at: text,
    })
    const at = `/v1/confirmations/${asked.confirmation_id}`
    expect(await get(eve, at)).toMatchObject({ kind: 'money', items: [{ args_masked: { tokens, price_cents } }] })
    expect((await atTerminal('POST', `${at}/confirm`, {})).body).toMatchObject({ status: 403, error: 'panel_required' })
    expect((await eve.request('POST', `${at}/confirm`, {})).body).toMatchObject({ status: 'confirmed', results: [] })
    const payments = async () => (await get(eve, '/v1/billing/payments')) as { amount_cents: number; status: string }[]
    expect(await payments()).toEqual([])
    expect(await buy()).toMatchObject({
      kind: 'tool_result',
      content: { status: 'success', data: { paid: false, tokens } },
    })
    expect((await buy()).content.error).toBe('money_release_already_consumed_or_expired')
    expect(await payments()).toMatchObject([{ status: 'pending' }])
    const plan = { plan_id: 'pro', period: 'monthly' }
    const { confirmation_id } = await operate('upgrade_plan', plan)
    await eve.request('POST', `/v1/confirmations/${confirmation_id}/cancel`, {})
    expect((await operate('upgrade_plan', plan)).content).toMatchObject({
      error: 'money_release_denied',
      status: 'cancelled',
    })
    // Asked from the chat or the panel, the release is the call.
    const direct = { user_id: eve.userId, function: 'upgrade_plan', params: plan }
    const { data, error } = (await eve.request('POST', '/v1/extensions/billing/call', direct)).body as {
      data: { confirmation_id: string }
      error: string
    }
    expect(error).toBe('panel_approval_required')
    const released = await eve.request('POST', `/v1/confirmations/${data.confirmation_id}/confirm`, {})
    expect(released.body).toMatchObject({ status: 'executed', results: [{ status: 'success' }] })
    expect(await payments()).toHaveLength(2)
  })
})

describe('[api 8.2] the terminal client', () => {
  test('reads who somebody is, the plan and the wallet', async () => {
    const [me, subscription, wallet] = await Promise.all(
      ['/v1/auth/me', '/v1/billing/subscription', '/v1/billing/wallet'].map((path) => get(eve, path)),
    )
    expect(me).toMatchObject({ email: 'eve@example.com', created_at: text, attributes: {} })
    expect(subscription).toMatchObject({ plan: text, status: text })
    expect(subscription).toHaveProperty('expires_at')
    expect(wallet).toMatchObject({ balance: number, cap: number, plan: text, status: text, included_tokens: number })
  })

  test('[GET /v1/tasks/active] lists tasks; those of nobody are none', async () => {
    expect(await get(eve, '/v1/tasks/active')).toEqual({ tasks: [], count: 0 })
    expect((await eve.request('GET', `/v1/tasks/active?user_id=${ada.userId}`)).status).toBe(403)
    expect((await eve.request('GET', '/v1/tasks/task_nothing')).status).toBe(404)
    expect((await eve.request('POST', '/v1/tasks/task_nothing/cancel', {})).status).toBe(404)
  })

  test('lists its devices and ends one', async () => {
    const second = await signIn(server, 'eve@example.com', 's3cure! and long')
    const { sessions } = (await get(eve, '/v1/auth/sessions')) as {
      sessions: { session_id: string; current: boolean }[]
    }
    expect(sessions[0]).toMatchObject({
      session_id: text,
      label: text,
      surface: text,
      ip_address: text,
      last_seen_at: text,
      updated_at: text,
      created_at: text,
    })
    const own = (
      (await get(second, '/v1/auth/sessions')) as { sessions: { session_id: string; current: boolean }[] }
    ).sessions.find(({ current }) => current)
    expect((await eve.request('POST', `/v1/auth/sessions/${own?.session_id}/revoke`, {})).body).toMatchObject({
      status: 'revoked',
    })
    await expect.poll(async () => (await second.request('GET', '/v1/auth/me')).status, { timeout: 30_000 }).toBe(401)
  })
})

describe('[api 8.3] SDK clients, the admin extension and the marketplace extension', () => {
  test('[GET /v1/auth/.well-known/jwks.json] [GET /healthz] keys as the public SDK verifies tokens with, and no audience in them', async () => {
    const keys = await open('GET', '/v1/auth/.well-known/jwks.json')
    expect(keys.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(keys.body).toEqual({
      keys: [expect.objectContaining({ kty: 'RSA', use: 'sig', alg: 'RS256', kid: text, n: text, e: 'AQAB' })],
    })
    const part = (index: number) =>
      JSON.parse(Buffer.from(eve.token.split('.')[index] ?? '', 'base64url').toString('utf8'))
    expect(part(0)).toMatchObject({
      alg: 'RS256',
      typ: 'JWT',
      kid: (keys.body as { keys: { kid: string }[] }).keys[0]?.kid,
    })
    expect(part(1)).not.toHaveProperty('aud')
    expect(part(1)).toMatchObject({
      sub: eve.userId,
      tenant_id: 'default',
      actor_kind: 'user',
      iat: number,
      exp: number,
    })
    expect((await open('GET', '/healthz')).body).toEqual({ status: 'ok', version: text, uptime_s: number })
  })

  test('[S001-013] [S001-014] [GET /v1/extensions/access] [GET /v1/events/stats] are for services alone, whoever else asks', async () => {
    for (const path of ['/v1/extensions/access', '/v1/events/stats']) {
      expect((await open('GET', path)).status).toBe(401)
      expect((await ada.request('GET', path)).status).toBe(403)
    }
    const { extensions } = (await service('/v1/extensions/access')).body as { extensions: object[] }
    expect(extensions).toContainEqual({ app_id: 'notes', status: 'active', system: false, access_policy: {} })
    expect((await service('/v1/events/stats')).body).toMatchObject({
      channels: number,
      clients: number,
      by_tenant: {},
      dropped: number,
    })
  })

  test('[GET /v1/marketplace/categories] [GET /v1/marketplace/categories/catalog] [GET /v1/marketplace/featured] [GET /v1/marketplace/developer/{developer_id}] [GET /v1/marketplace/apps/{app_id}/icon] [GET /v1/marketplace/apps/{app_id}/webhooks] what anybody may look at, and what only owners may', async () => {
    const { categories, counts } = (await open('GET', '/v1/marketplace/categories')).body as {
      categories: string[]
      counts: Record<string, number>
    }
    for (const name of categories) expect([typeof name, typeof counts[name]]).toEqual(['string', 'number'])
    const { groups, default_category } = (await open('GET', '/v1/marketplace/categories/catalog')).body as {
      groups: { categories: { id: string }[] }[]
      default_category: string
    }
    expect(groups.flatMap((group) => group.categories.map(({ id }) => id))).toEqual(
      expect.arrayContaining(['general', 'productivity']),
    )
    expect(default_category).toBe('general')
    const featured = (await open('GET', '/v1/marketplace/featured?limit=2')).body as object[]
    expect(featured).toHaveLength(2)
    expect(featured[0]).toMatchObject({ app_id: text, name: text, install_count: number, rating: number })
    expect((await open('GET', `/v1/marketplace/developer/${ada.userId}`)).body).toMatchObject({
      developer_id: ada.userId,
      apps: [],
      total_installs: number,
    })
    expect(JSON.stringify((await open('GET', `/v1/marketplace/developer/${ada.userId}`)).body)).not.toContain('@')
    expect((await open('GET', '/v1/marketplace/developer/imp_u_nobody')).status).toBe(404)
    const icon = await open('GET', '/v1/marketplace/apps/notes/icon')
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, expect.stringContaining('image/svg+xml')])
    expect(icon.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await open('GET', '/v1/marketplace/apps/nothing/icon')).status).toBe(404)
    expect((await ada.request('GET', '/v1/marketplace/apps/notes/webhooks')).body).toEqual([])
    expect([403, 404]).toContain((await eve.request('GET', '/v1/marketplace/apps/notes/webhooks')).status)
  })

  test('[POST /v1/me/extensions/disable] [DELETE /v1/me/extensions/disable/{app_id}] [DELETE /v1/marketplace/apps/{app_id}/install] [GET /v1/ext/{app_id}/health] an app is switched off and on, and removed, with a body each time', async () => {
    const health = await get(eve, '/v1/ext/notes/health')
    expect(health).toMatchObject({ app_id: 'notes', status: expect.stringMatching(/^(ok|degraded|down|unknown)$/) })
    expect((await eve.request('POST', '/v1/me/extensions/disable', { app_id: 'notes' })).body).toEqual({
      app_id: 'notes',
      disabled: true,
    })
    const off = await eve.request('POST', '/v1/extensions/notes/call', {
      user_id: eve.userId,
      function: 'list_notes',
      params: {},
    })
    expect(off.status).toBe(403)
    expect((await eve.request('DELETE', '/v1/me/extensions/disable/notes')).body).toEqual({
      app_id: 'notes',
      disabled: false,
    })
    expect((await eve.call('notes', 'list_notes')).status).toBe('success')
    for (let time = 0; time < 2; time++)
      expect((await eve.request('DELETE', '/v1/marketplace/apps/notes/install')).body).toMatchObject({
        app_id: 'notes',
        status: 'uninstalled',
        install_count: number,
      })
    expect((await eve.request('POST', '/v1/me/extensions/disable', { app_id: 'nothing' })).status).toBe(404)
  })

  test('[GET /v1/me/nickname] [PUT /v1/me/nickname] a handle is shown, and refused in the words that clients match', async () => {
    expect(await get(eve, '/v1/me/nickname')).toEqual({ nickname: 'eve-builds' })
    const refused = await ada.request('PUT', '/v1/me/nickname', { nickname: 'eve-builds' })
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('taken')])
    expect((await ada.request('PUT', '/v1/me/nickname', { nickname: 'ada-builds' })).body).toEqual({
      nickname: 'ada-builds',
    })
  })

  test('[GET /v1/admin/apps/pending] lists are bare, and a secret that no app declares is none', async () => {
    expect(await get(ada, '/v1/admin/apps/pending')).toEqual([])
    expect((await eve.request('GET', '/v1/admin/apps/pending')).status).toBe(403)
    for (const [method, path, body] of [
      ['PUT', '/v1/secrets/tasks/nothing', { value: 'x' }],
      ['DELETE', '/v1/secrets/tasks/nothing', undefined],
      ['GET', '/v1/secrets/tasks/nothing/meta', undefined],
    ] as const) {
      const answer = await ada.request(method, path, body)
      expect([method, answer.status, JSON.stringify(answer.body)]).toEqual([
        method,
        expect.any(Number),
        expect.stringContaining('SECRET_NOT_DECLARED'),
      ])
      expect([403, 404]).toContain(answer.status)
    }
  })

  test('[GET /v1/internal/users/{user_id}/settings] [GET /v1/tasks/internal/check-limit] services read and write settings and ask for room for a task', async () => {
    const at = `/v1/internal/users/${eve.userId}/settings`
    const auth = { 'x-service-token': server.serviceToken }
    expect((await ada.request('GET', at)).status).toBe(403)
    const changed = await open('PATCH', at, { language: 'de', timezone: 'Europe/Berlin' }, auth)
    expect(changed.body).toMatchObject({ settings: { language: 'de', timezone: 'Europe/Berlin' } })
    expect(await get(eve, '/v1/me/settings')).toMatchObject({ settings: { language: 'de' } })
    expect((await service(at)).body).toEqual(changed.body)
    expect((await service(`${at}?tenant_id=elsewhere`)).status).toBe(404)
    const room = await service(`/v1/tasks/internal/check-limit?user_id=${eve.userId}`)
    expect(room.body).toEqual({ allowed: true, active: 0, limit: number })
    expect((await service('/v1/tasks/internal/check-limit?user_id=imp_u_nobody')).status).toBe(404)
  })
})
