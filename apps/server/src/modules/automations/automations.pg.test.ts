import { createHash } from 'node:crypto'
import type { EventEnvelope, Execution, JsonObject, Rule } from '@imperal/contract'
import { canonicalJson } from '@imperal/ir'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../test/support/apps.ts'
import { manualClock } from '../../foundation/clock.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { chatFunction, openFixture, PATIENCE, success } from '../kernel/test-fixture.ts'
import type { Notification } from '../notifications/index.ts'
import { type AutomationsOptions, forgetAutomations, openAutomations } from './index.ts'
import { matchEvents } from './match-events.ts'
import { CAP_WITHOUT_PLAN } from './rule-quota.ts'
import { runDueRules } from './run-due-rules.ts'
import { runExecution } from './run-execution.ts'
import { failOverdue, sendLostAgain } from './watch-executions.ts'

const fixture = await openFixture({ background: false })
const jobs = await fixture.openEngine()
const [ada, eve] = [await fixture.person(), await fixture.person()]
const mallory = await fixture.person({ tenantId: 'other' })

const clock = manualClock()
const told: Notification[] = []
const said: string[] = []
const asked: { text: string; may: string[] }[] = []
let answers: { object: JsonObject }[] = []
let hasModel = true
let cap: number | undefined

const parts: AutomationsOptions = {
  ...fixture.options,
  background: true,
  declared: async (appId) => ({ appId, name: appId, automations: [] }),
  jobs,
  clock,
  kernel: fixture.kernel,
  billing: { plan: async () => ({ planId: 'test', limits: cap === undefined ? {} : { automations: cap } }) as never },
  notifications: { notify: async (_writer: unknown, one: Notification) => void told.push(one), routes: [] } as never,
  llm: {
    available: async () => hasModel,
    complete: async () => {
      const answer = answers.shift()
      if (answer === undefined) throw new Error('the model has nothing to say')
      return answer as never
    },
  },
  understand: async (owner, request) => {
    const catalog = await fixture.kernel.catalog(owner)
    asked.push({ text: request.text, may: catalog.filter(request.allows).map((entry) => entry.name) })
    return { text: `did: ${request.text}`, isDone: true, changed: false, callId: null }
  },
  say: async (_owner, { text }) => void said.push(text),
}
const automations = openAutomations(parts)

let caller: Principal = principalOf(ada)
const app = await mountForTest(automations.routes, () => caller)
afterAll(async () => {
  await app.close()
  await automations.close()
  await fixture.close()
})

const text = { type: 'string' }
const handled: { name: string; params: JsonObject }[] = []
let broken: string[] = []

beforeAll(async () => {
  clock.advance(Date.now() - clock.now())
  const note = { type: 'object', required: ['title'], properties: { title: text, body: text } }
  await fixture.app(
    'notes',
    {
      tools: [
        chatFunction('list_notes', 'read'),
        chatFunction('create_note', 'write', { params_schema: note, event: 'created' }),
        chatFunction('delete_note', 'destructive', {
          params_schema: { type: 'object', properties: { note_id: text } },
        }),
      ],
    },
    [ada, eve],
  )
  await fixture.app('crm', { tools: [chatFunction('add_deal', 'write', { event: 'deal.created' })] }, [ada, eve])
  await fixture.app('automations', { tools: [chatFunction('create_automation', 'write')] }, [ada])
  for (const [appId, name] of [
    ['notes', 'list_notes'],
    ['notes', 'create_note'],
    ['notes', 'delete_note'],
    ['crm', 'add_deal'],
  ] as const)
    fixture.handler(appId, 'function', name, async ({ params }) => {
      handled.push({ name, params: params as JsonObject })
      if (broken.includes(name)) return { status: 'error', error: `${name} is broken`, error_code: 'BROKEN' }
      return success({ ...(params as JsonObject), id: 'n1', tags: ['a', 'b'], count: 3 }, { summary: `${name} done` })
    })
})

/** Until everything that was published so far was looked at: what runs in the background may hold the lock meanwhile. */
async function matched(): Promise<void> {
  const latest = await fixture.outbox.latestId()
  const isBehind = async () => {
    await matchEvents(parts)
    const [cursor] = await fixture.rows<{ position: string }>('select position from automations.event_cursor')
    return (cursor?.position ?? '') < latest
  }
  await expect.poll(isBehind, PATIENCE).toBe(false)
}

beforeEach(async () => {
  for (const list of [handled, told, said, asked]) list.splice(0)
  broken = []
  answers = []
  hasModel = true
  cap = undefined
  caller = principalOf(ada)
  await fixture.rows('delete from automations.rule')
  // What earlier tests published is none of the next one's business.
  await matched()
})

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
async function send(
  method: Method,
  path: string,
  payload?: object,
): Promise<{ status: number; body: never; headers: Record<string, unknown> }> {
  const answer = await app.inject({ method, url: path, ...(payload === undefined ? {} : { payload }) })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}
