import { roles, scopes } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVERY_TENANT } from '../../../foundation/db/index.ts'
import { openPeople, type Person } from './test-people.ts'

/** What the plan of each user gives; nothing unless a test says so. */
const planned = new Map<string, string[]>()
const actionsOfPlan = new Map<string, number>()
const home = await openPeople({
  ports: {
    installedApps: async () => ['notes', 'tasks'],
    planGrants: async ({ userId }) => ({
      scopes: planned.get(userId) ?? [],
      actions: actionsOfPlan.get(userId) ?? null,
    }),
    installApps: async () => {},
    forgetUser: async () => {},
  },
})
const { root, service } = home
let user: Person
let acmeAdmin: Person
beforeAll(async () => {
  await home.tenant('acme', { default_scopes: ['voice:use', 'mail:read'] })
  user = await home.add()
  acmeAdmin = await home.add({ tenant: 'acme', role: 'admin' })
})
afterAll(() => home.close())

const newRole = async (who: Person, name: string, more: object = {}) =>
  (await who.ask('POST', '/v1/roles', { name, ...more })).json() as { id: string }
const idOf = async (name: string) =>
  (await root.ask('GET', '/v1/roles')).json<{ id: string; name: string }[]>().find((role) => role.name === name)?.id ??
  ''

describe('[GET /v1/roles] [POST /v1/roles]', () => {
  test('the roles of the platform and of the tenant, with the documented defaults', async () => {
    const answer = await root.ask('POST', '/v1/roles', { name: 'support', default_scopes: ['mail.read'] })
    expect(answer.statusCode).toBe(201)
    expect(roles.create.response.parse(answer.json())).toMatchObject({
      tenant_id: 'default',
      name: 'support',
      default_scopes: ['mail:read'],
      confirmation_policy: 'default_off',
      max_concurrent_tasks: 3,
      monthly_action_limit: 500,
      context_window: 20,
      is_system: false,
    })
    const names = async (who: Person) =>
      (await who.ask('GET', '/v1/roles')).json<{ name: string }[]>().map((role) => role.name)
    expect(await names(root)).toEqual(expect.arrayContaining(['admin', 'user', 'viewer', 'support']))
    expect(await names(acmeAdmin)).not.toContain('support')
    expect((await service('GET', '/v1/roles')).statusCode).toBe(200)
    expect((await user.ask('GET', '/v1/roles')).statusCode).toBe(403)
  })

  test('a name is taken once in a tenant, and the names of the platform always are', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => root.ask('POST', '/v1/roles', { name: 'one-of-five' })),
    )
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 409, 409, 409, 409])
    expect((await acmeAdmin.ask('POST', '/v1/roles', { name: 'support' })).statusCode).toBe(201)
    expect((await acmeAdmin.ask('POST', '/v1/roles', { name: 'admin' })).statusCode).toBe(409)
    for (const wrong of [
      { name: 'X' },
      { name: 'ok', max_concurrent_tasks: 51 },
      { name: 'ok', confirmation_policy: 'never' },
    ])
      expect((await root.ask('POST', '/v1/roles', wrong)).statusCode).toBe(422)
  })
})

/** Events of roles and scopes that are told to somebody, oldest first. */
async function accessEventsOf({ userId }: Person) {
  const text = `select payload ->> 'event_type' as type, payload -> 'data' as data, payload ->> 'actor' as actor,
    payload ->> 'source' as source from outbox.message
    where user_id = $1 and type = 'event' and payload ->> 'scope' = 'rbac' order by xid, seq`
  const [result] = await home.db.atomic(EVERY_TENANT, [{ text, values: [userId] }])
  return result?.rows ?? []
}

