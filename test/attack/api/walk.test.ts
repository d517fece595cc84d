import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type AnyRoute, type AuthKind, surfaceOf } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Session, send } from '../../support/session.ts'
import { beyond, OF_A_USER, OF_AN_ADMINISTRATOR, RECORDER, readActed } from './acted-for.ts'
import { answers, fill, INSIDE, kindOf, missing, PLACES, placeOf } from './places.ts'
import { newUser, openWorld, type World } from './world.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'imperal-walk-'))
const record = path.join(folder, 'acted')
let world: World
beforeAll(async () => {
  world = await openWorld({ RECORD_TENANTS: record }, [RECORDER])
}, 240_000)
afterAll(async () => {
  await world?.server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(route: AnyRoute, address: string, headers: Record<string, string>) {
  const body = route.method === 'GET' || (route.body === undefined && route.bodyKind !== 'raw') ? undefined : {}
  if (route.responseKind !== 'stream') return send(world.server.url + address, route.method, body, headers)
  const abort = new AbortController()
  const response = await fetch(world.server.url + address, { headers, signal: abort.signal })
  abort.abort()
  return { status: response.status, body: null as never, headers: response.headers }
}

const bearer = (session: Session) => ({ authorization: `Bearer ${session.token}` })

test('what is described is what is mounted, surface by surface, and nothing else', async () => {
  const described = async (name: string) => {
    const { paths } = (await send(`${world.server.url}/openapi/${name}.json`, 'GET')).body as {
      paths: Record<string, Record<string, { operationId: string }>>
    }
    return Object.values(paths).flatMap((operations) => Object.values(operations).map(({ operationId }) => operationId))
  }
  const wanted = (surface: string, registry: boolean) =>
    PLACES.map(({ route }) => route)
      .filter((route) => surfaceOf(route) === surface && route.id.startsWith('registry.') === registry)
      .map((route) => route.id)
  for (const [name, surface, registry] of [
    ['auth-gateway', 'public', false],
    ['client', 'client', false],
    ['alias', 'alias', false],
    ['internal', 'internal', false],
    ['meta', 'meta', false],
    ['registry', 'registry', true],
    ['registry-alias', 'alias', true],
  ] as const)
    expect([name, (await described(name)).sort()]).toEqual([name, wanted(surface, registry).sort()])
  expect((await send(`${world.server.url}/openapi/sharelock-cases.json`, 'GET')).status).toBe(404)
})

test('what is for the platform’s own apps alone is at no address, not even for a service or an administrator', async () => {
  expect(INSIDE.length).toBeGreaterThan(0)
  for (const route of INSIDE)
    for (const headers of [{}, bearer(world.admin), { 'x-service-token': world.server.serviceToken }]) {
      const { status } = await ask(route, fill(route.path, missing), headers)
      expect([route.id, status]).toEqual([route.id, 404])
    }
})

test('every error that a route names is in a catalog', () => {
  const unknown = PLACES.flatMap(({ route }) =>
    (route.errors ?? []).filter((code) => kindOf(code) === undefined).map((code) => `${route.id}: ${code}`),
  )
  expect(unknown).toEqual([])
})

/** What a definition promises to a kind of caller. */
type Promised = 'in' | 401 | 403

interface Caller {
  readonly name: string
  headers(): Promise<Record<string, string>> | Record<string, string>
  promised(route: AnyRoute): Promised
  /** What its addresses name; ids of nothing unless it says so. */
  names?(parameter: string): string
}

const OPEN: ReadonlySet<AuthKind> = new Set(['none', 'optional'])
const isIn = (kinds: readonly AuthKind[]) => (route: AnyRoute) => OPEN.has(route.auth) || kinds.includes(route.auth)
const lets =
  (kinds: readonly AuthKind[], but: (route: AnyRoute) => boolean = () => false) =>
  (route: AnyRoute): Promised =>
    isIn(kinds)(route) && !(but(route) && !OPEN.has(route.auth)) ? 'in' : 403

const newKey = async (session: Session, scopes = '*') =>
  ((await session.request('POST', '/v1/keys', { name: 'walker', scopes })).body as { key: string }).key

const PERSON: readonly AuthKind[] = ['user', 'user-jwt', 'panel', 'svc-or-user', 'panel-or-svc']
const keys = new Map<string, Promise<string>>()
const keyFor = (name: string, make: () => Promise<string>) => {
  const made = keys.get(name) ?? make()
  keys.set(name, made)
  return made
}

const CALLERS: readonly Caller[] = [
  { name: 'nobody', headers: () => ({}), promised: (route) => (OPEN.has(route.auth) ? 'in' : 401) },
  { name: 'a user', headers: () => bearer(world.eve), promised: lets(PERSON) },
  { name: 'a user of another tenant', headers: () => bearer(world.mallory), promised: lets(PERSON) },
  { name: 'a developer', headers: () => bearer(world.ada), promised: lets([...PERSON, 'dev']) },
  {
    name: 'an administrator of another tenant',
    headers: () => bearer(world.otherAdmin),
    promised: lets([...PERSON, 'dev', 'admin', 'svc-or-admin', 'regkey'], (route) => route.platformOnly === true),
  },
  {
    name: 'the administrator of the installation',
    headers: () => bearer(world.admin),
    promised: lets([...PERSON, 'dev', 'admin', 'svc-or-admin', 'regkey']),
  },
  {
    name: 'an API key of a user',
    headers: async () => ({ 'x-api-key': await keyFor('eve', () => newKey(world.eve)) }),
    promised: lets(['user', 'svc-or-user', 'regkey']),
  },
  {
    name: 'an API key of a developer, as Bearer',
    headers: async () => ({ authorization: `Bearer ${await keyFor('ada', () => newKey(world.ada))}` }),
    promised: lets(['user', 'svc-or-user', 'regkey', 'dev']),
  },
  {
    name: 'an API key of the administrator that lists admin',
    headers: async () => ({ 'x-api-key': await keyFor('admin', () => newKey(world.admin, '* admin:*')) }),
    promised: lets(['user', 'svc-or-user', 'regkey', 'dev', 'admin', 'svc-or-admin']),
  },
  {
    name: 'a service',
    headers: () => ({ 'x-service-token': world.server.serviceToken }),
    promised: (route) => (route.auth === 'call' ? 401 : lets(['svc', 'svc-or-user', 'svc-or-admin', 'regkey'])(route)),
  },
  {
    name: 'a service as Bearer, in the name of a user',
    // It is that user, and names nobody else (api.md 1.6).
    names: (parameter) => (/^(user_id|imperal_id)$/.test(parameter) ? world.eve.userId : missing(parameter)),
    headers: () => ({ authorization: `Bearer ${world.server.serviceToken}`, 'x-acting-user': world.eve.userId }),
    promised: (route) =>
      route.auth === 'call' ? 401 : lets(['svc', 'svc-or-user', 'regkey', 'user', 'user-jwt', 'panel-or-svc'])(route),
  },
  {
    name: 'an app, through the service that runs it for a user',
    // What an extension session is here (api.md 1.3, `ext`): the app it says it is opens nothing else than its user.
    names: (parameter) =>
      /^(user_id|imperal_id)$/.test(parameter)
        ? world.eve.userId
        : parameter === 'ext_id'
          ? 'notes'
          : missing(parameter),
    headers: () => ({
      'x-service-token': world.server.serviceToken,
      'x-acting-user': world.eve.userId,
      'x-ext-id': 'notes',
    }),
    promised: (route) =>
      route.auth === 'call' ? 401 : lets(['svc', 'svc-or-user', 'regkey', 'user', 'user-jwt', 'panel-or-svc'])(route),
  },
  {
    name: 'a service in the name of the administrator',
    headers: () => ({ 'x-service-token': world.server.serviceToken, 'x-acting-user': world.admin.userId }),
    promised: (route) =>
      route.auth === 'call'
        ? 401
        : lets(['svc', 'svc-or-user', 'svc-or-admin', 'admin', 'regkey', 'user', 'user-jwt', 'dev', 'panel-or-svc'])(
            route,
          ),
  },
  {
    name: 'the key of the registry',
    headers: () => {
      const file = path.join(world.server.dataDir, 'keys/registry.key')
      return { 'x-api-key': `imp_reg_key_${readFileSync(file, 'utf8').trim()}` }
    },
    promised: lets(['regkey']),
  },
]

/** Operations after which the walker would be somebody else; their own tests call them. */
const CHANGES_CALLER = new Set([
  'developer.register',
  'auth.logout',
  'auth.revoke_other_sessions',
  'auth.revoke_session',
  'auth.change_password',
])
/** Public addresses that answer 401 by themselves: what they were sent is no valid credential. */
const OPEN_REFUSALS = new Set(['auth.login', 'auth.refresh', 'auth.logout'])

function keeps(route: AnyRoute, promised: Promised, status: number): boolean {
  if (status >= 500) return status === 503 && answers(route, 'unavailable')
  if (promised !== 'in') return status === promised
  if (status === 401) return OPEN_REFUSALS.has(route.id)
  if (status === 403) return answers(route, 'forbidden')
  return true
}

describe('[lessons 9] every operation keeps what its definition promises', () => {
  test.each(CALLERS)(
    'to $name',
    async ({ headers, promised, names = missing }) => {
      const sent = await headers()
      const broken: string[] = []
      for (const { route, path: place } of PLACES) {
        if (Object.keys(sent).length > 0 && CHANGES_CALLER.has(route.id)) continue
        const { status, body } = await ask(route, fill(place, names), sent)
        if (!keeps(route, promised(route), status))
          broken.push(
            `${route.id} (${route.auth}): ${status} for ${promised(route)}: ${JSON.stringify(body).slice(0, 150)}`,
          )
      }
      expect(broken).toEqual([])
    },
    240_000,
  )
})

describe('credentials that are none', () => {
  test('a made-up, a foreign and a tampered one: 401, in every carrier', async () => {
    const [head = '', payload = '', signature = ''] = world.ada.token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: world.admin.userId, role: 'admin' })).toString(
      'base64url',
    )
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
    const token = (text: string) => ({ authorization: `Bearer ${text}` })
    const carriers: Record<string, string>[] = [
      token(`${head}.${forged}.${signature}`),
      token(`${none}.${forged}.`),
      token('imp_live_0000000000000000000000000000000000000000'),
      { 'x-api-key': 'imp_live_0000000000000000000000000000000000000000' },
      { 'x-api-key': 'imp_reg_key_000000000000000000000000' },
      { 'x-service-token': 'not-the-service-token-0123456789' },
      { authorization: 'Basic YWRhOnB3' },
      { authorization: 'ImperalCallToken x.y' },
    ]
    for (const carrier of carriers)
      for (const id of ['auth.me', 'actions.list', 'extensions.call', 'admin.doctor', 'registry.list_apps']) {
        const { route, path: place } = placeOf(id)
        const answer = await ask(route, fill(place, missing), carrier)
        expect([id, Object.keys(carrier), answer.status]).toEqual([id, Object.keys(carrier), 401])
      }
  })

  test('a session that ended opens nothing any more', async () => {
    const ended = await newUser(world.server, 'shortlived@example.com')
    expect((await ended.request('GET', '/v1/auth/me')).status).toBe(200)
    expect((await ended.request('POST', '/v1/auth/logout', { refresh_token: ended.refreshToken })).status).toBe(200)
    for (const id of ['auth.me', 'actions.list', 'extensions.call', 'events.stream']) {
      const { route, path: place } = placeOf(id)
      const answer = await ask(route, fill(place, missing), bearer(ended))
      expect([id, answer.status]).toEqual([id, 401])
    }
  })

  test('[api 1.7] an API key of an administrator opens administration only when it says so', async () => {
    const doctor = (key: string) => send(`${world.server.url}/v1/admin/doctor`, 'GET', undefined, { 'x-api-key': key })
    expect((await doctor(await newKey(world.admin))).status).toBe(403)
    expect((await doctor(await newKey(world.admin, 'notes:read'))).status).toBe(403)
    expect((await doctor(await newKey(world.admin, 'admin:*'))).status).toBe(200)
  })
})

