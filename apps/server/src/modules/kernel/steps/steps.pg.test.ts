import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCallId } from '../../../foundation/ids.ts'
import { settleLostDecisions, settleOwnDecisions } from '../confirmations/lost-decisions.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'
import type { CallIntent } from '../types.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
const ran: string[] = []
const TITLE = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  await fixture.app(
    'notes',
    {
      tools: [
        chatFunction('create_note', 'write', { params_schema: TITLE }),
        chatFunction('delete_note', 'destructive', { params_schema: TITLE }),
      ],
    },
    [ada],
  )
  for (const name of ['create_note', 'delete_note'])
    fixture.handler('notes', 'function', name, async (call, kernel) => {
      const { title } = call.params as { title: string }
      await kernel.onCallback({ client: 'store', method: 'create', args: ['notes', { title }], asUser: null })
      ran.push(title)
      return success({ title })
    })
})
afterAll(() => fixture.close())

const HOLDS = { text: 'select 1 as ours', values: [] }
const FALLEN = { text: 'select 1 / 0 as ours', values: [] }
const intent = (title: string, name = 'create_note'): CallIntent => ({
  ...ada,
  source: 'chat',
  appId: 'notes',
  function: name,
  params: { title },
})
const documents = (title: string) => fixture.rows("select 1 from store.document where data ->> 'title' = $1", [title])

test('[K1.3] what came of a step is kept with its record, and found by whoever goes on', async () => {
  const callId = newCallId()
  const [outcome] = await fixture.kernel.runSteps([{ intent: intent('kept'), hold: { callId, fence: HOLDS } }])
  expect(outcome).toMatchObject({ callId, status: 'success', response: { data: { title: 'kept' } } })
  expect(await fixture.kernel.settleStep(ada.tenantId, callId)).toEqual(outcome)
  expect(await fixture.kernel.settleStep('another', callId)).toBe('none')
})

test('[K1.3] a step that never began had no effect; one that was open is unknown from then on', async () => {
  expect(await fixture.kernel.settleStep(ada.tenantId, newCallId())).toBe('none')
  const [row] = await fixture.rows<{ call_id: string; row: JsonObject }>(
    'select call_id, to_jsonb(a) as row from ledger.action a limit 1',
  )
  const callId = newCallId()
  const draft = { ...row?.row, call_id: callId, status: 'unknown' }
  await fixture.rows('insert into kernel.open_call (call_id, tenant_id, node_id, draft) values ($1, $2, $3, $4)', [
    callId,
    ada.tenantId,
    'node_gone',
    JSON.stringify(draft),
  ])
  expect(await fixture.kernel.settleStep(ada.tenantId, callId)).toBe('unknown')
  expect(await fixture.rows('select 1 from kernel.open_call where call_id = $1', [callId])).toEqual([])
})

test('[K1.3] a step whose turn belongs to somebody else has no effect', async () => {
  const hold = { callId: newCallId(), fence: FALLEN }
  const [outcome] = await fixture.kernel.runSteps([{ intent: intent('lost'), hold }])
  expect(outcome?.status).not.toBe('success')
  expect(await documents('lost')).toEqual([])
})

test('[K3.30] calls of one fan-out share a card, each with a row of its own, and a refused one is not on it', async () => {
  const steps = ['a', 'b', 5 as never].map((title) => ({
    intent: intent(title, 'delete_note'),
    hold: { callId: newCallId(), fence: HOLDS },
  }))
  const outcomes = await fixture.kernel.runSteps(steps)
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['intercepted', 'intercepted', 'validation_rejected'])
  const pending = await fixture.kernel.pending(ada)
  expect(pending).toHaveLength(1)
  expect(pending[0]?.items.map((item) => item.args_masked)).toEqual([{ title: 'a' }, { title: 'b' }])
  const id = pending[0]?.confirmation_id ?? ''
  expect(await fixture.kernel.decide(ada, id, 'confirm', 'panel')).toMatchObject({ status: 'executed' })
  expect((await fixture.kernel.decision(ada, id))?.outcomes.map((outcome) => outcome.status)).toEqual([
    'success',
    'success',
  ])
})