const DEAL = { event_type: 'crm.deal.created' }
const SMALL = [{ path: 'data.size', op: 'lt', value: 2 }]
const NOTE = { app_id: 'notes', tool: 'create_note', args: { title: 'Deal {{event.data.title}}' } }
async function make(rule: object = {}): Promise<Rule> {
  const { status, body } = await send('POST', '/v1/automations', {
    prompt: 'note every deal',
    trigger_filter: DEAL,
    actions: [NOTE],
    cooldown_seconds: 0,
    ...rule,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const ruleOf = async (id: number): Promise<Rule> =>
  ((await send('GET', '/v1/automations')).body as Rule[]).find((rule) => rule.id === id) as Rule
const runsOf = async (id: number): Promise<Execution[]> =>
  ((await send('GET', `/v1/automations/${id}/executions`)).body as { executions: Execution[] }).executions
const deal = (params: JsonObject = { title: 'Acme' }, user = ada) =>
  fixture.kernel.call({ source: 'api', ...user, appId: 'crm', function: 'add_deal', params })
const over = async (id: number, count = 1) => {
  await expect
    .poll(
      async () => (await runsOf(id)).filter((run) => !['triggered', 'running'].includes(run.status)).length,
      PATIENCE,
    )
    .toBe(count)
  return runsOf(id)
}
const notes = () => handled.filter(({ name }) => name === 'create_note').map(({ params }) => params)

describe('a rule', () => {
  test('[S003-055] [S003-062] [K6.25] runs its steps when its event comes, as its owner and through the corridor', async () => {
    const rule = await make({
      actions: [
        NOTE,
        {
          app_id: 'notes',
          tool: 'create_note',
          args: { title: '{{steps.1.data.title}}, again', body: '{{steps.1.data.tags}}' },
        },
      ],
    })
    const { traceId } = await deal()
    const [run] = await over(rule.id)
    expect(run).toMatchObject({ status: 'completed', attempt: 1, trace_id: traceId, result: 'create_note done' })
    expect(run?.steps.map((step) => [step.tool, step.status, step.action_type])).toEqual([
      ['create_note', 'success', 'write'],
      ['create_note', 'success', 'write'],
    ])
    expect(notes()).toEqual([{ title: 'Deal Acme' }, { title: 'Deal Acme, again', body: '1. a\n2. b' }])
    const rows = (await fixture.ledger({ traceId })).filter((row) => row.source === 'automation')
    expect(rows.map((row) => [row.chain_id, row.step_id, row.user_id, row.confirmation])).toEqual([
      [run?.execution_id, 's1', ada.userId, 'pre_authorised'],
      [run?.execution_id, 's2', ada.userId, 'pre_authorised'],
    ])
    expect(await ruleOf(rule.id)).toMatchObject({ trigger_count: 1, success_count: 1, failure_count: 0 })
  })

  test('[K6.10] [K6.11] names events, functions and arguments that its owner has, or is refused with all that is wrong', async () => {
    const refused = await send('POST', '/v1/automations', {
      prompt: '',
      trigger_filter: { event_type: 'crm.deal.created', schedule: '0 9 * * *' },
      actions: [
        { app_id: 'notes', tool: 'create_note', args: { heading: 'x', body: '{{steps.2.data.x}}' } },
        { app_id: 'notes', tool: 'burn' },
      ],
    })
    expect(refused.status).toBe(422)
    const { message } = refused.body as { message: string }
    for (const part of [
      'Only system.scheduled has a schedule',
      'create_note needs title',
      'has no heading',
      'steps.2',
      'notes.burn',
    ])
      expect(message).toContain(part)
    const nothing = await send('POST', '/v1/automations', {
      prompt: '',
      trigger_filter: { event_type: 'crm.gone' },
      actions: [NOTE],
    })
    expect(nothing.body).toMatchObject({ message: expect.stringContaining('Nothing that you have says crm.gone') })
    const timeless = await send('POST', '/v1/automations', {
      prompt: '',
      trigger_filter: { event_type: 'system.scheduled' },
      actions: [NOTE],
    })
    expect(timeless.status).toBe(422)
  })

  test('[K6.12] runs only when its conditions hold; those in words are asked of a model, and without one do not hold', async () => {
    const big = await make({
      trigger_filter: {
        ...DEAL,
        conditions: [
          { path: 'data.size', op: 'gt', value: 10 },
          { path: 'data.title', op: 'contains', value: 'acme' },
        ],
      },
    })
    await deal({ title: 'Acme', size: 5 })
    await deal({ title: 'ACME Ltd', size: 11 })
    await over(big.id)
    expect(notes()).toEqual([{ title: 'Deal ACME Ltd' }])
    const worded = await make({ trigger_filter: { ...DEAL, when: 'the deal is about tea' } })
    answers = [{ object: { holds: false } }]
    await deal({ title: 'Coffee', size: 0 })
    await over(worded.id)
    hasModel = false
    await deal({ title: 'Tea', size: 0 })
    await over(worded.id, 2)
    hasModel = true
    answers = [{ object: { holds: true } }]
    await deal({ title: 'Green tea', size: 0 })
    await over(worded.id, 3)
    expect(await ruleOf(worded.id)).toMatchObject({ trigger_count: 1, skipped: { condition: 1, no_model: 1 } })
    expect(notes().at(-1)).toEqual({ title: 'Deal Green tea' })
  })

  test('[K6.12] [K6.14] an event that its condition does not hold for uses up nothing of a rule', async () => {
    const when = { trigger_filter: { ...DEAL, when: 'the deal is about tea' } }
    const waits = await make({ ...when, cooldown_seconds: 3600 })
    const rare = await make({ ...when, max_per_hour: 1 })
    const once = await make({ ...when, max_iterations: 1 })
    const rules = [waits, rare, once]
    for (let turn = 1; turn <= 2; turn += 1) {
      answers = rules.map(() => ({ object: { holds: false } }))
      await deal({ title: 'Coffee', size: 0 })
      for (const rule of rules) await over(rule.id, turn)
    }
    for (const rule of rules)
      expect(await ruleOf(rule.id)).toMatchObject({ status: 'active', trigger_count: 0, skipped: { condition: 2 } })
    const before = notes().length
    answers = rules.map(() => ({ object: { holds: true } }))
    await deal({ title: 'Green tea', size: 0 })
    for (const rule of rules) await over(rule.id, 3)
    expect(notes()).toHaveLength(before + 3)
    expect(await ruleOf(once.id)).toMatchObject({ status: 'paused', trigger_count: 1 })
    await deal({ title: 'Black tea', size: 0 })
    const skipped = async ({ id }: Rule) => (await ruleOf(id)).skipped
    await expect.poll(() => skipped(waits), { timeout: 60_000 }).toMatchObject({ cooldown: 1 })
    await expect.poll(() => skipped(rare), { timeout: 60_000 }).toMatchObject({ max_per_hour: 1 })
  })

  test('waits between runs, and runs at most so often an hour; what it skips is counted and visible', async () => {
    const slow = await make({ cooldown_seconds: 60 })
    const rare = await make({ max_per_hour: 2 })
    for (let turn = 0; turn < 3; turn += 1) await deal()
    await over(rare.id, 2)
    await over(slow.id, 1)
    expect((await ruleOf(slow.id)).skipped).toEqual({ cooldown: 2 })
    expect((await ruleOf(rare.id)).skipped).toEqual({ max_per_hour: 1 })
    clock.advance(61_000)
    await deal()
    await over(slow.id, 2)
    clock.advance(3_600_000)
    await deal()
    await over(rare.id, 3)
  })

  test('[K6.14] pauses itself after its last run, and counts anew when it is resumed', async () => {
    const rule = await make({ max_iterations: 2 })
    for (let turn = 0; turn < 3; turn += 1) await deal()
    await over(rule.id, 2)
    expect(await ruleOf(rule.id)).toMatchObject({
      status: 'paused',
      trigger_count: 2,
      status_reason: expect.stringContaining('2 times'),
    })
    expect((await send('POST', `/v1/automations/${rule.id}/resume`, {})).body).toEqual({
      resumed: true,
      rule_id: rule.id,
      status: 'active',
    })
    expect(await ruleOf(rule.id)).toMatchObject({ trigger_count: 0, status_reason: null })
  })

  test('[K6.20] puts values where they belong: numbers stay numbers, nothing is empty, objects say what they are', async () => {
    await make({
      actions: [
        {
          app_id: 'notes',
          tool: 'create_note',
          args: { title: '{{event.data.person}} / {{event.data.gone}}!', body: '{{event.data.size}}' },
        },
      ],
    })
    await deal({ title: 'x', person: { name: 'Ada', age: 36 }, size: 7 })
    await expect.poll(() => notes().length, PATIENCE).toBe(1)
    expect(notes()).toEqual([{ title: 'name: Ada\nage: 36 / !', body: '7' }])
  })

  test('[I-AUTO-TOOL-CALL] what a template makes is checked against the function like what a person says', async () => {
    const rule = await make({ actions: [{ ...NOTE, args: { title: 'x', body: ['{{event.data.title}}'] } }] })
    await deal()
    const [run] = await over(rule.id)
    expect(run).toMatchObject({ status: 'failed', error: 'VALIDATION_TYPE_ERROR' })
    expect(run?.error_text).toContain('body')
    expect(notes()).toEqual([])
  })

  test('[K6.21] words may read, and use what the rule spells out; nothing that cannot be undone', async () => {
    const rule = await make({ actions: [NOTE, { message: 'Summarise {{steps.1.data.title}} and tell me' }] })
    await deal()
    const [run] = await over(rule.id)
    expect(run?.result).toBe('did: Summarise Deal Acme and tell me')
    expect(asked).toEqual([
      { text: 'Summarise Deal Acme and tell me', may: expect.arrayContaining(['list_notes', 'create_note']) },
    ])
    expect(asked[0]?.may).not.toContain('delete_note')
    expect(asked[0]?.may).not.toContain('add_deal')
    expect(asked[0]?.may).not.toContain('create_automation')
  })
})

describe('a step that cannot be undone', () => {
  const DELETE = { app_id: 'notes', tool: 'delete_note', args: { note_id: '{{event.data.title}}' } }

  test('[K6.13] waits for the owner to agree to exactly these steps, at the panel', async () => {
    const rule = await make({ actions: [DELETE] })
    expect(rule).toMatchObject({ status: 'paused', approval_needed: expect.stringMatching(/^sha256:/) })
    await deal()
    await matched()
    expect(await runsOf(rule.id)).toEqual([])
    const resume = (approve?: string) =>
      send('POST', `/v1/automations/${rule.id}/resume`, approve === undefined ? {} : { approve })
    expect((await resume()).status).toBe(409)
    expect((await resume('sha256:of-something-else')).status).toBe(409)
    caller = principalOf(ada, { credential: 'api_key' })
    expect((await resume(rule.approval_needed ?? '')).status).toBe(409)
    caller = principalOf(ada, { tokenUse: 'cli' })
    expect((await resume(rule.approval_needed ?? '')).status).toBe(409)
    caller = principalOf(ada)
    expect((await resume(rule.approval_needed ?? '')).status).toBe(200)
    await deal({ title: 'n7' })
    await over(rule.id)
    expect(handled.at(-1)).toEqual({ name: 'delete_note', params: { note_id: 'n7' } })
    const other = await send('PATCH', `/v1/automations/${rule.id}`, {
      actions: [{ ...DELETE, args: { note_id: 'all' } }],
    })
    expect(other.body).toMatchObject({
      status: 'paused',
      approval_needed: expect.not.stringContaining(rule.approval_needed ?? '-'),
    })
  })

  test('[K6.13] what happened before the owner agreed starts nothing, however late it is looked at', async () => {
    const other = await make()
    const rule = await make({ actions: [DELETE] })
    // No node looks at events meanwhile.
    await fixture.options.db.everyTenant(async (tx) => {
      await sql`select pg_advisory_xact_lock(4780000004)`.execute(tx)
      await deal({ title: 'before' })
      const agreed = { approve: rule.approval_needed ?? '' }
      expect((await send('POST', `/v1/automations/${rule.id}/resume`, agreed)).status).toBe(200)
      await deal({ title: 'after' })
    })
    await over(other.id, 2)
    await over(rule.id)
    expect(handled.filter(({ name }) => name === 'delete_note').map(({ params }) => params)).toEqual([
      { note_id: 'after' },
    ])
    // A database that counts its transactions anew stops no rule.
    await fixture.rows("update automations.rule set active_from = '900000000:900000000:' where rule_id = $1", [
      other.id,
    ])
    await deal({ title: 'counted anew' })
    await over(other.id, 3)
  })

  test('that became one after the rule was made stops the rule instead of running', async () => {
    const rule = await make()
    await fixture.rows(`update automations.rule set actions = $1`, [JSON.stringify([DELETE])])
    await deal()
    const [run] = await over(rule.id)
    expect(run).toMatchObject({ status: 'failed', error: 'CONFIRMATION_REQUIRED' })
    expect(handled.map(({ name }) => name)).toEqual(['add_deal'])
    expect(await ruleOf(rule.id)).toMatchObject({ status: 'paused', approval_needed: expect.any(String) })
  })
})
describe('who is asked again', () => {
  const DELETE = { app_id: 'notes', tool: 'delete_note', args: { note_id: '{{event.data.title}}' } }
  const approve = async (id: number) => {
    caller = principalOf(ada)
    const { approval_needed } = await ruleOf(id)
    return (await send('POST', `/v1/automations/${id}/resume`, { approve: approval_needed ?? '' })).status
  }
  const key = principalOf(ada, { credential: 'api_key', limitedTo: ['automations:*', 'crm:*', 'notes:*'] })
  const WAYS: [string, Principal][] = [
    ['an API key', key],
    ['the app automations', { ...key, throughApps: ['automations'] }],
    ['another app', { ...key, throughApps: ['crm', 'automations'] }],
  ]
  const OTHERS = {
    trigger: { event_type: 'notes.created' },
    conditions: { ...DEAL, conditions: [] },
    'condition in words': { ...DEAL, conditions: SMALL, when: 'it is small' },
    schedule: { event_type: 'system.scheduled', schedule: '* * * * *' },
  }
  const ways = WAYS.flatMap(([name, who]) =>
    Object.entries(OTHERS).map(([what, trigger]) => [what, name, who, trigger] as const),
  )

  test.each(ways)(
    '[K6.13] another %s by %s asks the owner again, and destroys nothing',
    async (_what, _way, who, trigger_filter) => {
      const rule = await make({ trigger_filter: { ...DEAL, conditions: SMALL }, actions: [DELETE] })
      expect(await approve(rule.id)).toBe(200)
      expect(await ruleOf(rule.id)).toMatchObject({ status: 'active', approval_needed: null })
      caller = who
      const changed = await send('PATCH', `/v1/automations/${rule.id}`, { trigger_filter })
      expect([changed.status, changed.body]).toMatchObject([
        200,
        { status: 'paused', approval_needed: expect.not.stringContaining(rule.approval_needed ?? '-') },
      ])
      expect((await send('POST', `/v1/automations/${rule.id}/resume`, {})).status).toBe(409)
      const stale = { approve: rule.approval_needed ?? '' }
      caller = principalOf(ada)
      expect((await send('POST', `/v1/automations/${rule.id}/resume`, stale)).status).toBe(409)
      await deal({ title: 'n1', size: 1 })
      await fixture.kernel.call({
        source: 'api',
        ...ada,
        appId: 'notes',
        function: 'create_note',
        params: { title: 'n2' },
      })
      await matched()
      clock.advance(120_000)
      await runDueRules(parts)
      expect(await runsOf(rule.id)).toEqual([])
      expect(handled.map(({ name }) => name)).not.toContain('delete_note')
    },
  )

  test('what does not decide when and with what a rule acts leaves the approval; the old form of a digest is none', async () => {
    const rule = await make({ actions: [DELETE] })
    expect(await approve(rule.id)).toBe(200)
    const renamed = await send('PATCH', `/v1/automations/${rule.id}`, {
      name: 'Tidy',
      trigger_filter: { when: null, ...DEAL },
    })
    expect(renamed.body).toMatchObject({ name: 'Tidy', status: 'active', approval_needed: null })
    const old = createHash('sha256')
      .update(canonicalJson([DELETE]))
      .digest('hex')
    await fixture.rows('update automations.rule set approved_digest = $1', [`sha256:${old}`])
    await deal({ title: 'n1' })
    expect(await over(rule.id)).toMatchObject([{ status: 'failed', error: 'CONFIRMATION_REQUIRED' }])
    expect(handled.map(({ name }) => name)).not.toContain('delete_note')
    expect(await ruleOf(rule.id)).toMatchObject({ status: 'paused', approval_needed: expect.any(String) })
    expect(await approve(rule.id)).toBe(200)
  })

  test('a rule that another app makes through the app automations runs once its owner agreed to it', async () => {
    caller = { ...key, throughApps: ['automations'] }
    expect(await make()).toMatchObject({ status: 'active', approval_needed: null })
    await fixture.rows('delete from automations.rule')
    caller = { ...key, throughApps: ['crm', 'automations'] }
    const rule = await make()
    expect(rule).toMatchObject({
      status: 'paused',
      status_reason: expect.stringContaining('the app crm'),
      approval_needed: expect.any(String),
    })
    const at = `/v1/automations/${rule.id}/resume`
    for (const body of [{}, { approve: rule.approval_needed ?? '' }])
      expect((await send('POST', at, body)).status).toBe(409)
    await deal()
    await matched()
    expect(notes()).toEqual([])
    expect(await approve(rule.id)).toBe(200)
    await deal()
    await over(rule.id)
    expect(notes()).toEqual([{ title: 'Deal Acme' }])
  })

  test('a rule whose steps another app changes waits for its owner; its name alone does not matter', async () => {
    const rule = await make()
    caller = { ...key, throughApps: ['crm', 'automations'] }
    const change = async (body: object) => (await send('PATCH', `/v1/automations/${rule.id}`, body)).body
    expect(await change({ name: 'Deals' })).toMatchObject({ status: 'active', approval_needed: null })
    const actions = [{ ...NOTE, args: { title: 'Mine' } }]
    expect(await change({ actions })).toMatchObject({ status: 'paused', approval_needed: expect.any(String) })
    await deal()
    await matched()
    expect(notes()).toEqual([])
    expect(await approve(rule.id)).toBe(200)
    await deal()
    await over(rule.id)
    expect(notes()).toEqual([{ title: 'Mine' }])
  })
})

describe('loops', () => {
  test('a rule never runs for what it caused itself, not even through another rule', async () => {
    const first = await make({ trigger_filter: { event_type: 'notes.created' }, actions: [NOTE] })
    const second = await make({
      trigger_filter: { event_type: 'notes.created' },
      actions: [{ app_id: 'crm', tool: 'add_deal' }],
    })
    const third = await make()
    await fixture.kernel.call({
      source: 'api',
      ...ada,
      appId: 'notes',
      function: 'create_note',
      params: { title: 'start' },
    })
    // start: first, second; first's note: second; second's deal: third; third's note: first or second once more; …
    await expect.poll(async () => (await ruleOf(first.id)).skipped.loop ?? 0, PATIENCE).toBeGreaterThan(0)
    let seen = -1
    await expect
      .poll(async () => {
        await matched()
        const now = (await Promise.all([first, second, third].map(({ id }) => runsOf(id)))).flat()
        const settled = now.every((run) => run.status === 'completed') && now.length === seen
        seen = now.length
        return settled
      }, PATIENCE)
      .toBe(true)
    expect(seen).toBeLessThan(16)
    const events = await fixture.rows<{ payload: EventEnvelope }>(
      "select payload from outbox.message where type = 'event'",
    )
    for (const { payload } of events) {
      const rules = (payload.causation ?? []).filter((cause) => cause.startsWith('rule_'))
      expect(new Set(rules).size).toBe(rules.length)
      if (rules.length > 0 && payload.event_type === 'notes.created') expect(payload.source).toBe('automation')
    }
  })

  test('five events that led to one another trigger nothing more', async () => {
    const rule = await make()
    const causation = ['cal_1', 'evt1', 'evt2', 'evt3', 'evt4', 'evt5']
    await fixture.kernel.call({ source: 'api', ...ada, appId: 'crm', function: 'add_deal', params: {}, causation })
    await expect.poll(async () => (await ruleOf(rule.id)).skipped, PATIENCE).toEqual({ depth: 1 })
  })

  test('functions that change automations are refused in rules, and so is what moves money', async () => {
    await fixture.app('billing', { tools: [chatFunction('buy_credits', 'write')] }, [ada])
    for (const [appId, tool] of [
      ['automations', 'create_automation'],
      ['billing', 'buy_credits'],
    ])
      expect(
        (
          await send('POST', '/v1/automations', {
            prompt: '',
            trigger_filter: DEAL,
            actions: [{ app_id: appId, tool }],
          })
        ).status,
      ).toBe(422)
  })

  test('above 200 runs an hour the noisiest rule of a person is stopped, and they are told', async () => {
    const [quiet, loud] = [await make(), await make()]
    await fixture.rows(
      `insert into automations.execution (execution_id, rule_id, tenant_id, user_id, cause, attempt, status, event, trace_id, due_at, created_at)
       select 'exe_' || r.rule_id || '_' || n, r.rule_id, r.tenant_id, r.user_id, n::text, 1, 'completed', '{}', 't', $2, $2
         from automations.rule r, generate_series(1, 200) n where r.rule_id = $1`,
      [loud.id, new Date(clock.now())],
    )
    await deal()
    await expect.poll(async () => (await ruleOf(loud.id)).status, PATIENCE).toBe('paused')
    expect((await ruleOf(quiet.id)).status).toBe('active')
    await expect.poll(() => told.map((one) => one.title), PATIENCE).toEqual([`${loud.name}: stopped`])
  })
})

describe('what goes wrong', () => {
  test('[K6.22] is tried again only when nothing was changed, after 30 s and 120 s', async () => {
    broken = ['list_notes']
    const rule = await make({ actions: [{ app_id: 'notes', tool: 'list_notes' }, NOTE] })
    await deal()
    await over(rule.id)
    const next = async () => {
      const waiting = (await runsOf(rule.id)).find((run) => run.status === 'triggered') as Execution
      // The operator sees that it waits, and for whom (E21).
      expect(await automations.work.list({ tenantId: null, userId: ada.userId, limit: 9 })).toMatchObject([
        { kind: 'automation', id: waiting.execution_id, function: String(rule.id), status: 'triggered' },
      ])
      expect(await automations.work.list({ tenantId: mallory.tenantId, limit: 9 })).toEqual([])
      // Its time has come: what the job would do.
      await runExecution(parts, { tenant_id: ada.tenantId, execution_id: waiting.execution_id })
      return waiting
    }
    const second = await next()
    broken = []
    const third = await next()
    expect([second.attempt, third.attempt]).toEqual([2, 3])
    expect(third.parent_execution_id).toBe(second.execution_id)
    expect(await ruleOf(rule.id)).toMatchObject({ trigger_count: 1, success_count: 1, failure_count: 0 })
    const due = await fixture.rows<{ wait: number }>(
      'select extract(epoch from due_at - created_at)::int as wait from automations.execution order by attempt',
    )
    expect(due.map(({ wait }) => wait)).toEqual([0, 30, 120])

    broken = ['create_note']
    const changing = await make({ actions: [NOTE, NOTE] })
    await deal()
    expect(await over(changing.id)).toMatchObject([{ status: 'failed', error: 'BROKEN', attempt: 1 }])
    expect(await ruleOf(changing.id)).toMatchObject({
      failure_count: 1,
      last_error: expect.stringContaining('create_note is broken'),
    })
  })

  test('[K6.22] a run that is overdue has failed, and the turn that still works on it writes nothing', async () => {
    const rule = await make()
    const awake = Promise.withResolvers<void>()
    let began = false
    fixture.handler('notes', 'function', 'list_notes', async () => {
      began = true
      await awake.promise
      return success()
    })
    const slow = await make({ actions: [{ app_id: 'notes', tool: 'list_notes' }, NOTE] })
    await send('POST', `/v1/automations/${rule.id}/pause`)
    await deal()
    await expect.poll(() => began, PATIENCE).toBe(true)
    clock.advance(301_000)
    const overdue = await failOverdue(parts)
    expect(overdue).toHaveLength(1)
    awake.resolve()
    await expect
      .poll(
        async () =>
          (await fixture.ledger()).filter((row) => row.function === 'list_notes' && row.status === 'success').length,
        PATIENCE,
      )
      .toBeGreaterThan(0)
    expect(notes()).toEqual([])
    const runs = await runsOf(slow.id)
    expect(runs.find((run) => run.execution_id === overdue[0])).toMatchObject({
      status: 'failed',
      error: 'BACKEND_TIMEOUT',
    })
    fixture.handler('notes', 'function', 'list_notes', async ({ params }) => {
      handled.push({ name: 'list_notes', params: params as JsonObject })
      return broken.includes('list_notes')
        ? { status: 'error', error: 'list_notes is broken', error_code: 'BROKEN' }
        : success()
    })
  })

  test('a run whose job was lost is sent again, and two turns at once run it once', async () => {
    const rule = await make()
    const idle = { ...parts, jobs: { ...jobs, send: async () => {} } }
    await automations.close()
    await deal()
    await matchEvents(idle)
    const [run] = await runsOf(rule.id)
    expect(run?.status).toBe('triggered')
    clock.advance(121_000)
    expect(await sendLostAgain(idle)).toBe(1)
    const job = { tenant_id: ada.tenantId, execution_id: run?.execution_id ?? '' }
    await Promise.all([runExecution(parts, job), runExecution(parts, job), runExecution(parts, job)])
    expect(notes()).toHaveLength(1)
    expect(await runsOf(rule.id)).toMatchObject([{ status: 'completed' }])
    Object.assign(automations, openAutomations(parts))
  })

  test('[K6.23] [K6.24] five failures in a row stop the rule; its owner hears of failures, of everything, or of nothing', async () => {
    broken = ['create_note']
    const rule = await make({ notify_mode: 'failures' })
    const silent = await make({ notify_mode: 'off' })
    for (let turn = 1; turn <= 5; turn += 1) {
      await deal()
      await over(rule.id, turn)
      await over(silent.id, turn)
    }
    await expect.poll(() => told.filter((one) => one.title.endsWith('stopped')).length, PATIENCE).toBe(2)
    expect(await ruleOf(rule.id)).toMatchObject({
      status: 'error',
      failure_count: 5,
      status_reason: expect.stringContaining('5 times in a row'),
    })
    expect(told.filter((one) => one.title === `${rule.name}: failed`)).toHaveLength(4)
    expect(said.length).toBe(told.length)
    broken = []
    told.splice(0)
    const loud = await make({ notify_mode: 'all', name: 'Loud' })
    await deal()
    await over(loud.id)
    await expect.poll(() => told.map((one) => one.title), PATIENCE).toEqual(['Loud: done'])
  })

  test('[K6.24] unless its owner says so, a rule that only reads tells what it found, and any other its failures', async () => {
    const read = { app_id: 'notes', tool: 'list_notes', args: {} }
    const write = { app_id: 'notes', tool: 'create_note', args: { title: 'x' } }
    const modeOf = async (...actions: object[]) => (await make({ actions })).notify_mode
    expect(await modeOf(read)).toBe('all')
    expect(await modeOf(read, write)).toBe('failures')
    expect(await modeOf({ message: 'Tell me something.' })).toBe('failures')
    expect((await make({ actions: [read], notify_mode: 'off' })).notify_mode).toBe('off')
  })
})

describe('times', () => {
  test('[S003-056] [K6.26] a rule runs at its time in its own zone, once on any number of nodes; missed times collapse', async () => {
    const rule = await make({
      trigger_filter: { event_type: 'system.scheduled', schedule: '*/5 * * * *' },
      actions: [{ ...NOTE, args: { title: 'Due {{event.data.due}}' } }],
      max_per_hour: 50,
    })
    expect(rule.next_run_at).toMatch(/:[0-5][05]:00\.000Z$/)
    clock.advance(11 * 60_000)
    await Promise.all([runDueRules(parts), runDueRules(parts), runDueRules(parts)])
    const [run, ...more] = await over(rule.id)
    expect(more).toEqual([])
    expect(run?.event_data).toMatchObject({
      event_type: 'system.scheduled',
      data: { schedule: '*/5 * * * *', timezone: 'UTC' },
    })
    expect(notes()).toHaveLength(1)
    await runDueRules(parts)
    expect(await runsOf(rule.id)).toHaveLength(1)
    const daily = await make({ trigger_filter: { event_type: 'system.scheduled', schedule: '0 9 * * *' } })
    clock.advance(49 * 3_600_000 + 20 * 60_000)
    // Neither quarter of an hour after nine: the day's run is missed, and only counted.
    const hour = new Date(clock.now())
    if (hour.getUTCHours() === 9 && hour.getUTCMinutes() < 16) clock.advance(3_600_000)
    await runDueRules(parts)
    expect(await ruleOf(daily.id)).toMatchObject({ trigger_count: 0, skipped: { missed: 1 } })
  })

  test('[E8] [K6.26] two nodes of which one is 90 s ahead run a rule once for each due minute', async () => {
    const rule = await make({
      trigger_filter: { event_type: 'system.scheduled', schedule: '*/5 * * * *' },
      max_per_hour: 50,
    })
    const [HALF_A_MINUTE, AHEAD, STEP] = [30_000, 90_000, 5 * 60_000]
    const now = () => clock.now() + AHEAD
    const ahead = { ...parts, clock: { now, iso: () => new Date(now()).toISOString() } }
    const from = clock.now()
    for (let n = 0; n < 20; n++) {
      clock.advance(HALF_A_MINUTE)
      await Promise.all([runDueRules(ahead), runDueRules(parts)])
    }
    const [first, last] = [Math.ceil((from + 1) / STEP), Math.floor(now() / STEP)]
    const due = Array.from({ length: last - first + 1 }, (_, n) => new Date((first + n) * STEP).toISOString())
    const ran = (await over(rule.id, due.length)).map(({ event_data }) => (event_data as { data: JsonObject }).data.due)
    expect(ran.sort()).toEqual(due)
  })

  test('[K6.26] local time is that of the rule, across a change of clocks', async () => {
    const berlin = await make({ trigger_filter: { event_type: 'system.scheduled', schedule: '30 7 * * *' } })
    await fixture.rows("update automations.rule set zone = 'Europe/Berlin'")
    await send('POST', `/v1/automations/${berlin.id}/resume`, {})
    const next = new Date((await ruleOf(berlin.id)).next_run_at ?? '')
    const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' }).format(next)
    expect(local).toBe('07:30')
  })
})

describe('the routes', () => {
  test('[POST /v1/automations] [GET /v1/automations] [POST /v1/automations/{rule_id}/pause] [POST /v1/automations/{rule_id}/resume] [DELETE /v1/automations/{rule_id}] a rule from beginning to end', async () => {
    const { id } = await make()
    expect((await send('GET', '/v1/automations')).body).toMatchObject([{ id, rule_id: id, status: 'active' }])
    const at = `/v1/automations/${id}`
    expect(await send('POST', `${at}/pause`)).toMatchObject({ status: 200, body: { paused: true, status: 'paused' } })
    await deal()
    await matched()
    expect(await runsOf(id)).toEqual([])
    expect(await send('POST', `${at}/resume`, {})).toMatchObject({
      status: 200,
      body: { resumed: true, status: 'active' },
    })
    await deal()
    await over(id)
    expect(await send('DELETE', at)).toMatchObject({ status: 200, body: { deleted: true, rule_id: id } })
    expect((await send('DELETE', at)).status).toBe(404)
    await deal()
    await matched()
    expect(notes()).toHaveLength(1)
    expect((await send('GET', '/v1/automations')).body).toEqual([])
  })

  test('[S001-007] POST /v1/automations answers, and says that it is deprecated', async () => {
    const answer = await send('POST', '/v1/automations', { prompt: '', trigger_filter: DEAL, actions: [NOTE] })
    expect(answer.headers).toMatchObject({
      deprecation: 'true',
      link: '</v1/extensions/automations/call>; rel="successor-version"',
    })
  })

  test('[K6.13] words become a rule with what it means, which is grounded; what cannot be done says why', async () => {
    const understood = {
      name: 'Deals',
      interpretation: 'On each new deal, a note is written.',
      event_type: 'crm.deal.created',
      schedule: null,
      conditions: [{ path: 'data.size', op: 'gt', value: '10' }],
      when: null,
      actions: [{ app_id: 'notes', tool: 'create_note', args: '{"title":"{{event.data.title}}"}', message: null }],
      refusal: null,
    }
    answers = [{ object: { ...understood, event_type: 'crm.invented' } }, { object: understood }]
    const draft = await send('POST', '/v1/automations/draft', { prompt: 'note big deals' })
    expect(draft.body).toMatchObject({
      interpretation: understood.interpretation,
      trigger_filter: { conditions: [{ value: 10 }] },
    })
    expect((await send('GET', '/v1/automations')).body).toEqual([])
    answers = [{ object: understood }]
    expect((await send('POST', '/v1/automations', { prompt: 'note big deals' })).body).toMatchObject({
      prompt: 'note big deals',
      name: 'Deals',
      status: 'active',
    })
    answers = [{ object: { ...understood, actions: [], refusal: 'No app can cook.' } }]
    expect(await send('POST', '/v1/automations', { prompt: 'cook' })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^No app can cook\./) },
    })
    hasModel = false
    expect((await send('POST', '/v1/automations', { prompt: 'cook' })).status).toBe(400)
  })

  test('[K6.16] more rules than the plan allows are refused with 429 and the figures', async () => {
    cap = 1
    await make()
    const refused = await send('POST', '/v1/automations', { prompt: '', trigger_filter: DEAL, actions: [NOTE] })
    expect(refused).toMatchObject({
      status: 429,
      body: {
        detail: { error_code: 'AUTOMATION_QUOTA_EXCEEDED', quota: { cap: 1, used: 1, plan: 'test', source: 'plan' } },
      },
    })
    caller = principalOf(null)
    expect((await send('GET', `/v1/automations/internal/quota?user_id=${ada.userId}`)).body).toEqual({
      cap: 1,
      used: 1,
      remaining: 0,
      unlimited: false,
      plan: 'test',
    })
  })

  test('[K6.16] twelve rules made at once do not pass the limit of five', async () => {
    cap = 5
    const rule = { prompt: '', trigger_filter: DEAL, actions: [NOTE] }
    const made = await Promise.all(Array.from({ length: 12 }, () => send('POST', '/v1/automations', rule)))
    expect(made.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), ...Array(7).fill(429)])
    expect((await send('GET', '/v1/automations')).body).toHaveLength(5)
  })

  test('[K6.16] a plan that says nothing allows 100; the list comes in pages', async () => {
    const first = await make()
    await fixture.rows(
      `insert into automations.rule overriding system value select r.* from automations.rule o, generate_series(1, ${CAP_WITHOUT_PLAN - 1}) n,
       jsonb_populate_record(o, jsonb_build_object('rule_id', o.rule_id + 1000000 + n)) r`,
    )
    const refused = await send('POST', '/v1/automations', { prompt: '', trigger_filter: DEAL, actions: [NOTE] })
    expect(refused).toMatchObject({ status: 429, body: { detail: { quota: { cap: 100, used: 100 } } } })
    expect((await send('GET', '/v1/automations')).body).toHaveLength(CAP_WITHOUT_PLAN)
    const answer = await send('GET', '/v1/automations?limit=99')
    const page: Rule[] = answer.body
    expect(page).toHaveLength(99)
    // [api 1.11] A bare list says how many there are in all, and where it goes on.
    expect(answer.headers).toMatchObject({
      'x-total-count': String(CAP_WITHOUT_PLAN),
      link: `</v1/automations?limit=99&before=${page.at(-1)?.rule_id}>; rel="next"`,
    })
    const last = await send('GET', `/v1/automations?limit=99&before=${page.at(-1)?.rule_id}`)
    expect([last.headers['x-total-count'], last.headers.link]).toEqual([String(CAP_WITHOUT_PLAN), undefined])
    const rest = (await send('GET', `/v1/automations?limit=99&before=${page.at(-1)?.rule_id}`)).body as Rule[]
    expect(rest.map((rule) => rule.rule_id)).toEqual([first.rule_id])
    expect((await send('GET', '/v1/automations?limit=501')).status).toBe(422)
    cap = -1
    expect(await make()).toMatchObject({ status: 'active' })
  })

  test('steps and conditions of more than 64 KiB are refused with the limit, when made and when changed', async () => {
    const { id } = await make()
    const large = 'ä'.repeat(33_000)
    for (const [method, at] of [
      ['POST', '/v1/automations'],
      ['PATCH', `/v1/automations/${id}`],
    ] as const)
      for (const rule of [
        { trigger_filter: DEAL, actions: [{ ...NOTE, args: { title: large } }] },
        { trigger_filter: { ...DEAL, conditions: [{ path: 'data.x', op: 'eq', value: large }] }, actions: [NOTE] },
      ]) {
        const answer = await send(method, at, { prompt: '', ...rule })
        expect([answer.status, JSON.stringify(answer.body)]).toEqual([
          422,
          expect.stringContaining('at most 65536 bytes'),
        ])
      }
    expect(await make({ actions: [{ ...NOTE, args: { title: 'x'.repeat(60_000) } }] })).toMatchObject({
      status: 'active',
    })
  })

  test('[K6.15] foreign rules are none; many at once say what they would do first, and deleting wants a yes', async () => {
    const rule = await make()
    for (const stranger of [eve, mallory]) {
      caller = principalOf(stranger, { role: 'admin' })
      expect((await send('GET', '/v1/automations')).body).toEqual([])
      for (const [method, path, body] of [
        ['DELETE', '', undefined],
        ['PATCH', '', { name: 'mine' }],
        ['POST', '/pause', undefined],
        ['POST', '/resume', {}],
        ['GET', '/executions', undefined],
      ] as const)
        expect([path, (await send(method, `/v1/automations/${rule.id}${path}`, body)).status]).toEqual([path, 404])
      expect(
        (
          await send('POST', '/v1/automations/bulk', {
            action: 'delete',
            rule_ids: [rule.id],
            dry_run: false,
            confirm: true,
          })
        ).body,
      ).toMatchObject({ changed: [], refused: [{ rule_id: rule.id }] })
    }
    caller = principalOf(ada)
    const bulk = (more: object) =>
      send('POST', '/v1/automations/bulk', { action: 'delete', rule_ids: [rule.id, 999_999], ...more })
    expect((await bulk({})).body).toEqual({
      dry_run: true,
      changed: [rule.id],
      refused: [{ rule_id: 999_999, reason: 'There is no such automation.' }],
    })
    expect((await bulk({ dry_run: false })).status).toBe(422)
    expect(await ruleOf(rule.id)).toBeDefined()
    expect((await bulk({ dry_run: false, confirm: true })).body).toMatchObject({ dry_run: false, changed: [rule.id] })
    expect(await ruleOf(rule.id)).toBeUndefined()
  })

  test('a rule that an API key made may do what the key may, and no more', async () => {
    caller = principalOf(ada, { credential: 'api_key', limitedTo: ['automations:*', 'crm:*', 'notes:read'] })
    expect((await send('POST', '/v1/automations', { prompt: '', trigger_filter: DEAL, actions: [NOTE] })).status).toBe(
      422,
    )
    const rule = await make({ actions: [{ app_id: 'notes', tool: 'list_notes' }] })
    await fixture.rows('update automations.rule set actions = $1', [JSON.stringify([NOTE])])
    await deal()
    await over(rule.id)
    expect(notes()).toEqual([])
  })

  test('a wider key that changes it does not widen what it may; its owner at the panel does', async () => {
    const keyOf = (limitedTo: string[]) => principalOf(ada, { credential: 'api_key', limitedTo })
    caller = keyOf(['automations:*', 'crm:*', 'notes:read'])
    const rule = await make({ actions: [{ app_id: 'notes', tool: 'list_notes' }] })
    const limit = async () =>
      (
        await fixture.rows<{ limited_to: string[] | null }>(
          'select limited_to from automations.rule where rule_id = $1',
          [rule.id],
        )
      )[0]?.limited_to
    caller = keyOf(['automations:*', 'crm:*', 'notes:*', 'mail:*'])
    expect((await send('PATCH', `/v1/automations/${rule.id}`, { name: 'Mine now' })).status).toBe(200)
    expect((await limit())?.sort()).toEqual(['automations:*', 'crm:*', 'notes:read'])
    expect((await send('PATCH', `/v1/automations/${rule.id}`, { actions: [NOTE] })).status).toBe(422)
    caller = keyOf(['automations:*', 'crm:read', 'notes:read'])
    await send('PATCH', `/v1/automations/${rule.id}`, { name: 'Less' })
    expect((await limit())?.sort()).toEqual(['automations:*', 'crm:read', 'notes:read'])
    caller = principalOf(ada)
    await send('PATCH', `/v1/automations/${rule.id}`, { name: 'By hand' })
    expect(await limit()).toBeNull()
  })

  test('services keep rules and runs of everybody', async () => {
    caller = principalOf(null)
    const created = await send('POST', '/v1/automations/internal/create', {
      user_id: ada.userId,
      prompt: 'x',
      trigger_filter: DEAL,
      actions: [NOTE],
    })
    const rule: Rule = created.body
    const nobody = await send('POST', '/v1/automations/internal/create', {
      user_id: mallory.userId,
      prompt: 'x',
      trigger_filter: DEAL,
      actions: [NOTE],
    })
    expect([created.status, nobody.status]).toEqual([200, 404])
    const internal = (method: Method, path: string, body?: object) =>
      send(method, `/v1/automations/internal/${path}`, body)
    expect((await internal('GET', 'active')).body).toMatchObject([{ id: rule.id }])
    expect((await internal('GET', 'all?timezone=Asia/Tokyo')).body).toMatchObject([
      { created_at: expect.stringMatching(/\+09:00$/) },
    ])
    expect((await internal('GET', 'all?timezone=Nowhere')).status).toBe(422)
    expect((await internal('GET', 'all?tenant_id=other')).body).toEqual([])
    expect(
      (
        await internal('PATCH', `${rule.id}`, {
          cooldown_seconds: 5,
          trigger_count: 7,
          status: 'paused',
          notify_mode: 'all',
          trigger_filter: null,
        })
      ).body,
    ).toMatchObject({ cooldown_seconds: 5, trigger_count: 7, status: 'paused', trigger_filter: rule.trigger_filter })
    expect((await internal('GET', `${rule.id}/count`)).body).toEqual({ rule_id: rule.id, trigger_count: 7 })
    const begun = await internal('POST', 'triggered', {
      rule_id: rule.id,
      event_data: '{"type":"x"}',
      timeout_at: new Date(clock.now() + 1000).toISOString(),
    })
    expect(begun.body).toMatchObject({ rule_id: rule.id, status: 'triggered' })
    const { execution_id: id } = begun.body as { execution_id: string }
    expect(
      (await internal('POST', 'triggered', { rule_id: rule.id, execution_id: id, status: 'completed', result: 'ok' }))
        .body,
    ).toMatchObject({ status: 'completed', execution_id: id })
    expect(
      (await internal('POST', 'triggered', { rule_id: rule.id, execution_id: id, status: 'failed' })).body,
    ).toMatchObject({ status: 'completed' })
    await internal('POST', 'triggered', { rule_id: rule.id, timeout_at: new Date(clock.now() + 1000).toISOString() })
    clock.advance(2000)
    expect((await internal('POST', 'check-timeout')).body).toMatchObject({ timed_out: 1 })
    expect((await internal('POST', `${rule.id}/execution-result`, { success: true })).body).toMatchObject({
      success_count: 1,
    })
    expect(told.map((one) => one.title).at(-1)).toBe(`${rule.name}: done`)
    expect((await internal('DELETE', `${rule.id}`)).body).toEqual({ deleted: true })
    expect((await internal('DELETE', `${rule.id}`)).status).toBe(404)
  })

  test('what a rule may be made of is listed, without what no rule may do', async () => {
    const { events, functions } = (await send('GET', '/v1/automations/choices')).body as {
      events: { event_type: string }[]
      functions: { tool: string }[]
    }
    expect(events.map((event) => event.event_type)).toEqual(
      expect.arrayContaining(['crm.deal.created', 'system.scheduled']),
    )
    expect(functions.map((entry) => entry.tool)).toEqual(expect.arrayContaining(['create_note', 'delete_note']))
    expect(functions.map((entry) => entry.tool)).not.toContain('create_automation')
  })
})

