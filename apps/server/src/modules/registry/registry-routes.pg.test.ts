import { surfaceOf } from '@imperal/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  mountForTest,
  openTestNode,
  principalOf,
  publishApp,
  type TestNode,
  testManifest,
  userOf,
} from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import type { Principal } from '../../foundation/http/index.ts'

const database = await createTestDatabase()
const ada = userOf('acme', 'ada')
const bob = userOf('acme', 'bob')
const service = principalOf(null)
const adaKey = principalOf(ada, { credential: 'api_key' })
let node: TestNode
let app: FastifyInstance
let caller: Principal | null = service
beforeAll(async () => {
  node = await openTestNode(database)
  app = await mountForTest(node.registry.routes, () => caller)
})
afterAll(async () => {
  await app.close()
  await node.close()
})

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
async function send(
  method: Method,
  url: string,
  options: { as?: Principal | null; body?: object; etag?: string } = {},
) {
  caller = options.as === undefined ? service : options.as
  const headers = options.etag === undefined ? {} : { 'if-none-match': options.etag }
  const answer = await app.inject({ method, url, headers, ...(options.body ? { payload: options.body } : {}) })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? null : answer.json() }
}

describe('apps', () => {
  test('[S002-007] there are fifteen operations on nine paths', () => {
    const current = node.registry.routes.filter(({ route }) => surfaceOf(route) === 'registry')
    expect(current).toHaveLength(15)
    expect(new Set(current.map(({ route }) => route.path)).size).toBe(9)
  })

  test('[S002-010] [S002-009] [S002-011] [S002-012] an app is registered, read, changed and removed', async () => {
    const created = await send('POST', '/v1/apps', { body: { app_id: 'my_old-app', display_name: 'Mine' } })
    expect([created.status, created.body]).toMatchObject([
      201,
      { app_id: 'my_old-app', name: 'Mine', status: 'provisioning', namespace: 'app-my_old-app', owner_id: null },
    ])
    expect((await send('POST', '/v1/apps', { body: { app_id: 'my_old-app', display_name: 'x' } })).status).toBe(409)
    expect((await send('GET', '/v1/apps/my_old-app')).body).toMatchObject({
      version: null,
      category: 'general',
      tools_count: 0,
    })
    const changed = await send('PUT', '/v1/apps/my_old-app', { body: { description: 'New', category: 'data' } })
    expect(changed.body).toMatchObject({ description: 'New', category: 'data', display_name: 'Mine' })
    expect((await send('DELETE', '/v1/apps/my_old-app')).body).toMatchObject({ status: 'deleted' })
    expect((await send('GET', '/v1/apps/my_old-app')).status).toBe(404)
    expect((await send('POST', '/v1/apps', { body: { app_id: 'Bad App', display_name: 'x' } })).status).toBe(422)
  })

  test('[S002-008] the list is a bare array of what is published; `all` shows the rest', async () => {
    await publishApp(node, 'listed')
    await publishApp(node, 'unlisted', { status: 'draft', owner: ada })
    const ids = async (query: string) =>
      ((await send('GET', `/v1/apps${query}`)).body as { app_id: string }[]).map((a) => a.app_id)
    expect(await ids('')).toContain('listed')
    expect(await ids('')).not.toContain('unlisted')
    expect(await ids('?status=all')).toContain('unlisted')
    expect(await ids(`?status=provisioning&owner_id=${ada.userId}`)).toEqual(['unlisted'])
  })

  test('a key acts on the apps of its owner and on nothing else', async () => {
    await publishApp(node, 'adas', { status: 'draft', owner: ada })
    await publishApp(node, 'bobs', { owner: bob })
    expect((await send('GET', '/v1/apps/adas', { as: adaKey })).status).toBe(200)
    expect((await send('GET', '/v1/apps/bobs', { as: adaKey })).status).toBe(403)
    expect((await send('GET', '/v1/apps/adas', { as: null })).status).toBe(401)
    expect((await send('PUT', '/v1/apps/adas', { as: adaKey, body: { status: 'active' } })).status).toBe(403)
    expect((await send('DELETE', '/v1/apps/adas?hard=true', { as: adaKey })).status).toBe(403)
    const own = (await send('GET', '/v1/apps?status=all', { as: adaKey })).body as { owner_id: string }[]
    expect(new Set(own.map((entry) => entry.owner_id))).toEqual(new Set([ada.userId]))
  })
})

