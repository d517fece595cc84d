import type { JsonObject } from '@imperal/contract'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import type { Principal } from '../../../foundation/http/index.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'
import type { CallIntent } from '../types.ts'
import { expireConfirmations } from './decide.ts'
import { settleLostDecisions } from './lost-decisions.ts'

let fixture: Fixture
let app: FastifyInstance
let ada: { tenantId: string; userId: string }
let caller: Principal
const bought: number[] = []

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  const properties = { tokens: { type: 'integer' }, price_cents: { type: 'integer' } }
  const params_schema = { type: 'object', properties, required: ['tokens', 'price_cents'] }
  const tools = [chatFunction('buy_tokens', 'write', { params_schema }), chatFunction('get_balance', 'read')]
  await fixture.app('billing', { tools }, [ada])
  await fixture.rows("update registry.app set first_party = true, owner_id = null where app_id = 'billing'")
  fixture.registry.forget('billing')
  fixture.handler('billing', 'function', 'buy_tokens', async (call) => {
    bought.push(Number((call.params as JsonObject).tokens))
    return success({})
  })
  fixture.handler('billing', 'function', 'get_balance', () => success({}))
  caller = principalOf(ada)
  app = await mountForTest(fixture.kernel.routes, () => caller)
})
afterAll(async () => {
  await app.close()
  await fixture.close()
})

const atPanel = () => principalOf(ada)
const atTerminal = () => principalOf(ada, { tokenUse: 'cli' })
const withKey = () => principalOf(ada, { credential: 'api_key' })

const send = async (as: Principal, method: 'GET' | 'POST', url: string, body: object = {}) => {
  caller = as
  const answer = await app.inject({ method, url, ...(method === 'POST' ? { payload: body } : {}) })
  return { status: answer.statusCode, body: answer.json() as JsonObject }
}
const operate = async (tokens: number, more: object = {}) => {
  const params = { price_cents: 100, tokens }
  const asked = { user_id: ada.userId, function: 'buy_tokens', params, ...more }
  return (await send(atTerminal(), 'POST', '/v1/extensions/billing/operate', asked)).body
}
const decide = (as: Principal, id: string, verb: 'confirm' | 'cancel') =>
  send(as, 'POST', `/v1/confirmations/${id}/${verb}`)
const intent = (source: CallIntent['source'], tokens: number): CallIntent => ({
  ...{ source, ...ada, appId: 'billing', function: 'buy_tokens' },
  params: { tokens, price_cents: 100 },
})
const ran = (tokens: number) => bought.filter((each) => each === tokens).length

type State = 'none' | 'pending' | 'released' | 'used' | 'cancelled' | 'expired' | 'lapsed'
type Step = 'call' | 'release' | 'release by terminal' | 'release by key' | 'cancel' | 'wait'
const STEPS: readonly Step[] = [
  'call',
  'call',
  'release',
  'release',
  'release by terminal',
  'release by key',
  'cancel',
  'wait',
]

/** What a call is answered, and where it leads (api.md 5.6): an end is told once, then the same call is a new question. */
const CALLED: Readonly<Record<State, readonly [answer: string, next: State]>> = {
  none: ['panel_approval_required', 'pending'],
  pending: ['panel_approval_required', 'pending'],
  released: ['tool_result success', 'used'],
  used: ['money_release_already_consumed_or_expired', 'none'],
  cancelled: ['money_release_denied cancelled', 'none'],
  expired: ['money_release_denied expired', 'none'],
  lapsed: ['money_release_already_consumed_or_expired', 'none'],
}
const SEEN: Readonly<Record<Exclude<State, 'none'>, string>> = {
  ...{ pending: 'pending', released: 'confirmed', used: 'executed' },
  ...{ cancelled: 'cancelled', expired: 'expired', lapsed: 'confirmed' },
}

function decided(state: State, step: Exclude<Step, 'call' | 'wait'>): readonly [status: number, next: State] {
  if (state === 'expired') return [410, state]
  if (state !== 'pending') return [409, state]
  if (step === 'cancel') return [200, 'cancelled']
  return step === 'release' ? [200, 'released'] : [403, state]
}

function answerOf(body: JsonObject): string {
  if (body.kind !== 'tool_result') return String(body.kind)
  const { status, error } = body.content as { status: string; error?: string }
  if (error === undefined) return `tool_result ${status}`
  return status === 'error' ? error : `${error} ${status}`
}

