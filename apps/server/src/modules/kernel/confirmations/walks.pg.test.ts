import type { JsonObject } from '@imperal/contract'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import type { Principal } from '../../../foundation/http/index.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'

let fixture: Fixture
let app: FastifyInstance
let ada: { tenantId: string; userId: string }
let eve: { tenantId: string; userId: string }
let caller: Principal
const ran: string[] = []

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person()
  const params = { type: 'object', properties: { note_id: { type: 'string' } }, required: ['note_id'] }
  const tools = [chatFunction('delete_note', 'destructive', { params_schema: params })]
  await fixture.app('notes', { tools }, [ada, eve])
  fixture.handler('notes', 'function', 'delete_note', async (call) => {
    ran.push(String((call.params as JsonObject).note_id))
    return success({})
  })
  caller = principalOf(ada)
  app = await mountForTest(fixture.kernel.routes, () => caller)
})
afterAll(async () => {
  await app.close()
  await fixture.close()
})

const send = async (as: typeof ada, method: 'GET' | 'POST', url: string) => {
  caller = principalOf(as)
  const answer = await app.inject({ method, url, ...(method === 'POST' ? { payload: {} } : {}) })
  return { status: answer.statusCode, body: answer.json() as JsonObject }
}

type State = 'pending' | 'executed' | 'cancelled' | 'expired'
type Step = 'confirm' | 'accept' | 'cancel' | 'confirm as another' | 'cancel as another' | 'wait'
const STEPS: readonly Step[] = ['confirm', 'accept', 'cancel', 'confirm as another', 'cancel as another', 'wait']

/** The table of api.md 5.6 for an action: where a step leads, and what it is answered. */
function follow(state: State, step: Step): { readonly next: State; readonly status: number | null } {
  if (step === 'wait') return { next: state === 'pending' ? 'expired' : state, status: null }
  if (step.endsWith('another')) return { next: state, status: 404 }
  if (state === 'expired') return { next: state, status: 410 }
  if (state !== 'pending') return { next: state, status: 409 }
  return { next: step === 'cancel' ? 'cancelled' : 'executed', status: 200 }
}

let serial = 0
async function ask(): Promise<{ id: string; noteId: string }> {
  const noteId = `walk-${++serial}`
  const call = {
    source: 'panel',
    ...ada,
    appId: 'notes',
    function: 'delete_note',
    params: { note_id: noteId },
  } as const
  const { response } = await fixture.kernel.call(call)
  const { confirmation } = response.data as { confirmation: { confirmation_id: string } }
  return { id: confirmation.confirmation_id, noteId }
}

test('[api 5.6] [K3.25] any walk of a confirmation is one of the table: it runs once or never, and only for its person', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 8 }), async (steps) => {
      const { id, noteId } = await ask()
      let state: State = 'pending'
      for (const step of steps) {
        const { next, status } = follow(state, step)
        if (step === 'wait') fixture.clock.advance(301_000)
        else {
          const verb = step.split(' ')[0]
          const who = step.endsWith('another') ? eve : ada
          const answer = await send(who, 'POST', `/v1/confirmations/${id}/${verb}`)
          expect([state, step, answer.status]).toEqual([state, step, status])
        }
        state = next
        const seen = await send(ada, 'GET', `/v1/confirmations/${id}`)
        expect([step, seen.body.status]).toEqual([step, state])
        const { body } = await send(ada, 'GET', '/v1/confirmations/active')
        const waiting = (body.confirmations as JsonObject[]).map((one) => one.confirmation_id)
        expect([step, waiting.includes(id)]).toEqual([step, state === 'pending'])
        expect(ran.filter((each) => each === noteId)).toHaveLength(state === 'executed' ? 1 : 0)
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)