describe('[api 7.2] administrators', () => {
  const dora = userOf('umbrella', 'dora')
  const local = principalOf(userOf('umbrella', 'boss'), { role: 'admin' })
  const platform = principalOf(userOf('default', 'root'), { role: 'admin' })
  const weakKey = principalOf(userOf('default', 'root'), {
    role: 'admin',
    credential: 'api_key',
    limitedTo: ['notes:read'],
  })
  const asUser = principalOf(bob, { kind: 'service', credential: 'service_token' })
  beforeAll(async () => {
    await publishApp(node, 'adas-app', { owner: ada })
    await publishApp(node, 'doras-app', { owner: dora })
    await publishApp(node, 'anybodys-app')
  })

  test('of a tenant act on its apps and its users', async () => {
    expect((await send('GET', '/v1/apps/doras-app', { as: local })).status).toBe(200)
    const listed = (await send('GET', '/v1/apps?status=all', { as: local })).body as { app_id: string }[]
    expect(listed.map(({ app_id }) => app_id)).toEqual(['doras-app'])
    const path = `/v1/users/${dora.userId}/extensions`
    expect((await send('POST', path, { as: local, body: { app_id: 'doras-app' } })).status).toBe(201)
    expect((await send('GET', path, { as: local })).body.extensions).toHaveLength(1)
  })

  test('of a tenant can do nothing to apps of another, and a user of another is nobody to them', async () => {
    for (const appId of ['adas-app', 'anybodys-app']) {
      const path = `/v1/apps/${appId}`
      expect((await send('GET', path, { as: local })).status).toBe(403)
      expect((await send('PUT', path, { as: local, body: { config: { access_policy: {} } } })).status).toBe(403)
      expect((await send('PUT', `${path}/tools`, { as: local, body: { tools: [] } })).status).toBe(403)
      expect((await send('PUT', `${path}/settings`, { as: local, body: { general: {} } })).status).toBe(403)
      expect((await send('DELETE', path, { as: local })).status).toBe(403)
    }
    const [foreign, missing] = [ada.userId, 'imp_u_nobody'].map((id) => `/v1/users/${id}/extensions`) as [
      string,
      string,
    ]
    await node.registry.install(ada, 'anybodys-app')
    const body = { app_id: 'anybodys-app' }
    const ask = async (path: string) =>
      [
        await send('GET', path, { as: local }),
        await send('POST', path, { as: local, body }),
        await send('DELETE', `${path}/anybodys-app`, { as: local }),
        await send('GET', `/v1/catalog?imperal_id=${path.split('/')[3]}`, { as: local }),
      ].map(({ status, body }) => [status, { ...body, request_id: '', generated_at: '' }])
    expect(await ask(foreign)).toEqual(await ask(missing))
    expect((await send('GET', foreign)).body.extensions).toHaveLength(1)
  })

  test('of a tenant do not decide about state and policy of its apps, nor register apps', async () => {
    const change = (body: object) => send('PUT', '/v1/apps/doras-app', { as: local, body })
    expect((await change({ status: 'suspended' })).status).toBe(403)
    expect((await change({ config: { access_policy: {} } })).status).toBe(403)
    expect((await send('DELETE', '/v1/apps/doras-app?hard=true', { as: local })).status).toBe(403)
    expect((await send('POST', '/v1/apps', { as: local, body: { app_id: 'new-app', display_name: 'x' } })).status).toBe(
      403,
    )
  })

  test('of the default tenant run the installation; by a key only when it lists an admin scope', async () => {
    expect((await send('GET', '/v1/apps/adas-app', { as: platform })).status).toBe(200)
    expect((await send('GET', `/v1/users/${dora.userId}/extensions`, { as: platform })).status).toBe(200)
    expect((await send('GET', '/v1/apps/adas-app', { as: weakKey })).status).toBe(403)
    expect((await send('GET', `/v1/users/${dora.userId}/extensions`, { as: weakKey })).status).toBe(403)
  })

  test('a service that names a user may do what that user may', async () => {
    expect((await send('GET', '/v1/apps/adas-app', { as: asUser })).status).toBe(403)
    expect((await send('GET', `/v1/users/${bob.userId}/extensions`, { as: asUser })).status).toBe(200)
    expect((await send('GET', `/v1/users/${ada.userId}/extensions`, { as: asUser })).status).toBe(403)
  })

  test('an app that a service registers belongs to the tenant of its owner', async () => {
    await send('POST', '/v1/apps', { body: { app_id: 'given', display_name: 'Given', owner_id: dora.userId } })
    expect((await node.registry.app('given'))?.ownerTenantId).toBe('umbrella')
  })
})

