import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { HostCall, HostCallbacks } from '../../hosts/index.ts'
import { chatFunction, type Handler, openFixture, PATIENCE, success } from '../test-fixture.ts'
import type { CallIntent, CallOutcome } from '../types.ts'

const fixture = await openFixture()
const ada = await fixture.person()
const eve = await fixture.person()
const zoe = await fixture.person({ tenantId: 'acme' })

type Node = Awaited<ReturnType<typeof fixture.openNode>>
let node: Node

const background = (name: string, actionType: string, more: JsonObject = {}) =>
  chatFunction(name, actionType, { background: true, ...more })
beforeAll(async () => {
  const functions = [
    background('refine', 'write'),
    background('refine_all', 'write', { long_running: true }),
    background('collect', 'read'),
    background('purge', 'destructive'),
    chatFunction('think', 'read'),
  ]
  await fixture.app('labs', { tools: functions }, [ada, eve, zoe])
  node = await fixture.openNode({
    jobs: await fixture.openEngine(),
    settings: {
      ...fixture.options.settings,
      limits: { ...fixture.options.settings.limits, factor: 1 },
      chatPatienceMs: 50,
      cancelGraceMs: 50,
    },
  })
})
beforeEach(async () => {
  node.said.splice(0)
  node.hosts.calls.splice(0)
})
afterAll(() => fixture.close())

const handle = (name: string, work: Handler, on: Node = node) =>
  on.hosts.handlers.set(`labs ${name === 'think' ? 'function' : 'background'} ${name}`, work)
const call = (name: string, params: JsonObject = {}, more: Partial<CallIntent> = {}): Promise<CallOutcome> =>
  node.kernel.call({ source: 'api', ...ada, appId: 'labs', function: name, params, ...more })
const taskOf = async (outcome: CallOutcome | string) =>
  (
    await fixture.rows<Record<string, unknown> & { status: string; attempt: number; call_id: string }>(
      'select * from kernel.task where task_id = $1',
      [typeof outcome === 'string' ? outcome : outcome.promoted?.taskId],
    )
  )[0]
const ends = (outcome: CallOutcome, status: string) =>
  expect.poll(async () => (await taskOf(outcome))?.status, PATIENCE).toBe(status)
const rowsOf = async (outcome: CallOutcome) =>
  (await fixture.ledger({ traceId: outcome.traceId })).filter((row) => row.function !== 'chat')

/** A handler that waits for the test and may be told to write. */
function gate(after: (call: HostCall, kernel: HostCallbacks) => unknown = () => null) {
  const opened = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const work: Handler = async (one, kernel) => {
    entered.resolve()
    await opened.promise
    await after(one, kernel)
    return success({}, { summary: 'Refined.' })
  }
  return { work, open: opened.resolve, entered: entered.promise }
}
const create = (kernel: HostCallbacks, title: string) =>
  kernel.onCallback({ client: 'store', method: 'create', args: ['drafts', { title }], asUser: null })