describe('[K6.3] what happens to roles is told, in the transaction in which it happens', () => {
  const source = 'rbac'

  test('to whoever has another role or other grants now, and names who gave them', async () => {
    const actor = root.userId
    await newRole(root, 'told', { default_scopes: ['a:read'] })
    const holder = await home.add()
    const patch = (body: object) => root.ask('PATCH', `/v1/users/${holder.userId}`, body)
    expect((await patch({ role: 'told', scopes: ['b:read'] })).statusCode).toBe(200)
    // The same again, a name, and what is refused are no changes.
    await patch({ role: 'told', scopes: ['b:read'] })
    await patch({ first_name: 'Grace' })
    expect((await patch({ role: 'no-such-role', scopes: ['x:read'] })).statusCode).toBe(400)
    await patch({ denied_scopes: ['a:read'] })
    const grants = (scopes: string[], denied_scopes: string[]) => ({
      ...{ type: 'rbac:scopes_changed', source, actor },
      data: { scopes, denied_scopes },
    })
    const before = [
      { type: 'rbac:role_changed', data: { from: 'user', to: 'told' }, source, actor },
      grants(['b:read'], []),
      grants(['b:read'], ['a:read']),
    ]
    expect(await accessEventsOf(holder)).toEqual(before)
    await root.ask('PATCH', `/v1/roles/${await idOf('told')}?cascade=true`, { default_scopes: ['c:read'] })
    expect(await accessEventsOf(holder)).toEqual([...before, grants(['c:read'], ['a:read'])])
  })

  test('to the administrator who made, changed or removed one, and to nobody when it was refused', async () => {
    const boss = await home.add({ tenant: 'acme', role: 'admin' })
    const { id } = await newRole(boss, 'short-lived')
    await newRole(boss, 'short-lived')
    await boss.ask('PATCH', `/v1/roles/${id}`, { display_name: 'Short' })
    await boss.ask('PATCH', `/v1/roles/${id}`, { name: 'other' })
    await boss.ask('DELETE', `/v1/roles/${id}`)
    const role = { data: { role_id: id, role: 'short-lived' }, source, actor: boss.userId }
    expect(await accessEventsOf(boss)).toEqual(
      ['rbac:role_created', 'rbac:role_updated', 'rbac:role_deleted'].map((type) => ({ type, ...role })),
    )
  })
})

describe('[PATCH /v1/roles/{role_id}] [DELETE /v1/roles/{role_id}]', () => {
  test('a change reaches those who have the role; cascading gives them exactly its scopes', async () => {
    const { id } = await newRole(root, 'cascading', { default_scopes: ['a:read'] })
    const holder = await home.add({ role: 'cascading', more: { scopes: ['b:read'] } })
    const scopesOf = async () => (await home.me(holder.token)).json().scopes.sort()
    expect(await scopesOf()).toEqual(['a:read', 'b:read'])
    const plain = await root.ask('PATCH', `/v1/roles/${id}`, { default_scopes: ['c:read'], max_concurrent_tasks: 9 })
    expect(plain.json()).toMatchObject({ default_scopes: ['c:read'], cascaded_count: 0 })
    expect(await scopesOf()).toEqual(['b:read', 'c:read'])
    expect((await holder.ask('GET', `/v1/users/${holder.userId}`)).json()).toMatchObject({ max_concurrent_tasks: 9 })
    const cascaded = await root.ask('PATCH', `/v1/roles/${id}?cascade=true`, { default_scopes: ['d:read'] })
    expect(cascaded.json()).toMatchObject({ cascaded_count: 1 })
    expect(await scopesOf()).toEqual(['d:read'])
  })

  test('a name stays, the role admin keeps everything, and a tenant cannot change what is the platform’s', async () => {
    const [admin, viewer] = [await idOf('admin'), await idOf('viewer')]
    expect((await root.ask('PATCH', `/v1/roles/${viewer}`, { name: 'watcher' })).statusCode).toBe(400)
    expect((await root.ask('PATCH', `/v1/roles/${admin}`, { default_scopes: ['mail:read'] })).statusCode).toBe(400)
    expect((await root.ask('PATCH', `/v1/roles/${admin}`, { denied_scopes: ['mail:read'] })).statusCode).toBe(400)
    expect((await root.ask('PATCH', `/v1/roles/${viewer}`, { display_name: 'Watcher' })).statusCode).toBe(200)
    expect((await acmeAdmin.ask('PATCH', `/v1/roles/${viewer}`, { default_scopes: ['*'] })).statusCode).toBe(403)
    const { id } = await newRole(root, 'foreign')
    expect((await acmeAdmin.ask('PATCH', `/v1/roles/${id}`, { default_scopes: ['*'] })).statusCode).toBe(404)
    expect((await acmeAdmin.ask('DELETE', `/v1/roles/${id}`)).statusCode).toBe(404)
    expect((await root.ask('PATCH', '/v1/roles/not-a-uuid', {})).statusCode).toBe(404)
  })

  test('nobody removes a role of the platform, or one that somebody has', async () => {
    expect((await root.ask('DELETE', `/v1/roles/${await idOf('viewer')}`)).statusCode).toBe(403)
    const { id } = await newRole(root, 'held')
    const holder = await home.add({ role: 'held' })
    expect((await root.ask('DELETE', `/v1/roles/${id}`)).statusCode).toBe(409)
    await root.ask('PATCH', `/v1/users/${holder.userId}`, { role: 'user' })
    expect((await root.ask('DELETE', `/v1/roles/${id}`)).json()).toEqual({ message: expect.any(String), id })
    expect((await root.ask('DELETE', `/v1/roles/${id}`)).statusCode).toBe(404)
  })

  test('a role that is removed while somebody gets it ends up either held or gone, never both', async () => {
    for (let round = 0; round < 5; round++) {
      const name = `race-${round}`
      const { id } = await newRole(root, name)
      const [removed, given] = await Promise.all([
        root.ask('DELETE', `/v1/roles/${id}`),
        root.ask('PATCH', `/v1/users/${user.userId}`, { role: name }),
      ])
      expect([removed.statusCode, given.statusCode]).not.toEqual([200, 200])
      await root.ask('PATCH', `/v1/users/${user.userId}`, { role: 'user' })
    }
  })
})

