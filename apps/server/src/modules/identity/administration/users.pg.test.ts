import { users } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../../../../test/support/session.ts'
import type { IdentityPorts } from '../chores.ts'
import { openPeople, type Person } from './test-people.ts'

const installed: string[] = []
const forgotten: string[] = []
let breakForgetting = false
const ports: IdentityPorts = {
  installedApps: async () => ['notes'],
  planGrants: async () => ({ scopes: [], actions: null }),
  async installApps(user, appIds) {
    installed.push(`${user.userId}: ${appIds.join(' ')}`)
  },
  async forgetUser(user) {
    if (breakForgetting) throw new Error('the store does not answer')
    forgotten.push(user.userId)
  },
}
const home = await openPeople({ ports })
const { root, service } = home
let user: Person
let acmeAdmin: Person
let acmeUser: Person
beforeAll(async () => {
  await home.tenant('acme')
  user = await home.add({ more: { first_name: 'Ada', last_name: 'Lovelace' } })
  acmeAdmin = await home.add({ tenant: 'acme', role: 'admin' })
  acmeUser = await home.add({ tenant: 'acme' })
})
afterAll(() => home.close())

const patch = (who: Person, userId: string, body: object) => who.ask('PATCH', `/v1/users/${userId}`, body)

describe('[POST /v1/users]', () => {
  const fresh = (email: string, more: object = {}) => ({ email, password: 'long-password', ...more })

  test('makes a user who can sign in at once, and repeats what was given', async () => {
    const body = fresh('Grace@Example.com', { role: 'viewer', scopes: ['notes.read'], attributes: { team: 'navy' } })
    const answer = await root.ask('POST', '/v1/users', body)
    expect(answer.statusCode).toBe(201)
    const created = users.create.response.parse(answer.json())
    expect(created).toMatchObject({
      email: 'grace@example.com',
      role: 'viewer',
      scopes: ['notes:read'],
      attributes: { team: 'navy' },
      tenant_id: 'default',
      is_active: true,
      last_login: null,
      auth_method: 'email',
    })
    expect(created.id).toBe(created.imperal_id)
    expect((await home.logIn('grace@example.com', 'long-password')).statusCode).toBe(200)
  })

  test('of ten at once with one address one is made', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => root.ask('POST', '/v1/users', fresh('twice@example.com'))),
    )
    expect(answers.filter((answer) => answer.statusCode === 201)).toHaveLength(1)
    expect(answers.filter((answer) => answer.statusCode === 409)).toHaveLength(9)
  })

  test('unknown roles, agencies and tenants, weak passwords and odd scopes are refused', async () => {
    const status = async (more: object) =>
      (await root.ask('POST', '/v1/users', fresh('no@example.com', more))).statusCode
    expect(await status({ role: 'emperor' })).toBe(400)
    expect(await status({ agency_id: 'nowhere' })).toBe(404)
    expect(await status({ tenant_id: 'nowhere' })).toBe(404)
    expect(await status({ password: 'short' })).toBe(422)
    expect(await status({ scopes: ['no scope!'] })).toBe(400)
    expect(await status({ attributes: { developer_tier: 'emperor' } })).toBe(400)
    expect(await status({ attributes: { large: 'x'.repeat(70_000) } })).toBe(413)
    expect((await user.ask('POST', '/v1/users', fresh('no@example.com'))).statusCode).toBe(403)
    expect((await service('POST', '/v1/users', fresh('no@example.com'))).statusCode).toBe(403)
    expect((await service('POST', '/v1/users', fresh('yes@example.com'), root.userId)).statusCode).toBe(201)
  })

  test('an administrator of one tenant makes users of that tenant only', async () => {
    const own = await acmeAdmin.ask('POST', '/v1/users', fresh('own@acme.example'))
    expect(own.json()).toMatchObject({ tenant_id: 'acme' })
    for (const tenantId of ['umbrella', 'default', 'nowhere']) {
      const elsewhere = await acmeAdmin.ask('POST', '/v1/users', fresh('x@acme.example', { tenant_id: tenantId }))
      expect([elsewhere.statusCode, elsewhere.json().message]).toEqual([
        403,
        expect.stringContaining('your own tenant'),
      ])
    }
    expect(await home.rows("select 1 from identity.account where email = 'x@acme.example'")).toEqual([])
  })

  test('[api 3.5] `default_extensions` of the role are installed for the new user', async () => {
    const role = { name: 'helper', default_extensions: ['notes', 'tasks'] }
    expect((await root.ask('POST', '/v1/roles', role)).statusCode).toBe(201)
    const helper = await home.add({ role: 'helper' })
    await until(async () => installed.includes(`${helper.userId}: notes tasks`))
    expect(await home.rows('select 1 from identity.chore')).toEqual([])
  })
})

