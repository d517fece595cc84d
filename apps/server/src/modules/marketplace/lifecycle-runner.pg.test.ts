import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { publishApp } from '../../../../../test/support/apps.ts'
import { chatFunction, type Fixture, type Handler, openFixture, PATIENCE, success } from '../kernel/test-fixture.ts'
import type { DueHook } from '../registry/index.ts'
import { startLifecycleRunner } from './lifecycle-runner.ts'

let one: Fixture
let two: Awaited<ReturnType<Fixture['openNode']>>
let ada: { tenantId: string; userId: string }
const runners: { close(): Promise<void> }[] = []

beforeAll(async () => {
  one = await openFixture()
  two = await one.openNode()
  ada = await one.person()
})
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.close()
})
afterAll(() => one.close())

type Node = Pick<Fixture, 'kernel' | 'registry' | 'log' | 'hosts'>

function run({ kernel, registry, log }: Node): void {
  const ports = {
    runHook: kernel.lifecycle,
    settleHook: kernel.settleStep,
    ensureSkeletons: async () => {},
    dropSkeletons: async () => {},
    forgetData: async () => {},
    purgeData: async () => {},
  }
  runners.push(startLifecycleRunner({ registry, ports, log }))
}

const on = (node: Node, appId: string, hook: string, work: Handler) =>
  node.hosts.handlers.set(`${appId} lifecycle ${hook}`, work)
const make = (kernel: Parameters<Handler>[1], by: string) =>
  kernel.onCallback({ client: 'store', method: 'create', args: ['made', { by }], asUser: null })
const made = async (appId: string) =>
  (
    await one.rows<{ by: string }>("select data ->> 'by' as by from store.document where app_id = $1 order by 1", [
      appId,
    ])
  ).map(({ by }) => by)
const queued = (appId: string) => one.rows('select 1 from registry.due_hook where app_id = $1', [appId])
const settled = (appId: string) => vi.waitFor(async () => expect(await queued(appId)).toEqual([]), PATIENCE)
const isOver = (appId: string) =>
  one.rows("update registry.due_hook set claimed_until = now() - interval '1 hour' where app_id = $1", [appId])
const ended = (appId: string) =>
  one.ledger({ appId }).then((rows) => rows.filter(({ source }) => source === 'lifecycle').map(({ status }) => status))

/** The hook hangs on the first node, its claim runs out, and the second one runs it to the end. Answers what the first met. */
async function overtaken(appId: string, before: Handler) {
  const [began, goOn, late] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<unknown>(),
  ]
  await one.app(appId, { lifecycle: { on_install: true } })
  on(one, appId, 'on_install', async (call, kernel) => {
    await before(call, kernel)
    began.resolve()
    await goOn.promise
    await make(kernel, 'one, too late').then(late.resolve, late.resolve)
    return null
  })
  on(two, appId, 'on_install', async (_call, kernel) => {
    await make(kernel, 'two')
    return null
  })
  run(one)
  await one.registry.install(ada, appId)
  await began.promise
  await isOver(appId)
  run(two)
  await settled(appId)
  goOn.resolve()
  return late.promise
}

test('[K7.15] a hook that two nodes run has the effects of one: whoever lost the claim writes nothing and ends nothing', async () => {
  expect(await overtaken('slowly', () => null)).toBeInstanceOf(Error)
  expect(await made('slowly')).toEqual(['two'])
  await vi.waitFor(async () => expect(await ended('slowly')).toHaveLength(2), PATIENCE)
  expect((await one.registry.resolve(ada, 'slowly'))?.install).toMatchObject({
    installedVersion: '1.0.0',
    needsAttention: false,
  })
})

test('[K7.15] [K11.3] what an attempt had begun when its claim fell is recorded as unknown, and it goes no further', async () => {
  expect(await overtaken('begun', (_call, kernel) => make(kernel, 'one, in time'))).toBeInstanceOf(Error)
  expect(await made('begun')).toEqual(['one, in time', 'two'])
  expect((await ended('begun')).sort()).toEqual(['success', 'unknown'])
})

test('[K7.15] a hook that ran to its end on a node that could not say so is not run again', async () => {
  await one.app('silent', { lifecycle: { on_install: true } })
  on(one, 'silent', 'on_install', async (_call, kernel) => {
    await make(kernel, 'one')
    return null
  })
  await one.registry.install(ada, 'silent')
  const [hook] = (await one.registry.hooks.claim(16)).filter(({ appId }) => appId === 'silent')
  const { claim, id } = hook as DueHook // claimed in the line above
  const fence = one.registry.hooks.fence(hook as DueHook)
  await one.kernel.lifecycle(ada, { appId: 'silent', hook: 'on_install', hold: { callId: claim, fence } })
  // The node is gone before the queue hears of it.
  await isOver('silent')
  run(two)
  await settled('silent')
  expect(await made('silent')).toEqual(['one'])
  expect(await ended('silent')).toEqual(['success'])
  expect(await one.registry.hooks.renew([{ id, claim }])).toEqual(new Set())
})

