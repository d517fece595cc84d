import type { EventEnvelope, JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { expireConfirmations } from './confirmations/decide.ts'
import { refreshDue } from './skeletons/refresh-skeletons.ts'
import { chatFunction, openFixture, success } from './test-fixture.ts'

// What the kernel asks of the engine below it (kernel 15), as far as no other test of a part does.

const fixture = await openFixture({ background: false })
const ada = await fixture.person()
const eve = await fixture.person()
const people = [ada, eve, await fixture.person(), await fixture.person({ tenantId: 'acme' })]
const ran: string[] = []

beforeAll(async () => {
  const refresh = { name: 'skeleton_refresh_inbox', description: 'Skeleton refresh: inbox', scopes: [], parameters: {} }
  const tools = [
    chatFunction('erase', 'destructive', { event: 'erased' }),
    chatFunction('say', 'write', {
      event: 'said',
      params_schema: { type: 'object', properties: { n: { type: 'number' } } },
    }),
    chatFunction('look', 'read'),
    chatFunction('toil', 'write', { background: true }),
    refresh,
  ]
  await fixture.app('engine', { tools }, people)
  await fixture.app('rest', { tools: [chatFunction('toil', 'write', { background: true })] }, people)
  await fixture.app('ear', { events: { subscribes: [{ type: 'engine.said', handler: 'hear' }], emits: [] } }, people)
})
beforeEach(() => void ran.splice(0))
afterAll(() => fixture.close())

const nodes = (count: number) => Promise.all(Array.from({ length: count }, () => fixture.assemble()))
const erase = (user = ada) =>
  fixture.kernel.call({ source: 'panel', ...user, appId: 'engine', function: 'erase', params: {} })
const cardOf = async (user = ada) => {
  const { response } = await erase(user)
  return (response.data as unknown as { confirmation: { confirmation_id: string } }).confirmation.confirmation_id
}
const counted = async (text: string, values: unknown[] = []) =>
  (await fixture.rows<{ n: number }>(`select count(*)::int as n from ${text}`, values))[0]?.n

test('[E6] [E23] three hundred timers that end at once end once each, whichever of three nodes looks, also after a restart', async () => {
  const asked = await Promise.all(Array.from({ length: 300 }, (_, n) => cardOf(people[n % 3])))
  const [first, second] = await nodes(2)
  if (first === undefined || second === undefined) throw new Error('no nodes')
  fixture.clock.advance(299_000)
  expect(await expireConfirmations(first)).toBe(0)
  fixture.clock.advance(2_000)
  // A node that starts now finds what ended while it was not there.
  const third = await fixture.assemble()
  const expired = await Promise.all([first, second, third, first].map((parts) => expireConfirmations(parts)))
  expect(expired.reduce((sum, count) => sum + count, 0)).toBe(300)
  expect(await counted("kernel.confirmation where status = 'expired' and confirmation_id = any($1)", [asked])).toBe(300)
  const told = await fixture.rows<{ id: string }>(
    "select payload -> 'data' ->> 'confirmation_id' as id from outbox.message where type = 'event' and payload ->> 'event_type' = 'confirmation.expired'",
  )
  expect(told.map(({ id }) => id).sort()).toEqual([...asked].sort())
  expect(await counted("ledger.action where confirmation = 'expired'")).toBe(300)
  fixture.clock.advance(-301_000)
})

test('[E7] ten thousand questions that wait for people hold no worker, no job and no call, and any of them is answered at once', async () => {
  const id = await cardOf()
  await fixture.rows(
    `insert into kernel.confirmation select c.* from kernel.confirmation o, generate_series(1, 10000) n,
       jsonb_populate_record(o, jsonb_build_object('confirmation_id', 'conf_' || lpad(to_hex(n), 32, '0'), 'user_id', $2::text)) c
     where o.confirmation_id = $1`,
    [id, eve.userId],
  )
  fixture.handler('engine', 'function', 'erase', () => {
    ran.push('erase')
    return success()
  })
  fixture.handler('engine', 'function', 'look', () => success())
  expect(await counted("jobs.job where state in ('created', 'retry', 'active') and name like 'kernel.%'")).toBe(0)
  expect([
    await counted('kernel.open_call'),
    await counted("kernel.task where status in ('queued', 'running')"),
  ]).toEqual([0, 0])
  const look = await fixture.kernel.call({ source: 'api', ...ada, appId: 'engine', function: 'look', params: {} })
  expect(look.status).toBe('success')
  const decided = await fixture.kernel.decide(eve, `conf_${'0'.repeat(29)}3e8`, 'confirm', 'panel')
  expect([decided.status, ran]).toEqual(['executed', ['erase']])
  // Days later it is as it was, but for their time.
  expect(await counted("kernel.confirmation where status = 'pending' and user_id = $1", [eve.userId])).toBe(9_999)
  await fixture.rows("update kernel.confirmation set status = 'cancelled' where user_id = $1 and status = 'pending'", [
    eve.userId,
  ])
})

test('[E11] [K6.1] events of one key come in their order on two nodes, and a key that stands still holds up no other', async () => {
  const heard: { user: string; n: number }[] = []
  const stopped = Promise.withResolvers<void>()
  const [slow] = people
  const both = await Promise.all([
    fixture.openNode({ jobs: await fixture.openEngine() }),
    fixture.openNode({ jobs: await fixture.openEngine() }),
  ])
  for (const node of both) {
    node.hosts.handlers.set('engine function say', async ({ params }) => success(params as JsonObject))
    node.hosts.handlers.set('ear event hear', async ({ params }) => {
      const event = params as unknown as EventEnvelope & { data: { n: number } }
      if (event.user_id === slow?.userId && event.data.n === 3) await stopped.promise
      heard.push({ user: event.user_id, n: event.data.n })
      return null
    })
  }
  const say = (user: (typeof people)[number], n: number) =>
    both[n % 2]?.kernel.call({ source: 'api', ...user, appId: 'engine', function: 'say', params: { n } })
  const each = Array.from({ length: 12 }, (_, n) => n)
  for (const n of each) await Promise.all(people.map((user) => say(user, n)))
  const of = (user: (typeof people)[number] | undefined) =>
    heard.filter((one) => one.user === user?.userId).map(({ n }) => n)
  await vi.waitUntil(() => people.slice(1).every((user) => of(user).length === each.length), { timeout: 60_000 })
  expect(of(slow)).toEqual([0, 1, 2])
  stopped.resolve()
  await vi.waitUntil(() => of(slow).length === each.length, { timeout: 60_000 })
  for (const user of people) expect(of(user)).toEqual(each)
  await Promise.all(both.map((node) => node.close()))
})

test('[E16] [K5.4] three nodes that start the refreshing of one section run it once, and a lease that ran out is taken over', async () => {
  let times = 0
  const [entered, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  fixture.handler('engine', 'skeleton', 'inbox', async () => {
    times += 1
    if (times > 1) return { response: { unread: times } }
    entered.resolve()
    await go.promise
    return { response: { unread: 1 } }
  })
  await fixture.rows('delete from state.skeleton')
  const row = { ...ada, appId: 'engine', section: 'inbox', data: null, refreshedAt: null, ttl: 300, staleReason: null }
  await fixture.state.skeletonEnsure([row])
  const three = await nodes(3)
  const refreshing = Promise.all(three.map((parts) => refreshDue(parts)))
  await entered.promise
  // Ten more looks while it runs find nothing to do.
  await Promise.all(Array.from({ length: 10 }, (_, n) => refreshDue(three[n % 3] ?? (fixture.options as never))))
  expect(times).toBe(1)
  // The one that holds it is not heard of any more: another one takes it.
  fixture.clock.advance(120_000)
  await Promise.all(three.map((parts) => refreshDue(parts)))
  expect(times).toBe(2)
  go.resolve()
  await refreshing
  fixture.clock.advance(-120_000)
})

test('[E17] [K3.24] of forty accepts at once on two nodes one wins, and compare-and-set on a document as well', async () => {
  const other = await fixture.openNode()
  for (const hosts of [fixture.hosts, other.hosts])
    hosts.handlers.set('engine function erase', () => {
      ran.push('erase')
      return success()
    })
  const id = await cardOf()
  const answers = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? fixture : other).kernel.decide(ada, id, 'confirm', 'panel')),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(ran).toEqual(['erase'])
  // Each of twenty calls reads a counter and writes it back under the etag that it read, until it wins.
  fixture.handler('engine', 'function', 'say', async (_call, kernel) => {
    const store = (method: 'get' | 'set', ...args: (JsonObject | string | null)[]) =>
      kernel.onCallback({ client: 'store', method, args: ['counters', 'all', ...args], asUser: null })
    for (let tries = 1; ; tries++) {
      const found = (await store('get')) as { data: { n: number }; etag: string } | null
      try {
        await store('set', { n: (found?.data.n ?? 0) + 1 }, { if_match: found?.etag ?? null })
        return success({ tries })
      } catch (error) {
        if (tries === 60) throw error
      }
    }
  })
  await fixture.kernel.call({ source: 'api', ...ada, appId: 'engine', function: 'say', params: { n: 0 } })
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      fixture.kernel.call({ source: 'api', ...ada, appId: 'engine', function: 'say', params: { n } }),
    ),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'success'))
  const [counter] = await fixture.rows<{ n: number }>(
    "select (data ->> 'n')::int as n from store.document where collection = 'counters'",
  )
  expect(counter?.n).toBe(21)
  await other.close()
})

