import type { AnyRoute, AuthKind } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Session, send } from '../../support/session.ts'
import { newUser, openWorld, ROUTES, type World } from './world.ts'

let world: World
let documented: Map<string, { method: string; path: string }>
beforeAll(async () => {
  world = await openWorld()
  documented = new Map()
  for (const [address, prefix] of [
    ['/v1/openapi.json', ''],
    ['/openapi/client.json', ''],
    ['/openapi/alias.json', ''],
    ['/openapi/meta.json', ''],
    ['/openapi/registry.json', '/registry'],
  ] as const) {
    const { paths } = (await send(world.server.url + address, 'GET')).body as {
      paths: Record<string, Record<string, { operationId: string }>>
    }
    for (const [path, operations] of Object.entries(paths))
      for (const [method, { operationId }] of Object.entries(operations))
        documented.set(operationId, { method: method.toUpperCase(), path: prefix + path })
  }
}, 240_000)
afterAll(async () => void (await world?.server.stop()))

const mounted = (): { route: AnyRoute; path: string }[] =>
  ROUTES.flatMap((route) => {
    const place = documented.get(route.id)
    return place === undefined ? [] : [{ route, path: place.path }]
  })

const fill = (path: string, value: (name: string) => string): string =>
  path.replace(/\{(\w+)\*?\}/g, (_whole, name: string) => encodeURIComponent(value(name)))
const MISSING: Readonly<Record<string, string>> = {
  app_id: 'no-such-app',
  scope_id: '987654321',
  role_id: '00000000-0000-4000-8000-000000000000',
  ext_id: 'no-such-app',
  confirmation_id: `conf_${'0'.repeat(32)}`,
  trace_id: '0'.repeat(16),
  developer_id: 'imp_u_nobody00',
  user_id: 'imp_u_nobody00',
  imperal_id: 'imp_u_nobody00',
  user_code: 'BCDF-GHJK',
}
const missing = (name: string) => MISSING[name] ?? 'nothing-of-that-id'

async function ask(route: AnyRoute, path: string, headers: Record<string, string>) {
  const body = route.method === 'GET' || (route.body === undefined && route.bodyKind !== 'raw') ? undefined : {}
  if (route.responseKind !== 'stream') return send(world.server.url + path, route.method, body, headers)
  const abort = new AbortController()
  const response = await fetch(world.server.url + path, { headers, signal: abort.signal })
  abort.abort()
  return { status: response.status, body: null as never, headers: response.headers }
}

test('what is documented is what is mounted, and nothing else', () => {
  const hidden = ROUTES.filter((route) => !documented.has(route.id)).map((route) => route.id)
  // Those for the platform's own services have a document of their own.
  expect(hidden).toEqual(ROUTES.filter((route) => route.path.includes('/internal/')).map((route) => route.id))
  expect([...documented.keys()].filter((id) => !ROUTES.some((route) => route.id === id))).toEqual([])
})