describe('tools', () => {
  test('[S002-013] the manifest holds functions and skeleton sections', async () => {
    await publishApp(node, 'garden')
    const { body } = await send('GET', '/v1/apps/garden/tools')
    expect(body.tools.map((tool: { name: string }) => tool.name)).toEqual([
      'skeleton_refresh_recent',
      'list_things',
      'delete_thing',
    ])
    expect(body.tools[1]).toMatchObject({
      activity: 'tool_list_things',
      action_type: 'read',
      params_schema: {},
      domains: [],
    })
    expect(body.skeleton_sections).toEqual([
      {
        section_name: 'recent',
        name: 'recent',
        refresh_activity: 'tool_skeleton_refresh_recent',
        alert_activity: null,
        ttl: 300,
        alert_on_change: false,
      },
    ])
  })

  test('[S002-014] [S002-028] a push of an older client keeps what it leaves out, and an untyped new tool fails closed', async () => {
    await publishApp(node, 'pushed', { owner: ada })
    const tools = [
      {
        activity: 'tool_list_things',
        name: 'List Things',
        description: 'Lists all.',
        domains: ['a'],
        required_scopes: [],
      },
      { activity: 'tool_wipe', name: 'Wipe', description: 'Wipes.', domains: [], required_scopes: [] },
    ]
    const push = {
      tools,
      skeleton_sections: [{ section_name: 'recent', refresh_activity: 'tool_skeleton_refresh_recent', ttl: 60 }],
    }
    const pushed = await send('PUT', '/v1/apps/pushed/tools', { as: adaKey, body: push })
    expect(pushed.body).toMatchObject({
      tools_registered: 2,
      tools_count: 2,
      skeleton_sections_count: 1,
      status: 'active',
      domains: ['a'],
      version: '1.0.0',
    })
    const { body } = await send('GET', '/v1/apps/pushed/tools')
    expect(body.tools).toMatchObject([
      {
        name: 'list_things',
        title: 'List Things',
        action_type: 'read',
        description: 'Lists all.',
        owner_chat_tool: 'pushed_chat',
      },
      { name: 'wipe', title: 'Wipe', action_type: null },
    ])
    expect(body.skeleton_sections).toMatchObject([{ section_name: 'recent', ttl: 60 }])
    const stored = (await node.registry.liveVersion('pushed'))?.manifest.tools.find((tool) => tool.name === 'wipe')
    expect(stored).toMatchObject({ action_type: 'destructive', chain_callable: false })
    await send('PUT', '/v1/apps/pushed/tools', { as: adaKey, body: push })
    expect((await send('GET', '/v1/apps/pushed/tools')).body.tools[1].action_type).toBeNull()
    expect((await send('PUT', '/v1/apps/pushed/tools', { body: { ...push, version: '9.0.0' } })).status).toBe(409)
    expect((await send('PUT', '/v1/apps/pushed/tools', { body: { tools: [{ name: 'bad name' }] } })).status).toBe(422)
  })

  const exact = (action_type: string, more: object = {}) => ({ name: 'delete_thing', action_type, ...more })

  test.each([
    ['a confirmation less', exact('write')],
    ['no confirmation at all', exact('read')],
    ['other scopes', exact('destructive', { scopes: ['other:read'] })],
    ['other scopes in the older spelling', exact('destructive', { required_scopes: ['other:read'] })],
    ['no scopes', exact('destructive', { scopes: [] })],
    ['looser arguments', exact('destructive', { params_schema: { type: 'object' } })],
    ['a place in chains', exact('destructive', { chain_callable: false })],
    ['a typed function that the code does not declare', { name: 'hidden', action_type: 'read' }],
    ['scopes for a function that the code does not declare', { name: 'hidden', scopes: ['pushed:read'] }],
  ])('a developer cannot push %s past the code', async (_, tool) => {
    const [read, wipe] = testManifest('guarded').tools.slice(1)
    await publishApp(node, 'guarded', {
      owner: ada,
      manifest: { tools: [read, { ...wipe, scopes: ['guarded:destructive'] }] as never },
    })
    const push = { tools: [tool], skeleton_sections: [] }
    const refused = await send('PUT', '/v1/apps/guarded/tools', { as: adaKey, body: push })
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { error: 'conflict', message: expect.stringContaining(`deployed code: ${tool.name} (`) },
    ])
    const stored = (await node.registry.liveVersion('guarded'))?.manifest.tools
    expect(stored).toContainEqual(
      expect.objectContaining({ name: 'delete_thing', action_type: 'destructive', scopes: ['guarded:destructive'] }),
    )
  })

  test('a developer pushes texts; what the code said of rights stays, also where an older client is silent', async () => {
    const [, wipe] = testManifest('texts').tools.slice(1)
    await publishApp(node, 'texts', {
      owner: ada,
      manifest: { tools: [{ ...wipe, scopes: ['texts:destructive'] }] as never },
    })
    const tools = [
      { activity: 'tool_delete_thing', name: 'Delete', description: 'Deletes one for good.', required_scopes: [] },
      { name: '__webhook__orders', action_type: 'read' },
    ]
    expect((await send('PUT', '/v1/apps/texts/tools', { as: adaKey, body: { tools: [tools[0]] } })).status).toBe(200)
    expect((await send('PUT', '/v1/apps/texts/tools', { body: { tools } })).status).toBe(200)
    expect((await node.registry.liveVersion('texts'))?.manifest.tools).toEqual([
      { ...wipe, description: 'Deletes one for good.', scopes: ['texts:destructive'] },
    ])
  })

  test('a service that registers an app and pushes its tools begins its life; it has no code, so nothing runs', async () => {
    await send('POST', '/v1/apps', { body: { app_id: 'remote', display_name: 'Remote' } })
    const { body } = await send('PUT', '/v1/apps/remote/tools', {
      body: { tools: [{ name: 'ping', action_type: 'read' }], version: '2.0.0' },
    })
    expect(body).toMatchObject({ status: 'active', version: '2.0.0', tools_count: 1 })
    expect(await node.registry.resolve(ada, 'remote')).toBeNull()
    expect((await send('GET', '/v1/apps/remote/tools')).body.tools).toMatchObject([
      { name: 'ping', action_type: 'read' },
    ])
  })

  test('[S002-015] [S002-016] settings merge over the defaults', async () => {
    await publishApp(node, 'tuned')
    expect((await send('GET', '/v1/apps/tuned/settings')).body).toMatchObject({
      models: { temperature: 0.7 },
      router: { timeout_ms: 3000 },
    })
    const put = await send('PUT', '/v1/apps/tuned/settings', {
      body: { models: { temperature: 0.1 }, skeleton: { ttl: 60 } },
    })
    expect(put.body).toEqual({
      message: 'Settings saved.',
      updated_sections: ['models', 'skeleton'],
      skeleton_reloaded: true,
    })
    expect((await send('GET', '/v1/apps/tuned/settings')).body).toMatchObject({
      models: { temperature: 0.1, max_tokens: 2048 },
      skeleton: { ttl: 60 },
    })
    expect((await node.registry.app('tuned'))?.settings).toEqual({
      models: { temperature: 0.1 },
      skeleton: { ttl: 60 },
    })
  })
})

