import type { JsonObject, JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import type { HostCallbacks } from '../../hosts/index.ts'
import { catalogOf } from '../catalog.ts'
import { readUnwell } from '../health/check-health.ts'
import { fireSchedule } from '../schedules/fire-schedule.ts'
import { refreshSection } from '../skeletons/refresh-skeletons.ts'
import { chatFunction, type Fixture, fails, openFixture, PATIENCE } from '../test-fixture.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let bob: { tenantId: string; userId: string }
let eve: { tenantId: string; userId: string }

const store = (kernel: HostCallbacks, method: string, args: JsonValue[], asUser: string | null = null) =>
  kernel.onCallback({ client: 'store', method, args, asUser })
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'allowed',
    (error) => error.wire.code as string,
  )

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  bob = await fixture.person()
  eve = await fixture.person({ tenantId: 'umbrella' })
  await fixture.app(
    'tasks',
    {
      tools: [
        chatFunction('add', 'write'),
        { name: 'skeleton_refresh_open', description: 'Open tasks', scopes: [], parameters: {} },
        { name: 'skeleton_alert_open', description: 'Tells about open tasks', scopes: [], parameters: {} },
      ],
      schedules: [{ name: 'remind everybody', cron: '*/5 * * * *' }],
      webhooks: [
        { path: '/incoming', method: 'POST', secret_header: 'X-Signature' },
        { path: '/named', method: 'POST', delivery_header: 'X-Delivery' },
      ],
      exposed: [{ name: 'count', action_type: 'read' }],
      lifecycle: { on_install: true, on_upgrade: ['2.0.0'], health_check: { interval_sec: 60 } },
    },
    [ada, bob, eve],
    { owner: ada } as never,
  )
})
afterAll(() => fixture.close())

describe('schedules', () => {
  const today = (time: string) => new Date(`${new Date().toISOString().slice(0, 10)}T${time}Z`)
  const due = { app_id: 'tasks', schedule: 'remind everybody', cron: '*/5 * * * *' }

  test('[SCHED-EXT-I1] [K7.1] [S000-040] [S000-041] [S000-042] nodes that ask at once fire one run per tenant and minute, in system context, which lists everybody who installed the app', async () => {
    // Somebody without the app, and nobody has a document yet.
    await fixture.person()
    const users: JsonObject[] = []
    const seen: (string | undefined)[] = []
    fixture.handler('tasks', 'schedule', 'remind everybody', async (call, kernel) => {
      seen.push(call.ctx.user?.imperal_id)
      users.push((await store(kernel, 'list_users', [null, { page_size: 10 }])) as JsonObject)
      return null
    })
    const parts = await fixture.assemble()
    const other = await fixture.openNode()
    void other
    const at = today('10:05:42')
    const fired = await Promise.all([
      fireSchedule(parts, due, at),
      fireSchedule(parts, due, at),
      fireSchedule(parts, due, at),
    ])
    expect(fired.filter(Boolean)).toHaveLength(1)
    expect(seen).toEqual(['__system__', '__system__'])
    expect(users.map((page) => page.user_ids).sort()).toEqual([[ada.userId, bob.userId], [eve.userId]].sort())
    expect(await fixture.rows('select minute, status from kernel.schedule_run')).toEqual([
      { minute: today('10:05:00'), status: 'success' },
    ])
    const rows = (await fixture.ledger({ appId: 'tasks' })).filter((row) => row.source === 'schedule')
    expect(rows.map((row) => [row.user_id, row.status, row.function])).toEqual([
      ['__system__', 'success', 'remind everybody'],
      ['__system__', 'success', 'remind everybody'],
    ])
  })

  test('[K7.3] a run that still goes on lets the next one pass', async () => {
    const parts = await fixture.assemble()
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<null>()
    fixture.handler('tasks', 'schedule', 'remind everybody', () => {
      started.resolve()
      return finish.promise
    })
    const first = fireSchedule(parts, due, today('11:00:00'))
    await started.promise
    expect(await fireSchedule(parts, due, today('11:05:00'))).toBe(false)
    finish.resolve(null)
    expect(await first).toBe(true)
    expect(await fixture.rows('select status from kernel.schedule_run where minute = $1', [today('11:05:00')])).toEqual(
      [{ status: 'skipped' }],
    )
  })

  test('[I-AS-USER-2] [K3.37] as_user changes the user and nothing else, and only for people who have the app here', async () => {
    const stranger = await fixture.person()
    const refused: string[] = []
    fixture.handler('tasks', 'schedule', 'remind everybody', async (call, kernel) => {
      if (call.ctx.user?.tenant_id !== 'default') return null
      await store(kernel, 'create', ['reminders', { for: 'ada' }], ada.userId)
      for (const id of ['', '__system__', stranger.userId, eve.userId])
        refused.push(await refusal(store(kernel, 'create', ['reminders', {}], id)))
      refused.push(await refusal(store(kernel, 'list_users', [null, {}], ada.userId)))
      await kernel.onCallback({ client: 'notify', method: 'send', args: [{ message: 'to the owner' }], asUser: null })
      await kernel.onCallback({ client: 'notify', method: 'send', args: [{ message: 'to bob' }], asUser: bob.userId })
      return null
    })
    await fireSchedule(await fixture.assemble(), due, today('12:00:00'))
    expect(
      await fixture.rows("select user_id, tenant_id, app_id from store.document where collection = 'reminders'"),
    ).toEqual([{ user_id: ada.userId, tenant_id: 'default', app_id: 'tasks' }])
    expect(refused).toEqual(['validation_error', 'validation_error', 'forbidden', 'forbidden', 'context_unavailable'])
    expect(fixture.notified.map((one) => [one.userId, one.appId])).toEqual([
      [ada.userId, 'tasks'],
      [bob.userId, 'tasks'],
    ])
  })
})

