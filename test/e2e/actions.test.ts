import { actions } from '@imperal/contract'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin } from '../support/session.ts'

let server: TestServer
let admin: Session
let ada: Session

beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
  await admin.request('POST', '/v1/users', { email: 'ada.user@example.com', password: 'long-password' })
  ada = await signIn(server, 'ada.user@example.com', 'long-password')
  await ada.request('POST', '/v1/marketplace/apps/notes/install', {})
}, 240_000)

const service = (method: string, path: string, body?: unknown) =>
  send(server.url + path, method, body, { 'x-service-token': server.serviceToken })
const action = (changes: object = {}) => ({
  trace_id: 'feedfacefeedface',
  user_id: ada.userId,
  app_id: 'mail',
  tool_name: 'send_mail',
  action_type: 'write',
  status: 'completed',
  message_preview: 'Send it to grace@example.com please',
  llm_model: 'small-model',
  llm_total_calls: 2,
  llm_total_tokens: 345,
  tokens_used: 345,
  action_price: 3,
  platform_fee: 60,
  duration_ms: 1200,
  args_masked: { to: 'grace@example.com', password: 'canary-password' },
  ...changes,
})
const recorded = async () => {
  const { actions: rows } = (await ada.request('GET', '/v1/actions?app_id=mail')).body as { actions: object[] }
  return rows
}

describe('[POST /v1/actions]', () => {
  test('[S001-009] is for services alone', async () => {
    for (const session of [ada, admin])
      expect((await session.request('POST', '/v1/actions', action())).status).toBe(403)
    expect((await send(`${server.url}/v1/actions`, 'POST', action())).status).toBe(401)
  })

  test('records one row for its user, masked, and the same again changes nothing, also ten at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => service('POST', '/v1/actions', action())))
    for (const answer of answers)
      expect([answer.status, answer.body]).toEqual([200, { recorded: true, trace_id: 'feedfacefeedface' }])
    const rows = await recorded()
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      trace_id: 'feedfacefeedface',
      tool_name: 'send_mail',
      status: 'success',
      source: 'api',
      duration_ms: 1200,
      tokens_used: 345,
      charged_credits: 63,
      masked: true,
      args: { to: 'g***@example.com', password: '[redacted]' },
      message_preview: 'Send it to g***@example.com please',
      retention_class: 'federal_7y',
    })
    expect(JSON.stringify(rows)).not.toContain('canary')
  })

  test('another content under the trace id is refused and leaves the first as it was', async () => {
    const answer = await service('POST', '/v1/actions', action({ status: 'failed' }))
    expect([answer.status, (answer.body as { error: string }).error]).toEqual([409, 'conflict'])
    expect(await recorded()).toHaveLength(1)
    expect((await recorded())[0]).toMatchObject({ status: 'success' })
  })

  test('[api 7.1] the user decides the tenant, never the body', async () => {
    const other = { trace_id: 'another-trace-1' }
    expect((await service('POST', '/v1/actions', action({ ...other, tenant_id: 'umbrella' }))).status).toBe(403)
    expect((await service('POST', '/v1/actions', action({ ...other, user_id: 'imp_u_nobody00' }))).status).toBe(404)
    for (const wrong of [
      { action_type: 'odd' },
      { status: 'odd' },
      { duration_ms: -1 },
      { trace_id: 'no spaces!' },
      { completed_at: 'yesterday' },
    ])
      expect([wrong, (await service('POST', '/v1/actions', action({ ...other, ...wrong }))).status]).toEqual([
        wrong,
        422,
      ])
  })

  test('[K11.3] the row is sealed with the others and cannot be changed by the application', async () => {
    const database = await superuserOf(server.dataDir)
    await database.query('set role imperal_app')
    await database.query("set imperal.tenant = '*'")
    await expect(database.query("update ledger.action set status = 'failed' where app_id = 'mail'")).rejects.toThrow(
      /permission/,
    )
    await database.end()
  })
})