describe('[GET /v1/users]', () => {
  const list = async (who: Person, query = '') => (await who.ask('GET', `/v1/users${query}`)).json()
  const emails = async (query: string) => (await list(root, query)).items.map(({ email }: { email: string }) => email)

  test('lists the users of the own tenant with their number', async () => {
    const page = users.list.response.parse(await list(root, '?limit=2&offset=1'))
    expect(page).toMatchObject({ limit: 2, offset: 1 })
    expect(page.items).toHaveLength(2)
    expect(page.total).toBeGreaterThan(4)
    const acme = await list(acmeAdmin)
    expect(new Set(acme.items.map((item: { tenant_id: string }) => item.tenant_id))).toEqual(new Set(['acme']))
    expect((await list(root, '?tenant_id=acme')).total).toBe(acme.total)
    expect((await acmeAdmin.ask('GET', '/v1/users?tenant_id=umbrella')).statusCode).toBe(404)
    expect((await user.ask('GET', '/v1/users')).statusCode).toBe(403)
  })

  test('searches in address, name and id, and takes wildcards for what they are', async () => {
    expect(await emails('?search=LOVELACE')).toEqual([user.email])
    expect(await emails(`?search=${user.userId.slice(3)}`)).toEqual([user.email])
    expect(await emails('?search=%25')).toEqual([])
    expect(await emails('?search=r%25t')).toEqual([])
    expect(await emails('?search=r__t')).toEqual([])
  })

  test('filters by role, scope and state', async () => {
    expect(await emails('?role=admin')).toEqual([root.email])
    expect(await emails('?scope=notes:read')).toEqual(['grace@example.com'])
    expect(await emails('?scope=*')).toEqual([root.email])
    const leaving = await home.add()
    await patch(root, leaving.userId, { is_active: false })
    expect(await emails('')).not.toContain(leaving.email)
    expect(await emails('?include_inactive=true')).toContain(leaving.email)
    expect(await emails('?is_active=false')).toContain(leaving.email)
    expect(await emails('?is_active=true')).not.toContain(leaving.email)
  })

  test('a service gets up to a thousand without asking, a person fifty and two hundred at most', async () => {
    expect((await service('GET', '/v1/users')).json().limit).toBe(1000)
    expect((await list(root)).limit).toBe(50)
    expect((await list(root, '?limit=900')).limit).toBe(200)
    expect((await root.ask('GET', '/v1/users?limit=0')).statusCode).toBe(422)
  })
})

