import type { ConfigScope, JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import { forgetConfiguration } from '../../configuration/index.ts'
import { chatFunction, type Fixture, openFixture, PATIENCE, success } from '../test-fixture.ts'

type Person = { tenantId: string; userId: string }
let fixture: Fixture
let service: Awaited<ReturnType<typeof mountForTest>>
let ada: Person
let eve: Person
let hooked: JsonObject = {}

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person({ tenantId: 'umbrella' })
  const manifest = {
    tools: [chatFunction('look', 'read')],
    webhooks: [{ path: '/in', method: 'POST' }],
    config_defaults: { theme: 'default', units: { length: 'm', weight: 'kg' }, list: [1, 2] },
  }
  for (const appId of ['garden', 'orchard']) {
    await fixture.app(appId, manifest as unknown as JsonObject, [ada, eve])
    fixture.handler(appId, 'function', 'look', (call) => success({ config: call.ctx.config }))
    fixture.handler(appId, 'webhook', 'in', (call) => {
      hooked = call.ctx.config
      return { status_code: 200 }
    })
  }
  service = await mountForTest(fixture.kernel.routes, () => principalOf(null))
})
afterAll(async () => {
  await service?.close()
  await fixture?.close()
})

const put = (scope: ConfigScope, id: string, payload: object, query = '') =>
  service.inject({ method: 'PUT', url: `/v1/internal/config/${scope}/${id}${query}`, payload })
const get = async (scope: ConfigScope, id: string, query = '') =>
  (await service.inject({ method: 'GET', url: `/v1/internal/config/${scope}/${id}${query}` })).json()
/** What the handler of a call sees. */
const seen = async (
  who: Person = ada,
  appId = 'garden',
  node: Pick<Fixture, 'kernel'> = fixture,
): Promise<JsonObject> => {
  const { response } = await node.kernel.call({ source: 'api', ...who, appId, function: 'look', params: {} })
  return (response.data as { config: JsonObject }).config
}

beforeEach(async () => {
  await fixture.rows('delete from configuration.platform')
  await fixture.rows('delete from configuration.layer')
  for (const appId of ['garden', 'orchard'])
    await fixture.db.everyTenant((tx) => fixture.registry.updateApp(tx, appId, { config: {}, settings: {} }))
  for (const appId of ['garden', 'orchard']) fixture.registry.forget(appId)
  await fixture.rows("select pg_notify('configuration_changed', 'platform')")
  for (const key of [`tenant\n${ada.tenantId}`, `user\n${ada.tenantId}\n${ada.userId}`])
    await fixture.rows('select pg_notify($1, $2)', ['configuration_changed', key])
  await expect
    .poll(() => seen(), PATIENCE)
    .toEqual({
      theme: 'default',
      units: { length: 'm', weight: 'kg' },
      list: [1, 2],
    })
})

