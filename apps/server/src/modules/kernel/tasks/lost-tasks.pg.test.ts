import type { JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HostCallbacks } from '../../hosts/index.ts'
import type { KernelParts } from '../parts.ts'
import { chatFunction, type Handler, openFixture, PATIENCE, success } from '../test-fixture.ts'
import type { CallOutcome } from '../types.ts'
import { tellLeftovers } from './deliver-result.ts'
import { failStaleTasks, forgetTasks, recoverTasks } from './watch-tasks.ts'

const fixture = await openFixture()
const ada = await fixture.person()
type Node = Awaited<ReturnType<typeof fixture.openNode>>
let node: Node
let other: KernelParts

beforeAll(async () => {
  const functions = ['write', 'read'].map((type) => chatFunction(`${type}_it`, type, { background: true }))
  functions.push(chatFunction('upsert_it', 'write', { background: true, idempotent: true }))
  await fixture.app('labs', { tools: functions, capabilities: ['inner:*', 'deep:*'] }, [ada])
  const store = chatFunction('store_it', 'write')
  await fixture.app('inner', { tools: [store, chatFunction('pass_on', 'read')], capabilities: ['deep:*'] }, [ada])
  await fixture.app('deep', { tools: [store] }, [ada])
  const jobs = await fixture.openEngine()
  node = await fixture.openNode({ jobs })
  other = await fixture.assemble({ jobs })
})
beforeEach(() => {
  node.said.splice(0)
})
afterAll(() => fixture.close())

const handle = (name: string, work: Handler) => node.hosts.handlers.set(`labs background ${name}`, work)
const start = (name: string): Promise<CallOutcome> =>
  node.kernel.call({ source: 'api', ...ada, appId: 'labs', function: name, params: {} })
const taskOf = async ({ promoted }: CallOutcome) =>
  (
    await fixture.rows<Record<string, unknown> & { status: string; attempt: number }>(
      'select * from kernel.task where task_id = $1',
      [promoted?.taskId],
    )
  )[0]
const ends = (outcome: CallOutcome, status: string) =>
  expect.poll(async () => (await taskOf(outcome))?.status, PATIENCE).toBe(status)
/** The node that runs what runs now is gone, or paused, as far as the others can tell. */
const seemsDead = () => fixture.rows("update kernel.task set node_id = 'node_gone' where status = 'running'")
const recover = async () => {
  await seemsDead()
  await recoverTasks(other)
}
const create = (kernel: HostCallbacks, title: string) =>
  kernel.onCallback({ client: 'store', method: 'create', args: ['drafts', { title }], asUser: null })
const drafts = async (title: string) =>
  (await fixture.rows("select id from store.document where collection = 'drafts' and data->>'title' = $1", [title]))
    .length

/** Attempts of one task, each of which waits until the test lets it go on. */
function attempts(work: (attempt: number, kernel: HostCallbacks) => Promise<unknown>) {
  const begun: PromiseWithResolvers<void>[] = []
  const results: unknown[] = []
  const handler: Handler = async (_call, kernel) => {
    const gate = Promise.withResolvers<void>()
    const attempt = begun.push(gate)
    await gate.promise
    try {
      results[attempt - 1] = await work(attempt, kernel)
    } catch (error) {
      results[attempt - 1] = error
      throw error
    }
    return success({}, { summary: `Attempt ${attempt}.` })
  }
  return {
    handler,
    results,
    count: () => begun.length,
    reached: (attempt: number) => expect.poll(() => begun.length, PATIENCE).toBe(attempt),
    goOn: (attempt: number) => begun[attempt - 1]?.resolve(),
  }
}

const asks = (client: string, method: string, args: readonly JsonValue[]) => (kernel: HostCallbacks) =>
  kernel.onCallback({ client, method, args: [...args], asUser: null })