describe('[GET /v1/actions/stats] and its sisters', () => {
  test('counts own calls of the month, with the models that worked for them', async () => {
    const stats = async () => actions.stats.response.parse((await ada.request('GET', '/v1/actions/stats')).body)
    const { used } = await stats()
    await ada.call('notes', 'create_note', { title: 'Counted' })
    await ada.call('notes', 'list_notes')
    const own = await stats()
    expect(own).toMatchObject({
      used: used + 1,
      failed: 0,
      llm_total_calls: 2,
      llm_total_tokens: 345,
      llm_by_model: [{ model: 'small-model', calls: 2, tokens: 345 }],
      period: new Date().toISOString().slice(0, 7),
    })
    expect(own.completed).toBe(own.total_actions)
    // A skeleton that the created note refreshes may end between two questions.
    await vi.waitFor(async () => {
      const [mine, named] = [await stats(), await service('GET', `/v1/internal/actions/stats?user_id=${ada.userId}`)]
      expect(named.body).toEqual(mine)
    }, 20_000)
  })

  test('[GET /v1/internal/actions] and the totals of the platform are never asked for by accident', async () => {
    expect((await service('GET', '/v1/internal/actions')).status).toBe(422)
    expect((await service('GET', '/v1/internal/actions/stats')).status).toBe(422)
    expect((await service('GET', '/v1/internal/actions?user_id=imp_u_nobody00')).status).toBe(404)
    const list = await service('GET', `/v1/internal/actions?user_id=${ada.userId}&app_id=mail`)
    expect((list.body as { total: number }).total).toBe(1)
    const all = (await service('GET', '/v1/internal/actions/stats?admin=true')).body as { total_actions: number }
    expect(all.total_actions).toBeGreaterThanOrEqual(3)
    const past = await service('GET', '/v1/internal/actions/stats?admin=true&from=2020-01-01&to=2020-02-01')
    expect(past.body).toMatchObject({ total_actions: 0, by_app: [] })
  })

  test('[GET /v1/actions/stats/extension/{app_id}] its developer sees numbers of an app, nobody else anything', async () => {
    const appId = 'counted-app'
    await admin.request('POST', '/v1/developer/apps', { app_id: appId, name: 'Counted' })
    await service('POST', '/v1/actions', action({ trace_id: 'counted-trace-1', app_id: appId, tool_name: 'one' }))
    await service(
      'POST',
      '/v1/actions',
      action({ trace_id: 'counted-trace-2', app_id: appId, tool_name: 'two', status: 'failed', duration_ms: 2400 }),
    )
    const stats = await admin.request('GET', `/v1/actions/stats/extension/${appId}`)
    expect(actions.extensionStats.response.parse(stats.body)).toMatchObject({
      app_id: appId,
      total_actions: 2,
      completed: 1,
      failed: 1,
      unique_users: 1,
      success_rate: 0.5,
      avg_duration_ms: 1800,
      by_tool: [
        { tool: 'one', total: 1, completed: 1, failed: 0 },
        { tool: 'two', total: 1, completed: 0, failed: 1 },
      ],
    })
    expect((await admin.request('GET', '/v1/actions/stats/extension/notes')).status).toBe(404)
    expect((await ada.request('GET', `/v1/actions/stats/extension/${appId}`)).status).toBe(403)
    expect((await service('GET', `/v1/internal/actions/stats/extension/${appId}`)).body).toEqual(stats.body)
  })

  test('[GET /v1/actions/stats/marketplace/{app_id}] [S001-010] is for services, without anybody’s rows', async () => {
    const { body } = await service('GET', '/v1/actions/stats/marketplace/notes')
    expect(body).toEqual({
      app_id: 'notes',
      total_actions: expect.any(Number),
      active_users: 1,
      success_rate: 1,
      avg_duration_ms: expect.any(Number),
    })
    // A created note and a list, and what tries of this file before made.
    expect((body as { total_actions: number }).total_actions).toBeGreaterThanOrEqual(2)
    expect((await service('GET', '/v1/actions/stats/marketplace/no-such-app')).status).toBe(404)
    expect((await admin.request('GET', '/v1/actions/stats/marketplace/notes')).status).toBe(403)
  })
})

test('[POST /v1/internal/audit] [GET /v1/audit] a service appends to the log, and an administrator reads it', async () => {
  const row = {
    actor_id: 'mailer',
    actor_type: 'service',
    action: 'mail.bounced',
    target_type: 'user',
    target_id: ada.userId,
  }
  const answer = await service('POST', '/v1/internal/audit', { ...row, metadata: { code: 550 } })
  expect([answer.status, answer.body]).toMatchObject([201, { recorded: true, id: expect.stringMatching(/^aud_/) }])
  const { entries } = (await admin.request('GET', '/v1/audit?action=mail.bounced')).body as { entries: object[] }
  expect(entries).toEqual([
    expect.objectContaining({ ...row, id: (answer.body as { id: string }).id, metadata: { code: 550 } }),
  ])
  expect((await admin.request('POST', '/v1/internal/audit', row)).status).toBe(403)
  // About the whole installation; everywhere else `*` is no tenant.
  expect((await service('POST', '/v1/internal/audit', { ...row, tenant_id: '*' })).status).toBe(201)
})

test('[ui-activity] the list leaves out what only draws when asked to', async () => {
  await ada.call('notes', '__panel__sidebar')
  await ada.call('notes', 'list_folders')
  const names = async (query: string) => {
    const { body } = await ada.request('GET', `/v1/actions?app_id=notes&per_page=200${query}`)
    return (body as { actions: { tool_name: string }[] }).actions.map((row) => row.tool_name)
  }
  expect(await names('')).toEqual(expect.arrayContaining(['__panel__sidebar', 'list_folders']))
  const shown = await names('&surfaces=false')
  expect(shown).toContain('list_folders')
  expect(shown.filter((name) => name.startsWith('__'))).toEqual([])
})