let serial = 1000
test('[api 5.6] [kernel 3.5.5] any walk of a release of money is one of the table: it runs once, for a person at the panel, or never', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 2, maxLength: 12 }), async (steps) => {
      const tokens = ++serial
      let state: State = 'none'
      let [id, waits, runs] = ['', 0, 0]
      for (const step of steps) {
        if (step === 'wait') {
          fixture.clock.advance(901_000)
          waits++
          if (waits > 1) state = 'none'
          else if (state === 'pending') state = 'expired'
          else if (state === 'released') state = 'lapsed'
        } else if (step === 'call') {
          const [answer, next]: readonly [string, State] = CALLED[state]
          // The word of a program counts nothing here.
          const body = await operate(tokens, { confirmation_bypassed: serial % 2 === 0 })
          expect([steps, state, step, answerOf(body)]).toEqual([steps, state, step, answer])
          if (answer === 'panel_approval_required') {
            if (state === 'pending') expect(body.confirmation_id).toBe(id)
            else waits = 0
            id = String(body.confirmation_id)
            expect(body.panel_url).toMatch(new RegExp(`/\\?confirmation=${id}$`))
          }
          if (next === 'used') runs++
          state = next
        } else if (state !== 'none') {
          const [status, next]: readonly [number, State] = decided(state, step)
          const as = step === 'release by terminal' ? atTerminal() : step === 'release by key' ? withKey() : atPanel()
          const answer = await decide(as, id, step === 'cancel' ? 'cancel' : 'confirm')
          expect([steps, state, step, answer.status]).toEqual([steps, state, step, status])
          if (status === 403) expect(answer.body.error).toBe('panel_required')
          if (next === 'released' && status === 200)
            expect(answer.body).toMatchObject({ status: 'confirmed', results: [] })
          state = next
        }
        if (state !== 'none') {
          const seen = await send(atTerminal(), 'GET', `/v1/confirmations/${id}`)
          expect([step, seen.body.status, seen.body.kind]).toEqual([step, SEEN[state], 'money'])
        }
        expect(ran(tokens)).toBe(runs)
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)

test('[kernel 3.5.5] a release belongs to its arguments, in any order, and of ten equal calls at once one takes it', async () => {
  const { confirmation_id } = await operate(1)
  await decide(atPanel(), String(confirmation_id), 'confirm')
  expect((await operate(2)).kind).toBe('panel_approval_required')
  const other = { params: { tokens: 1, price_cents: 99 } }
  expect((await operate(1, other)).kind).toBe('panel_approval_required')
  const together = await Promise.all(Array.from({ length: 10 }, () => fixture.kernel.call(intent('mcp', 1))))
  expect(together.filter(({ status }) => status === 'success')).toHaveLength(1)
  expect(ran(1)).toBe(1)
  expect(
    await fixture.rows("select actor_id from audit.entry where action = 'money.released' and target_id = $1", [
      confirmation_id,
    ]),
  ).toEqual([{ actor_id: ada.userId }])
})

test('[api 3.8] a direct call is answered as printed; where the person decides who asked, the release runs it', async () => {
  for (const source of ['panel', 'chat'] as const) {
    const tokens = ++serial
    const { response } = await fixture.kernel.call(intent(source, tokens))
    const data = response.data as JsonObject
    expect(response).toMatchObject({ status: 'error', error: 'panel_approval_required' })
    expect(data).toMatchObject({
      summary: 'Buy tokens?',
      confirmation: { kind: 'money', items: [{ args_masked: { tokens } }] },
    })
    const id = String(data.confirmation_id)
    // Chat, an assistant and a terminal may not answer in the person's place.
    for (const via of ['chat', 'mcp', 'api'] as const)
      await expect(fixture.kernel.decide(ada, id, 'confirm', via)).rejects.toMatchObject({
        code: 'HTTP_PANEL_REQUIRED',
      })
    expect((await decide(atPanel(), id, 'confirm')).body).toMatchObject({
      status: 'executed',
      results: [{ status: 'success' }],
    })
    expect(ran(tokens)).toBe(1)
  }
})

test('[kernel 3.5.5] what no person stands behind moves no money, and what only looks needs no release', async () => {
  expect((await fixture.kernel.call(intent('automation', 5))).response.error_code).toBe('PERMISSION_DENIED')
  expect(ran(5)).toBe(0)
  const look = { ...intent('mcp', 5), function: 'get_balance', params: {} }
  expect((await fixture.kernel.call(look)).status).toBe('success')
  const two = [intent('mcp', 6), look].map((one) => ({ intent: one, hold: { callId: undefined } as never }))
  expect((await fixture.kernel.runSteps(two)).map(({ response }) => response.error)).toEqual([
    'panel_approval_required',
    null,
  ])
})

test('a release that nobody takes is over with its time, and one whose node died is told as unknown or not run', async () => {
  const parts = await fixture.assemble()
  const { confirmation_id: lapsed } = await operate(7)
  await decide(atPanel(), String(lapsed), 'confirm')
  fixture.clock.advance(901_000)
  expect(await expireConfirmations(parts)).toBeGreaterThanOrEqual(1)
  const statusOf = async (id: unknown) => (await send(atPanel(), 'GET', `/v1/confirmations/${String(id)}`)).body.status
  expect(await statusOf(lapsed)).toBe('expired')
  expect(answerOf(await operate(7))).toBe('money_release_already_consumed_or_expired')
  const { confirmation_id: lost } = await operate(8)
  await fixture.rows(
    `update kernel.confirmation set status = 'executing', node_id = 'node_gone', call_ids = '["call_gone"]' where confirmation_id = $1`,
    [lost],
  )
  await settleLostDecisions(parts)
  expect(await statusOf(lost)).toBe('failed')
  expect(ran(7) + ran(8)).toBe(0)
})