describe('webhooks', () => {
  const arrive = async (
    options: { method?: string; url?: string; headers?: Record<string, string>; body?: string } = {},
    { kernel }: Pick<Fixture, 'kernel'> = fixture,
  ) => {
    const app = await mountForTest(kernel.routes, () => null)
    // As the gateway does for routes that take raw bodies.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    const answer = await app.inject({
      method: (options.method ?? 'POST') as 'POST',
      url: options.url ?? '/v1/ext/tasks/webhook/incoming?source=git&x=1',
      headers: { 'content-type': 'application/octet-stream', ...options.headers },
      ...(options.method === 'GET' ? {} : { payload: options.body ?? 'raw \u2713 body' }),
    })
    await app.close()
    return answer
  }
  const wire = (status: number, body: string, headers: JsonObject = {}) => ({
    status_code: status,
    headers,
    body_base64: Buffer.from(body).toString('base64url'),
  })

  test('[S003-095] [K7.7] [S000-046] [S000-049] the handler gets method, headers, raw body and query, and answers itself', async () => {
    fixture.handler('tasks', 'webhook', 'incoming', (call) =>
      wire(201, JSON.stringify({ got: call.params, user: call.ctx.user?.imperal_id ?? null }), {
        'content-type': 'application/json',
        'set-cookie': 'session=1',
        'x-own': 'yes',
      }),
    )
    const answer = await arrive({
      headers: { 'x-signature': 'abc', 'x-service-token': 't', authorization: 'Bearer imp_live_x' },
    })
    expect([answer.statusCode, answer.headers['x-own'], answer.headers['set-cookie']]).toEqual([201, 'yes', undefined])
    const { got, user } = answer.json()
    expect(user).toBe('__webhook__')
    expect(got).toMatchObject({
      method: 'POST',
      query_params: { source: 'git', x: '1' },
      headers: { 'x-signature': 'abc' },
    })
    expect(Buffer.from(got.body_base64, 'base64url').toString()).toBe('raw \u2713 body')
    expect(Object.keys(got.headers)).not.toEqual(expect.arrayContaining(['x-service-token']))
    expect(got.headers.authorization).toBeUndefined()
    const row = (await fixture.ledger({ appId: 'tasks' })).findLast((one) => one.source === 'webhook')
    expect(row).toMatchObject({ status: 'success', user_id: '__webhook__', args: {}, function: '__webhook__incoming' })
  })

  test('[K7.8] [api 7.5] no answer runs in a browser on the address of the panel, orders a proxy or leads away', async () => {
    const sandbox = expect.stringContaining('sandbox; default-src')
    const answered = async (headers: JsonObject, status = 200) => {
      fixture.handler('tasks', 'webhook', 'incoming', () => wire(status, '<script>alert(1)</script>', headers))
      return arrive()
    }
    const page = await answered({
      'content-type': 'text/html',
      'content-security-policy': 'default-src *',
      'x-content-type-options': 'off',
      'x-accel-redirect': '/internal',
      'x-frame-options': 'ALLOWALL',
      'x-broken': 'a\r\nset-cookie: session=1',
      'x bad name': 'a',
      'x-own': 'yes',
    })
    expect([page.statusCode, page.headers]).toMatchObject([
      200,
      {
        'content-type': 'text/html',
        'content-security-policy': sandbox,
        'x-content-type-options': 'nosniff',
        'x-own': 'yes',
      },
    ])
    for (const name of ['x-accel-redirect', 'x-frame-options', 'x-broken', 'set-cookie', 'x bad name'])
      expect(page.headers[name]).toBeUndefined()
    for (const type of ['text/javascript', 'application/ecmascript', 'text/css', 'application/wasm'])
      expect((await answered({ 'content-type': type })).headers['content-type']).toBe('text/plain; charset=utf-8')
    expect((await answered({})).headers['content-type']).toBe('application/octet-stream')
    expect((await answered({ location: '/ext/tasks' }, 302)).headers.location).toBe('/ext/tasks')
    for (const location of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])
      expect((await answered({ location }, 302)).headers.location).toBeUndefined()
    expect((await answered({}, 101)).statusCode).toBe(500)
  })

  test('[K7.6] an unknown path is 404, a wrong method 405', async () => {
    expect((await arrive({ url: '/v1/ext/tasks/webhook/other' })).statusCode).toBe(404)
    expect((await arrive({ url: '/v1/ext/nothing/webhook/incoming' })).statusCode).toBe(404)
    const wrong = await arrive({ method: 'GET', url: '/v1/ext/tasks/webhook/Incoming/' })
    expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'POST'])
  })

  test('[K7.10] a handler that fails is a neutral 500', async () => {
    fixture.handler('tasks', 'webhook', 'incoming', () =>
      fails('EXT_THREW', { name: 'Error', code: 'internal', message: 'secret detail' }),
    )
    const answer = await arrive()
    expect([answer.statusCode, answer.body]).toEqual([500, '{"ok":false}'])
  })

  test('[K7.10] [K7.9] a delivery that the handler took is not handed over again; one that it did not take is', async () => {
    const url = '/v1/ext/tasks/webhook/named'
    const deliver = (id: string) => arrive({ url, headers: { 'x-delivery': id } })
    let ran = 0
    let status = 500
    const gate = Promise.withResolvers<void>()
    fixture.handler('tasks', 'webhook', 'named', async () => {
      ran += 1
      if (status === 202) await gate.promise
      return wire(status, 'mine')
    })
    for (const refused of [401, 500]) {
      status = refused
      const answer = await deliver('d1')
      expect([answer.statusCode, answer.body]).toEqual([refused, 'mine'])
    }
    status = 202
    const first = deliver('d1')
    await expect.poll(() => ran).toBe(3)
    expect((await deliver('d1')).statusCode).toBe(409)
    gate.resolve()
    expect((await first).body).toBe('mine')
    const again = await Promise.all(Array.from({ length: 10 }, () => deliver('d1')))
    expect(again.map((answer) => [answer.statusCode, answer.json()])).toEqual(
      again.map(() => [200, { ok: true, duplicate: true }]),
    )
    expect(ran).toBe(3)
    expect((await deliver('d2')).statusCode).toBe(202)
    // A day later the same id is a new delivery; so is one whose node was lost.
    await fixture.rows("update kernel.webhook_delivery set at = now() - interval '25 hours'")
    expect((await deliver('d1')).statusCode).toBe(202)
    await fixture.rows("update kernel.webhook_delivery set is_taken = false, at = now() - interval '10 minutes'")
    expect((await deliver('d1')).statusCode).toBe(202)
    expect(ran).toBe(6)
    const rows = (await fixture.ledger({ appId: 'tasks' })).filter((row) => row.function === '__webhook__named')
    expect(rows.map((row) => [row.source, row.args])).toEqual(rows.map(() => ['webhook', {}]))
    expect(rows).toHaveLength(6)
  })

  test('[K7.8] a handler that is slow becomes a task before its sender hears 202: a row and a task tell of it, and its end is that of its delivery', async () => {
    const node = await fixture.openNode({ settings: { ...fixture.options.settings, webhookPatienceMs: 20 } })
    const gate = Promise.withResolvers<void>()
    let status = 500
    let ran = 0
    node.hosts.handlers.set('tasks webhook named', async () => {
      ran += 1
      await gate.promise
      return wire(status, 'late')
    })
    const deliver = () => arrive({ url: '/v1/ext/tasks/webhook/named', headers: { 'x-delivery': 'slow-1' } }, node)
    const rows = async () =>
      (await fixture.ledger({ appId: 'tasks' })).filter((row) => row.function === '__webhook__named')
    const tasks = () =>
      fixture.rows<{ status: string; call_id: string }>(
        "select status, call_id from kernel.task where user_id = '__webhook__'",
      )
    const before = (await rows()).length
    const accepted = await deliver()
    expect([accepted.statusCode, accepted.json()]).toEqual([202, { accepted: true }])
    // What another node finds when this one dies now, though the handler has not written a thing.
    const open = await fixture.rows<{ call_id: string }>(
      "select call_id from kernel.open_call where draft like '%__webhook__named%'",
    )
    expect(open).toHaveLength(1)
    expect(await tasks()).toEqual([{ status: 'running', call_id: open[0]?.call_id }])
    expect((await deliver()).statusCode).toBe(409)
    gate.resolve()
    await expect.poll(async () => (await tasks())[0]?.status, PATIENCE).toBe('done')
    expect((await rows()).slice(before)).toMatchObject([{ status: 'success', call_id: open[0]?.call_id }])

    // It turned the delivery away, so the sender may come again.
    status = 200
    await expect.poll(async () => (await deliver()).body, PATIENCE).toBe('{"ok":true,"duplicate":true}')
    expect(ran).toBe(2)
    await node.close()
  })

  test('[K7.9] beyond 60 requests a minute of an address, 120 of a path and 600 of an app the sender hears 429 and nothing runs', async () => {
    const taken: [string, number][] = []
    let full = ''
    const node = await fixture.openNode({
      limiter: {
        take: async (key, limit) => {
          taken.push([key, limit])
          return { allowed: key !== full, limit, remaining: 0, reset: 7 }
        },
      },
    })
    let ran = 0
    node.hosts.handlers.set('tasks webhook incoming', () => {
      ran += 1
      return wire(200, 'ok')
    })
    expect((await arrive({}, node)).statusCode).toBe(200)
    const { factor } = fixture.options.settings.limits
    const limits = taken.filter(([key]) => key.startsWith('webhook:'))
    expect(limits).toEqual([
      ['webhook:tasks:127.0.0.1', 60 * factor],
      ['webhook:tasks:__webhook__incoming', 120 * factor],
      ['webhook:tasks', 600 * factor],
    ])
    for (const [key] of limits) {
      full = key
      const refused = await arrive({}, node)
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '7'])
    }
    expect(ran).toBe(1)
    await node.close()
  })

  test('[S000-128] [S000-131] [K7.11] acts for a user who has the app, and for nobody else', async () => {
    const stranger = await fixture.person()
    const results: string[] = []
    fixture.handler('tasks', 'webhook', 'incoming', async (_call, kernel) => {
      await store(kernel, 'create', ['hooked', { n: 1 }], bob.userId)
      results.push(await refusal(store(kernel, 'create', ['hooked', {}], stranger.userId)))
      results.push(await refusal(store(kernel, 'list_users', [null, {}])))
      const say = (asUser: string | null) =>
        kernel.onCallback({ client: 'chat', method: 'deliver', args: [{ text: 'x' }], asUser })
      results.push(await refusal(say(null)), await refusal(say(stranger.userId)), await refusal(say('imp_u_nobody001')))
      await kernel.onCallback({
        client: 'chat',
        method: 'deliver',
        args: [{ text: 'linked', msg_type: 'system' }],
        asUser: bob.userId,
      })
      return wire(200, 'ok')
    })
    expect((await arrive()).statusCode).toBe(200)
    const refused = ['forbidden', 'context_unavailable', 'context_unavailable', 'forbidden', 'forbidden']
    expect(results).toEqual(refused)
    expect(await fixture.rows("select user_id from store.document where collection = 'hooked'")).toEqual([
      { user_id: bob.userId },
    ])
    expect(fixture.said).toMatchObject([{ userId: bob.userId, text: 'linked', type: 'system', appId: 'tasks' }])
    // [S000-132] every injection is a row of its own
    const injections = (await fixture.ledger({ appId: 'tasks' })).filter(
      (row) => (row.facts as JsonObject).chat_injection === true,
    )
    expect(injections).toMatchObject([{ user_id: bob.userId, status: 'success' }])
  })
})