describe('[lessons 11] the carrier of a credential changes nothing', () => {
  const READS = PLACES.filter(({ route }) => route.method === 'GET' && route.responseKind !== 'stream')
  const plain = (answer: { status: number; body: unknown }) =>
    JSON.stringify([answer.status, answer.body]).replace(
      /"(request_id|generated_at|checked_at|updated_at|last_seen_at|last_used_at|uptime_s|latency_ms)":("[^"]*"|\d+|null)/g,
      '"$1":0',
    )

  test('an API key says the same as x-api-key and as Bearer, a service token in either header', async () => {
    const key = await newKey(world.ada)
    const service = world.server.serviceToken
    const pairs: readonly [Record<string, string>, Record<string, string>][] = [
      [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }],
      [{ 'x-service-token': service }, { authorization: `Bearer ${service}` }],
    ]
    for (const [left, right] of pairs) {
      // The first look at a credential is noted.
      await ask(placeOf('auth.me').route, '/v1/auth/me', left)
      const different: string[] = []
      for (const { route, path: place } of READS) {
        const both = async () => [
          plain(await ask(route, fill(place, missing), left)),
          plain(await ask(route, fill(place, missing), right)),
        ]
        const isSame = ([one, two]: string[]) => one === two
        // Something of hers may end between the two; what the carrier changed would differ again.
        const said = await both()
        const again = isSame(said) ? said : await both()
        if (!isSame(again)) different.push(`${route.id}: ${again.map((text) => text.slice(0, 300)).join(' / ')}`)
      }
      expect(different.filter((line) => !line.startsWith('admin.doctor') && !line.startsWith('audit.list'))).toEqual([])
    }
  }, 240_000)

  test('a cookie and an address carry none, except a ticket to the stream', async () => {
    for (const { route, path: place } of READS.filter((one) => one.route.auth === 'user')) {
      const address = fill(place, missing)
      const asked = await ask(route, `${address}?token=${world.ada.token}`, {
        cookie: `token=${world.ada.token}; access_token=${world.ada.token}`,
      })
      expect([route.id, asked.status]).toEqual([route.id, 401])
    }
    const stream = placeOf('events.stream').route
    const { ticket } = (await world.ada.request('POST', '/v1/events/ticket')).body as { ticket: string }
    expect((await ask(stream, `/v1/events/stream?token=${ticket}`, {})).status).toBe(200)
    expect((await ask(stream, `/v1/events/stream?token=${ticket}`, {})).status).toBe(401)
    expect((await ask(stream, `/v1/events/stream?token=${world.ada.token}`, {})).status).toBe(200)
    expect((await ask(stream, '/v1/events/stream', bearer(world.ada))).status).toBe(200)
  })

  test('[api 1.3] two credentials of different callers on one request are refused', async () => {
    const key = await newKey(world.eve)
    const service = { 'x-service-token': world.server.serviceToken }
    for (const headers of [
      { ...service, ...bearer(world.ada) },
      { ...service, 'x-api-key': key },
    ])
      expect((await send(`${world.server.url}/v1/auth/me`, 'GET', undefined, headers)).status).toBe(400)
    // Authorization counts when both are there; the key is not even looked at.
    const both = await send(`${world.server.url}/v1/auth/me`, 'GET', undefined, {
      ...bearer(world.ada),
      'x-api-key': key,
    })
    expect((both.body as { imperal_id: string }).imperal_id).toBe(world.ada.userId)
  })
})