describe('[GET /v1/scopes] [POST /v1/scopes] [PATCH /v1/scopes/{scope_id}] [DELETE /v1/scopes/{scope_id}]', () => {
  test('lists scopes of the platform, of apps and of the own tenant', async () => {
    const app = { appId: 'crm', name: 'CRM', scopes: ['crm:read', 'crm.write', 'other:read', 'crm:read'] }
    await home.identity.declareAppScopes(app)
    await home.identity.declareAppScopes(app)
    const list = scopes.list.response.parse((await user.ask('GET', '/v1/scopes')).json())
    expect(
      list.filter((scope) => scope.resource === 'crm').map((scope) => [scope.name, scope.source, scope.source_id]),
    ).toEqual([
      ['crm:read', 'extension', 'crm'],
      ['crm:write', 'extension', 'crm'],
    ])
    expect(list.find((scope) => scope.name === 'voice:use')).toMatchObject({ tenant_id: '_platform_', is_system: true })
    const filtered = (await user.ask('GET', '/v1/scopes?source=extension&resource=crm')).json()
    expect(filtered).toHaveLength(2)
  })

  test('a scope is made for the tenant or for all, named, and removed when nobody has it', async () => {
    const made = await acmeAdmin.ask('POST', '/v1/scopes', { resource: 'Reports', action: 'export' })
    expect(made.json()).toMatchObject({ name: 'reports:export', tenant_id: 'acme', source: 'tenant', is_system: false })
    const { id } = made.json()
    expect((await acmeAdmin.ask('POST', '/v1/scopes', { resource: 'reports', action: 'export' })).statusCode).toBe(409)
    expect((await root.ask('POST', '/v1/scopes', { resource: 'reports', action: 'export' })).json()).toMatchObject({
      tenant_id: '_platform_',
      source: 'platform',
    })
    const renamed = await acmeAdmin.ask('PATCH', `/v1/scopes/${id}`, { display_name: 'Export reports' })
    expect(renamed.json()).toMatchObject({ display_name: 'Export reports', description: '' })
    const names = (await user.ask('GET', '/v1/scopes')).json<{ id: number }[]>().map((scope) => scope.id)
    expect(names).not.toContain(id)
    await acmeAdmin.ask('PATCH', `/v1/users/${acmeAdmin.userId}`, { scopes: ['reports:export'] })
    expect((await acmeAdmin.ask('DELETE', `/v1/scopes/${id}`)).statusCode).toBe(409)
    await acmeAdmin.ask('PATCH', `/v1/users/${acmeAdmin.userId}`, { scopes: [] })
    expect((await acmeAdmin.ask('DELETE', `/v1/scopes/${id}`)).json()).toEqual({ message: expect.any(String), id })
    expect((await acmeAdmin.ask('DELETE', `/v1/scopes/${id}`)).statusCode).toBe(404)
  })

  test('what comes with the platform or an app, or belongs to another tenant, is not to be changed', async () => {
    const list = (await root.ask('GET', '/v1/scopes')).json<{ id: number; name: string }[]>()
    const idOfScope = (name: string) => list.find((scope) => scope.name === name)?.id
    for (const name of ['voice:use', 'crm:read']) {
      expect((await root.ask('PATCH', `/v1/scopes/${idOfScope(name)}`, { display_name: 'x' })).statusCode).toBe(403)
      expect((await root.ask('DELETE', `/v1/scopes/${idOfScope(name)}`)).statusCode).toBe(403)
    }
    const platform = (await root.ask('POST', '/v1/scopes', { resource: 'all', action: 'see' })).json()
    expect((await acmeAdmin.ask('DELETE', `/v1/scopes/${platform.id}`)).statusCode).toBe(403)
    const own = (await root.ask('POST', '/v1/scopes', { resource: 'mine', action: 'see', tenant_id: 'default' })).json()
    expect((await acmeAdmin.ask('PATCH', `/v1/scopes/${own.id}`, { display_name: 'x' })).statusCode).toBe(404)
    expect((await user.ask('POST', '/v1/scopes', { resource: 'x', action: 'y' })).statusCode).toBe(403)
    expect((await root.ask('PATCH', '/v1/scopes/99999999999999999999', {})).statusCode).toBe(422)
  })
})