describe('skeletons', () => {
  const row = () => ({
    ...ada,
    appId: 'tasks',
    section: 'open',
    data: null,
    refreshedAt: null,
    ttl: 300,
    staleReason: null,
  })

  test('[K5.7] [K5.8] [K5.17] snapshots are stored per user, a change calls the alert, a failure keeps the last one', async () => {
    const parts = await fixture.assemble()
    await fixture.state.skeletonEnsure([row()])
    let open = 1
    const read: (JsonValue | string)[] = []
    fixture.handler('tasks', 'skeleton', 'open', async (_call, kernel) => {
      read.push(await kernel.onCallback({ client: 'skeleton', method: 'get', args: ['open'], asUser: null }))
      return { response: { open } }
    })
    fixture.handler('tasks', 'skeleton_alert', 'open', (call) => ({
      status: 'success',
      summary: `now ${JSON.stringify(call.params)}`,
      data: {},
    }))
    const before = fixture.notified.length
    await refreshSection(parts, row())
    expect(fixture.notified).toHaveLength(before)
    open = 2
    await refreshSection(parts, row())
    expect(fixture.notified.slice(before)).toMatchObject([
      { userId: ada.userId, appId: 'tasks', body: 'now {"previous":{"open":1},"current":{"open":2}}' },
    ])
    expect(read).toEqual([null, { open: 1 }])
    fixture.handler('tasks', 'skeleton', 'open', () => fails('EXT_TIMEOUT'))
    await refreshSection(parts, row())
    expect((await fixture.state.skeletonGet({ ...ada, appId: 'tasks' }, 'open'))?.data).toEqual({ open: 2 })
    expect(await fixture.state.skeletonGet({ ...bob, appId: 'tasks' }, 'open')).toBeNull()
  })
})

