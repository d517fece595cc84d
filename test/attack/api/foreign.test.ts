import type { AnyRoute, AuthKind } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Session, send } from '../../support/session.ts'
import { fill, missing, namesIn, PLACES } from './places.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  // Ada's card is looked at again in the end.
  world = await openWorld({ IMPERAL_CONFIRMATION_TTL_S: '3600' })
}, 240_000)
afterAll(async () => void (await world?.server.stop()))

/** Parameters that name nobody's things, and why. */
const NOBODYS: Readonly<Record<string, string>> = {
  file: 'packages are for everybody',
  document: 'descriptions are for everybody',
  path: 'webhooks are for everybody',
  developer_id: 'pages of developers are public',
  user_code: 'a code belongs to whoever read it from a terminal',
  token: 'links are sealed',
  provider: 'the same for everybody',
  pm_id: 'cards need a payment provider; the tests of billing have one',
  delivery_id: 'deliveries fail in the tests of events',
  review_id: 'reviews are read by everybody; who may change one is in the tests of the marketplace',
}

/** Who is not let in at all learns nothing of ids; `walk.test.ts` proves that. */
const LETS_NOBODY_IN: ReadonlySet<AuthKind> = new Set(['svc', 'call'])

/** Ids of apps are claimed in public, and the reference wants 403 of the registry for the app of somebody else (api.md 4). */
const isAsked = (route: AnyRoute): boolean =>
  !LETS_NOBODY_IN.has(route.auth) &&
  route.platformOnly !== true &&
  route.responseKind !== 'stream' &&
  !(route.auth === 'regkey' && /\{(app_id|ext_id)\}/.test(route.path))

/** Everything that may differ between two answers about two ids. */
const bare = (answer: { status: number; body: unknown }, id: string): string => {
  const text = JSON.stringify(answer.body).replaceAll(id, '<id>').replaceAll(encodeURIComponent(id), '<id>')
  return `${answer.status} ${text.replace(/"(request_id|uninstalled_at)":"[^"]*"/g, '"$1":""')}`
}

describe('[lessons 9] ids of others', () => {
  const asked = PLACES.filter(({ route, path }) => {
    const names = namesIn(path)
    return names.length > 0 && !names.some((name) => name in NOBODYS) && isAsked(route)
  })

  test('the world has one of everything that an address can name', () => {
    const without = asked
      .filter(({ path }) => !namesIn(path).some((name) => world.owned[name]))
      .map(({ route }) => route.id)
    expect(without).toEqual([])
  })

  test.each(['eve', 'mallory', 'otherAdmin'] as const)(
    '%s sees no difference between Ada’s and none',
    async (who) => {
      const session: Session = world[who]
      const headers = { authorization: `Bearer ${session.token}` }
      const different: unknown[] = []
      for (const { route, path } of asked) {
        const own = namesIn(path).find((name) => world.owned[name])
        if (own === undefined) continue
        const body = route.method === 'GET' || route.body === undefined ? undefined : {}
        const get = (value: (name: string) => string) =>
          send(world.server.url + fill(path, value), route.method, body, headers)
        const foreign = await get((name) => world.owned[name] ?? missing(name))
        const none = await get((name) => (name === own ? missing(name) : (world.owned[name] ?? missing(name))))
        const [left, right] = [bare(foreign, world.owned[own] ?? ''), bare(none, missing(own))]
        if (left !== right) different.push({ route: route.id, foreign: left, none: right })
      }
      expect(different).toEqual([])
    },
    240_000,
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
    for (const path of [`/v1/agencies/${owned.agency_id}`, `/v1/users/${ada.userId}`, `/v1/tenants/${owned.tenant_id}`])
      expect([path, (await world.admin.request('GET', path)).status]).toEqual([path, 200])
  })
})