describe('[GET /v1/scopes/effective/{user_id}]', () => {
  const effective = async (who: Person, userId: string) =>
    scopes.effective.response.parse((await who.ask('GET', `/v1/scopes/effective/${userId}`)).json())

  test('[K3.4a] role, own, tenant and installed apps, each with its source, minus what is denied', async () => {
    const { id } = await newRole(acmeAdmin, 'clerk', {
      default_scopes: ['store:read', 'mail:read'],
      denied_scopes: ['notes:*'],
    })
    expect(id).toBeTruthy()
    const clerk = await home.add({ tenant: 'acme', role: 'clerk', more: { scopes: ['billing.read', 'mail:read'] } })
    await acmeAdmin.ask('PATCH', `/v1/users/${clerk.userId}`, { denied_scopes: ['billing:read'] })
    const seen = await effective(clerk, clerk.userId)
    expect(seen).toMatchObject({ user_id: clerk.userId, role: 'clerk' })
    expect(seen.scopes).toEqual([
      { scope: 'store:read', name: 'store:read', source: 'role' },
      { scope: 'mail:read', name: 'mail:read', source: 'role' },
      { scope: 'voice:use', name: 'voice:use', source: 'tenant' },
      { scope: 'tasks:*', name: 'tasks:*', source: 'extension' },
    ])
    expect(seen.denied).toEqual([
      { scope: 'notes:*', source: 'role', at: expect.stringMatching(/Z$/) },
      { scope: 'billing:read', source: 'user', at: expect.stringMatching(/Z$/) },
    ])
  })

  test('[G5] the plan says how many actions a month has, unless the role was given a number of its own', async () => {
    const payer = await home.add({ tenant: 'acme' })
    const monthly = async () => (await home.identity.actor('acme', payer.userId))?.limits.monthlyActions
    expect(await monthly()).toBe(500)
    actionsOfPlan.set(payer.userId, 20_000)
    home.identity.planChanged(payer.userId)
    expect(await monthly()).toBe(20_000)
    await acmeAdmin.ask('POST', '/v1/roles', { name: 'sparing', monthly_action_limit: 40 })
    await acmeAdmin.ask('PATCH', `/v1/users/${payer.userId}`, { role: 'sparing' })
    expect(await monthly()).toBe(40)
  })

  test('[K3.4] features of the plan add to role and grants, are shown as the plan’s, and a denial takes them', async () => {
    const payer = await home.add({ tenant: 'acme', more: { scopes: ['reports:read'] } })
    const mine = async () => (await home.me(payer.token)).json<{ scopes: string[] }>().scopes
    const before = await mine()
    planned.set(payer.userId, ['features:voice', 'Reports.Read', 'reports:export'])
    expect(await mine()).toEqual(before)
    home.identity.planChanged(payer.userId)
    expect((await mine()).sort()).toEqual([...before, 'features:voice', 'reports:export'].sort())
    const { scopes: seen } = await effective(acmeAdmin, payer.userId)
    expect(seen).toEqual(
      expect.arrayContaining([
        { scope: 'reports:read', name: 'reports:read', source: 'user' },
        { scope: 'features:voice', name: 'features:voice', source: 'plan' },
        { scope: 'reports:export', name: 'reports:export', source: 'plan' },
      ]),
    )
    const { token } = await home.signIn(payer.email, 'long-password', 'acme')
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { scopes: string[] }
    expect(claims.scopes.sort()).toEqual([...before, 'features:voice', 'reports:export'].sort())
    await acmeAdmin.ask('PATCH', `/v1/users/${payer.userId}`, { denied_scopes: ['features:*'] })
    expect((await mine()).sort()).toEqual([...before, 'reports:export'].sort())
    planned.delete(payer.userId)
    home.identity.planChanged(null)
    expect((await mine()).sort()).toEqual([...before].sort())
  })

  test('agrees with what the request itself is given', async () => {
    const mine = await effective(user, user.userId)
    const withoutApps = mine.scopes.filter((scope) => scope.source !== 'extension').map((scope) => scope.scope)
    expect(withoutApps.sort()).toEqual((await home.me(user.token)).json().scopes.sort())
  })

  test('is for oneself, administrators and services', async () => {
    expect((await user.ask('GET', `/v1/scopes/effective/${root.userId}`)).statusCode).toBe(403)
    expect((await acmeAdmin.ask('GET', `/v1/scopes/effective/${user.userId}`)).statusCode).toBe(404)
    expect((await effective(root, acmeAdmin.userId)).scopes).toContainEqual(expect.objectContaining({ scope: '*' }))
    expect((await service('GET', `/v1/scopes/effective/${user.userId}`)).statusCode).toBe(200)
    expect((await service('GET', '/v1/scopes/effective/imp_u_nobody00')).statusCode).toBe(404)
  })
})
