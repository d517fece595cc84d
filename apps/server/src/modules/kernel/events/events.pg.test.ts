import type { EventEnvelope, JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Jobs, openJobs } from '../../../foundation/jobs/index.ts'
import { createLog } from '../../../foundation/log.ts'
import { fails, openFixture, PATIENCE, success } from '../test-fixture.ts'
import { deliveryId } from './subscriptions.ts'

const fixture = await openFixture()
const engine = (): Promise<Jobs> =>
  openJobs({ connection: fixture.database.connection, log: createLog({ level: 'silent' }), worker: true })
let jobs = await engine()
const ada = await fixture.person()
const eve = await fixture.person()
let node: Awaited<ReturnType<typeof fixture.openNode>>
const heard: { app: string; event: EventEnvelope }[] = []

const write = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  description: `Does ${name} for the tests of events.`,
  action_type: 'write',
  ...more,
})

beforeAll(async () => {
  await fixture.app(
    'crm',
    { tools: [write('add_deal', { event: 'deal.created' }), write('lose_deal', { event: 'crm.lost' })] },
    [ada, eve],
  )
  const subscribes = [{ type: 'crm.deal.created', handler: 'onDeal' }]
  await fixture.app('reports', { events: { subscribes, emits: [] } }, [ada])
  await fixture.app('mails', { events: { subscribes: [{ type: 'deal.created', handler: 'greet' }], emits: [] } }, [ada])
  await fixture.app('fragile', { events: { subscribes: [{ type: 'crm.lost', handler: 'onLost' }], emits: [] } }, [ada])
  node = await fixture.openNode({ jobs })
  for (const [app, name] of [
    ['reports', 'onDeal'],
    ['mails', 'greet'],
  ] as const)
    node.hosts.handlers.set(`${app} event ${name}`, async ({ params }) => {
      heard.push({ app, event: params as unknown as EventEnvelope })
      return null
    })
  for (const name of ['add_deal', 'lose_deal'])
    node.hosts.handlers.set(`crm function ${name}`, async ({ params }) => success(params as JsonObject))
})
beforeEach(() => heard.splice(0))
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

test('[K6.7] a handler that fails at every attempt leaves a dead letter, and the next event of the key is delivered', async () => {
  const delivered: unknown[] = []
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
      .poll(
        () =>
          fixture.rows(
            "update jobs.job set start_after = now() where name = 'kernel.events' and state = 'retry' returning id",
          ),
        PATIENCE,
      )
      .toHaveLength(1)
      .catch(() => undefined) // after the last attempt there is nothing to hurry
  await call('lose_deal', { bad: true })
  await call('lose_deal', { bad: false })
  const dead = () => fixture.rows<{ error: string; handler: string }>('select handler, error from kernel.dead_event')
  await expect.poll(dead, { timeout: 60_000 }).toEqual([{ handler: 'onLost', error: expect.any(String) }])
  expect(attempts).toBe(5)
  await expect.poll(() => delivered, PATIENCE).toHaveLength(1)
}, 90_000)

test('one event has one id per subscriber, whoever makes it, and ids sort as their events', () => {
  const [first, second] = ['019ab3c0-0000-7001-8000-000000000000', '019ab3c0-0000-7002-8000-000000000000'] as const
  expect(deliveryId(first, 'crm', 'a')).toBe(deliveryId(first, 'crm', 'a'))
  expect(deliveryId(first, 'crm', 'a')).not.toBe(deliveryId(first, 'crm', 'b'))
  expect(deliveryId(first, 'crm', 'a') < deliveryId(second, 'crm', 'a')).toBe(true)
  expect(deliveryId('not a uuid', 'crm', 'a')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
})
