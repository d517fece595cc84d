import { readFileSync } from 'node:fs'
import path from 'node:path'
import { registry, registryAliases } from '@imperal/contract'
import { beforeAll, describe, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

let server: TestServer
let admin: Session
let ada: Session
let eve: Session
/** Administrative key of the registry. */
let key: string
/** The registry's own loopback address, and its place behind the main one. */
let doors: readonly string[]

const APP = 'garden'
const source = (version: string) => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('${APP}', {
  version: '${version}', displayName: 'Garden', description: 'Plants and what they need, for the tests of the registry.',
  icon: 'icon.svg', capabilities: ['${APP}:read', '${APP}:write'],
})
const chat = new ChatExtension(ext, { toolName: '${APP}', description: 'A garden.' })
chat.function('list_plants', { description: 'Lists every plant of the person.', params: z.object({}) },
  async () => ActionResult.success({ plants: [] }, 'No plants'))
ext.skeleton('recent', { ttl: 120 }, async () => ({ plants: 0 }))
`

async function add(email: string): Promise<Session> {
  await admin.request('POST', '/v1/users', { email, password: 'long-password' })
  return signIn(server, email, 'long-password')
}

beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
  ada = await add('ada.user@example.com')
  eve = await add('eve@example.com')
  key = `imp_reg_key_${readFileSync(path.join(server.dataDir, 'keys/registry.key'), 'utf8').trim()}`
  doors = [server.registryUrl, `${server.url}/registry`]
  await ada.request('POST', '/v1/developer/register', {})
  await deploySource(server.url, ada, source('1.0.0'))
}, 180_000)

const ask = (method: string, address: string, body?: unknown, as = key, door = doors[0] ?? '') =>
  send(door + address, method, body, { 'x-api-key': as })
const userKey = async (session: Session, scopes = '*') =>
  ((await session.request('POST', '/v1/keys', { name: 'registry', scopes })).body as { key: string }).key

/** The same at both doors, checked against the documented shape. */
async function get(address: string, schema: { parse(value: unknown): unknown }): Promise<never> {
  const [own, behind] = [await ask('GET', address), await ask('GET', address, undefined, key, doors[1])]
  for (const answer of [own, behind]) expect([address, answer.status]).toEqual([address, 200])
  const strip = (body: unknown) => JSON.stringify(body).replace(/"generated_at":"[^"]*"/, '')
  expect(strip(behind.body)).toBe(strip(own.body))
  return schema.parse(own.body) as never
}

describe('the fifteen operations, at both doors', () => {
  test('[registry GET /v1/health] needs no key', async () => {
    for (const door of doors) {
      const answer = await send(`${door}/v1/health`, 'GET')
      expect(registry.health.response.parse(answer.body)).toMatchObject({ status: 'ok' })
    }
  })

  test('[registry GET /v1/apps] a bare array of published apps; without a key 401', async () => {
    const apps = (await get('/v1/apps', registry.listApps.response)) as { app_id: string; status: string }[]
    expect(Array.isArray(apps)).toBe(true)
    expect(apps.map(({ app_id }) => app_id)).toContain('notes')
    expect(apps.map(({ app_id }) => app_id)).not.toContain(APP)
    expect(new Set(apps.map(({ status }) => status))).toEqual(new Set(['active']))
    for (const door of doors) expect((await send(`${door}/v1/apps`, 'GET')).status).toBe(401)
    expect((await ask('GET', '/v1/apps', undefined, 'imp_reg_key_wrong')).status).toBe(401)
  })

  test('[registry GET /v1/apps/{app_id}] name, description, version, category', async () => {
    expect(await get('/v1/apps/notes', registry.getApp.response)).toMatchObject({
      app_id: 'notes',
      name: 'Notes',
      display_name: 'Notes',
      namespace: 'app-notes',
      description: expect.any(String),
      version: expect.any(String),
      category: expect.any(String),
      tools_count: expect.any(Number),
      status: 'active',
    })
    expect((await ask('GET', '/v1/apps/no-such-app')).status).toBe(404)
  })

  test('[registry POST /v1/apps] registers; again is 409, a bad id 422', async () => {
    const made = await ask('POST', '/v1/apps', { app_id: 'shed', display_name: 'Shed' })
    expect([made.status, registry.createApp.response.parse(made.body)]).toMatchObject([201, { status: 'provisioning' }])
    expect((await ask('POST', '/v1/apps', { app_id: 'shed', display_name: 'Shed' })).status).toBe(409)
    expect((await ask('POST', '/v1/apps', { app_id: 'Bad App', display_name: 'x' })).status).toBe(422)
    expect((await ask('POST', '/v1/apps', { app_id: 'shed_2', display_name: 'x', owner_id: 7 })).status).toBe(201)
  })

  test('[registry PUT /v1/apps/{app_id}] changes metadata', async () => {
    const changed = await ask('PUT', '/v1/apps/shed', { description: 'Tools', category: 'data' }, key, doors[1])
    expect(registry.updateApp.response.parse(changed.body)).toMatchObject({ description: 'Tools', category: 'data' })
    expect((await ask('PUT', '/v1/apps/no-such-app', { description: 'x' })).status).toBe(404)
  })

  test('[registry GET /v1/apps/{app_id}/tools] functions and skeleton sections', async () => {
    expect(await get(`/v1/apps/${APP}/tools`, registry.getTools.response)).toMatchObject({
      app_id: APP,
      version: '1.0.0',
      tools: expect.arrayContaining([
        expect.objectContaining({
          name: 'list_plants',
          activity: 'tool_list_plants',
          action_type: 'read',
          domains: [],
        }),
      ]),
      skeleton_sections: [expect.objectContaining({ section_name: 'recent', ttl: 120 })],
    })
  })

  test('[registry PUT /v1/apps/{app_id}/tools] replaces the manifest in one step and begins the life of an app', async () => {
    const push = { tools: [{ name: 'rake', description: 'Rakes.', action_type: 'write' }], version: '1.0.0' }
    const pushed = await ask('PUT', '/v1/apps/shed/tools', push)
    expect(registry.putTools.response.parse(pushed.body)).toMatchObject({
      tools_registered: 1,
      tools_count: 1,
      skeleton_sections_count: 0,
      status: 'active',
    })
    await ask('PUT', '/v1/apps/shed/tools', { tools: [{ name: 'dig', action_type: 'write' }] })
    const { tools } = (await ask('GET', '/v1/apps/shed/tools')).body as { tools: { name: string }[] }
    expect(tools.map(({ name }) => name)).toEqual(['dig'])
  })

  test('[registry GET /v1/apps/{app_id}/settings] every section of 4.2 with its default', async () => {
    const settings = (await get('/v1/apps/shed/settings', registry.getSettings.response)) as object
    expect(settings).toMatchObject({
      general: {},
      models: { temperature: 0.7, max_tokens: 2048, primary_model: '' },
      persona: { language: 'auto', tone: 'formal', use_emojis: false, cite_sources: true },
      alerts: { enabled: true, cooldown_seconds: 60, max_per_hour: 10 },
      router: { enabled: true, timeout_ms: 3000, fallback: 'first_tool' },
      session: { timeout_hours: 24, max_history: 40, compress_at: 30, history_ttl_days: 7 },
      monitoring: { tracing_enabled: true },
    })
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(['context', 'skeleton']))
  })

  test('[registry PUT /v1/apps/{app_id}/settings] merges deeply', async () => {
    const put = await ask('PUT', '/v1/apps/shed/settings', { models: { temperature: 0.1 }, skeleton: { ttl: 60 } })
    expect(put.body).toEqual({
      message: expect.any(String),
      updated_sections: ['models', 'skeleton'],
      skeleton_reloaded: true,
    })
    expect((await ask('GET', '/v1/apps/shed/settings')).body).toMatchObject({
      models: { temperature: 0.1, max_tokens: 2048 },
    })
  })

  test('[registry POST /v1/users/{user_id}/extensions] [registry GET /v1/users/{user_id}/extensions] [registry DELETE /v1/users/{user_id}/extensions/{app_id}]', async () => {
    const address = `/v1/users/${eve.userId}/extensions`
    const added = await ask('POST', address, { app_id: 'notes' })
    expect([added.status, added.body]).toMatchObject([201, { app_id: 'notes', user_id: eve.userId, enabled: true }])
    expect((await ask('POST', address, { extension_id: 'notes' })).status).toBe(200)
    expect(await get(address, registry.userExtensions.response)).toMatchObject({
      extensions: expect.arrayContaining([expect.objectContaining({ app_id: 'notes', enabled: true, config: {} })]),
    })
    const mine = (await eve.request('GET', '/v1/me/extensions')).body as { app_id: string }[]
    expect(mine.map(({ app_id }) => app_id)).toContain('notes')
    for (const _ of [1, 2])
      expect((await ask('DELETE', `${address}/notes`)).body).toEqual({
        app_id: 'notes',
        user_id: eve.userId,
        removed: true,
      })
    expect((await ask('POST', address, { app_id: 'no-such-app' })).status).toBe(404)
  })

  test('[registry POST /v1/users/{user_id}/extensions] policy, plan and log are those of the marketplace', async () => {
    const frugal = await add('frugal@example.com')
    const address = `/v1/users/${frugal.userId}/extensions`
    const post = async (appId: string, as = key) => (await ask('POST', address, { app_id: appId }, as)).status
    const config = { access_policy: { denied_users: [frugal.userId] } }
    await ask('PUT', '/v1/apps/notes', { config })
    expect(await post('notes')).toBe(403)
    expect(await post('notes', await userKey(frugal))).toBe(403)
    await ask('PUT', '/v1/apps/notes', { config: {} })
    const service = { 'x-service-token': server.serviceToken, 'x-acting-user': admin.userId }
    const plan = { user_id: frugal.userId, plan_ref: 'micro' }
    expect((await send(`${server.url}/v1/internal/billing/user-plan`, 'PUT', plan, service)).status).toBe(200)
    const apps = ['notes', 'tasks', 'calendar', 'files']
    const statuses = await Promise.all(apps.map((appId) => post(appId)))
    expect(statuses.toSorted()).toEqual([201, 201, 402, 402])
    const had = apps.filter((_, index) => statuses[index] === 201)
    expect(await post(had[0] ?? '')).toBe(200)
    await ask('DELETE', `${address}/${had[1]}`)
    const about = async (action: string) => {
      const { body } = await admin.request('GET', `/v1/audit?action=${action}&per_page=200`)
      const { entries } = body as { entries: { user_id: string | null; target_id: string }[] }
      return entries.filter((row) => row.user_id === frugal.userId).map((row) => row.target_id)
    }
    expect((await about('install.created')).toSorted()).toEqual(had.toSorted())
    expect(await about('install.removed')).toEqual([had[1]])
  })

  test('[registry GET /v1/catalog] of a user what is installed and enabled, with an ETag; a push shows in the next one', async () => {
    const mine = (await get(`/v1/catalog?imperal_id=${ada.userId}`, registry.catalog.response)) as {
      apps: { app_id: string; tools: object[]; skeleton_sections: object[] }[]
    }
    const garden = mine.apps.find(({ app_id }) => app_id === APP)
    expect(garden).toMatchObject({
      tools: expect.arrayContaining([expect.objectContaining({ name: 'list_plants' })]),
      skeleton_sections: [expect.objectContaining({ section_name: 'recent' })],
    })
    const all = (await ask('GET', '/v1/catalog')).body as { apps: { app_id: string }[] }
    expect(all.apps.map(({ app_id }) => app_id)).not.toContain(APP)
    const address = `${doors[0]}/v1/catalog?user_id=${ada.userId}`
    const first = await send(address, 'GET', undefined, { 'x-api-key': key })
    const etag = String(first.headers.get('etag'))
    const again = await send(address, 'GET', undefined, { 'x-api-key': key, 'if-none-match': etag })
    expect(again.status).toBe(304)
    await deploySource(server.url, ada, source('1.1.0'))
    const after = await send(address, 'GET', undefined, { 'x-api-key': key, 'if-none-match': etag })
    expect(after.status).toBe(200)
    expect(JSON.stringify(after.body)).toContain('1.1.0')
  })

  test('[registry GET /v1/catalog/tools] [S002-018] all definitions of all apps of a person in one list', async () => {
    await ada.request('POST', '/v1/marketplace/apps/tasks/install', {})
    const list = (await get(`/v1/catalog/tools?imperal_id=${ada.userId}`, registry.catalogTools.response)) as {
      tools: { app_id: string; name: string }[]
      total: number
    }
    const catalog = (await get(`/v1/catalog?imperal_id=${ada.userId}`, registry.catalog.response)) as {
      apps: { app_id: string; tools: { name: string }[] }[]
    }
    const ofApps = catalog.apps.flatMap(({ app_id, tools }) => tools.map(({ name }) => `${app_id}.${name}`))
    expect(list.tools.map(({ app_id, name }) => `${app_id}.${name}`).sort()).toEqual(ofApps.sort())
    expect(list.total).toBe(ofApps.length)
    expect(ofApps).toEqual(expect.arrayContaining([`${APP}.list_plants`, 'tasks.list_tasks']))
  })

  test('[S002-004] [S002-027] the portal’s deploy puts the full manifest here; its author has no key and needs none', async () => {
    const { manifest } = await deploySource(server.url, ada, source('1.2.0'))
    const declared = manifest.tools as { name: string; description: string }[]
    const stored = (await get(`/v1/apps/${APP}/tools`, registry.getTools.response)) as {
      version: string
      tools: { name: string }[]
      skeleton_sections: object[]
    }
    expect(stored.version).toBe('1.2.0')
    for (const tool of declared.filter(({ name }) => !name.startsWith('skeleton_')))
      expect(stored.tools.find(({ name }) => name === tool.name)).toMatchObject(tool)
    expect(stored.skeleton_sections).toMatchObject([{ section_name: 'recent', ttl: 120 }])
    // A deploy and the push of the same manifest end in the same place.
    const push = { tools: stored.tools, skeleton_sections: stored.skeleton_sections, version: '1.2.0' }
    expect((await ask('PUT', `/v1/apps/${APP}/tools`, push)).status).toBe(200)
    expect(await get(`/v1/apps/${APP}/tools`, registry.getTools.response)).toMatchObject({
      tools: stored.tools,
      skeleton_sections: stored.skeleton_sections,
    })
    for (const door of doors)
      for (const headers of [{ authorization: `Bearer ${ada.token}` }, { 'x-api-key': ada.token }])
        expect([401, 403]).toContain((await send(`${door}/v1/apps/${APP}/tools`, 'PUT', push, headers)).status)
  })

  test('[S002-001] [S002-032] what a client sees as installed is what is stored here, whichever side wrote it', async () => {
    const stored = async () => {
      const answer = await get(`/v1/users/${eve.userId}/extensions`, registry.userExtensions.response)
      return (answer as { extensions: { app_id: string }[] }).extensions.map(({ app_id }) => app_id).sort()
    }
    const seen = async () => {
      const mine = (await eve.request('GET', '/v1/me/extensions')).body as { app_id: string }[]
      return mine.map(({ app_id }) => app_id).sort()
    }
    const both = async () => {
      const here = await stored()
      expect(await seen()).toEqual(expect.arrayContaining(here))
      return here
    }
    const before = await both()
    await eve.request('POST', '/v1/marketplace/apps/calendar/install', {})
    expect(await both()).toEqual([...before, 'calendar'].sort())
    await ask('POST', `/v1/users/${eve.userId}/extensions`, { app_id: 'files' })
    expect(await both()).toEqual([...before, 'calendar', 'files'].sort())
    for (const app of ['calendar', 'files']) await ask('DELETE', `/v1/users/${eve.userId}/extensions/${app}`)
    expect(await stored()).toEqual(before)
    expect(await seen()).not.toEqual(expect.arrayContaining(['calendar']))
    expect(await seen()).not.toEqual(expect.arrayContaining(['files']))
  })

  test('[registry DELETE /v1/apps/{app_id}] removes', async () => {
    expect((await ask('DELETE', '/v1/apps/shed')).body).toMatchObject({ app_id: 'shed', status: 'deleted' })
    expect((await ask('GET', '/v1/apps/shed')).status).toBe(404)
    expect((await ask('DELETE', '/v1/apps/shed')).status).toBe(404)
  })

  test('[S002-029] what the registry and the gateway say of an app is the same at any moment', async () => {
    const { tools } = (await ask('GET', `/v1/apps/${APP}/tools`)).body as { tools: { name: string }[] }
    const app = (await ada.request('GET', `/v1/developer/apps/${APP}`)).body as { tools_json: { name: string }[] }
    const names = (list: { name: string }[]) =>
      list.map(({ name }) => name).filter((name) => !name.startsWith('skeleton_'))
    expect(names(app.tools_json)).toEqual(names(tools))
  })
})

describe('[api 1.7] keys', () => {
  test('the administrative key opens the registry and nothing of the gateway', async () => {
    for (const address of ['/v1/auth/me', '/v1/users', '/v1/events/stats', '/v1/admin/doctor'])
      expect([address, (await send(server.url + address, 'GET', undefined, { 'x-api-key': key })).status]).toEqual([
        address,
        403,
      ])
    expect((await send(`${server.url}/v1/marketplace/apps`, 'GET', undefined, { 'x-api-key': key })).status).toBe(200)
    expect((await send(`${server.url}/v1/auth/me`, 'GET', undefined, { authorization: `Bearer ${key}` })).status).toBe(
      401,
    )
  })

  test('[POST /v1/apps/{app_id}/keys] a key of one app reads and writes that app, a read-only one reads it', async () => {
    const owner = await userKey(ada)
    const made = await ask('POST', `/v1/apps/${APP}/keys`, {}, owner)
    expect(made.status).toBe(201)
    const full = registryAliases.createKey.response.parse(made.body)
    expect(full).toMatchObject({ scope: 'full', prefix: full.api_key.slice(0, 13), warning: expect.any(String) })
    const { api_key: reader } = (await ask('POST', `/v1/apps/${APP}/keys`, { scope: 'readonly' }, owner)).body as {
      api_key: string
    }
    const status = async (as: string, method: string, address: string, body?: unknown) =>
      (await ask(method, address, body, as)).status
    expect(await status(full.api_key, 'GET', `/v1/apps/${APP}`)).toBe(200)
    expect(await status(full.api_key, 'PUT', `/v1/apps/${APP}/settings`, { alerts: { enabled: false } })).toBe(200)
    expect(await status(reader, 'GET', `/v1/apps/${APP}/settings`)).toBe(200)
    expect(await status(reader, 'PUT', `/v1/apps/${APP}/settings`, {})).toBe(403)
    for (const other of ['/v1/apps/notes', '/v1/catalog', `/v1/users/${ada.userId}/extensions`, `/v1/apps/${APP}/keys`])
      expect([other, await status(full.api_key, 'GET', other)]).toEqual([other, 403])
    expect(await status(full.api_key, 'DELETE', `/v1/apps/${APP}`)).toBe(403)
    expect(await status(full.api_key, 'DELETE', `/v1/users/${ada.userId}/extensions/${APP}`)).toBe(403)
    const list = (await ask('GET', '/v1/apps?status=all', undefined, full.api_key)).body as { app_id: string }[]
    expect(list.map(({ app_id }) => app_id)).toEqual([APP])
    expect((await ask('GET', `/v1/apps/${APP}/keys`, undefined, owner)).body).toMatchObject({ total: 2 })
    expect(JSON.stringify((await ask('GET', `/v1/apps/${APP}/keys`, undefined, owner)).body)).not.toContain(reader)

    const gateway = (address: string, as = full.api_key, method = 'GET') =>
      send(server.url + address, method, undefined, { 'x-api-key': as }).then((answer) => answer.status)
    expect(await gateway(`/v1/developer/apps/${APP}`)).toBe(200)
    expect(await gateway(`/v1/developer/apps/${APP}/deploys`, reader)).toBe(200)
    expect(await gateway('/v1/developer/apps/notes')).toBe(403)
    expect(await gateway('/v1/developer/apps')).toBe(403)
    expect(await gateway('/v1/auth/me')).toBe(403)
    expect(await gateway(`/v1/developer/apps/${APP}`, full.api_key, 'DELETE')).toBe(403)

    const checked = await send(
      `${server.url}/v1/internal/auth/api-keys/validate`,
      'POST',
      { api_key: reader },
      {
        'x-service-token': server.serviceToken,
      },
    )
    expect(checked.body).toMatchObject({ valid: true, app_id: APP, scope: 'readonly', owner_id: ada.userId })

    const revoked = await ask('DELETE', `/v1/apps/${APP}/keys/${full.key_id}`, undefined, owner)
    expect(revoked.body).toEqual({ key_id: full.key_id, status: 'revoked' })
    expect(await status(full.api_key, 'GET', `/v1/apps/${APP}`)).toBe(401)
    expect((await ask('DELETE', `/v1/apps/${APP}/keys/${full.key_id}`, undefined, owner)).status).toBe(404)
  })

  test('a key of somebody else makes no keys, and only twenty are active at once', async () => {
    const stranger = await userKey(eve)
    expect((await ask('POST', `/v1/apps/${APP}/keys`, {}, stranger)).status).toBe(403)
    const answers = await Promise.all(Array.from({ length: 25 }, () => ask('POST', `/v1/apps/${APP}/keys`, {})))
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(20)
    expect(answers.filter(({ status }) => status === 409).length).toBeGreaterThanOrEqual(5)
  })
})

describe('[api 4.3] older spellings', () => {
  test('PATCH /v1/apps/{app_id} and GET /health answer like their successors', async () => {
    await ask('POST', '/v1/apps', { app_id: 'older', display_name: 'Older' })
    const patched = await ask('PATCH', '/v1/apps/older', { display_name: 'Newer', status: null, config: { a: 1 } })
    expect(patched.body).toMatchObject({ display_name: 'Newer', config: { a: 1 } })
    expect((await send(`${doors[0]}/health`, 'GET')).body).toEqual((await send(`${doors[0]}/v1/health`, 'GET')).body)
  })

  test('/extensions: an app and its tools in one', async () => {
    const manifest = { tools: [{ name: 'chop', action_type: 'write' }] }
    const made = await ask('POST', '/extensions', { id: 'wood', display_name: 'Wood', description: 'Wood.', manifest })
    expect([made.status, registryAliases.createExtension.response.parse(made.body)]).toMatchObject([
      201,
      { id: 'wood', app_id: 'wood', description: 'Wood.', version: '1.0.0', status: 'active' },
    ])
    expect((await ask('GET', '/extensions/wood')).body).toMatchObject({ manifest: { tools: [{ name: 'chop' }] } })
    await ask('PUT', '/extensions/wood', {
      display_name: 'Woods',
      manifest: { tools: [{ name: 'saw', action_type: 'write' }] },
    })
    expect((await ask('GET', '/extensions/wood')).body).toMatchObject({
      display_name: 'Woods',
      manifest: { tools: [{ name: 'saw' }] },
    })
    const bad = { id: 'half', display_name: 'Half', manifest: { tools: [{ name: 'not a name' }] } }
    expect((await ask('POST', '/extensions', bad)).status).toBe(422)
    expect((await ask('GET', '/extensions/half')).status).toBe(404)
    expect((await ask('POST', '/extensions', { ...bad, manifest })).status).toBe(201)
    expect((await ask('DELETE', '/extensions/wood')).body).toMatchObject({ status: 'deleted' })
    expect((await ask('GET', '/extensions/wood')).status).toBe(404)
    const published = (await ask('GET', '/extensions')).body as { id: string }[]
    expect(published.map(({ id }) => id)).toContain('notes')
  })

  test('/user-extensions: installs', async () => {
    const added = await ask('POST', '/user-extensions', { user_id: eve.userId, extension_id: 'tasks' })
    expect([added.status, added.body]).toMatchObject([201, { app_id: 'tasks', user_id: eve.userId }])
    expect((await ask('GET', `/user-extensions/${eve.userId}`)).body).toMatchObject({
      extensions: expect.arrayContaining([expect.objectContaining({ app_id: 'tasks' })]),
    })
    expect((await ask('DELETE', `/user-extensions/${eve.userId}/tasks`)).body).toMatchObject({ removed: true })
    expect((await ask('POST', '/user-extensions', { user_id: 7, extension_id: 'tasks' })).status).toBe(404)
  })

  test('/v1/users/{user_id}/automations: a user switches a section off, slows it down, and switches it on again', async () => {
    const address = `/v1/users/${ada.userId}/automations`
    expect((await ask('GET', address)).body).toEqual({ automations: [] })
    const rule = { app_id: APP, section_name: 'recent', enabled: false, ttl: 600, alert_config: { enabled: false } }
    expect((await ask('PUT', address, { automations: [rule] })).body).toEqual({ automations: [rule] })
    expect((await ask('PUT', address, [{ ...rule, enabled: true }])).body).toEqual({
      automations: [{ ...rule, enabled: true }],
    })
    expect((await ask('PUT', address, [{ ...rule, app_id: 'no-such-app' }])).status).toBe(404)
    expect((await ask('PUT', address, [{ ...rule, ttl: 1 }])).status).toBe(422)
    expect((await ask('GET', address, undefined, await userKey(eve))).status).toBe(403)
  })

  test('/v1/hub/{user_id}/messages: what is sent counts as said by the user', async () => {
    const said = await ask('POST', `/v1/hub/${ada.userId}/messages`, { content: '/help' })
    expect([said.status, said.body]).toMatchObject([202, { status: 'signaled', namespace: 'imperal-hub' }])
    const { workflow_id } = said.body as { workflow_id: string }
    await until(async () => {
      const { messages } = (await ada.request('GET', '/v1/chat/messages')).body as {
        messages: { message_id: string; status: string }[]
      }
      return messages.find(({ message_id }) => message_id === workflow_id)?.status === 'done'
    })
    expect((await ask('POST', `/v1/hub/${ada.userId}/messages`, { content: 'x' }, await userKey(eve))).status).toBe(403)
    expect((await ask('POST', '/v1/hub/imp_u_nobody00/messages', { content: 'x' })).status).toBe(404)
  })
})
