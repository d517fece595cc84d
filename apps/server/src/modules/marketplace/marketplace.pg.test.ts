import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
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
import type { Jobs } from '../../foundation/jobs/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { type Billing, openBilling } from '../billing/index.ts'
import { TEST_PORTS, TEST_SETTINGS } from '../billing/test-fixture.ts'
import type { CatalogFunction } from '../kernel/index.ts'
import { type LifecyclePorts, type Marketplace, openInstallDoor, openMarketplace } from './index.ts'

const database = await createTestDatabase()
const ada = userOf('acme', 'ada')
const bob = userOf('umbrella', 'bob')
const PUBLIC = 'https://cloud.example'
let node: TestNode
let marketplace: Marketplace
let app: FastifyInstance
let billing: Billing
let caller: Principal | null = null
/** How often somebody has used an app, as the kernel would count it. */
const uses = new Map<string, number>()
const repeated = new Map<string, () => Promise<unknown>>()

/** What the platform was asked to do about installs, in order; `fail` makes the extension's own hook throw. */
const did: string[] = []
let fail = false
const note = (what: string) => async (user: { userId: string }, appId: string) =>
  void did.push(`${what} ${appId} ${user.userId}`)
const lifecycle: LifecyclePorts = {
  async runHook(user, { appId, hook, versions }) {
    did.push(`${hook} ${appId} ${versions ? `${versions.from}>${versions.to} ` : ''}${user.userId}`)
    if (fail) throw new Error('the hook threw')
  },
  settleHook: async () => 'none',
  ensureSkeletons: note('ensure'),
  dropSkeletons: note('drop'),
  forgetData: note('forget'),
  purgeData: note('purge'),
}
/** Functions that the kernel would let a user call. */
let catalog: CatalogFunction[] = []

