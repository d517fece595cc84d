import { beforeAll, expect, test } from 'vitest'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

let server: TestServer
let admin: Session
let ada: Session
let eve: Session

async function add(email: string): Promise<Session> {
  await admin.request('POST', '/v1/users', { email, password: 'long-password' })
  return signIn(server, email, 'long-password')
}

beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
  ada = await add('ada.user@example.com')
  eve = await add('eve@example.com')
  await ada.request('POST', '/v1/marketplace/apps/notes/install', {})
}, 240_000)

const asService = (method: string, path: string, body?: unknown) =>
  send(server.url + path, method, body, { 'x-service-token': server.serviceToken })
const notesOf = (body: unknown) =>
  (body as { extensions: { app_id: string }[] }).extensions.find(({ app_id }) => app_id === 'notes')

test('[GET /v1/users/{user_id}/extensions] what a user has and could have, for the user, administrators and services', async () => {
  const path = `/v1/users/${ada.userId}/extensions`
  for (const answer of [
    await ada.request('GET', path),
    await admin.request('GET', path),
    await asService('GET', path),
  ]) {
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(notesOf(answer.body)).toEqual({
      app_id: 'notes',
      name: 'Notes',
      display_name: 'Notes',
      category: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      system: false,
      has_access: true,
      enabled: true,
      is_installed: true,
      access_reason: 'installed',
    })
  }
  expect(notesOf((await admin.request('GET', `/v1/users/${eve.userId}/extensions`)).body)).toMatchObject({
    is_installed: false,
    enabled: false,
    has_access: true,
  })
  expect((await eve.request('GET', path)).status).toBe(403)
  expect((await admin.request('GET', '/v1/users/imp_u_nobody00/extensions')).status).toBe(404)
})

test('[POST /v1/users/{user_id}/extensions/disable] [DELETE /v1/users/{user_id}/extensions/disable/{app_id}] an administrator switches an app of a user off and on', async () => {
  const path = `/v1/users/${ada.userId}/extensions/disable`
  expect((await admin.request('POST', path, { app_id: 'notes' })).body).toEqual({ app_id: 'notes', disabled: true })
  const refused = await ada.request('POST', '/v1/extensions/notes/call', {
    user_id: ada.userId,
    function: 'list_notes',
  })
  expect(refused.status).toBe(403)
  expect(notesOf((await admin.request('GET', `/v1/users/${ada.userId}/extensions`)).body)).toMatchObject({
    enabled: false,
  })
  expect((await admin.request('DELETE', `${path}/notes`)).body).toEqual({ app_id: 'notes', disabled: false })
  expect((await admin.request('DELETE', `${path}/notes`)).status).toBe(200)
  expect(await ada.call('notes', 'list_notes')).toMatchObject({ status: 'success' })
  expect((await eve.request('POST', path, { app_id: 'notes' })).status).toBe(403)
  expect((await admin.request('POST', path, { app_id: 'no-such-app' })).status).toBe(404)
  const { entries } = (await admin.request('GET', '/v1/audit?action=install.disabled')).body as { entries: object[] }
  expect(entries[0]).toMatchObject({ actor_id: admin.userId, user_id: ada.userId, target_id: 'notes' })
})

test('[GET /v1/extensions/{app_id}/users] who may use an app, for administrators and services', async () => {
  const answer = await admin.request('GET', '/v1/extensions/notes/users')
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const { users, counts } = answer.body as { users: object[]; counts: object }
  expect(users).toContainEqual({
    imperal_id: ada.userId,
    email: 'ada.user@example.com',
    display_name: 'ada.user',
    role: 'user',
    access: 'granted',
    reason: 'installed',
  })
  expect(users).toContainEqual(
    expect.objectContaining({ imperal_id: eve.userId, reason: expect.stringContaining('not installed') }),
  )
  expect(counts).toEqual({ installed: 2, disabled: 0 })
  expect((await asService('GET', '/v1/extensions/notes/users')).status).toBe(200)
  expect((await ada.request('GET', '/v1/extensions/notes/users')).status).toBe(403)
  expect((await ada.request('GET', '/v1/extensions/no-such-app/users')).status).toBe(403)
  expect((await admin.request('GET', '/v1/extensions/no-such-app/users')).status).toBe(404)
})