describe('[lessons 9] every route, by who asks', () => {
  const OPEN: ReadonlySet<AuthKind> = new Set(['none', 'optional'])
  // These change the one who asks: a session that ended, or a developer, walks on as somebody else.
  const CHANGES_CALLER = new Set([
    'developer.register',
    'auth.logout',
    'auth.revoke_other_sessions',
    'auth.revoke_session',
    'auth.change_password',
  ])

  /** Statuses of all routes for one caller. */
  async function statuses(headers: Record<string, string>): Promise<Map<AnyRoute, number>> {
    const found = new Map<AnyRoute, number>()
    for (const { route, path } of mounted()) {
      if (headers.authorization !== undefined && CHANGES_CALLER.has(route.id)) continue
      found.set(route, (await ask(route, fill(path, missing), headers)).status)
    }
    return found
  }
  const wrong = (found: Map<AnyRoute, number>, isRight: (route: AnyRoute, status: number) => boolean) =>
    [...found]
      .filter(([route, status]) => status >= 500 || !isRight(route, status))
      .map(([route, status]) => `${route.id} (${route.auth}): ${status}`)

  test('nobody: 401 unless it is public', async () => {
    const found = await statuses({})
    expect(
      wrong(found, (route, status) => OPEN.has(route.auth) === (status !== 401) || OPEN_REFUSALS.has(route.id)),
    ).toEqual([])
  }, 120_000)

  test('a made-up, a foreign and a tampered credential: 401, in every carrier', async () => {
    const [head = '', payload = '', signature = ''] = world.ada.token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: world.admin.userId, role: 'admin' })).toString(
      'base64url',
    )
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
    const carriers: Record<string, string>[] = [
      bearer(`${head}.${forged}.${signature}`),
      bearer(`${none}.${forged}.`),
      bearer('imp_live_0000000000000000000000000000000000000000'),
      { 'x-api-key': 'imp_live_0000000000000000000000000000000000000000' },
      { 'x-service-token': 'not-the-service-token-0123456789' },
      { authorization: 'Basic YWRhOnB3' },
      { authorization: 'ImperalCallToken x.y' },
    ]
    for (const carrier of carriers)
      for (const id of ['auth.me', 'actions.list', 'extensions.call', 'admin.doctor', 'registry.list_apps']) {
        const route = ROUTES.find((one) => one.id === id)
        const place = documented.get(id)
        if (route === undefined || place === undefined) throw new Error(`${id} is gone`)
        const answer = await ask(route, fill(place.path, missing), carrier)
        expect([id, Object.keys(carrier), answer.status]).toEqual([id, Object.keys(carrier), 401])
      }
  })

  test('a plain user: neither administration nor services nor the developer portal', async () => {
    const forbidden: ReadonlySet<AuthKind> = new Set(['admin', 'svc', 'svc-or-admin', 'dev', 'regkey'])
    const found = await statuses({ authorization: `Bearer ${world.eve.token}` })
    const isRight = (route: AnyRoute, status: number) => (forbidden.has(route.auth) ? status === 403 : status !== 401)
    expect(wrong(found, isRight)).toEqual([])
  }, 120_000)

  test('an administrator: everything but what is for services', async () => {
    const found = await statuses({ authorization: `Bearer ${world.admin.token}` })
    const isRight = (route: AnyRoute, status: number) => (route.auth === 'svc' ? status === 403 : status !== 401)
    expect(wrong(found, isRight)).toEqual([])
  }, 120_000)

  test('an API key of a plain user: neither sign-in matters nor the panel’s own, nor more than its user', async () => {
    const { key } = (await world.ada.request('POST', '/v1/keys', { name: 'walker' })).body as { key: string }
    const forbidden: ReadonlySet<AuthKind> = new Set(['admin', 'svc', 'svc-or-admin', 'user-jwt', 'panel'])
    const found = await statuses({ 'x-api-key': key })
    expect(wrong(found, (route, status) => (forbidden.has(route.auth) ? status === 403 : status !== 401))).toEqual([])
  }, 120_000)

  test('an API key of an administrator opens administration only when it says so', async () => {
    const keyOf = async (scopes: string) =>
      ((await world.admin.request('POST', '/v1/keys', { name: 'walker', scopes })).body as { key: string }).key
    const doctor = (key: string) => send(`${world.server.url}/v1/admin/doctor`, 'GET', undefined, { 'x-api-key': key })
    expect((await doctor(await keyOf('*'))).status).toBe(403)
    expect((await doctor(await keyOf('notes:read'))).status).toBe(403)
    expect((await doctor(await keyOf('admin:*'))).status).toBe(200)
  })

  test('a service without an acting user: services, and nothing that is a person’s', async () => {
    const forUsers: ReadonlySet<AuthKind> = new Set(['user', 'user-jwt', 'panel', 'dev', 'admin'])
    const found = await statuses({ 'x-service-token': world.server.serviceToken })
    expect(wrong(found, (route, status) => (forUsers.has(route.auth) ? status === 403 : status !== 401))).toEqual([])
  }, 120_000)

  test('a session that ended opens nothing any more', async () => {
    const ended = await newUser(world.server, 'shortlived@example.com')
    expect((await ended.request('GET', '/v1/auth/me')).status).toBe(200)
    expect((await ended.request('POST', '/v1/auth/logout', { refresh_token: ended.refreshToken })).status).toBe(200)
    for (const id of ['auth.me', 'actions.list', 'extensions.call', 'events.stream']) {
      const route = ROUTES.find((one) => one.id === id)
      const place = documented.get(id)
      if (route === undefined || place === undefined) throw new Error(`${id} is gone`)
      const answer = await ask(route, fill(place.path, missing), { authorization: `Bearer ${ended.token}` })
      expect([id, answer.status]).toEqual([id, 401])
    }
  })
})