beforeAll(async () => {
  node = await openTestNode(database)
  const { db, registry, log, clock } = node
  const every: Jobs['every'] = (name, _seconds, work) => {
    repeated.set(name, () => work(new AbortController().signal))
    return async () => {}
  }
  const jobs = { every, upkeep: every }
  const audit = openAudit({ db, clock })
  billing = await openBilling({
    ...{ ...node, jobs, audit, post: { post: () => {} }, keyring: testKeyring() },
    ...{ settings: TEST_SETTINGS, ports: TEST_PORTS },
  })
  marketplace = openMarketplace({
    ...{ db, jobs, registry, log, clock, lifecycle, publicUrl: PUBLIC, audit, billing },
    installs: openInstallDoor({ db, registry, billing, audit, principalFor: async () => null }),
    nicknamesOf: async (ids) => new Map(ids.filter((id) => id === bob.userId).map((id) => [id, 'bobby'])),
    usesOf: async (user, appId, most) => Math.min(most, uses.get(`${user.userId} ${appId}`) ?? 0),
    usesByApp: async () => new Map([...uses].map(([key, count]) => [key.split(' ')[1] ?? '', count])),
    catalog: async () => catalog,
    developers: {
      publicProfile: async (userId) =>
        userId === ada.userId
          ? {
              developerId: userId,
              nickname: 'ada',
              displayName: 'Ada',
              website: '',
              description: '',
              tier: 'explorer',
              registeredAt: null,
            }
          : null,
      namesOf: async (ids) => new Map(ids.map((id) => [id, `Name of ${id}`])),
      changelogOf: async (appId, version) => `What is new in ${appId} ${version}`,
    },
  })
  app = await mountForTest(marketplace.routes, () => caller)
})
afterAll(async () => {
  await app.close()
  await marketplace.close()
  await billing.close()
  await node.close()
})

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
async function send(
  method: Method,
  url: string,
  options: { as?: Principal | null; body?: object; etag?: string } = {},
) {
  caller = options.as === undefined ? principalOf(ada) : options.as
  const headers = options.etag === undefined ? {} : { 'if-none-match': options.etag }
  const answer = await app.inject({ method, url, headers, ...(options.body ? { payload: options.body } : {}) })
  const json = String(answer.headers['content-type']).includes('json')
  return { status: answer.statusCode, headers: answer.headers, body: json ? answer.json() : answer.body }
}
const idsOf = (body: { app_id: string }[]) => body.map((card) => card.app_id)
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describe('[GET /v1/marketplace/apps]', () => {
  test('[S001-057] [S001-061] [S001-062] [S001-063] a bare array of cards as printed', async () => {
    await publishApp(node, 'printed', { owner: ada, manifest: { category: 'productivity', tags: ['one'] } })
    const { status, body } = await send('GET', '/v1/marketplace/apps?search=printed&limit=10')
    expect(status).toBe(200)
    expect(body).toEqual([
      {
        app_id: 'printed',
        name: 'Printed',
        display_name: 'Printed',
        short_description: testManifest('printed').description,
        category: 'productivity',
        version: '1.0.0',
        install_count: 0,
        rating: 0,
        avg_rating: 0,
        review_count: 0,
        developer_id: ada.userId,
        author: `Name of ${ada.userId}`,
        icon_url: expect.stringMatching(
          /^https:\/\/cloud\.example\/v1\/marketplace\/apps\/printed\/icon\?v=[0-9a-f]{16}$/,
        ),
        pricing_model: 'free',
        featured: false,
        system: false,
        tags: ['one'],
        is_installed: false,
      },
    ])
    const anonymous = await send('GET', '/v1/marketplace/apps?search=printed', { as: null })
    expect(anonymous.body[0]).not.toHaveProperty('is_installed')
  })

  test('[S001-058] words of name, tags and description are found in any form and order, all of them, and rank by where they stand', async () => {
    const publish = (id: string, manifest: object) =>
      publishApp(node, id, { manifest: { category: 'health', ...manifest } })
    await publish('hives', {
      name: 'Hives',
      description: 'Counts the colonies of beekeepers and weighs their harvest.',
    })
    await publish('apiary', { name: 'Beekeepers', description: 'A ledger of colonies, for whoever looks after them.' })
    await publish('meadow', { name: 'Meadow', tags: ['harvest'], description: 'Says which flowers are out this week.' })
    const found = async (words: string) =>
      idsOf((await send('GET', `/v1/marketplace/apps?category=health&search=${encodeURIComponent(words)}`)).body)
    expect(await found('colony beekeeper')).toEqual(['apiary', 'hives'])
    expect(await found('weighing hives')).toEqual(['hives'])
    expect(await found('harvest')).toEqual(['meadow', 'hives'])
    expect(await found('beekeeper spaceship')).toEqual([])
  })

  test('[S001-059] [S001-060] search, category and both kinds of paging, with totals and a next link', async () => {
    for (const n of [1, 2, 3, 4, 5]) {
      await publishApp(node, `paged-${n}`, { manifest: { name: `Paged ${n}`, category: 'finance' } })
    }
    const first = await send('GET', '/v1/marketplace/apps?category=finance&sort=name&limit=2')
    expect([idsOf(first.body), first.headers['x-total-count']]).toEqual([['paged-1', 'paged-2'], '5'])
    expect(first.headers.link).toBe(
      `<${PUBLIC}/v1/marketplace/apps?category=finance&sort=name&limit=2&offset=2>; rel="next"`,
    )
    const last = await send('GET', '/v1/marketplace/apps?category=finance&sort=name&page=3&per_page=2')
    expect([idsOf(last.body), last.headers.link]).toEqual([['paged-5'], undefined])
    const both = await send('GET', '/v1/marketplace/apps?category=finance&sort=name&limit=1&offset=3&page=1&per_page=5')
    expect(idsOf(both.body)).toEqual(['paged-4'])
    expect((await send('GET', '/v1/marketplace/apps?search=paged&category=data')).body).toEqual([])
    for (const query of [
      'limit=0',
      'limit=51',
      'offset=-1',
      'per_page=51',
      'sort=random',
      `search=${'x'.repeat(201)}`,
    ]) {
      expect((await send('GET', `/v1/marketplace/apps?${query}`)).status).toBe(422)
    }
  })

  test('[S001-060] without limit and offset twenty apps are listed, from the first on', async () => {
    const ids = Array.from({ length: 22 }, (_, n) => `usual-${String(n).padStart(2, '0')}`)
    for (const id of ids) await publishApp(node, id, { manifest: { name: id, category: 'security' } })
    const { body, headers } = await send('GET', '/v1/marketplace/apps?category=security&sort=name')
    expect([idsOf(body), headers['x-total-count']]).toEqual([ids.slice(0, 20), '22'])
    const rest = await send('GET', '/v1/marketplace/apps?category=security&sort=name&offset=20')
    expect(idsOf(rest.body)).toEqual(ids.slice(20))
  })

  test('sorts: most installed, newest, by name', async () => {
    for (const name of ['sorted-b', 'sorted-a', 'sorted-c']) {
      await publishApp(node, name, { manifest: { name, category: 'travel' } })
      node.clock.advance(1000)
    }
    await node.registry.install(ada, 'sorted-a')
    const order = async (sort: string) =>
      idsOf((await send('GET', `/v1/marketplace/apps?category=travel&sort=${sort}`)).body)
    expect(await order('installs')).toEqual(['sorted-a', 'sorted-b', 'sorted-c'])
    expect(await order('newest')).toEqual(['sorted-c', 'sorted-a', 'sorted-b'])
    expect(await order('name')).toEqual(['sorted-a', 'sorted-b', 'sorted-c'])
  })
})