test('[E14] tasks of one app run two at a time over two nodes, and those of another app of the same people go on beside them', async () => {
  const settings = { ...fixture.options.settings, limits: { ...fixture.options.settings.limits, tasksPerApp: 2 } }
  const both = await Promise.all([
    fixture.openNode({ jobs: await fixture.openEngine(), settings }),
    fixture.openNode({ jobs: await fixture.openEngine(), settings }),
  ])
  const gate = Promise.withResolvers<void>()
  let [now, most, rested] = [0, 0, 0]
  for (const node of both) {
    node.hosts.handlers.set('engine background toil', async () => {
      most = Math.max(most, ++now)
      await gate.promise
      now--
      return success()
    })
    node.hosts.handlers.set('rest background toil', () => {
      rested += 1
      return success()
    })
  }
  const toil = (appId: string, n: number) =>
    both[n % 2]?.kernel.call({ source: 'api', ...(n % 2 === 0 ? ada : eve), appId, function: 'toil', params: {} })
  const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => toil('engine', n)))
  await vi.waitUntil(() => now === 2, { timeout: 60_000 })
  await toil('rest', 0)
  await vi.waitUntil(() => rested === 1, { timeout: 60_000 })
  expect(now).toBe(2)
  gate.resolve()
  const ids = outcomes.map((outcome) => outcome?.promoted?.taskId)
  const done = () => counted("kernel.task where status = 'done' and task_id = any($1)", [ids])
  await vi.waitUntil(async () => (await done()) === 8, { timeout: 60_000 })
  expect(most).toBe(2)
  await Promise.all(both.map((node) => node.close()))
})
