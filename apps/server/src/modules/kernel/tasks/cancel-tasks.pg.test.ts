import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import type { HostCallbacks } from '../../hosts/index.ts'
import { chatFunction, fails, type Handler, openFixture, PATIENCE, success } from '../test-fixture.ts'
import type { CallOutcome } from '../types.ts'
import { remindOfWaiting } from './watch-tasks.ts'

const fixture = await openFixture()
const ada = await fixture.person()
const eve = await fixture.person()
type Node = Awaited<ReturnType<typeof fixture.openNode>>
let node: Node
let as = ada
let api: Awaited<ReturnType<typeof mountForTest>>

beforeAll(async () => {
  await fixture.app(
    'labs',
    { tools: [chatFunction('refine', 'write', { background: true }), chatFunction('think', 'read')] },
    [ada, eve],
  )
  const settings = { ...fixture.options.settings, cancelGraceMs: 100 }
  node = await fixture.openNode({ jobs: await fixture.openEngine(), settings })
  api = await mountForTest(node.kernel.routes, () => principalOf(as))
})
beforeEach(() => {
  as = ada
  node.said.splice(0)
})
afterAll(async () => {
  await api.close()
  await fixture.close()
})

const handle = (work: Handler) => node.hosts.handlers.set('labs background refine', work)
const start = (on: Node = node): Promise<CallOutcome> =>
  on.kernel.call({ source: 'api', ...ada, appId: 'labs', function: 'refine', params: {} })
const get = async ({ promoted }: CallOutcome) =>
  (await api.inject({ method: 'GET', url: `/v1/tasks/${promoted?.taskId}` })).json()
const cancel = ({ promoted }: CallOutcome) =>
  api.inject({ method: 'POST', url: `/v1/tasks/${promoted?.taskId}/cancel`, payload: {} })
const ends = (outcome: CallOutcome, status: string) =>
  expect.poll(async () => (await get(outcome)).status, PATIENCE).toBe(status)
const progress = (kernel: HostCallbacks, percent: number, message: string) =>
  kernel.onCallback({ client: 'task', method: 'progress', args: [percent, message], asUser: null })
const updates = (outcome: CallOutcome) =>
  node.streamed
    .filter(({ type, payload }) => type === 'task_update' && payload.task_id === outcome.promoted?.taskId)
    .map(({ payload }) => payload)

/** A handler that begins, and goes on when the test says so. */
function gate(after: (kernel: HostCallbacks) => Promise<unknown> = async () => null) {
  const opened = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const work: Handler = async (_call, kernel) => {
    entered.resolve()
    await opened.promise
    await after(kernel)
    return success({}, { summary: 'Refined.' })
  }
  return { work, open: opened.resolve, entered: entered.promise }
}

describe('progress', () => {
  test('[K4.6] is told at most every two seconds, and the last of it is there at the end', async () => {
    const working = gate(async (kernel) => {
      for (let percent = 1; percent <= 90; percent++) await progress(kernel, percent, `step ${percent}`)
    })
    handle(working.work)
    const outcome = await start()
    await working.entered
    working.open()
    await ends(outcome, 'done')
    expect(await get(outcome)).toMatchObject({ progress: 100, message: 'step 90', heartbeat_count: 1 })
    await expect
      .poll(() => updates(outcome).map(({ status }) => status), PATIENCE)
      .toEqual(['queued', 'running', 'running', 'done'])
    expect(updates(outcome)[2]).toMatchObject({ percent: 1, message: 'step 1', app_id: 'labs', tool_name: 'refine' })
  })

  test('[K4.7] the node gives signs of life whatever the handler does', async () => {
    const working = gate()
    handle(working.work)
    const outcome = await start()
    await working.entered
    const before = (await get(outcome)).last_heartbeat_at
    node.clock.advance(10_000)
    await expect.poll(async () => (await get(outcome)).last_heartbeat_at > before, { timeout: 60_000 }).toBe(true)
    working.open()
    await ends(outcome, 'done')
  }, 120_000)
})