describe('[registry GET /v1/catalog]', () => {
  test('[S002-017] [S002-023] [S002-024] [S002-025] of one user it covers exactly the installed and enabled apps', async () => {
    await publishApp(node, 'first')
    await publishApp(node, 'second', { manifest: { events: { subscribes: [], emits: [{ type: 'second.made' }] } } })
    await node.registry.install(bob, 'first')
    await node.registry.install(bob, 'second')
    await node.registry.setDisabled(bob, 'first', true)
    const { body } = await send('GET', `/v1/catalog?imperal_id=${bob.userId}`)
    expect(body.apps).toMatchObject([
      {
        app_id: 'second',
        version: '1.0.0',
        skeleton_sections: [{ section_name: 'recent' }],
        emits: ['second.made'],
        system: false,
      },
    ])
    const tools = await send('GET', `/v1/catalog/tools?user_id=${bob.userId}`)
    expect(tools.body).toMatchObject({
      total: 3,
      tools: [{ app_id: 'second' }, { app_id: 'second' }, { app_id: 'second' }],
    })
    expect((await send('GET', `/v1/catalog?imperal_id=${bob.userId}`, { as: adaKey })).status).toBe(403)
  })

  test('[K3.4a] an app or a function that a policy keeps from the user is not in it, and the version says so', async () => {
    await publishApp(node, 'ruled')
    await node.registry.install(bob, 'ruled')
    const names = async () => {
      const { body } = await send('GET', `/v1/catalog?imperal_id=${bob.userId}`)
      const mine = (body.apps as { app_id: string; tools: { name: string }[] }[]).find((app) => app.app_id === 'ruled')
      return { version: body.version, tools: mine?.tools.map(({ name }) => name) }
    }
    const policy = async (access_policy: object) => {
      await node.db.everyTenant((tx) => node.registry.updateApp(tx, 'ruled', { config: { access_policy } as never }))
      node.registry.forget('ruled')
      return names()
    }
    const before = await names()
    const [first = ''] = before.tools ?? []
    const without = await policy({ functions: { [first]: { allowed_roles: ['admin'] } } })
    expect(without.tools).toEqual(before.tools?.slice(1))
    expect(without.version).not.toBe(before.version)
    expect((await policy({ allowed_roles: ['developer'] })).tools).toBeUndefined()
    expect((await policy({ required_scopes: ['finance:read'] })).tools).toBeUndefined()
    expect((await policy({ allowed_roles: ['user'] })).tools).toEqual(before.tools)
    const tools = (await send('GET', `/v1/catalog/tools?user_id=${bob.userId}`)).body.tools as { app_id: string }[]
    expect(tools.filter(({ app_id }) => app_id === 'ruled')).toHaveLength(before.tools?.length ?? 0)
  })

  test('[S002-030] the next read after a deploy shows it; until then 304', async () => {
    await publishApp(node, 'fresh')
    const before = await send('GET', '/v1/catalog')
    const etag = String(before.headers.etag)
    expect((await send('GET', '/v1/catalog', { etag })).status).toBe(304)
    await publishApp(node, 'fresh', { manifest: { version: '1.1.0' } })
    const after = await send('GET', '/v1/catalog', { etag })
    expect(after.status).toBe(200)
    expect(after.body.apps.find((entry: { app_id: string }) => entry.app_id === 'fresh').version).toBe('1.1.0')
  })
})