describe('[GET /v1/users/{user_id}]', () => {
  test('oneself, and everybody of the own tenant for its administrator', async () => {
    expect((await user.ask('GET', `/v1/users/${user.userId}`)).json()).toMatchObject({
      display_name: 'Ada Lovelace',
      full_name: 'Ada Lovelace',
      role_confirmation_policy: 'default_off',
      max_concurrent_tasks: 3,
    })
    expect((await acmeAdmin.ask('GET', `/v1/users/${acmeUser.userId}`)).statusCode).toBe(200)
    expect((await root.ask('GET', `/v1/users/${acmeUser.userId}`)).statusCode).toBe(200)
    expect((await service('GET', `/v1/users/${acmeUser.userId}`)).statusCode).toBe(200)
  })

  test('[lessons 9] somebody else is the same as nobody', async () => {
    const answers = async (who: Person) =>
      Promise.all(
        [root.userId, 'imp_u_nobody00'].map(async (id) => {
          const { statusCode, body } = await who.ask('GET', `/v1/users/${id}`)
          return `${statusCode} ${body.replaceAll(id, '<id>')}`
        }),
      )
    for (const who of [user, acmeAdmin, acmeUser]) {
      const [foreign, missing] = await answers(who)
      expect(foreign).toBe(missing)
    }
    expect((await user.ask('GET', `/v1/users/${root.userId}`)).statusCode).toBe(403)
    expect((await acmeAdmin.ask('GET', `/v1/users/${root.userId}`)).statusCode).toBe(404)
  })
})

describe('[PATCH /v1/users/{user_id}]', () => {
  test('attributes are merged, null removes one, and the answer reflects every change', async () => {
    await patch(root, user.userId, { attributes: { a: 1, b: { c: 2 } } })
    const answer = await patch(root, user.userId, {
      attributes: { b: null, d: 'x' },
      scopes: ['mail:read'],
      role: 'viewer',
    })
    expect(answer.json()).toMatchObject({ attributes: { a: 1, d: 'x' }, scopes: ['mail:read'], role: 'viewer' })
    expect(answer.json().attributes).not.toHaveProperty('b')
    const [row] = (await home.audited('user.updated')).slice(-1)
    expect(row).toMatchObject({ actor_id: root.userId, target_id: user.userId })
    await patch(root, user.userId, { role: 'user' })
  })

  test('a change counts at once, on every node', async () => {
    const other = await home.openNode()
    const scopes = async () => (await other.send('GET', '/v1/auth/me', { token: user.token })).json().scopes as string[]
    expect(await scopes()).not.toContain('tasks:read')
    await patch(root, user.userId, { scopes: ['tasks:read'] })
    expect((await home.me(user.token)).json().scopes).toContain('tasks:read')
    await until(async () => (await scopes()).includes('tasks:read'))
    await patch(root, user.userId, { denied_scopes: ['tasks:read'] })
    expect((await home.me(user.token)).json().scopes).not.toContain('tasks:read')
    await patch(root, user.userId, { denied_scopes: [] })
    await other.close()
  })

  test('`developer_tier` makes a developer and back', async () => {
    expect(
      (await patch(root, user.userId, { attributes: { developer_tier: 'indie' } })).json().attributes,
    ).toMatchObject({
      developer_tier: 'indie',
    })
    expect(await home.identity.developer('default', user.userId)).toMatchObject({ tier: 'indie' })
    await patch(root, user.userId, { attributes: { developer_tier: null } })
    expect(await home.identity.developer('default', user.userId)).toBeNull()
  })

  test('deactivating ends every session and key; activating lets the user sign in again', async () => {
    const member = await home.add()
    const { key } = (await member.ask('POST', '/v1/keys', { name: 'k' })).json()
    await patch(root, member.userId, { is_active: false })
    expect((await home.me(member.token)).statusCode).toBe(401)
    expect((await home.me(key)).statusCode).toBe(401)
    expect((await home.logIn(member.email, 'long-password')).json()).toMatchObject({ error: 'account_disabled' })
    await patch(root, member.userId, { is_active: true })
    expect((await home.me(member.token)).statusCode).toBe(401)
    expect((await home.logIn(member.email, 'long-password')).statusCode).toBe(200)
  })

  test('the last administrator cannot be demoted, also when two demote each other at once', async () => {
    for (const change of [{ role: 'user' }, { is_active: false }])
      expect((await patch(root, root.userId, change)).statusCode).toBe(400)
    const second = await home.add({ role: 'admin' })
    const answers = await Promise.all([
      patch(root, second.userId, { role: 'user' }),
      patch(second, root.userId, { role: 'user' }),
    ])
    const admins = await home.rows<{ n: number }>(
      "select count(*)::int as n from identity.account where tenant_id = 'default' and role = 'admin' and status = 'active'",
    )
    expect(admins).toEqual([{ n: 1 }])
    expect(answers.map((answer) => answer.statusCode)).toContain(200)
    const [left] = await home.rows<{ user_id: string }>(
      "select user_id from identity.account where tenant_id = 'default' and role = 'admin' and status = 'active'",
    )
    if (left?.user_id === second.userId) await patch(second, root.userId, { role: 'admin' })
    await patch(root, second.userId, { role: 'user' })
  })

  test('[api 7.1] nobody grants anything to oneself, and foreign users are none', async () => {
    expect((await patch(user, user.userId, { role: 'admin', scopes: ['*'] })).statusCode).toBe(403)
    expect((await patch(acmeAdmin, user.userId, { role: 'admin' })).statusCode).toBe(404)
    const own = await user.ask('PATCH', '/v1/me/settings', { role: 'admin', scopes: ['*'] })
    expect(own.statusCode).toBe(200)
    expect((await home.me(user.token)).json()).toMatchObject({ role: 'user' })
  })
})

