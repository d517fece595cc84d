import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { superuserOf } from '../../support/program.ts'
import { send } from '../../support/session.ts'
import { listen } from '../../support/stream.ts'
import { CANARY, openWorld, ROUTES, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
}, 240_000)
afterAll(async () => void (await world?.server.stop()))

const lists = ROUTES.filter(
  (route) =>
    route.method === 'GET' &&
    !route.path.includes('{') &&
    route.responseKind === undefined &&
    !route.path.includes('/internal/'),
)

test('[api 7.2] an administrator of another tenant: nothing of this one, and nothing of the installation', async () => {
  const { otherAdmin: boss } = world
  const { body } = await boss.request('GET', '/v1/auth/me')
  expect(body).toMatchObject({ role: 'admin', tenant_id: expect.not.stringMatching(/^default$/) })
  const apps = ['notes', world.owned.app_id].map((id) => `/registry/v1/apps/${id}`)
  const extensions = `/registry/v1/users/${world.ada.userId}/extensions`
  const attempts: [string, string, object?][] = [
    ...apps.flatMap((path): [string, string, object?][] => [
      ['GET', path],
      ['PUT', path, { status: 'suspended' }],
      ['PUT', path, { config: { access_policy: { denied_roles: ['user'] } } }],
      ['PUT', `${path}/tools`, { tools: [], skeleton_sections: [] }],
      ['PUT', `${path}/settings`, { persona: { tone: 'rude' } }],
      ['DELETE', path],
      ['DELETE', `${path}?hard=true`],
    ]),
    ['POST', '/registry/v1/apps', { app_id: 'boss-app', display_name: 'Boss' }],
    ['POST', extensions, { app_id: 'tasks' }],
    ['DELETE', `${extensions}/notes`],
    ['GET', `/v1/developer/profile?user_id=${world.ada.userId}`],
    ['POST', `/v1/admin/apps/${world.owned.app_id}/approve`, {}],
    ['POST', `/v1/admin/apps/${world.owned.app_id}/reject`, { reason: 'x' }],
    ['GET', '/v1/admin/apps/pending'],
    ['GET', '/v1/admin/doctor'],
  ]
  for (const [method, path, body] of attempts) {
    const { status } = await boss.request(method, path, body)
    expect([method, path, status]).toEqual([method, path, expect.toSatisfy((code) => code === 403 || code === 404)])
  }
  expect((await boss.request('GET', '/registry/v1/apps?status=all')).body).toEqual([])
  expect((await boss.request('GET', extensions)).body).toEqual({ extensions: [] })
  expect(await world.ada.call('notes', 'list_notes')).toMatchObject({ status: 'success' })
})

describe('[lessons 9, 14] what is Ada’s stays hers', () => {
  test.each(['eve', 'mallory'] as const)(
    'no list shows it to %s, whatever is asked for',
    async (who) => {
      const session = world[who]
      const shown: string[] = []
      for (const route of lists)
        for (const query of [
          '',
          `?user_id=${world.ada.userId}`,
          `?tenant_id=default&user_id=${world.ada.userId}`,
          `?conversation_id=${world.owned.conversation_id}`,
          `?search=${CANARY}`,
          `?app_id=${world.owned.app_id}`,
          `?imperal_id=${world.ada.userId}`,
        ]) {
          const answer = await session.request('GET', route.path + query)
          const text = JSON.stringify(answer.body)
          if (text.includes(CANARY) || text.includes(world.owned.app_id ?? '-')) {
            // An echo of the question is no leak.
            if (!(answer.status === 422 || answer.status === 404)) shown.push(`${route.path}${query}`)
          }
        }
      expect(shown).toEqual([])
    },
    240_000,
  )

  test('headers of others change nothing for a plain user', async () => {
    const headers = { 'x-acting-user': world.ada.userId, 'x-tenant-id': 'default', 'x-imperal-user': world.ada.userId }
    for (const path of ['/v1/auth/me', '/v1/actions', '/v1/notifications', '/v1/keys']) {
      // Something of hers may end between the two; what the headers changed would differ each time.
      await vi.waitFor(async () => {
        const plain = await world.mallory.request('GET', path)
        const dressed = await world.mallory.request('GET', path, undefined, headers)
        expect([path, dressed.status, dressed.body]).toEqual([path, plain.status, plain.body])
      })
    }
  })

  test('calls in Ada’s name, or in her tenant’s, are refused and leave no row in her ledger', async () => {
    const { mallory, eve, ada } = world
    // Of this function alone: her task, her rule and what follows from them go on meanwhile.
    const total = async () =>
      ((await ada.request('GET', '/v1/actions?app_id=notes&search=list_notes')).body as { total: number }).total
    const before = await total()
    for (const [session, body] of [
      [eve, { user_id: ada.userId }],
      [mallory, { user_id: ada.userId }],
      [mallory, { user_id: ada.userId, tenant_id: 'default' }],
      [mallory, { user_id: mallory.userId, tenant_id: 'umbrella-2' }],
    ] as const)
      for (const [door, rest] of [
        ['call', { function: 'list_notes' }],
        ['operate', { function: 'list_notes' }],
        ['batch', { calls: [{ function: 'list_notes' }] }],
      ] as const)
        expect(await session.request('POST', `/v1/extensions/notes/${door}`, { ...body, ...rest })).toMatchObject({
          status: 403,
          body: { error: 'forbidden' },
        })
    // `default` is every tenant's name for itself (api 7.1).
    const own = await mallory.request('POST', '/v1/extensions/notes/call', {
      user_id: mallory.userId,
      tenant_id: 'default',
      function: 'list_notes',
    })
    expect(JSON.stringify(own.body)).not.toContain(CANARY)
    expect(await total()).toBe(before)
    expect(await ada.call('notes', 'list_notes')).toMatchObject({ status: 'success' })
    expect(await total()).toBe(before + 1)
  })

  test('a note of Ada’s is no note for anybody else', async () => {
    for (const session of [world.eve, world.mallory, world.admin]) {
      for (const [name, more] of [
        ['get_note', {}],
        ['update_note', { title: 'Mine now' }],
        ['append_to_note', { text: 'x' }],
      ] as const)
        expect(await session.call('notes', name, { note_id: world.noteId, ...more })).toMatchObject({
          status: 'error',
          error_code: 'NOTE_NOT_FOUND',
        })
    }
  })

  test('each hears only their own stream, however much happens to the others at once', async () => {
    const people = { ada: world.ada, eve: world.eve, mallory: world.mallory, admin: world.admin }
    const streams = Object.fromEntries(
      await Promise.all(
        Object.entries(people).map(async ([name, session]) => [name, await listen(world.server.url, session)] as const),
      ),
    )
    await Promise.all(
      Object.entries(people).flatMap(([name, session]) =>
        Array.from({ length: 20 }, (_, n) => session.call('notes', 'create_note', { title: `stream-of-${name}-${n}` })),
      ),
    )
    for (const [name, stream] of Object.entries(streams)) {
      await stream.first(() => stream.text().includes(`stream-of-${name}-19`))
      const foreign = Object.keys(people).filter(
        (other) => other !== name && stream.text().includes(`stream-of-${other}-`),
      )
      expect([name, foreign]).toEqual([name, []])
      stream.close()
    }
  }, 180_000)
})