/** Public addresses that answer 401 by themselves: what they were sent is no valid credential. */
const OPEN_REFUSALS = new Set(['auth.login', 'auth.refresh', 'auth.logout'])

describe('[lessons 9] ids of others', () => {
  /** Everything that may differ between two answers about two ids. */
  const bare = (answer: { status: number; body: unknown }, id: string): unknown => {
    const text = JSON.stringify(answer.body).replaceAll(id, '<id>').replaceAll(encodeURIComponent(id), '<id>')
    return { status: answer.status, body: text.replace(/"(request_id|uninstalled_at)":"[^"]*"/g, '"$1":""') }
  }
  // Nobody's: packages, webhooks and pages of developers are for all, codes belong to whoever read them from a terminal,
  // links are sealed.
  const NOBODYS = new Set(['file', 'document', 'path', 'developer_id', 'user_code', 'token'])

  test.each(['eve', 'mallory'] as const)(
    '%s sees no difference between Ada’s and none',
    async (who) => {
      const session: Session = world[who]
      const headers = { authorization: `Bearer ${session.token}` }
      const different: unknown[] = []
      let compared = 0
      for (const { route, path } of mounted()) {
        const names = [...path.matchAll(/\{(\w+)\*?\}/g)].map((match) => match[1] ?? '')
        if (names.length === 0 || names.some((name) => NOBODYS.has(name))) continue
        const own = names.find((name) => world.owned[name] !== undefined && world.owned[name] !== '')
        if (own === undefined) throw new Error(`${route.id} takes ${names}, and the world has none of Ada's`)
        const foreign = await ask(
          route,
          fill(path, (name) => world.owned[name] ?? missing(name)),
          headers,
        )
        const none = await ask(
          route,
          fill(path, (name) => (name === own ? missing(name) : (world.owned[name] ?? missing(name)))),
          headers,
        )
        compared++
        const [left, right] = [bare(foreign, world.owned[own] ?? ''), bare(none, missing(own))]
        if (JSON.stringify(left) !== JSON.stringify(right))
          different.push({ route: route.id, foreign: left, none: right })
      }
      expect(different).toEqual([])
      expect(compared).toBeGreaterThan(30)
    },
    120_000,
  )

  test('Ada’s things are all still there', async () => {
    const { ada, owned, noteId } = world
    for (const path of [
      `/v1/confirmations/${owned.confirmation_id}`,
      `/v1/tasks/${owned.task_id}`,
      `/v1/actions/${owned.trace_id}`,
      `/v1/developer/apps/${owned.app_id}`,
    ])
      expect([path, (await ada.request('GET', path)).status]).toEqual([path, 200])
    expect((await ada.request('GET', `/v1/confirmations/${owned.confirmation_id}`)).body).toMatchObject({
      status: 'pending',
    })
    expect((await ada.call('notes', 'get_note', { note_id: noteId })).status).toBe('success')
    const { conversations } = (await ada.request('GET', '/v1/chat/conversations')).body as { conversations: object[] }
    expect(conversations).toContainEqual(expect.objectContaining({ conversation_id: owned.conversation_id }))
    const keys = (await ada.request('GET', '/v1/keys')).body as { id: string }[]
    expect(keys.map((key) => key.id)).toContain(owned.key_id)
  })
})