describe('a background function', () => {
  test('[K4.4] [S000-121] [K6.3] answers with a task at once; its result is recorded, told in chat once and published', async () => {
    handle('refine', async (_call, kernel) => {
      await create(kernel, 'first')
      return success({ n: 1 }, { summary: 'Refined.', refresh_panels: ['drafts'] })
    })
    const outcome = await call('refine', { text: 'x' }, { conversationId: 'cnv_a' })
    expect(outcome.response).toMatchObject({ status: 'success', data: { background: true } })
    await expect.poll(() => node.said, PATIENCE).toHaveLength(1)
    expect(node.said[0]).toMatchObject({
      text: 'Refined.',
      type: 'response',
      taskId: outcome.promoted?.taskId,
      conversationId: 'cnv_a',
      refreshPanels: ['drafts'],
    })
    expect(await taskOf(outcome)).toMatchObject({ status: 'done', title: 'Refine', progress: 100, work: null })
    const rows = await rowsOf(outcome)
    expect(rows).toEqual([
      expect.objectContaining({ function: 'refine', status: 'success', parent_task_id: outcome.promoted?.taskId }),
    ])
    const types = () =>
      node.streamed.map(({ type, payload }) => (type === 'event' ? payload.event_type : payload.status))
    await expect.poll(types, PATIENCE).toEqual(expect.arrayContaining(['queued', 'running', 'done', 'task.completed']))
  })

  test('[K4.4] [S000-120] gets 180 seconds, and 1,800 when it is declared to run long', async () => {
    const given: Record<string, number> = {}
    for (const name of ['refine', 'refine_all']) {
      handle(name, ({ deadline }) => {
        given[name] = Math.round((deadline - node.clock.now()) / 1000)
        return success({})
      })
      await ends(await call(name), 'done')
    }
    expect(given).toEqual({ refine: 180, refine_all: 1_800 })
  })

  test('[E19] the engine holds an id and nothing of what the task is about, and the arguments go when it ends', async () => {
    const waiting = gate()
    handle('refine', waiting.work)
    const outcome = await call('refine', { text: 'canary-7f3a' })
    await waiting.entered
    const [engine] = await fixture.rows<{ found: number }>(
      "select count(*)::int as found from jobs.job where data::text like '%canary-7f3a%'",
    )
    expect(engine?.found).toBe(0)
    expect(JSON.stringify((await taskOf(outcome))?.work)).toContain('canary-7f3a')
    waiting.open()
    await ends(outcome, 'done')
    expect((await taskOf(outcome))?.work).toBeNull()
  })

  test('[K4.11] [K4.12] a failure is told in words of the platform, never in those of an exception', async () => {
    handle('refine', async () => ({ surprise: true }))
    const outcome = await call('refine')
    await ends(outcome, 'failed')
    await expect.poll(() => node.said.at(-1)?.type, PATIENCE).toBe('task_failed')
    expect(node.said.at(-1)?.text).toMatch(/not a result/)
    const [entry] = await fixture.rows(
      "select * from audit.entry where action = 'extension.contract_violation' and metadata->>'function' = 'refine'",
    )
    expect(entry).toBeDefined()
  })

  test('[K3.31] [K3.26] a destructive one asks before it becomes a task, and its rights are looked at again when its turn comes', async () => {
    const ran = vi.fn()
    handle('purge', async () => {
      ran()
      return success()
    })
    const asked = await call('purge')
    expect(asked.response.error_code).toBe('CONFIRMATION_REQUIRED')
    const { confirmation } = asked.response.data as { confirmation: { confirmation_id: string } }
    const decided = await node.kernel.decide(ada, confirmation.confirmation_id, 'confirm', 'api')
    await ends(decided.outcomes[0] as CallOutcome, 'done')
    expect(ran).toHaveBeenCalledTimes(1)
    const [row] = (await rowsOf(decided.outcomes[0] as CallOutcome)).filter(({ status }) => status === 'success')
    expect(row).toMatchObject({ confirmation: 'user_accepted', confirmation_id: confirmation.confirmation_id })
  })

  test('[K3.26] one whose user lost the app while it waited does not run, and says so', async () => {
    // Nothing tells the engine of it until the app is gone.
    const parts = await fixture.assemble()
    const held = await parts.runInner(
      { source: 'api', ...eve, appId: 'labs', function: 'refine', params: {} },
      { promoteAfterMs: 30_000 },
    )
    await node.registry.setDisabled(eve, 'labs', true)
    await node.options.jobs.send('kernel.tasks', { task_id: held.promoted?.taskId, tenant_id: 'default' })
    await ends(held, 'failed').finally(() => node.registry.setDisabled(eve, 'labs', false))
    expect(await taskOf(held)).toMatchObject({ error_code: 'PERMISSION_DENIED' })
    expect(await rowsOf(held)).toEqual([expect.objectContaining({ status: 'denied' })])
  })
})