describe('[api 1.7] an API key opens no more than its scopes, at each door', () => {
  const keyOf = async (scopes: string) =>
    ((await world.ada.request('POST', '/v1/keys', { name: 'narrow', scopes })).body as { key: string }).key
  const at = (key: string, path: string, body: object) =>
    send(
      `${world.server.url}${path}`,
      'POST',
      { user_id: world.ada.userId, ...body },
      { authorization: `Bearer ${key}` },
    )

  test('a key for reading reads, and writes through no door', async () => {
    const key = await keyOf('notes:read chat:write')
    expect((await at(key, '/v1/extensions/notes/call', { function: 'list_notes' })).body).toMatchObject({
      status: 'success',
    })
    const denied = { status: 'error', error_code: 'PERMISSION_DENIED' }
    const write = { function: 'create_note', params: { title: 'by a reading key' } }
    expect((await at(key, '/v1/extensions/notes/call', write)).body).toMatchObject(denied)
    expect(
      (await at(key, '/v1/extensions/notes/batch', { calls: [write, { function: 'list_notes' }] })).body,
    ).toMatchObject([denied, { status: 'success' }])
    expect((await at(key, '/v1/extensions/notes/operate', write)).body).toMatchObject({
      kind: 'tool_result',
      content: denied,
    })
    const sent = await send(
      `${world.server.url}/v1/chat/messages`,
      'POST',
      { text: '/notes.create_note {"title": "by a reading key"}' },
      { authorization: `Bearer ${key}` },
    )
    expect(sent.status).toBeLessThan(500)
    expect((await world.ada.call('notes', 'search_notes', { query: 'by a reading key' })).data).toMatchObject({
      total: 0,
    })
  })

  test('a key confirms only what it could have asked for itself', async () => {
    const { note_id } = (await world.ada.call('notes', 'create_note', { title: 'Kept' })).data as { note_id: string }
    const asked = (await world.ada.call('notes', 'delete_note', { note_id })).data as {
      confirmation: { confirmation_id: string }
    }
    await at(
      await keyOf('notes:read confirmations:write'),
      `/v1/confirmations/${asked.confirmation.confirmation_id}/confirm`,
      {},
    )
    expect((await world.ada.call('notes', 'get_note', { note_id })).status).toBe('success')
  })

  test('a denied scope refuses even where everything else is granted', async () => {
    const database = await superuserOf(world.server.dataDir)
    await database.query(
      "update identity.account set scopes = '{*}', denied_scopes = '{notes:write}' where user_id = $1",
      [world.eve.userId],
    )
    await database.query("select pg_notify('identity_changed', 'user:' || $1)", [world.eve.userId])
    await database.end()
    await expect
      .poll(async () => (await world.eve.call('notes', 'create_note', { title: 'denied' })).error_code, {
        timeout: 60_000,
      })
      .toBe('PERMISSION_DENIED')
    expect((await world.eve.call('notes', 'list_notes')).status).toBe('success')
  })
})
