import { randomUUID } from 'node:crypto'
import type { EventEnvelope, JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import { type Jobs, openJobs } from '../../../foundation/jobs/index.ts'
import { createLog } from '../../../foundation/log.ts'
import { eventMessage, forgetMessages } from '../../outbox/index.ts'
import { forgetCalls } from '../forget-user.ts'
import { fails, openFixture, PATIENCE, success } from '../test-fixture.ts'
import { buryLost } from './deliver-event.ts'
import { DISPATCH_LOCK } from './dispatch-events.ts'
import { eventQueueOptions, OLDER_QUEUE } from './send-deliveries.ts'
import { deliveryId } from './subscriptions.ts'

const fixture = await openFixture({ background: false })
const engine = (): Promise<Jobs> =>
  openJobs({ connection: fixture.database.connection, log: createLog({ level: 'silent' }), worker: true })
let jobs = await engine()
const ada = await fixture.person()
const eve = await fixture.person()
let node: Awaited<ReturnType<typeof fixture.openNode>>
const heard: { app: string; event: EventEnvelope }[] = []

const PERSON: JsonObject = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    email: { type: 'string', 'x-sdl-role': 'people.email' },
    size: { type: 'integer', 'x-sdl-role': 'quantity.value' },
    notes: { type: 'array', items: { type: 'object', properties: { phone: { type: 'string', 'x-pii': true } } } },
  },
}
const write = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  description: `Does ${name} for the tests of events.`,
  action_type: 'write',
  ...more,
})

beforeAll(async () => {
  await fixture.app(
    'crm',
    {
      tools: [
        write('add_deal', { event: 'deal.created' }),
        write('lose_deal', { event: 'crm.lost' }),
        write('meet', { event: 'met', return_schema: PERSON }),
        { ...write('burn'), action_type: 'destructive' },
      ],
      events: { subscribes: [{ type: 'crm.met', handler: 'onMet' }], emits: [] },
    },
    [ada, eve],
  )
  const subscribes = [
    { type: 'crm.deal.created', handler: 'onDeal' },
    { type: 'crm.met', handler: 'onDeal' },
  ]
  const platform = ['crm.met', 'confirmation.cancelled', 'email.received'].map((type) => ({ type, handler: 'watch' }))
  await fixture.app(
    'auditor',
    { capabilities: ['events:pii'], events: { subscribes: platform, emits: [{ type: 'auditor.alarm' }] } },
    [ada],
  )
  await fixture.app('reports', { events: { subscribes, emits: [] } }, [ada])
  await fixture.app('mails', { events: { subscribes: [{ type: 'deal.created', handler: 'greet' }], emits: [] } }, [ada])
  await fixture.app('fragile', { events: { subscribes: [{ type: 'crm.lost', handler: 'onLost' }], emits: [] } }, [ada])
  node = await fixture.openNode({ jobs })
})

/** Every app hears and works, whatever the last test made of its handlers. */
beforeEach(() => {
  heard.splice(0)
  for (const [app, name] of [
    ['reports', 'onDeal'],
    ['mails', 'greet'],
    ['crm', 'onMet'],
    ['auditor', 'watch'],
  ] as const)
    node.hosts.handlers.set(`${app} event ${name}`, async ({ params }) => {
      heard.push({ app, event: params as unknown as EventEnvelope })
      return null
    })
  for (const name of ['add_deal', 'lose_deal', 'meet'])
    node.hosts.handlers.set(`crm function ${name}`, async ({ params }) => success(params as JsonObject))
})
afterAll(async () => {
  await jobs.close()
  await fixture.close()
})

const call = (name: string, params: JsonObject = {}, user = ada) =>
  node.kernel.call({ source: 'api', ...user, appId: 'crm', function: name, params })