describe('one app', () => {
  test('its page lists tools with their action types, its scopes and what is new', async () => {
    await publishApp(node, 'page', { owner: ada })
    const { body } = await send('GET', '/v1/marketplace/apps/page')
    expect(body).toMatchObject({
      app_id: 'page',
      tools: [
        { name: 'list_things', action_type: 'read' },
        { name: 'delete_thing', action_type: 'destructive' },
      ],
      scopes: ['page:read', 'page:write'],
      changelog: 'What is new in page 1.0.0',
      is_installed: false,
    })
  })

  test('drafts, system apps and unknown ones have no page', async () => {
    await publishApp(node, 'unborn', { status: 'draft', owner: ada })
    await publishApp(node, 'inner', { system: true })
    for (const appId of ['unborn', 'inner', 'nowhere']) {
      expect((await send('GET', `/v1/marketplace/apps/${appId}`)).status).toBe(404)
    }
    expect((await send('GET', '/v1/marketplace/apps/unborn/icon', { as: null })).status).toBe(404)
    expect((await send('GET', '/v1/marketplace/apps/inner/icon', { as: null })).status).toBe(200)
  })

  test('[api 7.8] the icon may do nothing in a browser and is kept for a day', async () => {
    await publishApp(node, 'pictured')
    const icon = await send('GET', '/v1/marketplace/apps/pictured/icon', { as: null })
    expect(icon.headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'public, max-age=86400',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    expect(icon.body).toMatch(/^<svg /)
    const again = await send('GET', '/v1/marketplace/apps/pictured/icon', { as: null, etag: String(icon.headers.etag) })
    expect([again.status, again.body]).toEqual([304, ''])
  })

  test('webhooks are shown to owner, administrator and service, without the secret header', async () => {
    const hook = { path: '/in', method: 'POST', secret_header: 'X-Secret' }
    await publishApp(node, 'hooked', { owner: ada, manifest: { webhooks: [hook] } })
    const seen = (as: Principal) => send('GET', '/v1/marketplace/apps/hooked/webhooks', { as })
    const [ofTenant, ofAnother] = ['acme', 'umbrella'].map((id) => principalOf(userOf(id, 'boss'), { role: 'admin' }))
    for (const as of [principalOf(ada), ofTenant, principalOf(null)]) {
      expect((await seen(as as Principal)).body).toEqual([{ path: '/in', method: 'POST' }])
    }
    for (const as of [principalOf(bob), ofAnother]) expect((await seen(as as Principal)).status).toBe(404)
  })

  test('categories, the catalog, recommended apps and the page of a developer', async () => {
    const categoriesNow = async () => (await send('GET', '/v1/marketplace/categories', { as: null })).body
    const before = (await categoriesNow()).counts.health ?? 0
    await publishApp(node, 'famous', { owner: ada, manifest: { category: 'health' } })
    await node.db.everyTenant((tx) => node.registry.updateApp(tx, 'famous', { featured: true }))
    const categories = await categoriesNow()
    expect(categories.categories).toContain('health')
    expect(categories.counts.health).toBe(before + 1)
    const catalogOf = (await send('GET', '/v1/marketplace/categories/catalog', { as: null })).body
    const ids = catalogOf.groups.flatMap((group: { categories: { id: string }[] }) =>
      group.categories.map((each) => each.id),
    )
    expect(ids).toEqual(expect.arrayContaining(['general', 'productivity']))
    const featured = await send('GET', '/v1/marketplace/featured?limit=1')
    expect(idsOf(featured.body)).toEqual(['famous'])
    // [api 1.11] A bare list says how many there are in all.
    const browsed = await send('GET', '/v1/marketplace/apps?limit=1')
    expect(Number(featured.headers['x-total-count'])).toBeGreaterThan(1)
    expect(featured.headers['x-total-count']).toBe(browsed.headers['x-total-count'])
    const page = (await send('GET', `/v1/marketplace/developer/${ada.userId}`, { as: null })).body
    expect(page).toMatchObject({ nickname: 'ada', display_name: 'Ada' })
    expect(idsOf(page.apps)).toContain('famous')
    expect(idsOf(page.apps)).not.toContain('unborn')
    expect((await send('GET', '/v1/marketplace/developer/nobody')).status).toBe(404)
  })
})

describe('[POST /v1/marketplace/apps/{app_id}/install]', () => {
  test('[S001-064] [S001-065] [S001-066] install and uninstall as printed, both repeatable', async () => {
    await publishApp(node, 'notes')
    const path = '/v1/marketplace/apps/notes/install'
    const first = await send('POST', path, { body: {} })
    expect([first.status, first.body]).toEqual([
      200,
      { app_id: 'notes', installed_at: ISO, status: 'installed', installed: true, install_count: 1 },
    ])
    expect((await send('POST', path)).body).toEqual(first.body)
    expect((await send('GET', '/v1/marketplace/apps/notes')).body).toMatchObject({
      is_installed: true,
      install_count: 1,
    })
    const gone = { app_id: 'notes', status: 'uninstalled', uninstalled_at: ISO, install_count: 0 }
    expect((await send('DELETE', path)).body).toEqual(gone)
    expect((await send('DELETE', path)).body).toEqual(gone)
  })

  test('unknown and unpublished apps answer 400 in the known words, a closed policy 403, a system app stays', async () => {
    await publishApp(node, 'closed')
    await node.db.everyTenant((tx) =>
      node.registry.updateApp(tx, 'closed', { config: { access_policy: { denied_users: [ada.userId] } } }),
    )
    node.registry.forget('closed')
    await publishApp(node, 'hidden-draft', { status: 'draft', owner: bob })
    for (const appId of ['nowhere', 'hidden-draft']) {
      const refused = await send('POST', `/v1/marketplace/apps/${appId}/install`, { body: {} })
      expect([refused.status, refused.body.detail]).toEqual([400, 'App not found or not active'])
    }
    expect((await send('POST', '/v1/marketplace/apps/closed/install', { body: {} })).status).toBe(403)
  })

  test('[I-SYSTEM-APPS-NEVER-UNINSTALLABLE] [I-MARKETPLACE-HIDES-SYSTEM] [K7.16] a system app is there for everybody without an install, in no list, and cannot be uninstalled', async () => {
    await publishApp(node, 'builtin', { system: true })
    expect((await node.registry.appsOf(bob)).map(({ app }) => app.appId)).toContain('builtin')
    expect(JSON.stringify((await send('GET', '/v1/marketplace/apps?limit=100')).body)).not.toContain('"builtin"')
    expect((await send('DELETE', '/v1/marketplace/apps/builtin/install')).status).toBe(403)
    expect((await node.registry.appsOf(bob)).map(({ app }) => app.appId)).toContain('builtin')
  })
})

describe('lifecycle hooks', () => {
  const hooks = { lifecycle: { on_install: true, on_uninstall: true, on_enable: true, on_disable: true } }
  const about = (appId: string) => did.filter((entry) => entry.split(' ')[1] === appId)

  test('[K7.17] what an app stored is kept for 30 days after its user left it, and for good when they came back', async () => {
    const DAY = 86_400_000
    for (const appId of ['left', 'again']) {
      await publishApp(node, appId)
      await node.registry.install(bob, appId)
      await node.registry.uninstall(bob, appId)
      await vi.waitFor(() => expect(about(appId).at(-1)).toBe(`forget ${appId} ${bob.userId}`))
    }
    const purge = repeated.get('marketplace.purge')
    const kept = async () =>
      (
        await node.db.everyTenant((tx) =>
          tx
            .selectFrom('marketplace.former_install')
            .select('app_id')
            .where('user_id', '=', bob.userId)
            .where('app_id', 'in', ['left', 'again'])
            .orderBy('app_id')
            .execute(),
        )
      ).map(({ app_id }) => app_id)
    node.clock.advance(29 * DAY)
    await purge?.()
    expect(await kept()).toEqual(['again', 'left'])
    await node.registry.install(bob, 'again')
    await vi.waitFor(async () => expect(await kept()).toEqual(['left']))
    node.clock.advance(2 * DAY)
    await Promise.all([purge?.(), purge?.()])
    expect(await kept()).toEqual([])
    expect(did.filter((entry) => entry.startsWith('purge '))).toContain(`purge left ${bob.userId}`)
    expect(did).not.toContain(`purge again ${bob.userId}`)
  })

  test('[S000-076] [S000-078] [S000-079] [S000-080] [S003-131] run for the user once, in order', async () => {
    await publishApp(node, 'alive', { manifest: hooks })
    await node.registry.install(bob, 'alive')
    await node.registry.setDisabled(bob, 'alive', true)
    await node.registry.setDisabled(bob, 'alive', false)
    await node.registry.uninstall(bob, 'alive')
    const who = bob.userId
    await vi.waitFor(() =>
      expect(about('alive')).toEqual([
        ...[`ensure alive ${who}`, `on_install alive ${who}`, `drop alive ${who}`, `on_disable alive ${who}`],
        ...[`ensure alive ${who}`, `on_enable alive ${who}`],
        ...[`drop alive ${who}`, `on_uninstall alive ${who}`, `forget alive ${who}`],
      ]),
    )
  })

  test('[K7.15] a hook that fails leaves the install as it is, is tried four times, and then asks for attention', async () => {
    await publishApp(node, 'shaky', { manifest: hooks })
    fail = true
    expect((await send('POST', '/v1/marketplace/apps/shaky/install', { body: {} })).status).toBe(200)
    const tries = () => about('shaky').filter((entry) => entry.startsWith('on_install')).length
    const claims = async () =>
      (
        await node.db.everyTenant((tx) =>
          tx.selectFrom('registry.due_hook').select('claim').where('app_id', '=', 'shaky').execute(),
        )
      ).filter(({ claim }) => claim !== null)
    for (const wanted of [1, 2, 3, 4]) {
      await vi.waitFor(async () => {
        if (tries() >= wanted) return
        // While one runs two minutes would end its claim, and it would count without having been tried.
        expect(await claims()).toEqual([])
        // Time of the test stands still, and the notice of a publication wakes the runner.
        node.clock.advance(120_000)
        await publishApp(node, 'kick')
        expect(tries()).toBeGreaterThanOrEqual(wanted)
      })
    }
    await vi.waitFor(async () => {
      const [mine] = (await send('GET', '/v1/me/extensions')).body.filter(
        (each: { app_id: string }) => each.app_id === 'shaky',
      )
      expect(mine).toMatchObject({ is_installed: true, needs_attention: true })
    })
    fail = false
    expect(tries()).toBe(4)
  })

  test('[S000-077] upgrade hooks of every version between run in order, each once', async () => {
    const upgrades = { lifecycle: { on_upgrade: ['1.10.0', '1.2.0', '0.9.0'] } }
    await publishApp(node, 'growing', { manifest: { ...upgrades, version: '1.0.0' } })
    await node.registry.install(bob, 'growing')
    const version = async () => (await node.registry.resolve(bob, 'growing'))?.install?.installedVersion
    await vi.waitFor(async () => expect(await version()).toBe('1.0.0'))
    await publishApp(node, 'growing', { manifest: { ...upgrades, version: '2.0.0' } })
    await vi.waitFor(async () => expect(await version()).toBe('2.0.0'))
    expect(about('growing').filter((entry) => entry.startsWith('on_upgrade'))).toEqual([
      `on_upgrade growing 1.0.0>1.2.0 ${bob.userId}`,
      `on_upgrade growing 1.2.0>1.10.0 ${bob.userId}`,
    ])
  })
})

describe('[GET /v1/me/extensions]', () => {
  const callable = (appId: string, name: string): CatalogFunction => ({
    ...{
      appId,
      name,
      appName: appId,
      description: 'Lists things.',
      actionType: 'read',
      paramsSchema: { type: 'object' },
    },
    ...{ returnSchema: {}, idProjection: '', effects: [], ownerChatTool: `${appId}_chat`, chainCallable: true },
  })

  test('[S001-052] [S001-053] [S001-054] [S002-031] installed apps with the functions that the caller may call', async () => {
    const cara = userOf('acme', 'cara')
    await publishApp(node, 'mine', {
      manifest: { panels: [{ panel_id: 'main', slot: 'left', tree: { type: 'Text' } }] },
    })
    await publishApp(node, 'sketch', { status: 'draft', owner: cara })
    for (const appId of ['mine', 'sketch']) await node.registry.install(cara, appId)
    // The function that is withheld from this user is not among those of the catalog.
    catalog = [callable('mine', 'list_things')]
    const { body } = await send('GET', '/v1/me/extensions', { as: principalOf(cara) })
    const [mine] = body.filter((each: { app_id: string }) => each.app_id === 'mine')
    expect(mine).toMatchObject({
      name: 'Mine',
      description: testManifest('mine').description,
      functions: [{ name: 'list_things', description: 'Lists things.', params_schema: { type: 'object' } }],
      is_installed: true,
      is_disabled: false,
      panels: [{ panel_id: 'main', slot: 'left' }],
      has_access: true,
    })
    expect(mine.panels[0]).not.toHaveProperty('tree')
    const [draft] = body.filter((each: { app_id: string }) => each.app_id === 'sketch')
    expect(draft).toMatchObject({ status: 'draft', icon_url: expect.stringMatching(/^data:image\/svg\+xml;base64,/) })
    expect(idsOf((await send('GET', '/v1/me/extensions', { as: principalOf(bob) })).body)).not.toContain('sketch')
  })

  test('[UI5.11] a command or menu entry of a function that the person may not call is not offered to them', async () => {
    const dora = userOf('acme', 'dora')
    const commands = ['list_things', 'delete_things'].map((handler) => ({ id: handler, title: handler, handler }))
    const context_menus = commands.map(({ handler }) => ({ slot: 'chat.message', label: handler, handler }))
    await publishApp(node, 'adding', { manifest: { config_defaults: { ui: { commands, context_menus } } } })
    await node.registry.install(dora, 'adding')
    const offered = async () => {
      const { body } = await send('GET', '/v1/me/extensions', { as: principalOf(dora) })
      const { ui } = body.find((each: { app_id: string }) => each.app_id === 'adding')
      return [...ui.commands, ...ui.context_menus].map((one: { handler: string }) => one.handler)
    }
    catalog = [callable('adding', 'list_things'), callable('adding', 'delete_things')]
    expect(await offered()).toEqual(['list_things', 'delete_things', 'list_things', 'delete_things'])
    // The scope of the second one is withheld from her, so the catalog of what she may call has it no more.
    catalog = [callable('adding', 'list_things')]
    expect(await offered()).toEqual(['list_things', 'list_things'])
  })

  test('an app is switched off and on; an essential one is not, an unknown one is 404', async () => {
    await publishApp(node, 'switch')
    await node.registry.install(ada, 'switch')
    const state = async () =>
      (await send('GET', '/v1/me/extensions')).body.find((each: { app_id: string }) => each.app_id === 'switch')
    const off = await send('POST', '/v1/me/extensions/disable', { body: { app_id: 'switch' } })
    expect(off.body).toEqual({ app_id: 'switch', disabled: true })
    expect(await state()).toMatchObject({ is_disabled: true, is_installed: true })
    const on = await send('DELETE', '/v1/me/extensions/disable/switch')
    expect(on.body).toEqual({ app_id: 'switch', disabled: false })
    expect(await state()).toMatchObject({ is_disabled: false })
    expect((await send('POST', '/v1/me/extensions/disable', { body: { app_id: 'nowhere' } })).status).toBe(404)
    await publishApp(node, 'essential', { system: true })
    await node.db.everyTenant((tx) => node.registry.updateApp(tx, 'essential', { config: { essential: true } }))
    node.registry.forget('essential')
    expect((await send('POST', '/v1/me/extensions/disable', { body: { app_id: 'essential' } })).status).toBe(400)
  })
})

describe('what people say about apps', () => {
  const eve = userOf('acme', 'eve')
  const text = 'It does what it says, and it says what it does.'
  /** Somebody who may review an app: has it, and has used it. */
  async function customer(name: string, appId: string, times = 3) {
    const user = userOf('umbrella', name)
    await node.registry.install(user, appId)
    uses.set(`${user.userId} ${appId}`, times)
    return principalOf(user)
  }
  const review = (appId: string, as: Principal, body: object = {}) =>
    send('POST', `/v1/marketplace/apps/${appId}/reviews`, { as, body: { rating: 4, body: text, ...body } })
  const list = async (appId: string, query = '', as: Principal | null = null) =>
    (await send('GET', `/v1/marketplace/apps/${appId}/reviews${query}`, { as })).body

  test('[POST /v1/marketplace/apps/{app_id}/reviews] [K10.33] only who has it and has used it three times, not the owner, and once', async () => {
    await publishApp(node, 'rated', { owner: ada })
    expect((await review('nowhere', principalOf(bob))).status).toBe(404)
    expect((await review('rated', principalOf(ada))).body).toMatchObject({ status: 403 })
    expect((await review('rated', principalOf(bob))).body.detail).toContain('Install')
    const early = await customer('early', 'rated', 2)
    expect((await review('rated', early)).body.detail).toContain('3 times')
    await node.registry.install(bob, 'rated')
    uses.set(`${bob.userId} rated`, 3)
    const { status, body } = await review('rated', principalOf(bob), { title: '  Good  ' })
    expect([status, body]).toEqual([
      200,
      {
        id: expect.any(Number),
        app_id: 'rated',
        developer_reply: null,
        nickname: 'bobby',
        rating: 4,
        title: 'Good',
        body: text,
        helpful_count: 0,
        my_vote: false,
        is_mine: true,
        created_at: ISO,
        edited_at: null,
      },
    ])
    expect((await review('rated', principalOf(bob))).status).toBe(409)
    for (const wrong of [
      { rating: 6 },
      { rating: 0 },
      { rating: 4.5 },
      { body: 'too short' },
      { title: 'x'.repeat(201) },
    ])
      expect((await review('rated', principalOf(eve), wrong)).status).toBe(422)
    const twice = await customer('twice', 'rated')
    const both = await Promise.all([1, 2, 3].map(() => review('rated', twice)))
    expect(both.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409])
  })

  test('[GET /v1/marketplace/apps/{app_id}/reviews] sorted, in pages, with the spread of stars; the card has the average', async () => {
    await publishApp(node, 'spread', { owner: ada })
    for (const [index, rating] of [5, 1, 3].entries()) {
      node.clock.advance(1_000)
      await review('spread', await customer(`c${index}`, 'spread'), { rating })
    }
    const all = await list('spread')
    expect(all).toMatchObject({
      total: 3,
      page: 1,
      per_page: 20,
      avg_rating: 3,
      distribution: { 1: 1, 2: 0, 3: 1, 4: 0, 5: 1 },
    })
    const stars = async (query: string) =>
      (await list('spread', query)).reviews.map((one: { rating: number }) => one.rating)
    expect(await stars('?sort=newest')).toEqual([3, 1, 5])
    expect(await stars('?sort=oldest')).toEqual([5, 1, 3])
    expect(await stars('?sort=highest')).toEqual([5, 3, 1])
    expect(await stars('?sort=lowest&per_page=2&page=2')).toEqual([5])
    const [card] = (await send('GET', '/v1/marketplace/apps?search=spread')).body
    expect(card).toMatchObject({ rating: 3, avg_rating: 3, review_count: 3 })
    expect((await send('GET', '/v1/marketplace/apps/nowhere/reviews', { as: null })).status).toBe(404)
    expect(all.reviews[0]).toMatchObject({ nickname: 'A user', is_mine: false })
    expect(JSON.stringify(all)).not.toContain('@example.com')
  })

  test('[PUT /v1/marketplace/reviews/{review_id}] [DELETE /v1/marketplace/reviews/{review_id}] are the author’s; who runs the installation removes any', async () => {
    await publishApp(node, 'changed', { owner: ada })
    const author = await customer('author', 'changed')
    const { id } = (await review('changed', author)).body
    const change = (as: Principal, body: object) => send('PUT', `/v1/marketplace/reviews/${id}`, { as, body })
    expect((await change(principalOf(eve), { rating: 1 })).status).toBe(403)
    expect((await send('PUT', '/v1/marketplace/reviews/999999', { as: author, body: { rating: 1 } })).status).toBe(404)
    expect((await change(author, { rating: 2, title: null })).body).toMatchObject({
      rating: 2,
      body: text,
      edited_at: ISO,
    })
    expect(await list('changed')).toMatchObject({ avg_rating: 2, total: 1 })
    const remove = (as: Principal) => send('DELETE', `/v1/marketplace/reviews/${id}`, { as })
    expect((await remove(principalOf(eve))).status).toBe(403)
    expect((await remove(principalOf(eve, { role: 'admin' }))).status).toBe(403)
    const root = principalOf(userOf('default', 'root'), { role: 'admin' })
    expect((await remove(root)).body).toEqual({ message: expect.any(String), id })
    expect((await remove(root)).status).toBe(404)
    expect(await list('changed')).toMatchObject({ avg_rating: 0, total: 0 })
    expect((await review('changed', author)).status).toBe(200)
  })

  test('[POST /v1/marketplace/reviews/{review_id}/vote] one vote of each person, none for oneself; false takes it back', async () => {
    await publishApp(node, 'voted', { owner: ada })
    const author = await customer('voter', 'voted')
    const { id } = (await review('voted', author)).body
    const vote = (as: Principal, body: object = {}) => send('POST', `/v1/marketplace/reviews/${id}/vote`, { as, body })
    expect((await vote(author)).status).toBe(403)
    const voters = Array.from({ length: 8 }, (_, index) => principalOf(userOf('acme', `v${index}`)))
    for (const voter of voters) expect((await vote(voter)).status).toBe(200)
    expect((await vote(voters[0] as Principal)).body).toEqual({ review_id: id, helpful_count: 8, my_vote: true })
    expect((await vote(voters[0] as Principal, { helpful: false })).body).toEqual({
      review_id: id,
      helpful_count: 7,
      my_vote: false,
    })
    expect((await list('voted', '', voters[1] as Principal)).reviews[0]).toMatchObject({
      my_vote: true,
      helpful_count: 7,
    })
    expect((await send('POST', '/v1/marketplace/reviews/999999/vote', { as: author, body: {} })).status).toBe(404)
  })

  test('lists are sorted by what people make of apps; one friend’s five stars are no first place', async () => {
    for (const appId of ['sort-one', 'sort-many', 'sort-bad'])
      await publishApp(node, appId, { owner: ada, manifest: { category: 'sales' } })
    const rated = (appId: string, count: number, rating: number) =>
      node.db.everyTenant((tx) =>
        node.registry.writeFigures(tx, appId, { reviewCount: count, ratingTotal: count * rating }),
      )
    await rated('sort-one', 1, 5)
    await rated('sort-many', 40, 4)
    await rated('sort-bad', 40, 1)
    const ids = async (sort: string) =>
      idsOf((await send('GET', `/v1/marketplace/apps?category=sales&sort=${sort}`)).body)
    expect(await ids('rating')).toEqual(['sort-many', 'sort-one', 'sort-bad'])
    uses.set('x sort-bad', 70)
    uses.set('x sort-one', 90)
    await repeated.get('marketplace.figures')?.()
    expect(await ids('actions')).toEqual(['sort-one', 'sort-bad', 'sort-many'])
  })

  test('reviews of an app that was removed for good do not come back under its id', async () => {
    await publishApp(node, 'phoenix', { owner: ada })
    await review('phoenix', await customer('fan', 'phoenix'))
    await node.db.everyTenant((tx) => sql`delete from registry.app where app_id = 'phoenix'`.execute(tx))
    await node.db.everyTenant((tx) =>
      sql`select pg_notify('registry.changed', ${JSON.stringify({ a: 'phoenix', d: true })})`.execute(tx),
    )
    const left = () =>
      node.db.everyTenant((tx) =>
        tx.selectFrom('marketplace.review').select('review_id').where('app_id', '=', 'phoenix').execute(),
      )
    await expect.poll(left).toEqual([])
  })
})