describe('cancelling', () => {
  test('[GET /v1/tasks/{task_id}] [POST /v1/tasks/{task_id}/cancel] [K4.8] [E5] [S000-140] a handler that looks at its progress stops there; what it had done stays, and the chat says so', async () => {
    const settings = { ...fixture.options.settings, chatPatienceMs: 20 }
    const patient = await fixture.openNode({ settings })
    patient.hosts.handlers.set('labs function think', async (_call, kernel) => {
      for (let step = 0; ; step++) {
        // As the SDK throws it in the author's code.
        await progress(kernel, 50, `step ${step}`).catch((error) => fails('EXT_THREW', error.wire))
        await delay(5)
      }
    })
    const call = { source: 'chat', ...ada, appId: 'labs', function: 'think', params: {} } as const
    const outcome = await patient.kernel.call(call)
    expect((await cancel(outcome)).json()).toMatchObject({ status: 'cancelling' })
    await ends(outcome, 'cancelled')
    await expect
      .poll(() => patient.said.map(({ text }) => text), PATIENCE)
      .toEqual([expect.stringMatching(/was cancelled.*stays/)])
    expect((await fixture.ledger({ traceId: outcome.traceId })).map(({ status }) => status)).toEqual(['cancelled'])
  })

  test('[K4.8] one that does not look is ended after the grace period', async () => {
    handle(() => new Promise(() => {}))
    const outcome = await start()
    await expect.poll(async () => (await get(outcome)).status, PATIENCE).toBe('running')
    await cancel(outcome)
    await ends(outcome, 'cancelled')
  })

  test('[K4.8] one that ends well in the meantime is done', async () => {
    const working = gate()
    handle(working.work)
    const outcome = await start()
    await working.entered
    await cancel(outcome)
    working.open()
    await ends(outcome, 'done')
  })

  test('[K4.8] [E5] one that waits never runs, and leaves a row that says so; a second time is a conflict', async () => {
    const idle = await fixture.openNode()
    const outcome = await start(idle)
    expect(await get(outcome)).toMatchObject({ status: 'queued', attempt: 0 })
    expect((await cancel(outcome)).json()).toMatchObject({ status: 'cancelled' })
    expect((await cancel(outcome)).statusCode).toBe(409)
    await node.options.jobs.send('kernel.tasks', { task_id: outcome.promoted?.taskId, tenant_id: 'default' })
    expect(await fixture.ledger({ traceId: outcome.traceId })).toEqual([
      expect.objectContaining({ status: 'cancelled', function: 'refine', parent_task_id: outcome.promoted?.taskId }),
    ])
    expect(await get(outcome)).toMatchObject({ status: 'cancelled' })
  })

  test('[GET /v1/tasks/active] [K4.5] [I-LONGRUN-BG-USER-SCOPED] nobody else sees, lists or cancels it', async () => {
    const working = gate()
    handle(working.work)
    const outcome = await start()
    await working.entered
    as = eve
    expect((await cancel(outcome)).statusCode).toBe(404)
    expect((await api.inject({ method: 'GET', url: `/v1/tasks/${outcome.promoted?.taskId}` })).statusCode).toBe(404)
    const list = await api.inject({ method: 'GET', url: `/v1/tasks/active?user_id=${ada.userId}` })
    expect(list.statusCode).toBe(403)
    expect((await api.inject({ method: 'GET', url: '/v1/tasks/active' })).json()).toMatchObject({ count: 0 })
    as = ada
    working.open()
    await ends(outcome, 'done')
  })
})

test('[E1] a task whose job got lost is found and run', async () => {
  const working = gate()
  handle(working.work)
  const idle = await fixture.openNode()
  const outcome = await start(idle)
  expect(await remindOfWaiting(await fixture.assemble({ jobs: node.options.jobs }))).toBe(0)
  await fixture.rows("update kernel.task set created_at = now() - interval '2 hours' where task_id = $1", [
    outcome.promoted?.taskId,
  ])
  expect(await remindOfWaiting(await fixture.assemble({ jobs: node.options.jobs }))).toBe(1)
  await working.entered
  working.open()
  await ends(outcome, 'done')
})