describe('[K8.35] the cascade', () => {
  test('each layer wins over those before it: defaults, platform, tenant, role, app, user, enforced', async () => {
    const layers: [string, () => ReturnType<typeof put>][] = [
      ['platform', () => put('platform', 'platform', { config: { theme: 'platform' } })],
      ['tenant', () => put('tenant', ada.tenantId, { config: { theme: 'tenant' } })],
      [
        'role',
        () => put('tenant', ada.tenantId, { role_defaults: { user: { theme: 'role' }, admin: { theme: 'no' } } }),
      ],
      ['app', () => put('app', 'garden', { config: { theme: 'app' } })],
      ['user', () => put('user', ada.userId, { config: { theme: 'user' } })],
      ['enforced', () => put('tenant', ada.tenantId, { enforced: { theme: 'enforced' } })],
    ]
    // Whichever is written first, the stronger one wins: written from the strongest down, and each one is seen alone first.
    for (const [theme, write] of layers) {
      expect((await write()).statusCode).toBe(200)
      expect([theme, (await seen()).theme]).toEqual([theme, theme])
    }
    for (const [, write] of layers) await write()
    expect((await seen()).theme).toBe('enforced')
    expect((await seen()).units).toEqual({ length: 'm', weight: 'kg' })
  })

  test('objects are merged across layers, lists replaced; what is for one app reaches no other one', async () => {
    await put('tenant', ada.tenantId, { config: { units: { length: 'ft' } } })
    await put('tenant', ada.tenantId, { config: { list: [9] } }, '?app_id=garden')
    await put('user', ada.userId, { config: { units: { weight: 'lb' } } }, '?app_id=orchard')
    expect(await seen()).toEqual({ theme: 'default', units: { length: 'ft', weight: 'kg' }, list: [9] })
    expect(await seen(ada, 'orchard')).toEqual({
      theme: 'default',
      units: { length: 'ft', weight: 'lb' },
      list: [1, 2],
    })
  })

  test('another tenant and another user see none of it', async () => {
    const colleague = await fixture.person()
    await fixture.registry.install(colleague, 'garden')
    await put('tenant', ada.tenantId, { config: { theme: 'ours' }, enforced: { locked: true } })
    await put('user', ada.userId, { config: { mine: true } })
    expect(await seen()).toMatchObject({ theme: 'ours', locked: true, mine: true })
    expect(await seen(colleague)).toMatchObject({ theme: 'ours', locked: true })
    expect(await seen(colleague)).not.toHaveProperty('mine')
    expect(await seen(eve)).toEqual({ theme: 'default', units: { length: 'm', weight: 'kg' }, list: [1, 2] })
  })

  test('what nobody asked for has neither role nor user', async () => {
    await put('tenant', ada.tenantId, {
      config: { tenant: true },
      role_defaults: { user: { role: true }, webhook: { role: true } },
    })
    await put('user', ada.userId, { config: { user: true } })
    await fixture.kernel.call({
      ...{ source: 'webhook', tenantId: ada.tenantId, userId: '__webhook__', appId: 'garden' },
      ...{ function: '__webhook__in', params: {} },
    })
    const config = hooked
    expect(config).toMatchObject({ tenant: true })
    expect(config).not.toHaveProperty('role')
    expect(config).not.toHaveProperty('user')
  })

  test('[K8.36] settings that were pushed for the app are its layer; the configuration of operators lies over them', async () => {
    await fixture.db.everyTenant((tx) =>
      fixture.registry.updateApp(tx, 'garden', {
        settings: { models: { temperature: 0.2 }, skeleton: { sections: [] } },
        config: { models: { max_tokens: 9 }, access_policy: { denied_users: [] } },
      }),
    )
    fixture.registry.forget('garden')
    const config = await seen()
    expect(config.models).toEqual({ temperature: 0.2, max_tokens: 9 })
    expect(Object.keys(config)).not.toContain('skeleton')
    expect(Object.keys(config)).not.toContain('access_policy')
  })

  test('no layer but the app’s own says who may use the app', async () => {
    const access_policy = { denied_users: [ada.userId], functions: { look: { denied_users: [ada.userId] } } }
    await put('user', ada.userId, { config: { access_policy } })
    await put('tenant', ada.tenantId, { enforced: { access_policy } })
    expect(await seen()).not.toHaveProperty('access_policy')
  })

  test('a change reaches another node', async () => {
    const other = await fixture.openNode()
    other.hosts.handlers.set('garden function look', (call) => success({ config: call.ctx.config }))
    expect((await seen(ada, 'garden', other)).theme).toBe('default')
    await put('tenant', ada.tenantId, { config: { theme: 'told' } })
    await expect.poll(async () => (await seen(ada, 'garden', other)).theme, PATIENCE).toBe('told')
  })

  test('what is set for a user goes with the user', async () => {
    const gone = await fixture.person()
    await put('user', gone.userId, { config: { theme: 'mine' } })
    expect((await get('user', gone.userId)).config).toEqual({ theme: 'mine' })
    await forgetConfiguration(fixture.db, gone)
    expect((await get('user', gone.userId)).config).toEqual({})
  })
})