test('[K7.15] [S000-077] an upgrade that fails at its second version goes on there; a deploy meanwhile starts no second run', async () => {
  const upgrades = { lifecycle: { on_upgrade: ['1.1.0', '1.2.0', '1.3.0'] } }
  await one.app('growing', upgrades, [ada])
  run(one)
  run(two)
  await settled('growing')
  const ran: string[] = []
  const hung = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  for (const node of [one, two])
    for (const version of ['1.1.0', '1.2.0', '1.3.0'])
      on(node, 'growing', `on_upgrade:${version}`, async () => {
        ran.push(version)
        if (version === '1.1.0') {
          hung[0].resolve()
          await hung[1].promise
        }
        if (version === '1.2.0' && ran.filter((each) => each === '1.2.0').length === 1) throw new Error('not yet')
        return null
      })
  await publishApp(one, 'growing', { manifest: { ...upgrades, version: '1.2.0', capabilities: [] } })
  await hung[0].promise
  await publishApp(one, 'growing', { manifest: { ...upgrades, version: '1.3.0', capabilities: [] } })
  // Both nodes have heard of it and looked.
  await Promise.all([one, two].map(({ registry }) => registry.hooks.claim(1)))
  hung[1].resolve()
  await vi.waitFor(() => expect(ran.at(-1)).toBe('1.2.0'), PATIENCE)
  await vi.waitFor(async () => {
    await one.rows(
      "update registry.due_hook set next_at = now() - interval '1 hour' where app_id = 'growing' and claim is null",
    )
    await one.rows("select pg_notify('registry.changed', '')")
    expect(await queued('growing')).toEqual([])
  }, PATIENCE)
  expect(ran).toEqual(['1.1.0', '1.2.0', '1.2.0', '1.3.0'])
  expect((await two.registry.resolve(ada, 'growing'))?.install?.installedVersion).toBe('1.3.0')
})

test('[kernel 7.3] an upgrade that was given up runs again when the app is used ten minutes later, once the cause is gone', async () => {
  const upgrades = { lifecycle: { on_upgrade: ['1.1.0', '1.2.0'] }, tools: [chatFunction('read', 'read')] }
  await one.app('healing', upgrades, [ada])
  run(one)
  await settled('healing')
  let isBroken = true
  const ran: string[] = []
  for (const version of ['1.1.0', '1.2.0'])
    on(one, 'healing', `on_upgrade:${version}`, () => {
      ran.push(version)
      if (version === '1.2.0' && isBroken) throw new Error('the service is away')
      return null
    })
  one.handler('healing', 'function', 'read', () => success({}))
  await publishApp(one, 'healing', { manifest: { ...upgrades, version: '1.2.0', capabilities: [] } })
  const hooks = () =>
    one.rows<{ gave_up: boolean; attempts: number }>(
      "select gave_up, attempts from registry.due_hook where app_id = 'healing'",
    )
  const install = async () => (await one.registry.resolve(ada, 'healing'))?.install
  const sooner = (minutes: number, gaveUp: boolean) =>
    one.rows(
      `update registry.due_hook set next_at = $1::timestamptz - make_interval(mins => $2)
       where app_id = 'healing' and claim is null and gave_up = $3`,
      [one.clock.iso(), minutes, gaveUp],
    )
  await vi.waitFor(async () => {
    await sooner(60, false)
    await one.rows("select pg_notify('registry.changed', '')")
    expect(await hooks()).toEqual([{ gave_up: true, attempts: 4 }])
  }, PATIENCE)
  await vi.waitFor(
    async () => expect(await install()).toMatchObject({ needsAttention: true, installedVersion: '1.1.0' }),
    PATIENCE,
  )
  isBroken = false
  const before = ran.length
  const use = () => one.kernel.call({ source: 'api', ...ada, appId: 'healing', function: 'read', params: {} })
  // It was given up a moment ago.
  expect(await two.registry.hooks.retryUpgrade(ada, 'healing')).toBe(false)
  await sooner(11, true)
  // This node has just asked.
  expect(await two.registry.hooks.retryUpgrade(ada, 'healing')).toBe(false)
  expect((await use()).response.status).toBe('success')
  await settled('healing')
  expect(ran.slice(before)).toEqual(['1.2.0'])
  await vi.waitFor(
    async () => expect(await install()).toMatchObject({ needsAttention: false, installedVersion: '1.2.0' }),
    PATIENCE,
  )
})