test('[POST /v1/users/{user_id}/reset-conversation] the assistant forgets; what was said can still be read', async () => {
  const say = async (text: string) => {
    const sent = await ada.request('POST', '/v1/chat/messages', { text })
    const { reply_id } = sent.body as { reply_id: string }
    await until(async () => {
      const { messages } = (await ada.request('GET', '/v1/chat/messages')).body as {
        messages: { message_id: string; status: string }[]
      }
      return messages.find((message) => message.message_id === reply_id)?.status === 'done'
    })
  }
  await say('/help')
  const path = `/v1/users/${ada.userId}/reset-conversation`
  const reset = await admin.request('POST', path, {})
  expect(reset.body).toEqual({ redis_keys_deleted: 2, workflow_terminated: false })
  expect((await ada.request('POST', path, {})).body).toEqual({ redis_keys_deleted: 0, workflow_terminated: false })
  const { messages } = (await ada.request('GET', '/v1/chat/messages')).body as { messages: object[] }
  expect(messages).toHaveLength(2)
  expect((await eve.request('POST', path, {})).status).toBe(403)
})

test('[K3.4] a function that asks for a feature is there for whoever has it through the plan, and for nobody else', async () => {
  const service = { 'x-service-token': server.serviceToken, 'x-acting-user': admin.userId }
  const functions = { list_notes: { required_scopes: ['features:coding'] } }
  const policy = (config: object) => send(`${server.registryUrl}/v1/apps/notes`, 'PUT', { config }, service)
  const billing = (path: string, body: object) =>
    send(`${server.url}/v1/internal/billing/${path}`, 'PUT', body, service)
  const list = async () => (await ada.call('notes', 'list_notes', {})) as { status: string; error_code?: string }
  const becomes = async (status: string) => until(async () => ((await list()).status === status ? true : null))
  expect((await policy({ access_policy: { functions } })).status).toBe(200)
  expect(await list()).toMatchObject({ status: 'success' })
  // `pro` comes without `coding`; the free plan has it.
  expect((await billing('user-plan', { user_id: ada.userId, plan_ref: 'pro' })).status).toBe(200)
  await becomes('error')
  expect(await list()).toMatchObject({ error_code: 'PERMISSION_DENIED' })
  expect((await ada.call('notes', 'create_note', { title: 'another function' })).status).toBe('success')
  expect((await billing('plan-feature', { plan_id: 'pro', feature: 'coding', enabled: true })).status).toBe(200)
  await becomes('success')
  const { scopes } = (await admin.request('GET', `/v1/scopes/effective/${ada.userId}`)).body as { scopes: object[] }
  expect(scopes).toContainEqual({ scope: 'features:coding', name: 'features:coding', source: 'plan' })
  await admin.request('PATCH', `/v1/users/${ada.userId}`, { denied_scopes: ['features:coding'] })
  expect(await list()).toMatchObject({ error_code: 'PERMISSION_DENIED' })
  await admin.request('PATCH', `/v1/users/${ada.userId}`, { denied_scopes: [] })
  expect((await policy({})).status).toBe(200)
  await billing('plan-feature', { plan_id: 'pro', feature: 'coding', enabled: false })
  await billing('user-plan', { user_id: ada.userId, plan_ref: 'free' })
})

test('[DELETE /v1/users/{user_id}] erasing a user removes documents, installs and conversations everywhere, and keeps the ledger', async () => {
  const gone = await add('gone@example.com')
  await gone.request('POST', '/v1/marketplace/apps/notes/install', {})
  await gone.call('notes', 'create_note', { title: 'canary-of-gone' })
  await gone.request('POST', '/v1/chat/messages', { text: 'canary-of-gone' })
  expect((await gone.request('PUT', '/v1/billing/profile', { name: 'canary-of-gone' })).status).toBe(200)
  expect((await admin.request('DELETE', `/v1/users/${gone.userId}?permanent=true`)).status).toBe(200)
  expect((await gone.request('GET', '/v1/auth/me')).status).toBe(401)
  const database = await superuserOf(server.dataDir)
  const counted = async (table: string) =>
    (await database.query(`select count(*)::int as n from ${table} where user_id = $1`, [gone.userId])).rows[0].n
  for (const table of [
    'store.document',
    'registry.install',
    'chat.message',
    'notifications.notification',
    'kernel.task',
    'billing.profile',
  ])
    expect([table, await counted(table)]).toEqual([table, 0])
  expect(await counted('ledger.action')).toBeGreaterThan(0)
  // Nor is what they wrote in any other table: events, jobs, deliveries and messages on their way went, too.
  const { rows: tables } = await database.query(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
  )
  const holding: string[] = []
  for (const { name } of tables) {
    const found = await database.query(`select 1 from ${name} t where t::text like '%canary-of-gone%' limit 1`)
    if (found.rows.length > 0) holding.push(name)
  }
  expect(holding).toEqual(['ledger.action'])
  const { rows } = await database.query('select email, status from identity.account where user_id = $1', [gone.userId])
  expect(rows).toEqual([{ email: expect.stringContaining('erased'), status: 'erased' }])
  await database.end()
})