describe('a task whose node is taken for dead', () => {
  test('[E13] [K4.7] [K8.2] is run again when it had no effect, and the paused one can write nothing any more', async () => {
    const work = attempts((attempt, kernel) => create(kernel, `fenced ${attempt}`))
    handle('write_it', work.handler)
    const outcome = await start('write_it')
    await work.reached(1)
    await recover()
    await work.reached(2)
    work.goOn(1)
    await expect.poll(() => work.results[0], PATIENCE).toMatchObject({ wire: { code: 'call_aborted' } })
    work.goOn(2)
    await ends(outcome, 'done')
    expect([await drafts('fenced 1'), await drafts('fenced 2')]).toEqual([0, 1])
    expect(await taskOf(outcome)).toMatchObject({ attempt: 2 })
    const rows = await fixture.ledger({ traceId: outcome.traceId })
    expect(rows.map(({ status }) => status)).toEqual(['success'])
    await expect.poll(() => node.said.map(({ text }) => text), PATIENCE).toEqual(['Attempt 2.'])
  })

  test('[E2] [S1] is not run again when it had an effect: it fails, and says that nobody knows', async () => {
    const work = attempts((attempt, kernel) => create(kernel, `twice ${attempt}`))
    handle('write_it', async (call, kernel) => {
      await create(kernel, 'once')
      return work.handler(call, kernel)
    })
    const outcome = await start('write_it')
    await work.reached(1)
    await recover()
    await ends(outcome, 'failed')
    work.goOn(1)
    await expect.poll(() => work.results[0], PATIENCE).toMatchObject({ wire: { code: 'call_aborted' } })
    expect([await drafts('once'), await drafts('twice 1'), work.count()]).toEqual([1, 0, 1])
    expect((await taskOf(outcome))?.error).toMatch(/unknown/)
    const rows = await fixture.ledger({ traceId: outcome.traceId })
    expect(rows.map(({ status }) => status)).toEqual(['unknown'])
    await tellLeftovers({ ...other, clock: { ...other.clock, now: () => Date.now() + 60_000 } })
    expect(fixture.said.concat(node.said)).toEqual([
      expect.objectContaining({ type: 'task_failed', text: expect.stringMatching(/unknown/) }),
    ])
    fixture.said.splice(0)
  })

  test.each([
    ['calls a change of another app', asks('tools', 'call', ['inner.store_it', {}])],
    ['calls another one that calls a change', asks('tools', 'call', ['inner.pass_on', {}])],
    ['announces an event', asks('extensions', 'emit', ['labs.happened', { n: 1 }])],
    ['says something in the chat', asks('chat', 'deliver', [{ text: 'Once.' }])],
    [
      'detaches work that goes on by itself',
      async (kernel: HostCallbacks) => {
        const detached = await kernel.onBackground?.({ name: 'Later', longRunning: false, asUser: null })
        detached?.done({ value: success({}, { summary: 'Did it later.' }) })
      },
    ],
  ] as const)('[E2] is not run again when it %s: that was an effect as well', async (_what, effect) => {
    const inner = async (_call: unknown, kernel: HostCallbacks) => {
      await create(kernel, 'inner')
      return success({})
    }
    node.hosts.handlers.set('inner function store_it', inner)
    node.hosts.handlers.set('inner function pass_on', async (_call, kernel) => {
      await kernel.onCallback({ client: 'tools', method: 'call', args: ['deep.store_it', {}], asUser: null })
      return success({})
    })
    node.hosts.handlers.set('deep function store_it', inner)
    const work = attempts(async () => null)
    let failure: unknown = null
    handle('write_it', async (call, kernel) => {
      await effect(kernel).catch((error) => {
        failure = error
      })
      return work.handler(call, kernel)
    })
    const outcome = await start('write_it')
    await work.reached(1)
    expect(failure).toBeNull()
    await recover()
    await ends(outcome, 'failed')
    work.goOn(1)
    expect(work.count()).toBe(1)
    fixture.said.splice(0)
  })

  test('[E4] a read is run again whatever it did, three times in all, and then fails', async () => {
    const work = attempts(async () => null)
    handle('read_it', work.handler)
    const outcome = await start('read_it')
    for (const attempt of [1, 2, 3]) {
      await work.reached(attempt)
      await recover()
    }
    await ends(outcome, 'failed')
    expect(work.count()).toBe(3)
    expect((await fixture.ledger({ traceId: outcome.traceId })).map(({ status }) => status)).toEqual(['failed'])
    for (const attempt of [1, 2, 3]) work.goOn(attempt)
  })

  test('[E4] [K4.21] a change that is declared idempotent is run again with the same key, and its first attempt is recorded as unknown', async () => {
    const keys: string[] = []
    const work = attempts(async () => null)
    handle('upsert_it', async (call, kernel) => {
      keys.push((call.ctx as { idempotency_key: string }).idempotency_key)
      if ((await drafts('upserted')) === 0) await create(kernel, 'upserted')
      return work.handler(call, kernel)
    })
    const outcome = await start('upsert_it')
    await work.reached(1)
    await recover()
    await work.reached(2)
    work.goOn(2)
    await ends(outcome, 'done')
    work.goOn(1)
    expect([await drafts('upserted'), new Set(keys).size, keys.length]).toEqual([1, 1, 2])
    const rows = await fixture.ledger({ traceId: outcome.traceId })
    expect(rows.map(({ status }) => status).sort()).toEqual(['success', 'unknown'])
  })

  test('[E4] ten nodes that look at once run it again once', async () => {
    const work = attempts((attempt, kernel) => create(kernel, `many ${attempt}`))
    handle('write_it', work.handler)
    const outcome = await start('write_it')
    await work.reached(1)
    await seemsDead()
    await Promise.all(Array.from({ length: 10 }, () => recoverTasks(other)))
    await work.reached(2)
    work.goOn(2)
    await ends(outcome, 'done')
    expect([work.count(), await drafts('many 2')]).toEqual([2, 1])
    work.goOn(1)
  })
})