describe('a call that is slow', () => {
  test('[K4.1] [K4.10] becomes a task of the chat after its patience, and the same handler goes on', async () => {
    const slow = gate()
    handle('think', slow.work)
    const turn = new AbortController()
    const outcome = await call('think', {}, { source: 'chat', conversationId: 'cnv_b', signal: turn.signal })
    expect(outcome).toMatchObject({ status: 'success', promoted: { late: true } })
    // Its caller has an answer; what becomes of the caller is nothing to the task.
    turn.abort('lost')
    expect(await taskOf(outcome)).toMatchObject({ status: 'running', kind: 'chat' })
    slow.open()
    await ends(outcome, 'done')
    expect(node.hosts.calls).toHaveLength(1)
    await expect.poll(() => node.said.at(-1), PATIENCE).toMatchObject({ conversationId: 'cnv_b', text: 'Refined.' })
    expect(await rowsOf(outcome)).toEqual([
      expect.objectContaining({ status: 'success', parent_task_id: outcome.promoted?.taskId }),
    ])
  })

  test.each<[string, Partial<CallIntent>]>([
    ['a step of a chain', { source: 'chat', isStep: true }],
    ['an automation', { source: 'automation' }],
    ['a direct call', { source: 'api' }],
  ])('[K4.2] %s is waited for', async (_who, intent) => {
    const slow = gate()
    handle('think', slow.work)
    const outcome = call('think', {}, intent)
    await slow.entered
    setTimeout(slow.open, 150)
    expect((await outcome).promoted).toBeUndefined()
  })

  test('[K4.3] that finds no place for a further task is waited for', async () => {
    const waiting = gate()
    handle('refine', waiting.work)
    const tasks = [await call('refine'), await call('refine'), await call('refine')]
    const slow = gate()
    handle('think', slow.work)
    const outcome = call('think', {}, { source: 'chat' })
    await slow.entered
    setTimeout(slow.open, 150)
    expect((await outcome).promoted).toBeUndefined()
    waiting.open()
    for (const task of tasks) await ends(task, 'done')
  })
})

describe('limits', () => {
  test('[K4.3] [E14] of ten at once a user gets three, and the others are refused with the figures and a row', async () => {
    const waiting = gate()
    handle('refine', waiting.work)
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => call('refine', {}, eve)))
    const accepted = outcomes.filter((outcome) => outcome.promoted !== undefined)
    expect(accepted).toHaveLength(3)
    const refused = outcomes.find((outcome) => outcome.promoted === undefined)
    expect(refused).toMatchObject({
      status: 'denied',
      refusal: { status: 429 },
      response: {
        error_code: 'TASK_LIMIT_REACHED',
        data: { type: 'task_limit_reached', active_tasks: 3, max_tasks: 3 },
      },
    })
    expect(await rowsOf(refused as CallOutcome)).toEqual([expect.objectContaining({ status: 'denied' })])
    waiting.open()
    for (const one of accepted) await ends(one, 'done')
  })

  test('[K4.3] the role says how many', async () => {
    await fixture.rows(
      "insert into identity.role (tenant_id, name, max_concurrent_tasks) values ('default', 'busy', 5)",
    )
    const bob = await fixture.person({ role: 'busy' })
    await node.registry.install(bob, 'labs')
    const waiting = gate()
    handle('refine', waiting.work)
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => call('refine', {}, bob)))
    const accepted = outcomes.filter((outcome) => outcome.promoted !== undefined)
    expect(accepted).toHaveLength(5)
    waiting.open()
    for (const one of accepted) await ends(one, 'done')
  })

  test('[E14] [E20] [E24] a tenant that floods leaves places to the others, and what waits beyond its share is refused', async () => {
    const busy = await fixture.openNode({
      jobs: await fixture.openEngine(),
      background: false,
      settings: {
        ...node.options.settings,
        limits: { ...node.options.settings.limits, factor: 0, tasksPerTenant: 1, tasksWaiting: 4, tasksAtOnce: 2 },
      },
    })
    const flood = { source: 'api', ...ada, appId: 'labs', function: 'refine', params: {} } as const
    const waiting = gate()
    handle('refine', waiting.work)
    const first = await busy.kernel.call(flood)
    await waiting.entered
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => busy.kernel.call(flood)))
    const refused = outcomes.filter((outcome) => outcome.response.error_code === 'TASK_LIMIT_REACHED')
    expect(refused.length).toBeGreaterThan(0)
    const other = await busy.kernel.call({ ...flood, ...zoe })
    await expect.poll(async () => (await taskOf(other))?.status, PATIENCE).toBe('running')
    waiting.open()
    for (const one of [first, other, ...outcomes.filter((outcome) => outcome.promoted !== undefined)])
      await ends(one, 'done')
  })
})
