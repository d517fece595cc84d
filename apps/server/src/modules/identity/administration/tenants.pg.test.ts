import { tenants } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPeople, type Person } from './test-people.ts'

const home = await openPeople()
const { root, service } = home
let user: Person
let acmeAdmin: Person
beforeAll(async () => {
  await home.tenant('acme', { features: { plan: 'gold' } })
  user = await home.add()
  acmeAdmin = await home.add({ tenant: 'acme', role: 'admin' })
})
afterAll(() => home.close())

const signUp = (email: string, tenantId: string) =>
  home.send('POST', '/v1/auth/signup', { body: { email, password: 's3cure!', tenant_id: tenantId } })

describe('[POST /v1/tenants]', () => {
  test('creates one with the documented shape; the database of a tenant is never shown', async () => {
    const db_config = { host: 'db', database: 'd', username: 'u', password: 'canary-password' }
    const answer = await root.ask('POST', '/v1/tenants', { tenant_id: 'first', name: 'First', db_config })
    expect(answer.statusCode).toBe(201)
    expect(tenants.create.response.parse(answer.json())).toMatchObject({
      id: 'first',
      tenant_id: 'first',
      name: 'First',
      db_backend: 'postgres',
      isolation: 'shared',
      allowed_auth_methods: 'email,api_key',
      max_connections: 10,
      is_active: true,
      parent_tenant_id: null,
      can_resell: false,
      custom_pricing: {},
      ui_config: {},
    })
    expect(answer.body).not.toContain('canary')
    expect((await home.audited('tenant.created')).at(-1)).toMatchObject({ actor_id: root.userId, target_id: 'first' })
  })

  test('of ten at once one is created', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => root.ask('POST', '/v1/tenants', { tenant_id: 'contested', name: 'C' })),
    )
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, ...Array(9).fill(409)])
  })

  test('is for administrators of the installation, and refuses what it cannot keep', async () => {
    const body = { tenant_id: 'nope', name: 'Nope' }
    expect((await user.ask('POST', '/v1/tenants', body)).statusCode).toBe(403)
    expect((await acmeAdmin.ask('POST', '/v1/tenants', body)).statusCode).toBe(403)
    const dedicated = await root.ask('POST', '/v1/tenants', { ...body, isolation: 'dedicated' })
    expect([dedicated.statusCode, dedicated.json().message]).toEqual([
      400,
      expect.stringContaining('row-level security'),
    ])
    expect((await root.ask('POST', '/v1/tenants', { ...body, parent_tenant_id: 'nowhere' })).statusCode).toBe(404)
    for (const wrong of [
      { tenant_id: '_platform_' },
      { tenant_id: '*' },
      { allowed_auth_methods: 'api_key' },
      { name: '' },
    ])
      expect((await root.ask('POST', '/v1/tenants', { ...body, ...wrong })).statusCode).toBe(422)
  })
})

describe('[GET /v1/tenants] [GET /v1/tenants/{tenant_id}]', () => {
  test('the installation sees all, an administrator the own one and its children, a member name and state', async () => {
    await home.tenant('acme-child', { parent_tenant_id: 'acme' })
    const ids = async (who: Person) =>
      (await who.ask('GET', '/v1/tenants')).json<{ id: string }[]>().map(({ id }) => id)
    expect(await ids(root)).toEqual(expect.arrayContaining(['acme', 'acme-child', 'default']))
    expect(await ids(acmeAdmin)).toEqual(['acme', 'acme-child'])
    expect((await user.ask('GET', '/v1/tenants')).statusCode).toBe(403)
    expect((await user.ask('GET', '/v1/tenants/default')).json()).toEqual({
      id: 'default',
      tenant_id: 'default',
      name: 'Default',
      is_active: true,
    })
    expect((await acmeAdmin.ask('GET', '/v1/tenants/acme')).json()).toMatchObject({ features: { plan: 'gold' } })
    expect((await service('GET', '/v1/tenants')).json().length).toBeGreaterThan(2)
  })

  test('a foreign tenant is none, like one that does not exist', async () => {
    for (const who of [user, acmeAdmin])
      for (const path of ['', '/health']) {
        const [foreign, missing] = await Promise.all(
          ['first', 'nowhere'].map((id) => who.ask('GET', `/v1/tenants/${id}${path}`)),
        )
        expect(foreign?.statusCode).toBe(missing?.statusCode)
        expect(foreign?.body).toBe(missing?.body)
      }
    expect((await root.ask('GET', '/v1/tenants/nowhere')).statusCode).toBe(404)
  })
})