describe('what a plan allows', () => {
  test('[POST /v1/marketplace/apps/{app_id}/install] more apps than that are 402, also ten at once; reinstalling is none more', async () => {
    const user = userOf('default', 'frugal')
    await node.db.everyTenant((tx) =>
      sql`insert into billing.subscription (tenant_id, user_id, plan_id, status, period, billing_mode, started_at, period_start, expires_at, due_at, updated_at)
          values (${user.tenantId}, ${user.userId}, 'micro', 'active', 'monthly', 'free', now(), now(), now() + interval '1 month', now() + interval '1 month', now())`.execute(
        tx,
      ),
    )
    const ids = Array.from({ length: 6 }, (_, index) => `plan-${index}`)
    for (const appId of ids) await publishApp(node, appId, { owner: ada })
    const as = principalOf(user)
    caller = as
    const answers = await Promise.all(
      ids.map((appId) => send('POST', `/v1/marketplace/apps/${appId}/install`, { as, body: {} })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 402, 402, 402, 402])
    expect(answers.find(({ status }) => status === 402)?.body.detail).toContain('Micro allows 2 apps')
    const had = (await node.registry.appsOf(user)).filter((mine) => mine.install).map((mine) => mine.app.appId)
    expect((await send('POST', `/v1/marketplace/apps/${had[0]}/install`, { as, body: {} })).status).toBe(200)
    await send('POST', `/v1/marketplace/apps/${had[0]}/uninstall`, { as })
    expect((await send('POST', '/v1/marketplace/apps/plan-5/install', { as, body: {} })).status).toBe(200)
  })
})

describe('prices', () => {
  test('[GET /v1/marketplace/apps/{app_id}] says what a call of each function costs', async () => {
    await publishApp(node, 'priced', { owner: ada })
    const terms = { ownerId: ada.userId, model: 'per_action' as const, toolPrices: { list_things: 7 }, freeTools: [] }
    await node.db.everyTenant((tx) => billing.agreeTerms(tx, 'priced', { ...terms, monthlyPrice: 0, split: 70 }))
    await billing.refreshPrices()
    const { body } = await send('GET', '/v1/marketplace/apps/priced')
    expect(body.tools.map((tool: { name: string; price: number }) => [tool.name, tool.price])).toEqual([
      ['list_things', 7],
      ['delete_thing', 10],
    ])
  })
})