test('[K4.15] a task that nobody hears of for ten minutes, or that is over its time, is ended and can write nothing', async () => {
  const work = attempts((_attempt, kernel) => create(kernel, 'stale'))
  handle('write_it', work.handler)
  const silent = await start('write_it')
  await work.reached(1)
  expect(await failStaleTasks(other)).toBe(0)
  await fixture.rows("update kernel.task set heartbeat_at = now() - interval '11 minutes' where task_id = $1", [
    silent.promoted?.taskId,
  ])
  expect(await failStaleTasks(other)).toBe(1)
  expect(await taskOf(silent)).toMatchObject({ status: 'timed_out', error_code: 'BACKEND_TIMEOUT' })
  work.goOn(1)
  await expect.poll(() => work.results[0], PATIENCE).toMatchObject({ wire: { code: 'call_aborted' } })
  expect(await drafts('stale')).toBe(0)
  expect((await fixture.ledger({ traceId: silent.traceId })).map(({ status }) => status)).toEqual(['timed_out'])

  const late = await start('write_it')
  await work.reached(2)
  await fixture.rows("update kernel.task set deadline_at = now() - interval '10 minutes' where task_id = $1", [
    late.promoted?.taskId,
  ])
  expect(await failStaleTasks(other)).toBe(1)
  work.goOn(2)
})

test('[S1] a node that ends hands its effect-free tasks on, and what had an effect is unknown', async () => {
  const jobs = await fixture.openEngine()
  const leaving = await fixture.openNode({ jobs })
  const hung: Handler = () => new Promise(() => {})
  const begun: string[] = []
  for (const on of [leaving, node]) {
    on.hosts.handlers.set('labs background read_it', () => {
      begun.push(on === leaving ? 'leaving' : 'staying')
      return on === leaving ? hung({} as never, {} as never) : success({}, { summary: 'Handed on.' })
    })
  }
  // Until the node that leaves has got one.
  let outcome: CallOutcome
  do {
    begun.splice(0)
    outcome = await start('read_it')
    await expect.poll(() => begun.length, PATIENCE).toBe(1)
  } while (begun[0] !== 'leaving')
  await leaving.close()
  await ends(outcome, 'done')
  expect(begun).toEqual(['leaving', 'staying'])
  expect((await fixture.ledger({ traceId: outcome.traceId })).map(({ status }) => status)).toEqual(['success'])
})

test('[K4.10] [K4.14] results that cannot be told keep no other from being told, and are given up after a week', async () => {
  handle('read_it', async () => success({}, { summary: 'Told in the end.' }))
  const outcome = await start('read_it')
  await ends(outcome, 'done')
  await expect.poll(async () => (await taskOf(outcome))?.delivered_at, PATIENCE).toBeTruthy()
  await fixture.rows(
    `insert into kernel.task select (jsonb_populate_record(t, jsonb_build_object(
       'task_id', 'tsk_untold' || n, 'result', null, 'delivered_at', null, 'finished_at', t.finished_at - interval '1 minute'))).*
     from kernel.task t, generate_series(1, 60) n where t.task_id = $1`,
    [outcome.promoted?.taskId],
  )
  await fixture.rows('update kernel.task set delivered_at = null where task_id = $1', [outcome.promoted?.taskId])
  fixture.said.splice(0)
  const later = (seconds: number) => ({ ...other, clock: { ...other.clock, now: () => Date.now() + seconds * 1_000 } })
  await tellLeftovers(later(60))
  await tellLeftovers(later(60))
  expect(fixture.said.concat(node.said).map(({ text }) => text)).toContain('Told in the end.')
  const untold = () => fixture.rows("select 1 from kernel.task where task_id like 'tsk_untold%'")
  expect(await untold()).toHaveLength(60)
  await forgetTasks(later(6 * 86_400))
  expect(await untold()).toHaveLength(60)
  await forgetTasks(later(8 * 86_400))
  expect(await untold()).toEqual([])
  fixture.said.splice(0)
})

test('[4.1] the record of a task is kept for a day', async () => {
  handle('write_it', async () => success())
  const outcome = await start('write_it')
  await ends(outcome, 'done')
  await expect.poll(async () => (await taskOf(outcome))?.delivered_at, PATIENCE).toBeTruthy()
  await forgetTasks(other)
  expect(await taskOf(outcome)).toBeDefined()
  await forgetTasks({ ...other, clock: { ...other.clock, now: () => Date.now() + 25 * 3_600_000 } })
  expect(await taskOf(outcome)).toBeUndefined()
})