describe('[PATCH /v1/tenants/{tenant_id}]', () => {
  test('changes what is given and merges features', async () => {
    const answer = await acmeAdmin.ask('PATCH', '/v1/tenants/acme', {
      name: 'Acme Inc',
      features: { plan: null, beta: true },
      default_scopes: ['voice.use'],
    })
    expect(answer.json()).toMatchObject({
      name: 'Acme Inc',
      features: { beta: true, signup_open: false },
      default_scopes: ['voice:use'],
    })
    expect(answer.json().features).not.toHaveProperty('plan')
    expect((await home.me(acmeAdmin.token)).json().scopes).toContain('voice:use')
  })

  test('its administrators cannot switch it off, nor change another one', async () => {
    expect((await acmeAdmin.ask('PATCH', '/v1/tenants/acme', { is_active: false })).statusCode).toBe(403)
    expect((await acmeAdmin.ask('PATCH', '/v1/tenants/acme-child', { name: 'x' })).statusCode).toBe(403)
    expect((await acmeAdmin.ask('PATCH', '/v1/tenants/default', { name: 'x' })).statusCode).toBe(404)
    expect((await root.ask('PATCH', '/v1/tenants/default', { is_active: false })).statusCode).toBe(400)
  })

  test('deactivating it ends the access of its users at once, on every node, and activating brings them back', async () => {
    await home.tenant('brief')
    const member = await home.add({ tenant: 'brief' })
    const other = await home.openNode()
    expect((await other.send('GET', '/v1/auth/me', { token: member.token })).statusCode).toBe(200)
    await root.ask('PATCH', '/v1/tenants/brief', { is_active: false })
    expect((await home.me(member.token)).statusCode).toBe(401)
    const { until } = await import('../../../../../../test/support/session.ts')
    await until(async () => (await other.send('GET', '/v1/auth/me', { token: member.token })).statusCode === 401)
    await other.close()
    await root.ask('PATCH', '/v1/tenants/brief', { is_active: true })
    expect((await home.me(member.token)).statusCode).toBe(200)
  })

  test('[api 3.1] strangers may sign up only where it says so, and only with the mail domains that it names', async () => {
    expect((await signUp('eve@acme.example', 'acme')).statusCode).toBe(403)
    await root.ask('PATCH', '/v1/tenants/acme', { features: { signup_open: true, signup_domains: ['acme.example'] } })
    expect((await signUp('eve@elsewhere.example', 'acme')).statusCode).toBe(403)
    expect((await signUp('eve@acme.example', 'acme')).statusCode).toBe(201)
    expect((await signUp('eve@acme.example', 'nowhere')).statusCode).toBe(403)
  })

  test('[api 3.3] `allowed_auth_methods` closes the ways that it does not name', async () => {
    await home.tenant('strict')
    const member = await home.add({ tenant: 'strict' })
    const { key } = (await member.ask('POST', '/v1/keys', { name: 'k' })).json()
    expect((await home.me(key)).statusCode).toBe(200)
    await root.ask('PATCH', '/v1/tenants/strict', { allowed_auth_methods: 'oidc' })
    expect((await home.me(key)).statusCode).toBe(401)
    expect((await member.ask('POST', '/v1/keys', { name: 'k' })).statusCode).toBe(403)
    const login = { email: member.email, password: 'long-password', tenant_id: 'strict' }
    expect((await home.send('POST', '/v1/auth/login', { body: login })).statusCode).toBe(403)
    const wrong = await home.send('POST', '/v1/auth/login', { body: { ...login, password: 'guess' } })
    expect(wrong.statusCode).toBe(401)
  })
})