describe('what a rule needs', () => {
  test('[K7.17] rules of an app that its owner uninstalls stop with the reason; those of others go on', async () => {
    await fixture.app('extra', { tools: [chatFunction('ping', 'read')] }, [eve])
    caller = principalOf(eve)
    const gone = await make({ actions: [{ app_id: 'extra', tool: 'ping' }] })
    const stays = await make()
    await fixture.registry.uninstall(eve, 'extra')
    await expect.poll(async () => (await ruleOf(gone.id)).status, PATIENCE).toBe('error')
    expect(await ruleOf(gone.id)).toMatchObject({ status_reason: expect.stringContaining('extra') })
    expect((await ruleOf(stays.id)).status).toBe('active')
    expect((await send('POST', `/v1/automations/${gone.id}/resume`, {})).status).toBe(422)
  })

  test('a rule runs as its owner is now: without the right it fails, and says so', async () => {
    const rule = await make()
    await fixture.rows('update identity.account set denied_scopes = $2 where user_id = $1', [
      ada.userId,
      ['notes:write'],
    ])
    await fixture.rows("select pg_notify('identity_changed', $1)", [`user:${ada.userId}`])
    await expect
      .poll(async () => (await fixture.kernel.catalog(ada)).some((entry) => entry.name === 'create_note'), PATIENCE)
      .toBe(false)
    await deal()
    const [run] = await over(rule.id)
    expect(run?.status).toBe('failed')
    expect(notes()).toEqual([])
    await fixture.rows("update identity.account set denied_scopes = '{}' where user_id = $1", [ada.userId])
    await fixture.rows("select pg_notify('identity_changed', $1)", [`user:${ada.userId}`])
  })

  test('everything of a user is forgotten with them', async () => {
    await make()
    await forgetAutomations(fixture.db, ada)
    expect(await fixture.rows('select from automations.rule')).toEqual([])
  })
})
