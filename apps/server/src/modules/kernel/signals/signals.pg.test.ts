import type { JsonObject } from '@imperal/contract'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import type { Jobs } from '../../../foundation/jobs/index.ts'
import type { HostCall } from '../../hosts/index.ts'
import { fails, type Handler, openFixture, PATIENCE } from '../test-fixture.ts'
import { dropLost } from './open-signals.ts'

const fixture = await openFixture({ background: false })
const ada = await fixture.person()
const bob = await fixture.person()
const zoe = await fixture.person({ tenantId: 'acme' })
let jobs: Jobs
let node: Awaited<ReturnType<typeof fixture.openNode>>
let api: Awaited<ReturnType<typeof mountForTest>>
let caller = principalOf(null)
let heard: { app: string; tenant: string; user: string; payload: unknown }[] = []

const hear: (app: string) => Handler = (app) => (call: HostCall) => {
  const { user } = call.ctx
  heard.push({ app, tenant: user?.tenant_id ?? '', user: user?.imperal_id ?? '', payload: call.params })
  return null
}

beforeAll(async () => {
  const signals = [{ name: 'season_changed' }]
  await fixture.app('garden', { signals }, [ada, bob, zoe])
  await fixture.app('weather', { signals: [...signals, { name: 'storm' }] }, [ada])
  await fixture.app('deaf', {}, [ada])
  jobs = await fixture.openEngine()
  node = await fixture.openNode({ jobs })
  api = await mountForTest(node.kernel.routes, () => caller)
})
beforeEach(() => {
  caller = principalOf(null)
  heard = []
  for (const app of ['garden', 'weather']) node.hosts.handlers.set(`${app} signal season_changed`, hear(app))
  node.hosts.handlers.set('weather signal storm', hear('weather'))
})
afterAll(async () => {
  await api.close()
  await fixture.close()
})

const send = async (body: JsonObject) => {
  const answer = await api.inject({ method: 'POST', url: '/v1/admin/signals', payload: body })
  return { status: answer.statusCode, body: answer.json() }
}
const places = () => heard.map(({ app, tenant }) => `${app} in ${tenant}`).toSorted()

test('[sdk 2.4] a signal reaches every app with a handler once in each tenant that has it, in system context', async () => {
  const sent = await send({ name: 'season_changed', payload: { season: 'spring' } })
  expect(sent).toMatchObject({ status: 202, body: { deliveries: 3, signal_id: expect.any(String) } })
  await expect.poll(places, PATIENCE).toEqual(['garden in acme', 'garden in default', 'weather in default'])
  expect(heard.every(({ user }) => user === '__system__')).toBe(true)
  expect(heard.map(({ payload }) => payload)).toEqual(Array.from({ length: 3 }, () => ({ season: 'spring' })))
  await expect
    .poll(
      async () => (await fixture.ledger({ appId: 'garden' })).map((row) => [row.source, row.status, row.args]),
      PATIENCE,
    )
    .toEqual([
      ['signal', 'success', { season: 'spring' }],
      ['signal', 'success', { season: 'spring' }],
    ])
})

test('one app, one tenant; a signal that nobody hears is delivered to nobody', async () => {
  expect((await send({ name: 'season_changed', app_id: 'garden', tenant_id: 'acme' })).body.deliveries).toBe(1)
  await expect.poll(places, PATIENCE).toEqual(['garden in acme'])
  for (const body of [
    { name: 'earthquake' },
    { name: 'storm', app_id: 'garden' },
    { name: 'storm', tenant_id: 'acme' },
  ])
    expect((await send(body)).body.deliveries).toBe(0)
})

test('sent again under the same id it is heard once', async () => {
  const body = { name: 'storm', signal_id: 'storm-of-the-year' }
  await send(body)
  await expect.poll(places, PATIENCE).toEqual(['weather in default'])
  await send(body)
  await send({ name: 'storm', signal_id: 'the-next-one' })
  await expect.poll(() => heard.length, PATIENCE).toBe(2)
})