test('[kernel 7.3] an upgrade that was given up stays away when a later one has moved the user on', async () => {
  const upgrades = { lifecycle: { on_upgrade: ['1.1.0'] } }
  await one.app('passed', upgrades, [ada])
  run(one)
  await settled('passed')
  await one.rows(
    `insert into registry.due_hook (tenant_id, user_id, app_id, hook, from_version, to_version, gave_up, next_at)
     select tenant_id, user_id, app_id, 'on_upgrade', '0.9.0', '0.9.5', true, now() - interval '10 years'
     from registry.install where app_id = 'passed'`,
  )
  expect(await one.registry.hooks.retryUpgrade(ada, 'passed')).toBe(false)
})

test('[K7.15] ten nodes that look at once give each hook to one of them', async () => {
  await one.app('wanted', { lifecycle: { on_install: true } })
  const people = await Promise.all(Array.from({ length: 6 }, () => one.person()))
  for (const person of people) await one.registry.install(person, 'wanted')
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_each, index) => (index % 2 === 0 ? one : two).registry.hooks.claim(3)),
  )
  const mine = claims.flat().filter(({ appId }) => appId === 'wanted')
  expect(mine.map(({ userId }) => userId).sort()).toEqual(people.map(({ userId }) => userId).sort())
  expect(new Set(mine.map(({ claim }) => claim)).size).toBe(mine.length)
  for (const hook of mine) expect(await one.registry.hooks.done(hook)).toBe(true)
  for (const hook of mine) expect(await two.registry.hooks.done(hook)).toBe(false)
})

test('[E14] hooks are claimed of each tenant in turn, and one tenant gets no more places than it may', async () => {
  await one.app('crowded', { lifecycle: { on_install: true } })
  const crowd = await Promise.all(Array.from({ length: 6 }, () => one.person()))
  const zoe = await one.person({ tenantId: 'acme' })
  for (const person of [...crowd, zoe]) await one.registry.install(person, 'crowded')
  const claim = async (limit: number, running: Record<string, number>, perTenant = 12) =>
    (await one.registry.hooks.claim(limit, { byTenant: new Map(Object.entries(running)), perTenant })).map(
      ({ tenantId }) => tenantId,
    )
  expect(await claim(3, { default: 2 }, 2)).toEqual(['acme'])
  expect(await claim(3, { default: 12 })).toEqual([])
  expect(await claim(16, { default: 10 })).toEqual(['default', 'default'])
  await one.rows("update registry.due_hook set claimed_until = now() - interval '1 hour' where tenant_id = 'acme'")
  expect((await claim(2, {})).sort()).toEqual(['acme', 'default'])
  expect(await claim(16, {})).toEqual(['default', 'default', 'default'])
  await one.rows("delete from registry.due_hook where app_id = 'crowded'")
})

test('[E14] a tenant whose hooks hang leaves places on every node to the hooks of others', async () => {
  await one.app('hung', { lifecycle: { on_install: true } })
  const goOn = Promise.withResolvers<null>()
  let held = 0
  const served: string[] = []
  on(one, 'hung', 'on_install', ({ ctx }) => {
    if (ctx.user?.tenant_id === 'acme') {
      served.push('acme')
      return null
    }
    held++
    return goOn.promise
  })
  for (const person of await Promise.all(Array.from({ length: 20 }, () => one.person())))
    await one.registry.install(person, 'hung')
  run(one)
  await vi.waitFor(() => expect(held).toBe(12), PATIENCE)
  await one.registry.install(await one.person({ tenantId: 'acme' }), 'hung')
  await vi.waitFor(() => expect(served).toEqual(['acme']), PATIENCE)
  expect(held).toBe(12)
  goOn.resolve(null)
  await settled('hung')
  expect(held).toBe(20)
})

test('[K7.15] a run whose claim fell to another node is ended there, not only kept from writing', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    await one.app('zombie', { lifecycle: { on_install: true } })
    const began = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<unknown>()
    on(one, 'zombie', 'on_install', ({ signal }) => {
      began.resolve()
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          stopped.resolve(signal.reason)
          reject(new Error('stopped'))
        })
      })
    })
    on(two, 'zombie', 'on_install', () => null)
    run(one)
    await one.registry.install(ada, 'zombie')
    await began.promise
    await isOver('zombie')
    run(two)
    await settled('zombie')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await stopped.promise).toBe('claim lost')
    await vi.waitFor(async () => expect(await ended('zombie')).toHaveLength(2), PATIENCE)
  } finally {
    vi.useRealTimers()
  }
})