describe('an event', () => {
  test('[K6.5] [S000-015] reaches the apps of its user that subscribe to its name or its alias, once each', async () => {
    await call('add_deal', { deal_id: 'd1' })
    await expect.poll(() => heard.map(({ app }) => app).sort(), PATIENCE).toEqual(['mails', 'reports'])
    expect(heard[0]?.event).toMatchObject({
      event_type: 'crm.deal.created',
      aliases: ['deal.created'],
      data: { deal_id: 'd1' },
      user_id: ada.userId,
      tenant_id: ada.tenantId,
      schema_version: 1,
    })
    // The row of a call is written when its handler has ended.
    const rows = () =>
      fixture.rows("select distinct app_id, user_id, status from ledger.action where source = 'event' order by app_id")
    await expect.poll(rows, PATIENCE).toEqual([
      { app_id: 'mails', user_id: ada.userId, status: 'success' },
      { app_id: 'reports', user_id: ada.userId, status: 'success' },
    ])
  })

  test('[K6.5] is nothing to people without the app, and to whom has it disabled', async () => {
    await call('add_deal', { deal_id: 'of eve' }, eve)
    await node.registry.setDisabled(ada, 'mails', true)
    await call('add_deal', { deal_id: 'of ada' })
    await expect.poll(() => heard.length, PATIENCE).toBe(1)
    expect(heard.map(({ app, event }) => [app, event.data.deal_id])).toEqual([['reports', 'of ada']])
    await node.registry.setDisabled(ada, 'mails', false)
  })

  test('[K6.1] comes in the order of its key', async () => {
    for (let n = 0; n < 12; n++) await call('add_deal', { n })
    const seen = () => heard.filter(({ app }) => app === 'reports').map(({ event }) => event.data.n)
    await expect.poll(() => seen().length, PATIENCE).toBe(12)
    expect(seen()).toEqual(Array.from({ length: 12 }, (_, n) => n))
  })

  test('[K6.1] [E11] comes in that order from nodes whose clocks differ by seconds', async () => {
    // Handed on in one set, whose order is then that of the ids.
    await node.db.everyTenant(async (tx) => {
      await sql`select pg_advisory_xact_lock(${DISPATCH_LOCK})`.execute(tx)
      for (let n = 0; n < 8; n++) {
        // Every other one comes from a node whose clock is five seconds ahead.
        const time = (Date.now() + (n % 2) * 5_000).toString(16).padStart(12, '0')
        const { message } = eventMessage({
          ...{ type: 'crm.deal.created', source: 'user', ...ada, data: { n }, timestamp: node.clock.iso() },
        })
        const event_id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`
        await node.outbox.send({ ...message, payload: { ...message.payload, event_id } })
      }
    })
    const seen = () => heard.filter(({ app }) => app === 'reports').map(({ event }) => event.data.n)
    await expect.poll(() => seen().length, PATIENCE).toBe(8)
    expect(seen()).toEqual(Array.from({ length: 8 }, (_, n) => n))
  })

  test('[K8.1] [K8.11] lies under the row-level security of its tenant while it waits, and nowhere once it was taken; the engine has its names alone', async () => {
    const held = Promise.withResolvers<null>()
    const begun = Promise.withResolvers<void>()
    node.hosts.handlers.set('mails event greet', async () => {
      begun.resolve()
      return held.promise
    })
    await call('add_deal', { note: 'a word for nobody else' })
    await begun.promise
    const waiting = () => fixture.rows("select event -> 'data' as data from kernel.delivery")
    expect(await waiting()).toContainEqual({ data: { note: 'a word for nobody else' } })
    const inEngine = "select from jobs.job where (data, output)::text like '%a word for%'"
    expect(await fixture.rows(inEngine)).toEqual([])
    const seenBy = (tenantId: string) =>
      node.db.tenant(tenantId, (tx) => tx.selectFrom('kernel.delivery').select('delivery_id').execute())
    expect(await seenBy('another')).toEqual([])
    expect(await seenBy(ada.tenantId)).not.toEqual([])
    held.resolve(null)
    await expect.poll(waiting, PATIENCE).toEqual([])
  })

  test('[K6.1] that was published while nobody listened is delivered afterwards', async () => {
    await jobs.close()
    await node.close()
    // Published by another node; the reader's place is in the database.
    const other = await fixture.openNode()
    other.hosts.handlers.set('crm function add_deal', async ({ params }) => success(params as JsonObject))
    await other.kernel.call({ source: 'api', ...ada, appId: 'crm', function: 'add_deal', params: { deal_id: 'late' } })
    await other.close()
    const late: unknown[] = []
    jobs = await engine()
    node = await fixture.openNode({ jobs })
    node.hosts.handlers.set('reports event onDeal', async ({ params }) => {
      late.push(params)
      return null
    })
    node.hosts.handlers.set('mails event greet', async () => null)
    node.hosts.handlers.set('crm function lose_deal', async ({ params }) => success(params as JsonObject))
    await expect.poll(() => late, PATIENCE).toMatchObject([{ data: { deal_id: 'late' } }])
  })
})

test('[K6.7] a handler that fails at every attempt, after 1, 5, 30 and 120 s, leaves a dead letter, and the next event of the key is delivered', async () => {
  const delivered: unknown[] = []
  const pauses: number[] = []
  let attempts = 0
  node.hosts.handlers.set('fragile event onLost', async ({ params }) => {
    if ((params as { data?: { bad?: boolean } }).data?.bad !== true) {
      delivered.push(params)
      return null
    }
    attempts++
    // The pause between attempts is the engine's; it is cut short by hand.
    queueMicrotask(() => void hurry())
    return fails('EXT_THREW', { name: 'Error', code: '', message: 'the report is broken' })
  })
  const hurry = () =>
    expect
      .poll(async () => {
        const waiting = await fixture.rows<{ retry_delay: number }>(
          "update jobs.job set start_after = now() where name = 'kernel.deliveries' and state = 'retry' returning retry_delay",
        )
        pauses.push(...waiting.map((row) => row.retry_delay))
        return waiting
      }, PATIENCE)
      .toHaveLength(1)
      .catch(() => undefined) // after the last attempt there is nothing to hurry
  await call('lose_deal', { bad: true })
  await call('lose_deal', { bad: false })
  const dead = () => fixture.rows<{ error: string; handler: string }>('select handler, error from kernel.dead_event')
  await expect.poll(dead, { timeout: 60_000 }).toEqual([{ handler: 'onLost', error: expect.any(String) }])
  expect(attempts).toBe(5)
  expect(pauses).toEqual([1, 5, 30, 120])
  await expect.poll(() => delivered, PATIENCE).toHaveLength(1)
}, 180_000)

test('[E18] what a node of an older version handed to its own queue is delivered, and what it lost is put aside', async () => {
  const delivered: JsonObject[] = []
  node.hosts.handlers.set('fragile event onLost', async ({ params }) => {
    delivered.push((params as { data: JsonObject }).data)
    return null
  })
  const older = (data: JsonObject) => {
    const id = randomUUID()
    const event = {
      ...{ event_id: `evt_${id}`, event_type: 'crm.lost', timestamp: new Date().toISOString(), source: 'crm' },
      ...{ tenant_id: ada.tenantId, user_id: ada.userId, data },
    }
    return { id, key: `${ada.userId} fragile`, data: { delivery_id: id, app_id: 'fragile', handler: 'onLost', event } }
  }
  const parts = { ...(await fixture.assemble()), jobs }
  const job = older({ old: 1 })
  await jobs.sendMany(OLDER_QUEUE, eventQueueOptions(parts.settings), [job])
  await expect.poll(() => delivered, PATIENCE).toEqual([{ old: 1 }])
  // As the engine leaves one whose last attempt gave no sign of life.
  const lost = randomUUID()
  await expect
    .poll(
      () =>
        fixture.rows(
          `update jobs.job set state = 'failed', output = '{"value":{"message":"gone"}}',
             data = data || jsonb_build_object('delivery_id', $3::text)
           where name = $1 and id = $2 and state = 'completed' returning id`,
          [OLDER_QUEUE, job.id, lost],
        ),
      PATIENCE,
    )
    .toHaveLength(1)
  await buryLost(parts)
  const dead = "select event -> 'data' as data, error from kernel.dead_event where delivery_id = $1"
  expect(await fixture.rows(dead, [lost])).toEqual([{ data: { old: 1 }, error: 'gone' }])
  expect(await fixture.rows('select from jobs.job where name = $1 and id = $2', [OLDER_QUEUE, job.id])).toEqual([])
  await fixture.rows('delete from kernel.dead_event')
})

test('[K6.1] [K6.7] an event whose last attempt ended with its node is put aside, too, and frees what waits behind it', async () => {
  const delivered: JsonObject[] = []
  node.hosts.handlers.set('fragile event onLost', async ({ params }) => {
    const { data } = params as { data: JsonObject }
    if (data.last !== true) {
      delivered.push(data)
      return null
    }
    return fails('EXT_THREW', { name: 'Error', code: '', message: 'not now' })
  })
  await call('lose_deal', { last: true })
  // As the engine leaves a job whose fifth attempt gave no sign of life.
  const lost = () =>
    fixture.rows(
      `update jobs.job set state = 'failed', completed_on = now(), output = '{"value":{"message":"job heartbeat timeout"}}'
       where name = 'kernel.deliveries' and state = 'retry' returning id`,
    )
  await expect.poll(lost, PATIENCE).toHaveLength(1)
  await call('lose_deal', { next: true })
  const parts = { ...(await fixture.assemble()), jobs }
  // Two nodes that look at once put it aside once.
  await Promise.all([buryLost(parts), buryLost(parts)])
  const dead = "select error, event -> 'data' as data from kernel.dead_event where error = 'job heartbeat timeout'"
  expect(await fixture.rows(dead)).toEqual([{ error: 'job heartbeat timeout', data: { last: true } }])
  await expect.poll(() => delivered, PATIENCE).toEqual([{ next: true }])
  await fixture.rows('delete from kernel.dead_event')
})

describe('what was given up', () => {
  const bury = async (n: number, handler = 'onLost') => {
    const event = {
      ...heardOnce,
      event_id: `019ab3c0-0000-7${String(n).padStart(3, '0')}-8000-000000000000`,
      data: { n },
    }
    await fixture.rows(
      `insert into kernel.dead_event (delivery_id, tenant_id, user_id, app_id, handler, event, error, failed_at)
       values (gen_random_uuid(), $1, $2, 'fragile', $3, $4, 'broken', now() - interval '1 hour' + make_interval(secs => $5))`,
      [ada.tenantId, ada.userId, handler, event, n],
    )
  }
  const heardOnce = {
    event_type: 'crm.lost',
    source: 'user',
    timestamp: '2026-06-01T00:00:00Z',
    user_id: ada.userId,
    tenant_id: ada.tenantId,
    schema_version: 1,
  }
  let caller = principalOf(null)
  let api: Awaited<ReturnType<typeof mountForTest>>
  const replay = (payload: object) => api.inject({ method: 'POST', url: '/v1/admin/events/dead/replay', payload })
  const list = async (query = '') => (await api.inject({ method: 'GET', url: `/v1/admin/events/dead${query}` })).json()
  beforeEach(async () => {
    await fixture.rows('delete from kernel.dead_event')
    caller = principalOf(null)
    api = await mountForTest(node.kernel.routes, () => caller)
    return () => api.close()
  })

  test('[E10] is replayed once, in its order, whoever asks at once', async () => {
    const seen: unknown[] = []
    node.hosts.handlers.set('fragile event onLost', async ({ params }) => {
      seen.push((params as { data: { n: number } }).data.n)
      return null
    })
    for (const n of [3, 1, 2]) await bury(n)
    expect(await list('?app_id=fragile')).toMatchObject({
      total: 3,
      events: [{ handler: 'onLost', error: 'broken' }, {}, {}],
    })
    const answers = await Promise.all(Array.from({ length: 10 }, () => replay({ app_id: 'fragile' })))
    expect(answers.reduce((sum, answer) => sum + answer.json().replayed, 0)).toBe(3)
    await expect.poll(() => seen, PATIENCE).toEqual([1, 2, 3])
    expect((await list()).total).toBe(0)
  })

  test('[E10] that fails again is given up again, and one that is named can be dropped', async () => {
    node.hosts.handlers.set('fragile event onLost', async () => fails('EXT_THREW'))
    await bury(1)
    const [{ delivery_id: id }] = (await list()).events
    expect((await replay({ delivery_ids: [id] })).json()).toEqual({ replayed: 1 })
    const hurry = () =>
      fixture.rows("update jobs.job set start_after = now() where name = 'kernel.deliveries' and state = 'retry'")
    const buried = async () => {
      await hurry()
      return (await list()).total
    }
    await expect.poll(buried, { timeout: 60_000 }).toBe(1)
    const [{ delivery_id: again }] = (await list()).events
    expect((await api.inject({ method: 'DELETE', url: `/v1/admin/events/dead/${again}` })).json()).toEqual({
      dropped: true,
    })
    expect((await list()).total).toBe(0)
  }, 180_000)

  test('administrators of a tenant see and replay their own, people none', async () => {
    await bury(1)
    caller = principalOf({ tenantId: 'acme', userId: 'imp_u_acme_root' }, { role: 'admin' })
    expect((await list()).total).toBe(0)
    expect((await replay({ app_id: 'fragile' })).json()).toEqual({ replayed: 0 })
    expect(
      (
        await api.inject({
          method: 'POST',
          url: '/v1/admin/events/replay',
          payload: { app_id: 'fragile', from: '2026-01-01T00:00:00Z' },
        })
      ).statusCode,
    ).toBe(403)
    caller = principalOf(ada)
    expect((await replay({ app_id: 'fragile' })).statusCode).toBe(403)
  })

  test('[E10] a span of time is delivered to one app again', async () => {
    const seen: unknown[] = []
    node.hosts.handlers.set('fragile event onLost', async ({ params }) => {
      seen.push((params as { data: { n: unknown } }).data.n)
      return null
    })
    node.clock.advance(60_000)
    const from = node.clock.iso()
    for (const n of [1, 2]) await call('lose_deal', { n })
    await expect.poll(() => seen, PATIENCE).toEqual([1, 2])
    const answer = await api.inject({
      method: 'POST',
      url: '/v1/admin/events/replay',
      payload: { app_id: 'fragile', from },
    })
    expect(answer.json()).toEqual({ replayed: 2 })
    await expect.poll(() => seen, PATIENCE).toEqual([1, 2, 1, 2])
  })
})

test('[K8.1] an erased user leaves no event behind: neither sent nor waiting nor given up', async () => {
  const bob = await fixture.person()
  const event = { event_type: 'crm.lost', data: { note: 'of bob' } }
  await node.outbox.send({ ...bob, type: 'event', payload: event })
  for (const table of ['delivery', 'dead_event'])
    await fixture.rows(
      `insert into kernel.${table} (delivery_id, tenant_id, user_id, event ${table === 'delivery' ? '' : ', app_id, handler, error'})
       values (gen_random_uuid(), $1, $2, $3 ${table === 'delivery' ? '' : ", 'fragile', 'onLost', 'broken'"})`,
      [bob.tenantId, bob.userId, event],
    )
  const left = () =>
    fixture.rows<{ of: string }>(
      `select 'message' as of from outbox.message where user_id = $1 union all select 'delivery' from kernel.delivery where user_id = $1
       union all select 'dead' from kernel.dead_event where user_id = $1`,
      [bob.userId],
    )
  expect(await left()).toHaveLength(3)
  await forgetCalls(node.db, bob)
  await forgetMessages(node.db, bob)
  expect(await left()).toEqual([])
})

describe('the envelope', () => {
  test('[6.1] names scope, action, actor, trace and what led to it; through other apps and handlers it grows', async () => {
    await call('add_deal', { deal_id: 'd9' })
    await expect.poll(() => heard.length, PATIENCE).toBe(2)
    const event = heard[0]?.event as EventEnvelope
    expect(event).toMatchObject({
      type: 'crm.deal.created',
      scope: 'crm',
      action: 'deal.created',
      actor: ada.userId,
      source: 'user',
      causation: [expect.stringMatching(/^cal_/)],
    })
    const rows = () => fixture.ledger({ appId: 'reports', traceId: event.trace_id ?? '' })
    await expect.poll(rows, PATIENCE).toMatchObject([{ source: 'event', trace_id: event.trace_id }])
  })

  test('[K6.2] what is larger than 64 KB is told by a reference', async () => {
    await call('add_deal', { deal_id: 'd10', blob: 'x'.repeat(70_000) })
    await expect.poll(() => heard.length, PATIENCE).toBe(2)
    expect(heard[0]?.event.data).toEqual({
      truncated: true,
      event_id: heard[0]?.event.event_id,
      trace_id: heard[0]?.event.trace_id,
    })
  })

  test('[K6.2] personal data of another app is masked, unless the subscriber declares that it needs it', async () => {
    await call('meet', { name: 'Bob', email: 'bob@example.com', size: 3, notes: [{ phone: '+31 6 1234' }] })
    await expect.poll(() => heard.length, PATIENCE).toBe(3)
    const seen = Object.fromEntries(heard.map(({ app, event }) => [app, event.data]))
    expect(seen.reports).toEqual({ name: 'Bob', email: '[masked]', size: 3, notes: [{ phone: '[masked]' }] })
    expect(seen.crm).toMatchObject({ email: 'bob@example.com' })
    expect(seen.auditor).toMatchObject({ email: 'bob@example.com' })
  })
})

test('[K6.3] [K6.5] what the platform does is an event like others', async () => {
  const types = () => node.streamed.flatMap(({ type, payload }) => (type === 'event' ? [payload.event_type] : []))
  const asked = await node.kernel.call({ source: 'api', ...ada, appId: 'crm', function: 'burn', params: {} })
  const { confirmation } = asked.response.data as { confirmation: { confirmation_id: string } }
  await node.kernel.decide(ada, confirmation.confirmation_id, 'cancel', 'api')
  await node.registry.setDisabled(ada, 'mails', true)
  await node.registry.setDisabled(ada, 'mails', false)
  await expect
    .poll(types, PATIENCE)
    .toEqual(
      expect.arrayContaining([
        'confirmation.created',
        'confirmation.cancelled',
        'extension.disabled',
        'extension.enabled',
      ]),
    )
  await expect
    .poll(() => heard.map(({ app, event }) => [app, event.event_type]), PATIENCE)
    .toContainEqual(['auditor', 'confirmation.cancelled'])
})

test('[6.2] [S000-051] an event that a service publishes for a user reaches the apps that subscribe to it', async () => {
  const { publish } = Object.fromEntries(
    node.outbox.routes.map((mounted) => [mounted.route.id.replace('events.', ''), mounted]),
  )
  const api = await mountForTest(publish === undefined ? [] : [publish], () => principalOf(null))
  const payload = {
    tenant_id: ada.tenantId,
    user_id: ada.userId,
    scope: 'email',
    action: 'received',
    data: { subject: 'Hi' },
  }
  await api.inject({ method: 'POST', url: '/v1/internal/events/publish', payload })
  await expect
    .poll(() => heard.map(({ app, event }) => [app, event.event_type, event.data]), PATIENCE)
    .toEqual([['auditor', 'email.received', { subject: 'Hi' }]])
  await api.inject({ method: 'POST', url: '/v1/internal/events/publish', payload: { ...payload, data: null } })
  await expect.poll(() => heard.map(({ event }) => event.data), PATIENCE).toEqual([{ subject: 'Hi' }, {}])
  await api.close()
})

test('[K6.4] the catalogue names what can happen for a user, and nothing of apps and functions that the user has not', async () => {
  const known = await node.kernel.events(ada)
  expect(known).toEqual(
    expect.arrayContaining([
      {
        event_type: 'crm.deal.created',
        app_id: 'crm',
        function: 'add_deal',
        action_type: 'write',
        description: expect.any(String),
      },
      {
        event_type: 'auditor.alarm',
        app_id: 'auditor',
        function: null,
        action_type: null,
        description: expect.any(String),
      },
      {
        event_type: 'task.completed',
        app_id: null,
        function: null,
        action_type: null,
        description: expect.any(String),
      },
    ]),
  )
  expect((await node.kernel.events(eve)).map((event) => event.event_type)).not.toContain('auditor.alarm')
  await node.registry.setDisabled(ada, 'crm', true)
  expect((await node.kernel.events(ada)).map((event) => event.app_id)).not.toContain('crm')
  await node.registry.setDisabled(ada, 'crm', false)
})

test('[K6.6] [S000-053] a handler of events has store, notify and ai, and nothing else', async () => {
  const tried: string[] = []
  node.hosts.handlers.set('mails event greet', async (call, kernel) => {
    expect(call.ctx.user).toBeNull()
    for (const [client, method, args] of [
      ['store', 'create', ['seen', { n: 1 }]],
      ['notify', 'send', [{ message: 'hello' }]],
      ['ai', 'complete', [{ prompt: 'hello' }]],
      ['http', 'request', [{ url: 'https://example.com' }]],
      ['secrets', 'get', ['key']],
      ['cache', 'get', ['a', 'm']],
      ['extensions', 'emit', ['a.b', {}]],
      ['chat', 'deliver', [{ text: 'hello' }]],
      ['task', 'progress', [1, '']],
    ] as const) {
      const outcome = await kernel.onCallback({ client, method, args: args as never, asUser: null }).then(
        () => 'works',
        (error: { wire: { code: string } }) => error.wire.code,
      )
      tried.push(`${client}: ${outcome}`)
    }
    return null
  })
  await call('add_deal', { deal_id: 'd11' })
  await expect
    .poll(() => tried, PATIENCE)
    .toEqual([
      'store: works',
      'notify: works',
      // No model here: that is its own answer.
      'ai: internal',
      ...['http', 'secrets', 'cache', 'extensions', 'chat', 'task'].map((client) => `${client}: context_unavailable`),
    ])
})

test('one event has one id per subscriber, whoever makes it, and ids sort as their places in the outbox', () => {
  const [first, second] = ['00000000000009ff-0000000000000a10', '00000000000009ff-0000000000000a11'] as const
  const later = '0000000000000a00-0000000000000001'
  expect(deliveryId(first, 'evt', 'crm', 'a')).toBe(deliveryId(first, 'evt', 'crm', 'a'))
  expect(deliveryId(first, 'evt', 'crm', 'a')).not.toBe(deliveryId(first, 'evt', 'crm', 'b'))
  expect(deliveryId(first, 'evt', 'crm', 'a')).not.toBe(deliveryId(first, 'other', 'crm', 'a'))
  expect(deliveryId(first, 'evt', 'crm', 'a') < deliveryId(second, 'evt', 'crm', 'a')).toBe(true)
  expect(deliveryId(second, 'evt', 'crm', 'a') < deliveryId(later, 'evt', 'crm', 'a')).toBe(true)
  expect(deliveryId(first, 'evt', 'crm', 'a')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})
