import { afterAll, beforeAll, expect, test } from 'vitest'
import { recoverCalls } from '../ledger/maintain-ledger.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  await fixture.app('notes', { tools: [chatFunction('slow', 'write'), chatFunction('quick', 'write')] }, [ada])
  fixture.handler('notes', 'function', 'quick', async (_call, kernel) => {
    await kernel.onCallback({ client: 'store', method: 'create', args: ['notes', { n: 1 }], asUser: null })
    return success()
  })
})
afterAll(() => fixture.close())

const call = (name: string, traceId: string) =>
  fixture.kernel.call({ source: 'api', ...ada, appId: 'notes', function: name, params: {}, traceId })

/** A call that has written its document and waits. */
async function openCall(traceId: string) {
  const wrote = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  fixture.handler('notes', 'function', 'slow', async (_call, kernel) => {
    await kernel.onCallback({ client: 'store', method: 'create', args: ['notes', { n: 1 }], asUser: null })
    wrote.resolve()
    await goOn.promise
    return success({}, { summary: 'all done' })
  })
  const ended = call('slow', traceId)
  await wrote.promise
  return { ended, goOn: goOn.resolve }
}

async function takenForLost(): Promise<string[]> {
  await fixture.rows("update kernel.node set heartbeat_at = now() - interval '1 hour'")
  return recoverCalls(fixture.db, 'another node')
}

test('[S1] [K11.3] a node that was taken for dead and goes on neither answers success nor writes a second row', async () => {
  const lost = await openCall('aaaaaaaaaaaaaaaa')
  const recovered = await takenForLost()
  expect(recovered).toHaveLength(1)
  lost.goOn()
  // Others of the same moment share its statements and are none the worse for it.
  const others = await Promise.all([call('quick', 'bbbbbbbbbbbbbbbb'), call('quick', 'bbbbbbbbbbbbbbbb')])
  const outcome = await lost.ended
  expect([outcome.response.status, outcome.status, outcome.refusal?.status]).toEqual(['error', 'unknown', undefined])
  expect(others.map(({ status }) => status)).toEqual(['success', 'success'])
  const rows = await fixture.ledger({ traceId: 'aaaaaaaaaaaaaaaa' })
  expect(rows.map(({ call_id, status }) => [call_id, status])).toEqual([[recovered[0], 'unknown']])
  expect(await fixture.ledger({ traceId: 'bbbbbbbbbbbbbbbb' })).toHaveLength(2)
  expect(await fixture.rows('select call_id from kernel.open_call')).toEqual([])
  const told = await fixture.rows("select payload from outbox.message where payload::text like '%aaaaaaaaaaaaaaaa%'")
  expect(told).toEqual([])
})

test('[K11.2] nothing is written or sent in the name of a call that another node has recorded', async () => {
  const [wrote, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const refused: unknown[] = []
  fixture.handler('notes', 'function', 'slow', async (_call, kernel) => {
    const store = (method: string, ...args: (string | { n: number })[]) =>
      kernel.onCallback({ client: 'store', method, args, asUser: null })
    await store('create', 'fenced', { n: 1 })
    wrote.resolve()
    await goOn.promise
    await store('create', 'fenced', { n: 2 }).catch((error) => refused.push(error))
    await kernel
      .onCallback({ client: 'notify', method: 'send', args: ['late'], asUser: null })
      .catch((error) => refused.push(error))
    return success()
  })
  const ended = call('slow', 'eeeeeeeeeeeeeeee')
  await wrote.promise
  await takenForLost()
  goOn.resolve()
  expect((await ended).response.status).toBe('error')
  expect(refused).toHaveLength(2)
  expect(await fixture.rows("select data from store.document where collection = 'fenced'")).toEqual([
    { data: { n: 1 } },
  ])
})

test('[S1] recovery and the end of the call at once: one row, and the answer is what the row says', async () => {
  for (let round = 0; round < 10; round++) {
    const traceId = `cccccccccccccc${String(round).padStart(2, '0')}`
    const racing = await openCall(traceId)
    await fixture.rows("update kernel.node set heartbeat_at = now() - interval '1 hour'")
    racing.goOn()
    const [outcome, recovered] = await Promise.all([
      racing.ended,
      recoverCalls(fixture.db, 'another node').catch(() => []),
    ])
    const rows = await fixture.ledger({ traceId })
    expect(rows).toHaveLength(1)
    expect(outcome.response.status === 'success').toBe(rows[0]?.status === 'success')
    expect(recovered).toHaveLength(rows[0]?.status === 'unknown' ? 1 : 0)
  }
})

test('[S1] a call that nobody recovered ends as ever', async () => {
  const kept = await openCall('dddddddddddddddd')
  kept.goOn()
  expect((await kept.ended).response.status).toBe('success')
  expect((await fixture.ledger({ traceId: 'dddddddddddddddd' })).map(({ status }) => status)).toEqual(['success'])
})
