import type { Execution, JsonObject, Rule } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { mountForTest, principalOf } from '../../../../../test/support/apps.ts'
import type { Writer } from '../../foundation/db/index.ts'
import { newCallId } from '../../foundation/ids.ts'
import type { CallOutcome } from '../kernel/index.ts'
import { chatFunction, type Handler, openFixture, PATIENCE, success } from '../kernel/test-fixture.ts'
import type { Notification } from '../notifications/index.ts'
import { offerLost } from './hold-execution.ts'
import { type AutomationsOptions, openAutomations } from './index.ts'
import { tellLeftNotices } from './notify-owner.ts'
import { runExecution } from './run-execution.ts'
import { triggerRule } from './trigger-rule.ts'

const fixture = await openFixture({ background: false })
const ada = await fixture.person()
const sent: object[] = []
const parts: AutomationsOptions = {
  ...fixture.options,
  background: false,
  declared: async (appId) => ({ appId, name: appId, automations: [] }),
  jobs: { ...fixture.options.jobs, send: async (_queue, data) => void sent.push(data) },
  kernel: fixture.kernel,
  billing: { plan: async () => ({ planId: 'test', limits: {} }) as never },
  notifications: { notify: async () => {}, routes: [] } as never,
  understand: async () => ({ text: 'Understood.', isDone: true, changed: false, callId: null }),
  say: async () => {},
}
const automations = openAutomations(parts)
const app = await mountForTest(automations.routes, () => principalOf(ada))
afterAll(async () => {
  await app.close()
  await automations.close()
  await fixture.close()
})

const written = async (collection: string) =>
  (
    await fixture.rows<{ title: string }>(
      "select data ->> 'title' as title from store.document where collection = $1 order by id",
      [collection],
    )
  ).map(({ title }) => title)
const write =
  (collection: string): Handler =>
  async (call, kernel) => {
    const { title } = call.params as { title: string }
    await kernel.onCallback({ client: 'store', method: 'create', args: [collection, { title }], asUser: null })
    return success({ title: `${title}!` }, { summary: `${title} is written.` })
  }

beforeAll(async () => {
  const params_schema = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } }
  await fixture.app(
    'steps',
    { tools: ['first', 'second', 'third'].map((name) => chatFunction(name, 'write', { params_schema })) },
    [ada],
  )
})
beforeEach(async () => {
  await fixture.rows('delete from store.document')
  for (const name of ['first', 'second', 'third']) fixture.handler('steps', 'function', name, write(name))
})

const step = (tool: string, title: string) => ({ app_id: 'steps', tool, args: { title } })
/** A rule with three steps, and a run of it that waits. */
async function waitingRun() {
  const made = await app.inject({
    method: 'POST',
    url: '/v1/automations',
    payload: {
      prompt: 'three steps',
      trigger_filter: { event_type: 'task.completed' },
      actions: [
        step('first', 'one'),
        step('second', '{{steps.1.data.title}}'),
        step('third', '{{steps.2.data.title}}'),
      ],
    },
  })
  const rule = made.json() as Rule
  const { executionId } = await fixture.db.tenant(ada.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('automations.rule')
      .selectAll()
      .where('rule_id', '=', rule.id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    return triggerRule(parts, tx, row, { cause: newCallId(), event: {}, traceId: undefined })
  })
  const job = { tenant_id: ada.tenantId, execution_id: executionId ?? '' }
  const read = async () => {
    const { executions } = (
      await app.inject({ method: 'GET', url: `/v1/automations/${rule.id}/executions` })
    ).json() as { executions: Execution[] }
    return executions.find(({ execution_id }) => execution_id === executionId)
  }
  return { rule, job, read }
}
const nodeDies = (executionId: string) =>
  fixture.rows(
    "update automations.execution set lease_until = now() - interval '1 second', due_at = now() - interval '1 minute' where execution_id = $1",
    [executionId],
  )