describe('[DELETE /v1/tenants/{tenant_id}] [GET /v1/tenants/{tenant_id}/health]', () => {
  test('a tenant with active users stays, an empty one is switched off and kept', async () => {
    expect((await root.ask('DELETE', '/v1/tenants/acme')).statusCode).toBe(409)
    expect((await root.ask('DELETE', '/v1/tenants/default')).statusCode).toBe(400)
    expect((await acmeAdmin.ask('DELETE', '/v1/tenants/acme')).statusCode).toBe(403)
    expect((await root.ask('DELETE', '/v1/tenants/nowhere')).statusCode).toBe(404)
    const gone = await root.ask('DELETE', '/v1/tenants/contested')
    expect(gone.json()).toEqual({ message: expect.any(String), tenant_id: 'contested' })
    expect((await root.ask('GET', '/v1/tenants/contested')).json()).toMatchObject({ is_active: false })
  })

  test('the probe answers for the tenant', async () => {
    expect((await acmeAdmin.ask('GET', '/v1/tenants/acme/health')).json()).toMatchObject({
      tenant_id: 'acme',
      db_backend: 'postgres',
      healthy: true,
    })
    expect((await user.ask('GET', '/v1/tenants/default/health')).statusCode).toBe(403)
  })
})

describe('[GET /v1/admin/tenant-defaults] [PATCH /v1/admin/tenant-defaults]', () => {
  const path = '/v1/admin/tenant-defaults'

  test('every default has a value; a change reaches the settings of users at once and keeps their own choice', async () => {
    const before = (await root.ask('GET', path)).json().settings
    expect(before).toMatchObject({
      narration_history_limit: 12,
      hub_dispatch_max_depth: 6,
      purpose_routing_top_p: null,
    })
    await user.ask('PATCH', '/v1/me/settings', { max_tool_rounds: 7 })
    const changed = await root.ask('PATCH', path, { default_max_tool_rounds: 42, default_routing_context: 33 })
    expect(changed.json()).toMatchObject({
      updated: ['default_max_tool_rounds', 'default_routing_context'],
      settings: { default_max_tool_rounds: 42, narration_history_limit: 12 },
    })
    expect((await user.ask('GET', '/v1/me/settings')).json().settings).toMatchObject({
      max_tool_rounds: 7,
      routing_context: 33,
    })
    await root.ask('PATCH', path, { default_routing_context: null })
    expect((await user.ask('GET', '/v1/me/settings')).json().settings).toMatchObject({ routing_context: 20 })
  })

  test('what is out of range or unknown is refused whole', async () => {
    for (const body of [
      { narration_history_limit: 3 },
      { hub_dispatch_max_depth: 10 },
      { unheard_of: 1 },
      { purpose_routing_temperature: 3 },
    ]) {
      const answer = await root.ask('PATCH', path, { ...body, judge_digest_chars: 3000 })
      expect([body, answer.statusCode]).toEqual([body, 422])
    }
    expect((await root.ask('GET', path)).json().settings.judge_digest_chars).toBe(8000)
  })

  test('an administrator sets those of the own tenant, a service only in the name of one', async () => {
    expect((await acmeAdmin.ask('PATCH', path, { judge_digest_chars: 4000 })).statusCode).toBe(200)
    expect((await root.ask('GET', `${path}?tenant_id=acme`)).json().settings.judge_digest_chars).toBe(4000)
    expect((await root.ask('GET', path)).json().settings.judge_digest_chars).toBe(8000)
    expect((await acmeAdmin.ask('GET', `${path}?tenant_id=first`)).statusCode).toBe(404)
    expect((await service('PATCH', path, { judge_digest_chars: 5000 })).statusCode).toBe(403)
    expect((await service('PATCH', path, { judge_digest_chars: 5000 }, user.userId)).statusCode).toBe(403)
    expect((await service('PATCH', path, { judge_digest_chars: 5000 }, root.userId)).statusCode).toBe(200)
    expect((await service('GET', path)).statusCode).toBe(200)
  })

  test('two changes at once both count', async () => {
    await Promise.all([
      root.ask('PATCH', path, { hub_dispatch_max_depth: 5 }),
      root.ask('PATCH', path, { chain_prior_step_max_chars: 900 }),
    ])
    expect((await root.ask('GET', path)).json().settings).toMatchObject({
      hub_dispatch_max_depth: 5,
      chain_prior_step_max_chars: 900,
    })
  })
})