describe('[decisions 9] at the database, every request above acted in the tenant of its user', () => {
  const sessions = () => readActed(record).filter(({ kind, shared }) => kind === 'session' && !shared)

  test('never in a foreign one', () => {
    const tenants = { default: [world.ada, world.eve], umbrella: [world.mallory, world.otherAdmin] }
    for (const [own, people] of Object.entries(tenants))
      for (const { userId } of people) {
        const acted = sessions().filter(({ user }) => user === userId)
        expect(new Set(acted.map(({ tenant }) => tenant))).toEqual(new Set([own, '*']))
      }
  })

  test('for every tenant at once only where the list says so, with its reason', async () => {
    const keyed = await Promise.all([...keys].filter(([name]) => name !== 'admin').map(([, key]) => key))
    const people = [world.ada, world.eve, world.mallory].map(({ userId }) => userId)
    const ofUsers = readActed(record).filter(({ user = '', key = '' }) => people.includes(user) || keyed.includes(key))
    // Were nothing noted, nothing would be found: sessions and keys are looked up before the tenant is known.
    const looked = (kind: string, table: string) =>
      ofUsers.some((one) => one.kind === kind && one.tenant === '*' && one.names.includes(table))
    expect([looked('session', 'identity.session'), looked('key', 'identity.api_key')]).toEqual([true, true])
    expect(beyond(ofUsers, OF_A_USER)).toEqual([])
    const ofAdministrator = sessions().filter(({ user }) => user === world.otherAdmin.userId)
    expect(beyond(ofAdministrator, OF_AN_ADMINISTRATOR)).toEqual([])
  })
})