describe('[DELETE /v1/users/{user_id}]', () => {
  test('deactivates, and refuses oneself and the last administrator', async () => {
    const member = await home.add()
    expect((await root.ask('DELETE', `/v1/users/${member.userId}`)).json()).toEqual({
      message: expect.any(String),
      user_id: member.userId,
      permanent: false,
    })
    expect((await home.me(member.token)).statusCode).toBe(401)
    expect((await root.ask('DELETE', `/v1/users/${root.userId}`)).statusCode).toBe(400)
    expect((await acmeAdmin.ask('DELETE', `/v1/users/${user.userId}`)).statusCode).toBe(404)
    expect((await service('DELETE', `/v1/users/${acmeAdmin.userId}`, undefined, root.userId)).statusCode).toBe(400)
  })

  test('[api 5.1] erasing leaves an id without a person; the address is free again, the id is not', async () => {
    const member = await home.add({
      more: { first_name: 'Canary', last_name: 'Erased', attributes: { note: 'canary' } },
    })
    await member.ask('PUT', '/v1/me/nickname', { nickname: 'canary-nick' })
    await member.ask('PATCH', '/v1/me/settings', { language: 'canary' })
    await member.ask('POST', '/v1/keys', { name: 'canary-key' })
    expect((await root.ask('DELETE', `/v1/users/${member.userId}?permanent=true`)).json()).toMatchObject({
      permanent: true,
    })
    expect(forgotten).toContain(member.userId)
    expect((await home.me(member.token)).statusCode).toBe(401)
    expect((await root.ask('GET', `/v1/users/${member.userId}`)).statusCode).toBe(404)
    for (const table of ['account', 'session', 'api_key', 'user_settings', 'email_token', 'refresh_token']) {
      const rows = await home.rows<{ text: string }>(`select t::text as text from identity.${table} t`)
      const left = rows.filter(({ text }) => /canary/i.test(text) || text.includes(member.email))
      expect([table, left]).toEqual([table, []])
    }
    expect((await home.logIn(member.email, 'long-password')).statusCode).toBe(401)
    const again = await root.ask('POST', '/v1/users', { email: member.email, password: 'long-password' })
    expect(again.json().imperal_id).not.toBe(member.userId)
    const audited = await home.audited('user.deleted')
    expect(audited.at(-1)).toMatchObject({ target_id: member.userId })
  })

  test('what could not be forgotten elsewhere is tried again until it is', async () => {
    const member = await home.add()
    breakForgetting = true
    expect((await root.ask('DELETE', `/v1/users/${member.userId}?permanent=true`)).statusCode).toBe(200)
    expect(forgotten).not.toContain(member.userId)
    breakForgetting = false
    home.problems.splice(0)
    home.clock.advance(121_000)
    const later = await home.openNode()
    await until(async () => forgotten.includes(member.userId))
    await later.close()
    expect(await home.rows('select 1 from identity.chore')).toEqual([])
  })
})