test('a handler that fails is tried again', async () => {
  let attempts = 0
  node.hosts.handlers.set('weather signal storm', (call, kernel) => {
    attempts++
    if (attempts === 1) throw new Error('not yet')
    return hear('weather')(call, kernel)
  })
  await send({ name: 'storm' })
  await expect.poll(() => attempts, PATIENCE).toBe(2)
  expect(places()).toEqual(['weather in default'])
})

test('a signal whose last attempt ended with its node is told to the operator, and frees the one behind it', async () => {
  node.hosts.handlers.set('weather signal storm', (call, kernel) => {
    if ((call.params as { last?: boolean }).last === true)
      return fails('EXT_THREW', { name: 'Error', code: '', message: 'not now' })
    return hear('weather')(call, kernel)
  })
  await send({ name: 'storm', payload: { last: true } })
  // As the engine leaves a job whose fifth attempt gave no sign of life.
  const lost = () =>
    fixture.rows(
      `update jobs.job set state = 'failed', completed_on = now(), output = '{"value":{"message":"job heartbeat timeout"}}'
       where name = 'kernel.signals' and state = 'retry' returning id`,
    )
  await expect.poll(lost, PATIENCE).toHaveLength(1)
  await send({ name: 'storm', payload: { next: true } })
  const told: { error: string; signal: string; tenant: string }[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => told.push(JSON.parse(line)) })
  await dropLost({ ...(await fixture.assemble()), jobs, log })
  expect(told).toMatchObject([{ app: 'weather', signal: 'storm', tenant: 'default', error: 'job heartbeat timeout' }])
  await expect.poll(() => heard.map(({ payload }) => payload), PATIENCE).toEqual([{ next: true }])
  expect(await jobs.failed('kernel.signals', 10)).toEqual([])
})

test('a handler may look across users and act for one of them', async () => {
  const seen = Promise.withResolvers<unknown>()
  node.hosts.handlers.set('garden signal season_changed', async (_call, kernel) => {
    const users = await kernel.onCallback({ client: 'store', method: 'list_users', args: ['beds'], asUser: null })
    await kernel.onCallback({ client: 'store', method: 'create', args: ['beds', { n: 1 }], asUser: ada.userId })
    seen.resolve(users)
    return null
  })
  await send({ name: 'season_changed', app_id: 'garden', tenant_id: 'default' })
  await seen.promise
  const rows = () => fixture.rows<{ user_id: string }>("select user_id from store.document where collection = 'beds'")
  await expect.poll(rows, PATIENCE).toEqual([{ user_id: ada.userId }])
})

test('people send none, administrators in their own tenant only, and it is on record', async () => {
  caller = principalOf(ada)
  expect((await send({ name: 'storm' })).status).toBe(403)
  caller = principalOf(zoe, { role: 'admin' })
  expect((await send({ name: 'season_changed', tenant_id: 'default' })).status).toBe(403)
  expect((await send({ name: 'season_changed' })).body.deliveries).toBe(1)
  await expect.poll(places, PATIENCE).toEqual(['garden in acme'])
  const audited = await fixture.rows(
    "select target_id from audit.entry where action = 'signal.sent' and actor_id = $1",
    [zoe.userId],
  )
  expect(audited).toEqual([{ target_id: 'season_changed' }])
})

test('a name or payload that is none is refused', async () => {
  for (const body of [
    {},
    { name: '' },
    { name: 'storm', payload: [] },
    { name: 'storm', payload: { x: 'y'.repeat(70_000) } },
  ])
    expect([413, 422]).toContain((await send(body as JsonObject)).status)
})

test('nobody but the platform enters by this door', async () => {
  const outcome = await node.kernel.call({ source: 'api', ...ada, appId: 'weather', function: 'storm', params: {} })
  expect(outcome.response.error_code).toBe('UNKNOWN_SUB_FUNCTION')
})
