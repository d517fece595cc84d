import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { JsonObject, JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../test/support/apps.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import type { HostCallbacks } from '../hosts/index.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { chatFunction, type Fixture, openFixture, success } from './test-fixture.ts'

/** The matrix of kernel 8.1: what Ada puts into each place by one app, and who finds it there. */

type Person = { tenantId: string; userId: string }
const CANARY = 'canary-of-the-matrix'
const home = mkdtempSync(path.join(tmpdir(), 'imperal-matrix-'))

let fixture: Fixture
let node: Awaited<ReturnType<Fixture['openNode']>>
let storage: Storage
let ada: Person
let colleague: Person
let stranger: Person

beforeAll(async () => {
  fixture = await openFixture({ background: false })
  storage = openStorage({ ...fixture, keyring: testKeyring(), folder: home, publicUrl: 'http://127.0.0.1:4780' })
  node = await fixture.openNode({ storage })
  ada = await fixture.person()
  colleague = await fixture.person()
  stranger = await fixture.person({ tenantId: 'umbrella' })
  const manifest = {
    tools: [
      chatFunction('work', 'write'),
      chatFunction('destroy', 'destructive'),
      { name: 'skeleton_refresh_state', description: 'State', scopes: [], parameters: {} },
    ],
    secrets: [{ name: 'token', description: 'A token.', required: false, write_mode: 'both', scope: 'user' }],
  }
  for (const appId of ['own', 'other'])
    await fixture.app(appId, manifest as unknown as JsonObject, [ada, colleague, stranger])
})
afterAll(async () => {
  await storage?.close()
  await fixture?.close()
  rmSync(home, { recursive: true, force: true })
})

/** Everything that the code of an app can ask for in a call of one person; refusals come back as their codes. */
async function inCall(who: Person, appId: string, work: (kernel: HostCallbacks) => Promise<JsonValue>, source = 'api') {
  let answer: JsonValue = null
  const [kind, name] = source === 'skeleton' ? ['skeleton', 'state'] : ['function', 'work']
  node.hosts.handlers.set(`${appId} ${kind} ${name}`, async (_call, kernel) => {
    answer = await work(kernel).catch((error) => ({ refused: String(error.wire?.code ?? error) }))
    return success()
  })
  const handler = source === 'skeleton' ? 'skeleton_refresh_state' : 'work'
  await node.kernel.call({ ...who, source: source as 'api', appId, function: handler, params: {} })
  return answer
}
const ask = (kernel: HostCallbacks, client: string, method: string, ...args: JsonValue[]) =>
  kernel.onCallback({ client, method, args, asUser: null })

interface Place {
  /** The row of the matrix. */
  readonly data: string
  put(): Promise<unknown>
  look(who: Person, appId: string): Promise<JsonValue>
}

const PLACES: readonly Place[] = [
  {
    data: 'store documents',
    put: () => inCall(ada, 'own', (kernel) => ask(kernel, 'store', 'create', 'things', { text: CANARY })),
    look: (who, appId) => inCall(who, appId, (kernel) => ask(kernel, 'store', 'query', 'things', {})),
  },
  {
    data: 'cache',
    put: () => inCall(ada, 'own', (kernel) => ask(kernel, 'cache', 'set', 'k', 'm', { data: CANARY }, 60)),
    look: (who, appId) => inCall(who, appId, (kernel) => ask(kernel, 'cache', 'get', 'k', 'm')),
  },
  {
    data: 'skeleton',
    async put() {
      await node.state.skeletonEnsure([{ ...ada, appId: 'own', section: 'state', ttl: 60 }])
      await node.state.skeletonPut({ ...ada, appId: 'own' }, 'state', { text: CANARY })
    },
    look: (who, appId) => inCall(who, appId, (kernel) => ask(kernel, 'skeleton', 'get', 'state'), 'skeleton'),
  },
  {
    data: 'user secrets',
    put: () => inCall(ada, 'own', (kernel) => ask(kernel, 'secrets', 'set', 'token', CANARY)),
    look: (who, appId) => inCall(who, appId, (kernel) => ask(kernel, 'secrets', 'get', 'token')),
  },
  {
    data: 'files',
    put: () =>
      inCall(ada, 'own', (kernel) =>
        ask(
          kernel,
          'storage',
          'upload',
          `notes/${CANARY}.txt`,
          Buffer.from(CANARY).toString('base64url'),
          'text/plain',
        ),
      ),
    look: (who, appId) => inCall(who, appId, (kernel) => ask(kernel, 'storage', 'list', 'notes/', { cursor: null })),
  },
  {
    data: 'config',
    put: () =>
      fixture.db.tenant(ada.tenantId, (tx) =>
        node.configuration.change(
          tx,
          { scope: 'user', ...ada, appId: 'own' },
          (before) => ({ ...before, config: { text: CANARY } }),
          { by: 'test', now: new Date().toISOString() },
        ),
      ),
    async look(who, appId) {
      let config: JsonObject = {}
      node.hosts.handlers.set(`${appId} function work`, (call) => {
        config = call.ctx.config
        return success()
      })
      await node.kernel.call({ ...who, source: 'api', appId, function: 'work', params: {} })
      return config
    },
  },
]

describe.each(PLACES)('[K8.1] [K8.2] kernel 8.1: $data', ({ put, look }) => {
  test('are there for the app and the person who put them there, and for nobody and nothing else', async () => {
    for (const [who, appId] of [
      [ada, 'other'],
      [colleague, 'own'],
      [stranger, 'own'],
    ] as const)
      await look(who, appId) // whoever looks early remembers nothing
    await put()
    node.configuration.forget({ scope: 'user', ...ada, appId: null })
    expect(JSON.stringify(await look(ada, 'own'))).toContain(CANARY)
    for (const [who, appId] of [
      [ada, 'other'],
      [colleague, 'own'],
      [colleague, 'other'],
      [stranger, 'own'],
      [stranger, 'other'],
    ] as const)
      expect([who.userId, appId, JSON.stringify(await look(who, appId))]).toEqual([
        who.userId,
        appId,
        expect.not.stringContaining(CANARY),
      ])
  })
})

describe('[K8.1] [K8.2] [I-EXT-CACHE-APP-ID-KERNEL-AUTHORITATIVE] keys come from the call, never from what code or arguments say', () => {
  const names = { tenant_id: 'default', user_id: '', extension_id: 'own', app_id: 'own', ext_id: 'own' }

  test.each(PLACES.filter(({ data }) => data !== 'config'))('$data', async ({ put, look, data }) => {
    await put()
    expect(JSON.stringify(await look(ada, 'own'))).toContain(CANARY)
    // The same requests, by code of another app that claims to be this one, in another person's name.
    const claims = { ...names, user_id: ada.userId }
    const found = await inCall(stranger, 'other', async (kernel) => {
      const asked: Record<string, JsonValue[]> = {
        'store documents': ['store', 'query', 'things', { ...claims, where: claims }],
        cache: ['cache', 'get', 'k', 'm', claims],
        skeleton: ['skeleton', 'get', 'state', claims],
        'user secrets': ['secrets', 'get', 'token', claims],
        files: ['storage', 'list', `../../${ada.userId}/own/notes/`, claims],
      }
      const [client, method, ...args] = asked[data] as [string, string, ...JsonValue[]]
      return ask(kernel, client, method, ...args)
    })
    expect(JSON.stringify(found)).not.toContain(CANARY)
  })

  test('a path cannot leave the place of its app and user', async () => {
    for (const file of ['../own/x.txt', '/etc/passwd', 'a/../../b', '..', 'a\\\\..\\\\b', 'a/%2e%2e/b'])
      for (const [method, ...args] of [
        ['upload', file, 'eA', 'text/plain'],
        ['download', file, {}],
        ['delete', file],
      ] as const) {
        const answer = await inCall(colleague, 'other', (kernel) => ask(kernel, 'storage', method, ...args))
        // Refused, or a name like any other within the own place: never somebody else's file.
        expect(JSON.stringify(answer)).not.toContain(CANARY)
      }
    expect(JSON.stringify(await PLACES[4]?.look(ada, 'own'))).toContain(CANARY)
  })
})

describe('[K8.2] [K11.5] kernel 8.1: what the platform keeps of a person', () => {
  let traceId = ''
  let confirmationId = ''

  beforeAll(async () => {
    node.hosts.handlers.set('own function work', () => success({ text: CANARY }))
    const outcome = await node.kernel.call({
      ...ada,
      source: 'api',
      appId: 'own',
      function: 'work',
      params: { text: CANARY },
    })
    traceId = outcome.traceId
    const stopped = await node.kernel.call({
      ...ada,
      source: 'api',
      appId: 'own',
      function: 'destroy',
      params: { text: CANARY },
    })
    confirmationId = (stopped.response.data as { confirmation: { confirmation_id: string } }).confirmation
      .confirmation_id
  })

  const addresses = () => [
    `/v1/actions/${traceId}`,
    '/v1/actions',
    `/v1/confirmations/${confirmationId}`,
    '/v1/confirmations/active',
  ]
  const read = async (who: Person, more: object = {}) => {
    const app = await mountForTest(node.kernel.routes, () => principalOf(who, more))
    const texts = []
    for (const url of addresses()) texts.push((await app.inject({ method: 'GET', url })).body)
    await app.close()
    return texts
  }

  test('is shown to that person alone: ledger and confirmations', async () => {
    for (const text of await read(ada)) expect(text).toContain(CANARY)
    for (const who of [colleague, stranger]) for (const text of await read(who)) expect(text).not.toContain(CANARY)
  })

  test('administrators see a trace of their own tenant, with arguments masked, and of no other one', async () => {
    const [trace = ''] = await read(colleague, { role: 'admin', scopes: ['*'] })
    expect(JSON.parse(trace)).toMatchObject({ user_id: ada.userId, masked: true })
    const [foreign = ''] = await read(stranger, { role: 'admin', scopes: ['*'] })
    expect(foreign).not.toContain(CANARY)
    expect(JSON.parse(foreign)).toMatchObject({ error: 'not_found' })
  })

  test('an author sees figures of the own app and no row of its users', async () => {
    await fixture.rows("update registry.app set owner_id = $1 where app_id = 'own'", [colleague.userId])
    node.registry.forget('own')
    const app = await mountForTest(node.kernel.routes, () => principalOf(colleague, { isDeveloper: true }))
    const figures = await app.inject({ method: 'GET', url: '/v1/actions/stats/extension/own' })
    await app.close()
    expect(figures.statusCode, figures.body).toBe(200)
    expect(figures.json()).toMatchObject({ total_actions: expect.any(Number) })
    for (const hidden of [CANARY, ada.userId, traceId]) expect(figures.body).not.toContain(hidden)
  })
})