test('[S002-019] [S002-020] [S002-021] installs of a user are listed, recorded and removed', async () => {
  await publishApp(node, 'kept')
  const cara = userOf('umbrella', 'cara')
  const path = `/v1/users/${cara.userId}/extensions`
  const body = { extension_id: 'kept', config: { a: 1 } }
  const added = await send('POST', path, { body })
  expect([added.status, added.body]).toMatchObject([201, { app_id: 'kept', user_id: cara.userId, enabled: true }])
  expect((await send('POST', path, { body })).status).toBe(200)
  expect((await send('GET', path)).body).toMatchObject({
    extensions: [{ app_id: 'kept', enabled: true, config: { a: 1 } }],
  })
  expect((await send('GET', `${path}?status=disabled`)).body).toEqual({ extensions: [] })
  const removed = { app_id: 'kept', user_id: cara.userId, removed: true }
  expect((await send('DELETE', `${path}/kept`)).body).toEqual(removed)
  expect((await send('DELETE', `${path}/kept`)).body).toEqual(removed)
  expect((await send('POST', path, { body: { app_id: 'nowhere' } })).status).toBe(404)
  expect((await send('POST', '/v1/users/nobody/extensions', { body })).status).toBe(404)
})

test('[S002-022] the health probe needs no key', async () => {
  const { status, body } = await send('GET', '/v1/health', { as: null })
  expect([status, body.status]).toEqual([200, 'ok'])
})
