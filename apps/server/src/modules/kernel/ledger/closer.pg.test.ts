import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Database, Statement } from '../../../foundation/db/index.ts'
import { chatFunction, type Fixture, openFixture, PATIENCE, success } from '../test-fixture.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  const tools = [
    chatFunction('write', 'write', { event: 'written' }),
    chatFunction('work', 'write', { background: true }),
    chatFunction('look', 'read'),
  ]
  await fixture.app('closing', { tools }, [ada])
})
afterAll(() => fixture.close())

const recordsCalls = (statements: readonly Statement[]) =>
  statements.some(({ text }) => text.includes('insert into ledger.action'))

/** A node whose connection breaks under the next closing that `fits`: before its commit, or before the answer to it. */
async function brokenNode(when: 'before' | 'after', fits: (text: string) => boolean = () => true) {
  let broken = 0
  const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: undefined })
  const breaking = (db: Database): Database => ({
    ...db,
    async atomic(tenantId, statements, options) {
      const hit = broken === 0 && recordsCalls(statements) && fits(JSON.stringify(statements))
      if (!hit) return db.atomic(tenantId, statements, options)
      broken++
      if (when === 'after') await db.atomic(tenantId, statements, options)
      throw lost()
    },
  })
  const node = await fixture.openNode({ db: breaking(fixture.db), jobs: await fixture.openEngine() })
  node.hosts.handlers.set('closing function write', async (_call, kernel) => {
    await kernel.onCallback({ client: 'store', method: 'create', args: ['things', { n: 1 }], asUser: null })
    return success({ n: 1 })
  })
  node.hosts.handlers.set('closing function look', () => success({ n: 1 }))
  node.hosts.handlers.set('closing background work', () => success({}, { summary: 'Worked.' }))
  return { ...node, broken: () => broken }
}

const told = async (traceId: string) =>
  (
    await fixture.rows<{ type: string; payload: JsonObject }>(
      "select type, payload from outbox.message where payload::text like '%' || $1 || '%' order by xid, seq",
      [traceId],
    )
  ).map(({ type }) => type)

test.each(['before', 'after'] as const)(
  '[E3] a connection that breaks %s the commit of a closing: one row, one event, one notice',
  async (when) => {
    const node = await brokenNode(when)
    const since = await fixture.rows<{ n: number }>('select count(*)::int as n from outbox.message')
    const outcome = await node.kernel.call({ source: 'chat', ...ada, appId: 'closing', function: 'write', params: {} })
    expect(outcome.response).toMatchObject({ status: 'success', data: { n: 1 } })
    expect(node.broken()).toBe(1)
    expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([{ status: 'success' }])
    expect(await told(outcome.traceId)).toEqual(['event'])
    const types = await fixture.rows<{ type: string }>('select type from outbox.message order by xid, seq offset $1', [
      since[0]?.n,
    ])
    expect(types.map(({ type }) => type).sort()).toEqual(['event', 'panel_refresh', 'state_changed'])
    expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])
    await node.close()
  },
)

test('[E3] closings that shared the broken one are told once, and none is told twice', async () => {
  const node = await brokenNode('after')
  const call = (name: string) =>
    node.kernel.call({ source: 'chat', ...ada, appId: 'closing', function: name, params: {} })
  const outcomes = await Promise.all([...Array.from({ length: 12 }, () => call('write')), call('look')])
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'success'))
  const events = await Promise.all(outcomes.map(({ traceId }) => told(traceId)))
  expect(events).toEqual([...Array.from({ length: 12 }, () => ['event']), []])
  await node.close()
})

test('[K4.14] a task whose closing was committed unheard is done, and said once', async () => {
  const node = await brokenNode('after', (text) => text.includes('update kernel.task set status'))
  const outcome = await node.kernel.call({
    source: 'chat',
    ...ada,
    appId: 'closing',
    function: 'work',
    params: {},
    conversationId: 'cnv_1',
  })
  const taskId = outcome.promoted?.taskId ?? ''
  await vi.waitUntil(() => node.said.some((message) => message.taskId === taskId), PATIENCE)
  expect(node.broken()).toBe(1)
  expect(node.said.filter((message) => message.taskId === taskId)).toMatchObject([
    { text: 'Worked.', type: 'response', conversationId: 'cnv_1' },
  ])
  const updates = await fixture.rows<{ status: string }>(
    "select payload ->> 'status' as status from outbox.message where type = 'task_update' and payload ->> 'task_id' = $1 order by xid, seq",
    [taskId],
  )
  expect(updates.map(({ status }) => status)).toEqual(['queued', 'running', 'done'])
  await node.repeated.get('kernel.tasks.tell')?.()
  expect(node.said.filter((message) => message.taskId === taskId)).toHaveLength(1)
  await node.close()
})

test('[E2] [K11.2] an effect whose commit nobody heard of makes the call unknown, whatever its handler says', async () => {
  let broken = 0
  const breaking = (db: Database): Database => ({
    ...db,
    async atomic(tenantId, statements, options) {
      const isFirst = statements.some(({ text }) => text.includes('insert into kernel.open_call'))
      const results = await db.atomic(tenantId, statements, options)
      if (!isFirst || broken++ > 0) return results
      throw new Error('Connection terminated unexpectedly')
    },
  })
  const node = await fixture.openNode({ db: breaking(fixture.db) })
  node.hosts.handlers.set('closing function write', async (_call, kernel) => {
    await kernel
      .onCallback({ client: 'store', method: 'create', args: ['uncertain', { n: 1 }], asUser: null })
      .catch(() => null)
    return success({ n: 1 })
  })
  const outcome = await node.kernel.call({ source: 'api', ...ada, appId: 'closing', function: 'write', params: {} })
  expect(outcome).toMatchObject({ status: 'unknown', response: { status: 'error' } })
  expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([{ status: 'unknown' }])
  expect(await fixture.rows("select 1 from store.document where collection = 'uncertain'")).toHaveLength(1)
  expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])
  await node.close()
})

test('[E2] a call that had an effect and cannot be recorded is not to be sent again; its record follows', async () => {
  let isAway = false
  const away = (db: Database): Database => ({
    ...db,
    async atomic(tenantId, statements, options) {
      if (isAway && recordsCalls(statements)) throw new Error('Connection terminated unexpectedly')
      return db.atomic(tenantId, statements, options)
    },
  })
  const node = await fixture.openNode({ db: away(fixture.db) })
  node.hosts.handlers.set('closing function write', async (_call, kernel) => {
    await kernel.onCallback({ client: 'store', method: 'create', args: ['kept', { n: 1 }], asUser: null })
    isAway = true
    return success({ n: 1 })
  })
  const outcome = await node.kernel.call({ source: 'api', ...ada, appId: 'closing', function: 'write', params: {} })
  expect(outcome).toMatchObject({ status: 'unknown', response: { status: 'error', error_code: 'INTERNAL' } })
  // As against one that had none.
  expect(outcome.refusal).toBeUndefined()
  isAway = false
  await vi.waitUntil(async () => (await fixture.ledger({ traceId: outcome.traceId })).length > 0, PATIENCE)
  expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])
  await node.close()
}, 180_000)