test('[K3.27] a node that died behind a decision: what ran is found, what did not is said so, and nothing runs again', async () => {
  const [asked] = await fixture.kernel.runSteps([
    { intent: intent('doomed', 'delete_note'), hold: { callId: newCallId(), fence: HOLDS } },
  ])
  const { confirmation } = (asked?.response.data ?? {}) as { confirmation: { confirmation_id: string } }
  const id = confirmation.confirmation_id
  await fixture.rows(
    "update kernel.confirmation set status = 'confirmed', node_id = 'node_gone', call_ids = $2, decided_at = now() where confirmation_id = $1",
    [id, JSON.stringify([newCallId()])],
  )
  const parts = await fixture.assemble()
  expect(await settleLostDecisions(parts)).toBe(1)
  expect(await fixture.kernel.decision(ada, id)).toMatchObject({
    status: 'failed',
    outcomes: [{ status: 'cancelled', response: { error_code: 'NOT_RUN' } }],
  })
  expect(ran).not.toContain('doomed')
  expect(await settleLostDecisions(parts)).toBe(0)
})

test('[K3.27] a decision that its living node could not end is ended by it, but none that is carried out or was ended', async () => {
  const parts = await fixture.assemble()
  const stuck = async (title: string) => {
    const [asked] = await fixture.kernel.runSteps([
      { intent: intent(title, 'delete_note'), hold: { callId: newCallId(), fence: HOLDS } },
    ])
    const { confirmation } = (asked?.response.data ?? {}) as { confirmation: { confirmation_id: string } }
    await fixture.rows(
      "update kernel.confirmation set status = 'confirmed', node_id = $2, call_ids = $3, decided_at = now() where confirmation_id = $1",
      [confirmation.confirmation_id, parts.nodeId, JSON.stringify([newCallId()])],
    )
    return confirmation.confirmation_id
  }
  const [given, busy] = [await stuck('given up'), await stuck('busy')]
  parts.deciding.add(busy)
  expect(await settleOwnDecisions(parts)).toBe(1)
  expect(await fixture.kernel.decision(ada, given)).toMatchObject({
    status: 'failed',
    outcomes: [{ status: 'cancelled', response: { error_code: 'NOT_RUN' } }],
  })
  expect(await fixture.kernel.decision(ada, busy)).toMatchObject({ status: 'confirmed' })
  parts.deciding.delete(busy)
  // Two at once: one keeps it.
  await Promise.all([settleOwnDecisions(parts), settleOwnDecisions(parts)])
  const told = await fixture.rows(
    "select 1 from outbox.message where type = 'confirmation' and payload ->> 'confirmation_id' = $1 and payload ->> 'status' = 'failed'",
    [busy],
  )
  expect(told).toHaveLength(1)
  expect(await settleOwnDecisions(parts)).toBe(0)
})

test('[K3.11] [K3.17] arguments of a model need a basis: ids that somebody named, and no codes of failures', async () => {
  await fixture.app(
    'ids',
    {
      tools: [
        chatFunction('rename', 'write', {
          params_schema: {
            type: 'object',
            properties: {
              note_id: { type: 'string' },
              list_id: { type: 'string', enum: ['inbox'] },
              title: { type: 'string' },
            },
          },
        }),
      ],
    },
    [ada],
  )
  fixture.handler('ids', 'function', 'rename', async () => success({}))
  const call = async (params: JsonObject, known: string[] = [], failedCodes: string[] = []) => {
    const evidence = { knows: (id: string) => known.includes(id), failedCodes }
    const { status, response } = await fixture.kernel.call({
      ...intent(''),
      appId: 'ids',
      function: 'rename',
      params,
      evidence,
    })
    return response.error_code ?? status
  }
  expect(await call({ note_id: 'n1' }, ['n1'])).toBe('success')
  expect(await call({ note_id: 'n2' }, ['n1'])).toBe('FABRICATED_ID_SHAPE')
  expect(await call({ list_id: 'inbox' })).toBe('success')
  expect(await call({ title: 'it said note_not_found' }, [], ['NOTE_NOT_FOUND'])).toBe('VALIDATION_TYPE_ERROR')
  expect(await call({ title: 'fine' }, [], ['NOTE_NOT_FOUND'])).toBe('success')
})