/** A handler that comes as far as `before`, and then stands still until the test lets it go on. */
function standsStill(name: string, before: 'effect' | 'answer') {
  const [entered, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let times = 0
  fixture.handler('steps', 'function', name, async (call, kernel) => {
    const work = write(name)
    if (times++ > 0) return work(call, kernel)
    if (before === 'answer') await work(call, kernel)
    entered.resolve()
    await go.promise
    return before === 'answer' ? success({}) : work(call, kernel)
  })
  return { entered: entered.promise, go: go.resolve }
}

test('[E1] [E2] a run whose node is gone before a step had an effect goes on there, and no step is done twice', async () => {
  const { job, read } = await waitingRun()
  const still = standsStill('second', 'effect')
  const gone = runExecution(parts, job)
  await still.entered
  // It is somebody's: nobody else takes it.
  await runExecution(parts, job)
  expect(await written('second')).toEqual([])
  await nodeDies(job.execution_id)
  sent.splice(0)
  expect(await offerLost(parts)).toBe(1)
  expect(sent).toEqual([job])
  await runExecution(parts, job)
  expect(await read()).toMatchObject({
    status: 'completed',
    attempt: 1,
    steps: [{ status: 'success' }, { status: 'success' }, { status: 'success' }],
  })
  // The zombie wakes: its step writes nothing any more, and it ends nothing (E13).
  still.go()
  await gone
  expect(await written('first')).toEqual(['one'])
  expect(await written('second')).toEqual(['one!'])
  expect(await written('third')).toEqual(['one!!'])
  expect((await read())?.status).toBe('completed')
})

test('[E1] a step that ended while nobody could write it down is not repeated, and its result is used', async () => {
  const { job, read } = await waitingRun()
  const [row] = await fixture.rows<{ rule_id: number }>(
    'select rule_id from automations.execution where execution_id = $1',
    [job.execution_id],
  )
  const callId = newCallId()
  await fixture.kernel.runSteps([
    {
      intent: { source: 'automation', ...ada, appId: 'steps', function: 'first', params: { title: 'kept' } },
      hold: { callId, fence: { text: 'select 1 as ours', values: [] } },
    },
  ])
  const began: JsonObject = {
    ...{ index: 1, app_id: 'steps', tool: 'first', action_type: 'write', status: 'running' },
    ...{ summary: null, error: null, call_id: callId },
  }
  await fixture.rows(
    "update automations.execution set status = 'running', run_id = 'run_gone', turns = 1, changed = true, steps = $2, lease_until = now() - interval '1 second' where execution_id = $1",
    [job.execution_id, JSON.stringify([began])],
  )
  expect(row).toBeDefined()
  await runExecution(parts, job)
  expect((await read())?.status).toBe('completed')
  expect([await written('first'), await written('second'), await written('third')]).toEqual([
    ['kept'],
    ['kept!'],
    ['kept!!'],
  ])
})

test('[E1] [E2] a step that had an effect and was cut off is not known, and nothing after it runs', async () => {
  const { job, read } = await waitingRun()
  const still = standsStill('second', 'answer')
  const gone = runExecution(parts, job)
  await still.entered
  await nodeDies(job.execution_id)
  await runExecution(parts, job)
  expect(await read()).toMatchObject({ status: 'failed', error: 'OUTCOME_UNKNOWN' })
  still.go()
  await gone
  expect([await written('second'), await written('third')]).toEqual([['one!'], []])
  expect((await fixture.ledger({ appId: 'steps' })).filter((row) => row.status === 'unknown')).toMatchObject([
    { function: 'second', chain_id: job.execution_id },
  ])
})

test('a node that ends hands its run over between two steps', async () => {
  const { job, read } = await waitingRun()
  const closing = new AbortController()
  fixture.handler('steps', 'function', 'first', async (call, kernel) => {
    closing.abort()
    return write('first')(call, kernel)
  })
  sent.splice(0)
  await runExecution(parts, job, closing.signal)
  expect(sent).toEqual([job])
  expect((await read())?.steps).toMatchObject([{ status: 'success' }])
  await runExecution(parts, job)
  expect(await read()).toMatchObject({ status: 'completed', attempt: 1 })
  expect(await written('first')).toEqual(['one'])
})

test('[E1] [E4] a step that a node ends amid, and that had certainly no effect, is done by the next node', async () => {
  const { job, read } = await waitingRun()
  const closing = new AbortController()
  const cutOff: AutomationsOptions['kernel']['runSteps'] = async (steps) => {
    if (steps[0]?.intent.function !== 'second') return fixture.kernel.runSteps(steps)
    closing.abort()
    const callId = steps[0].hold.callId
    const response = {
      status: 'error',
      data: {},
      summary: null,
      ui: null,
      error_code: 'INTERNAL',
      trace_id: '0'.repeat(16),
    }
    return [
      {
        ...{ callId, traceId: response.trace_id, status: 'failed', actionType: 'write', durationMs: 1 },
        response: { ...response, error: 'The platform was stopped in the middle of the call.', retryable: true },
        cutOff: true,
      } as CallOutcome,
    ]
  }
  sent.splice(0)
  await runExecution({ ...parts, kernel: { ...fixture.kernel, runSteps: cutOff } }, job, closing.signal)
  expect(sent).toEqual([job])
  expect((await read())?.steps).toMatchObject([{ status: 'success' }, { status: 'running' }])
  await runExecution(parts, job)
  expect(await read()).toMatchObject({ status: 'completed' })
  expect([await written('first'), await written('second')]).toEqual([['one'], ['one!']])
})

test('a run that ends nodes again and again is given up', async () => {
  const { job, read } = await waitingRun()
  await fixture.rows(
    "update automations.execution set status = 'running', run_id = 'run_gone', turns = 5, lease_until = now() - interval '1 second' where execution_id = $1",
    [job.execution_id],
  )
  await runExecution(parts, job)
  await vi.waitUntil(async () => (await read())?.status === 'failed', PATIENCE)
  expect(await written('first')).toEqual([])
})

test('[K6.24] the end of a run is told by others when its node is gone before it could, once, and what cannot be told keeps no other back', async () => {
  const { rule, job } = await waitingRun()
  await fixture.rows("update automations.rule set notify_mode = 'all' where rule_id = $1", [rule.id])
  const gone = { notify: async () => Promise.reject(new Error('the node is gone')) } as never
  await runExecution({ ...parts, notifications: gone }, job, new AbortController().signal)
  const left = () => fixture.rows<{ title: string }>('select title from automations.notice order by notice_id')
  expect(await left()).toEqual([{ title: `${rule.name}: done` }])
  // Others that can never be told, before it.
  await fixture.rows(
    `insert into automations.notice select (jsonb_populate_record(n, jsonb_build_object(
       'notice_id', 'ntc_0' || i, 'title', 'never', 'due_at', n.due_at - interval '1 second'))).*
     from automations.notice n, generate_series(1, 60) i`,
  )
  const [rung, said]: [string[], string[]] = [[], []]
  const later: AutomationsOptions = {
    ...parts,
    clock: { ...parts.clock, now: () => parts.clock.now() + 60_000 },
    notifications: {
      notify: async (writer: Writer, { title }: Notification) => {
        await writer.atomic([])
        rung.push(title)
      },
      routes: [],
    } as never,
    say: async (_owner, { text }) => {
      if (text.includes('never')) throw new Error('it cannot be said')
      said.push(text)
    },
  }
  await tellLeftNotices(later)
  await Promise.all([tellLeftNotices(later), tellLeftNotices(later)])
  expect(rung.filter((title) => title !== 'never')).toEqual([`${rule.name}: done`])
  expect(said).toHaveLength(1)
  expect(new Set((await left()).map(({ title }) => title))).toEqual(new Set(['never']))
  const week = { ...later, clock: { ...parts.clock, now: () => parts.clock.now() + 8 * 86_400_000 } }
  await tellLeftNotices(week)
  expect(await left()).toEqual([])
  // The bell rang for them once, however often the chat could not be reached.
  expect(rung.filter((title) => title === 'never')).toHaveLength(60)
})

test('[K6.24] a notice that was said, and whose node ended before it noted that, is said under the same id again', async () => {
  const said: string[] = []
  let isCutOff = true
  const later: AutomationsOptions = {
    ...parts,
    clock: { ...parts.clock, now: () => parts.clock.now() + 60_000 },
    say: async (_owner, { messageId }) => {
      said.push(messageId)
      if (isCutOff) throw new Error('the node ended here')
    },
  }
  await fixture.rows(
    `insert into automations.notice (notice_id, rule_id, tenant_id, user_id, title, body, priority, created_at, due_at, is_rung)
     select 'ntc_cut_off', rule_id, tenant_id, user_id, 'done', 'It ran.', 'normal', $1, $1, true from automations.rule limit 1`,
    [new Date(parts.clock.now())],
  )
  await tellLeftNotices(later)
  isCutOff = false
  await tellLeftNotices({ ...later, clock: { ...parts.clock, now: () => parts.clock.now() + 7_200_000 } })
  expect(said).toEqual(['msg_cut_off', 'msg_cut_off'])
  expect(await fixture.rows("select 1 from automations.notice where notice_id = 'ntc_cut_off'")).toEqual([])
})