describe('lifecycle and health', () => {
  test('[S000-076] [K7.15] hooks run as their user and may write; upgrades see both versions; failures reject', async () => {
    fixture.handler('tasks', 'lifecycle', 'on_install', async (call, kernel) => {
      await store(kernel, 'create', ['welcome', { by: call.ctx.user?.imperal_id ?? '' }])
      return null
    })
    await fixture.kernel.lifecycle(ada, { appId: 'tasks', hook: 'on_install' })
    expect(await fixture.rows("select user_id from store.document where collection = 'welcome'")).toEqual([
      { user_id: ada.userId },
    ])
    fixture.handler('tasks', 'lifecycle', 'on_upgrade:2.0.0', (call) => {
      expect([call.ctx.from_version, call.ctx.to_version]).toEqual(['1.0.0', '2.0.0'])
      return null
    })
    await fixture.kernel.lifecycle(ada, {
      appId: 'tasks',
      hook: 'on_upgrade',
      versions: { from: '1.0.0', to: '2.0.0' },
    })
    await expect(fixture.kernel.lifecycle(ada, { appId: 'tasks', hook: 'on_disable' })).rejects.toThrow()
  })

  test('[GET /v1/ext/{app_id}/health] [K7.20] [S000-081] [I-HEALTH-CTX-HONEST] one node checks an app in a minute, without anybody’s secrets; the route tells the outcome', async () => {
    const parts = await fixture.assemble()
    let checks = 0
    fixture.handler('tasks', 'health', 'health_check', async (call, kernel) => {
      checks++
      expect(call.ctx.user).toBeNull()
      expect(await kernel.onCallback({ client: 'secrets', method: 'get', args: ['any'], asUser: null })).toBeNull()
      return { status: 'degraded', message: 'slow', details: { queue: 3 } }
    })
    const check = fixture.repeated.get('kernel.health')
    await Promise.all([check?.(), check?.(), check?.()])
    expect(checks).toBe(1)
    expect(parts.nodeId).toBeDefined()
    const app = await mountForTest(fixture.kernel.routes, () => principalOf(ada))
    expect((await app.inject({ method: 'GET', url: '/v1/ext/tasks/health' })).json()).toMatchObject({
      app_id: 'tasks',
      status: 'degraded',
      details: { queue: 3, message: 'slow' },
    })
    expect((await app.inject({ method: 'GET', url: '/v1/ext/unknown-app/health' })).statusCode).toBe(404)
    await app.close()
  })

  test('[K7.20] after a deploy one node checks the new version, and checks that hang hold up no other app', async () => {
    const second = await fixture.openNode()
    const hung = Promise.withResolvers<void>()
    const checked: string[] = []
    const apps = ['slow-one', 'slow-two', 'quick-one']
    for (const appId of apps) {
      await fixture.app(appId, { lifecycle: { health_check: { interval_sec: 60 } } }, [ada])
      for (const node of [fixture, second])
        node.hosts.handlers.set(`${appId} health health_check`, async () => {
          if (appId !== 'quick-one') await hung.promise
          checked.push(appId)
          return { status: 'ok', message: '', details: {} }
        })
    }
    const first = fixture.repeated.get('kernel.health')?.()
    await expect.poll(() => checked, PATIENCE).toEqual(['quick-one'])
    hung.resolve()
    await first
    expect(checked.sort()).toEqual([...apps].sort())

    checked.splice(0)
    await fixture.app('quick-one', { version: '1.1.0', lifecycle: { health_check: { interval_sec: 60 } } })
    for (const node of [fixture, second]) node.registry.forget('quick-one')
    const again = Promise.withResolvers<void>()
    for (const node of [fixture, second])
      node.hosts.handlers.set('quick-one health health_check', async () => {
        checked.push('1.1.0')
        await again.promise
        return { status: 'ok', message: '', details: {} }
      })
    const checking = fixture.repeated.get('kernel.health')?.()
    await expect.poll(() => checked, PATIENCE).toEqual(['1.1.0'])
    await second.repeated.get('kernel.health')?.()
    expect(checked).toEqual(['1.1.0'])
    again.resolve()
    await checking
  })

  test('[K7.21] an app that fails three checks in a row is offered with a warning and never switched off; its owner hears of changes', async () => {
    const parts = await fixture.assemble()
    const check = async (status: string) => {
      fixture.handler('tasks', 'health', 'health_check', () => ({ status, message: 'queue', details: {} }))
      await fixture.rows("update kernel.health set checked_at = now() - interval '1 hour' where app_id = 'tasks'")
      await fixture.repeated.get('kernel.health')?.()
      await readUnwell(parts)
    }
    const described = async () => {
      const callables = await catalogOf(parts, ada)
      return callables
        .filter((entry) => entry.appId === 'tasks')
        .map((entry) => entry.description.includes('does not work well'))
    }
    await check('ok')
    await check('unhealthy')
    await check('unhealthy')
    expect(new Set(await described())).toEqual(new Set([false]))
    await check('unhealthy')
    expect(new Set(await described())).toEqual(new Set([true]))
    expect((await fixture.registry.app('tasks'))?.status).toBe('active')
    await check('ok')
    expect(new Set(await described())).toEqual(new Set([false]))
  })
})
