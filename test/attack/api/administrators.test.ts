import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
}, 240_000)
afterAll(async () => void (await world?.server.stop()))

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