describe('[GET /v1/internal/config/resolve] [PUT /v1/internal/config/{scope}/{scope_id}] over REST', () => {
  const resolve = async (query: string) =>
    service.inject({ method: 'GET', url: `/v1/internal/config/resolve?${query}` })

  test('answers what ctx.config holds, for a user or for a role', async () => {
    await put('platform', 'platform', { config: { platform: 1 } })
    await put('tenant', ada.tenantId, {
      role_defaults: { user: { role: 'user' }, admin: { role: 'admin' } },
      enforced: { e: 1 },
    })
    await put('user', ada.userId, { config: { own: 1 } })
    const mine = `tenant_id=${ada.tenantId}&app_id=garden&user_id=${ada.userId}`
    expect((await resolve(mine)).json()).toEqual(await seen())
    expect((await resolve(mine)).json()).toMatchObject({ platform: 1, role: 'user', own: 1, e: 1 })
    const admin = (await resolve(`tenant_id=${ada.tenantId}&app_id=garden&role=admin`)).json()
    expect(admin).toMatchObject({ platform: 1, role: 'admin', e: 1 })
    expect(admin).not.toHaveProperty('own')
    for (const [query, status] of [
      [`tenant_id=${ada.tenantId}&app_id=nowhere`, 404],
      ['tenant_id=nowhere&app_id=garden', 404],
      [`tenant_id=${ada.tenantId}&app_id=garden&user_id=${eve.userId}`, 403],
    ] as const)
      expect([query, (await resolve(query)).statusCode]).toEqual([query, status])
  })

  test('a layer that nobody wrote is empty; objects merge, lists are replaced, null deletes', async () => {
    const tenant = ada.tenantId
    const empty = { config: {}, enforced: {}, role_defaults: {} }
    expect(await get('tenant', tenant)).toEqual({
      scope: 'tenant',
      scope_id: tenant,
      tenant_id: tenant,
      app_id: null,
      ...empty,
    })
    await put('tenant', tenant, { config: { a: { x: 1, y: 2 }, list: [1, 2], gone: 1 } })
    const answer = await put('tenant', tenant, { config: { a: { x: null, z: 3 }, list: [3], gone: null } })
    expect(answer.json().config).toEqual({ a: { y: 2, z: 3 }, list: [3] })
    expect((await get('tenant', tenant)).config).toEqual({ a: { y: 2, z: 3 }, list: [3] })
    expect((await get('tenant', tenant, '?app_id=garden')).config).toEqual({})
  })

  test('changes at once lose nothing', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => put('tenant', ada.tenantId, { config: { [`k${index}`]: index } })),
    )
    expect(Object.keys((await get('tenant', ada.tenantId)).config)).toHaveLength(20)
  })

  test('is refused: credentials, what only a tenant has, too much, and places that are not there', async () => {
    for (const [config, status] of [
      [{ smtp: { password: 'hunter2' } }, 422],
      [{ servers: [{ apiKey: 'k' }] }, 422],
      [{ access_token: 'x' }, 422],
      [{ max_tokens: 5, token_url: 'https://example.com', password_rule: 'long' }, 200],
      [{ api_key: '' }, 200],
      [{ text: 'x'.repeat(70_000) }, 413],
    ] as const)
      expect([Object.keys(config), (await put('platform', 'platform', { config })).statusCode]).toEqual([
        Object.keys(config),
        status,
      ])
    for (const scope of ['platform', 'app', 'user'] as const)
      expect((await put(scope, scope === 'user' ? ada.userId : 'garden', { enforced: { a: 1 } })).statusCode).toBe(422)
    expect((await put('tenant', 'nowhere', { config: {} })).statusCode).toBe(404)
    expect((await put('app', 'nowhere', { config: {} })).statusCode).toBe(404)
    expect((await put('user', 'imp_u_nobody00', { config: {} })).statusCode).toBe(404)
    expect((await put('user', eve.userId, { config: {} }, `?tenant_id=${ada.tenantId}`)).statusCode).toBe(403)
    expect((await put('galaxy' as never, 'x', { config: {} })).statusCode).toBe(422)
  })

  test('is for services alone, is told, and leaves names without values in the log of the administration', async () => {
    const people = await mountForTest(fixture.kernel.routes, () => principalOf(ada, { role: 'admin', scopes: ['*'] }))
    const url = `/v1/internal/config/tenant/${ada.tenantId}`
    expect((await people.inject({ method: 'PUT', url, payload: { config: {} } })).statusCode).toBe(403)
    expect((await people.inject({ method: 'GET', url })).statusCode).toBe(403)
    await people.close()
    await put('tenant', ada.tenantId, { config: { colour: 'very-green' }, updated_by: 'imp_u_operator1' })
    const entries = await fixture.rows<{ metadata: JsonObject; actor_id: string }>(
      "select actor_id, metadata from audit.entry where action = 'config.updated' and actor_id = 'imp_u_operator1'",
    )
    expect(entries).toMatchObject([
      { actor_id: 'imp_u_operator1', metadata: { scope: 'tenant', members: ['config.colour'] } },
    ])
    expect(JSON.stringify(entries)).not.toContain('very-green')
    const told = await fixture.rows(
      "select 1 from outbox.message where payload ->> 'event_type' = 'config.changed' and payload::text not like '%very-green%'",
    )
    expect(told.length).toBeGreaterThan(0)
  })
})

test('[K8.35] [K8.2] the database itself keeps the layers of tenants apart', async () => {
  await put('tenant', ada.tenantId, { config: { a: 1 } })
  await put('tenant', eve.tenantId, { config: { b: 1 } })
  const all = (tenantId: string) =>
    fixture.db.tenant(tenantId, (tx) => tx.selectFrom('configuration.layer').select('tenant_id').execute())
  expect(await all(ada.tenantId)).toEqual([{ tenant_id: ada.tenantId }])
  expect(await all(eve.tenantId)).toEqual([{ tenant_id: eve.tenantId }])
})
