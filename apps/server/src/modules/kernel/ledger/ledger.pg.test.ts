import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'
import { CallOver, CallWriter } from './call-writer.ts'
import { adoptRestoredLedger, recoverCalls, sealLedger } from './maintain-ledger.ts'
import { removeExpired } from './remove-expired.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let eve: { tenantId: string; userId: string }

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person({ tenantId: 'umbrella' })
  await fixture.app('notes', { tools: [chatFunction('create_note', 'write'), chatFunction('list_notes', 'read')] }, [
    ada,
    eve,
  ])
  fixture.handler('notes', 'function', 'list_notes', () => success())
  fixture.handler('notes', 'function', 'create_note', async (_call, kernel) => {
    await kernel.onCallback({ client: 'store', method: 'create', args: ['notes', { n: 1 }], asUser: null })
    return success()
  })
})
afterAll(() => fixture.close())

const call = (name: string, params = {}, user = ada) =>
  fixture.kernel.call({ source: 'api', ...user, appId: 'notes', function: name, params })

describe('a crash between the first effect and the record', () => {
  test('[S1] the document stays with exactly one row of status unknown, whoever recovers', async () => {
    const victim = await fixture.openNode()
    const wrote = Promise.withResolvers<void>()
    const traceId = 'feedfacefeedface'
    victim.hosts.handlers.set('notes function create_note', async (_call, kernel) => {
      await kernel.onCallback({ client: 'store', method: 'create', args: ['crash', { n: 1 }], asUser: null })
      await kernel.onCallback({ client: 'store', method: 'create', args: ['crash', { n: 2 }], asUser: null })
      wrote.resolve()
      return new Promise(() => {}) // killed here
    })
    const ended = victim.kernel.call({
      source: 'api',
      ...ada,
      appId: 'notes',
      function: 'create_note',
      params: { secret: 'x' },
      traceId,
    })
    // An answer would mean that the handler never got as far as writing.
    expect(await Promise.race([wrote.promise, ended])).toBeUndefined()
    expect(await fixture.rows('select call_id from kernel.open_call')).toHaveLength(1)
    expect(await recoverCalls(fixture.db, 'another node')).toEqual([]) // its node is alive
    await fixture.rows(
      "update kernel.node set heartbeat_at = now() - interval '1 hour' where node_id in (select node_id from kernel.open_call)",
    )
    const recovered = await Promise.all([
      recoverCalls(fixture.db, 'another node'),
      recoverCalls(victim.db, 'a third node'),
      recoverCalls(fixture.db, 'another node'),
    ])
    expect(recovered.flat()).toHaveLength(1)
    expect(await fixture.ledger({ traceId })).toMatchObject([
      {
        call_id: recovered.flat()[0],
        status: 'unknown',
        function: 'create_note',
        args: { secret: '[redacted]' },
        user_id: ada.userId,
      },
    ])
    expect(await fixture.rows("select 1 from store.document where collection = 'crash'")).toHaveLength(2)
    expect(await recoverCalls(fixture.db, 'another node')).toEqual([])
  })

  test('a machine that slept does not take its own calls for lost when it wakes', async () => {
    const node = await fixture.openNode()
    const [wrote, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    node.hosts.handlers.set('notes function create_note', async (_call, kernel) => {
      await kernel.onCallback({ client: 'store', method: 'create', args: ['sleep', { n: 1 }], asUser: null })
      wrote.resolve()
      await release.promise
      return success()
    })
    const running = node.kernel.call({ source: 'api', ...ada, appId: 'notes', function: 'create_note', params: {} })
    await wrote.promise
    await fixture.rows(
      "update kernel.node set heartbeat_at = now() - interval '1 hour' where node_id in (select node_id from kernel.open_call)",
    )
    await node.repeated.get('kernel.recover')?.()
    release.resolve()
    const { traceId, status } = await running
    expect(status).toBe('success')
    expect((await fixture.ledger({ traceId })).map((row) => row.status)).toEqual(['success'])
  })

  test('an effect that fails leaves no open call behind', async () => {
    fixture.handler('notes', 'function', 'create_note', async (_call, kernel) => {
      await kernel
        .onCallback({ client: 'store', method: 'update', args: ['notes', 'missing', {}], asUser: null })
        .catch(() => null)
      return success()
    })
    expect((await call('create_note')).status).toBe('success')
    expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])
  })

  test.each([
    // Neither the document nor the record that the call is open had reached the disk.
    ['all of it', 'delete from store.document; delete from kernel.open_call; delete from kernel.lifetime'],
    // The first write had, a later one had not.
    ['some of it', 'delete from store.document; delete from kernel.lifetime'],
  ])('[K11.2] a crash of the database that takes away what a call wrote (%s) is no success', async (_what, crash) => {
    fixture.handler('notes', 'function', 'create_note', async (_call, kernel) => {
      await kernel.onCallback({ client: 'store', method: 'create', args: ['crashed', { n: 1 }], asUser: null })
      for (const statement of crash.split('; ')) await fixture.rows(statement)
      return success()
    })
    const { traceId, status, response } = await call('create_note')
    expect(status).toBe('unknown')
    expect(response).toMatchObject({ status: 'error', error: expect.stringContaining('unknown') })
    expect((await fixture.ledger({ traceId })).map((row) => row.status)).toEqual(['unknown'])
    expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])

    fixture.handler('notes', 'function', 'create_note', async (_call, kernel) => {
      await kernel.onCallback({ client: 'store', method: 'create', args: ['crashed', { n: 2 }], asUser: null })
      return success()
    })
    expect((await call('create_note')).status).toBe('success')
  })

  test('nothing goes out in the name of a call that is over, also when it was open before', async () => {
    const writer = new CallWriter({
      db: fixture.db,
      tenantId: 'default',
      nodeId: 'node_x',
      draft: () => ({ call_id: 'call_over' }) as never,
    })
    await writer.open()
    await writer.open()
    expect(await writer.finish()).toBe(true)
    await expect(writer.open()).rejects.toThrow(CallOver)
    await fixture.rows("delete from kernel.open_call where call_id = 'call_over'")
  })

  test('documents may reach the disk with the record; what leaves the database waits until the call itself is there', async () => {
    const writer = new CallWriter({
      db: fixture.db,
      tenantId: 'default',
      nodeId: 'node_x',
      draft: () => ({ call_id: 'call_lazy' }) as never,
    })
    const mode = { text: "select current_setting('synchronous_commit') as mode, $1::int", values: [1] }
    const version = () => fixture.rows("select xmin::text from kernel.open_call where call_id = 'call_lazy'")
    const [lazy] = await writer.documents.atomic([mode])
    expect(lazy?.rows[0]).toMatchObject({ mode: 'off' })
    const written = await version()
    expect(written).toHaveLength(1)
    await writer.open()
    const flushed = await version()
    expect(flushed).not.toEqual(written)
    await writer.open()
    await writer.documents.atomic([mode])
    expect(await version()).toEqual(flushed)
    expect(await writer.finish()).toBe(true)
    await expect(writer.documents.atomic([mode])).rejects.toThrow(CallOver)
    await fixture.rows("delete from kernel.open_call where call_id = 'call_lazy'")
  })

  test('parallel first effects open the call once', async () => {
    fixture.handler('notes', 'function', 'create_note', async (_call, kernel) => {
      const create = (n: number) =>
        kernel.onCallback({ client: 'store', method: 'create', args: ['many', { n }], asUser: null })
      await Promise.all(Array.from({ length: 10 }, (_, n) => create(n)))
      return success()
    })
    expect((await call('create_note')).status).toBe('success')
    expect(await fixture.rows("select 1 from store.document where collection = 'many'")).toHaveLength(10)
    expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])
  })
})

describe('rows', () => {
  test('[K11.3] the application can neither change nor remove them', async () => {
    await call('list_notes')
    const write = (text: string) =>
      fixture.db.everyTenant((tx) => tx.executeQuery({ sql: text, parameters: [] } as never))
    await expect(write("update ledger.action set status = 'failed'")).rejects.toThrow(/permission denied/)
    await expect(write('delete from ledger.action')).rejects.toThrow(/permission denied/)
    await expect(
      write("insert into ledger.seal (tenant_id, position, call_id, row_hash) values ('a', 1, 'b', 'c')"),
    ).rejects.toThrow(/permission denied/)
  })

  test('mask personal data and secrets, and belong to their tenant', async () => {
    const { traceId } = await call('list_notes', {
      to: 'ada@example.com',
      password: 'hunter2',
      phone: '+49 30 1234567',
      text: 'x'.repeat(2000),
    })
    const [row] = await fixture.ledger({ traceId })
    expect(row?.args).toEqual({
      to: 'a***@example.com',
      password: '[redacted]',
      phone: '[phone]',
      text: `${'x'.repeat(300)}…`,
    })
    const seen = await fixture.db.tenant('umbrella', (tx) => tx.selectFrom('ledger.action').select('call_id').execute())
    expect(seen).toEqual([])
  })

  test('are sealed into a chain per tenant that shows every later change', async () => {
    await call('list_notes', {}, eve)
    await Promise.all([sealLedger(fixture.db), sealLedger(fixture.db)])
    const [{ count }] = (await fixture.rows<{ count: number }>('select count(*)::int from ledger.action')) as [
      { count: number },
    ]
    // Rows wait for older transactions of the whole cluster, so of other tests.
    const sealAndCheck = () => sealLedger(fixture.db).then(() => fixture.kernel.checkLedger())
    await expect.poll(sealAndCheck).toEqual({ sealed: count, broken: [] })
    const tenants = await fixture.rows<{ tenant_id: string }>('select distinct tenant_id from ledger.seal order by 1')
    expect(tenants.map((row) => row.tenant_id)).toEqual(['default', 'umbrella'])
    const [first] = await fixture.rows<{ call_id: string }>(
      "select call_id from ledger.seal where tenant_id = 'default' and position = 2",
    )
    await fixture.rows("update ledger.action set status = 'failed' where call_id = $1", [first?.call_id])
    expect((await fixture.kernel.checkLedger()).broken).toEqual([first?.call_id])
    await fixture.rows("update ledger.action set status = 'success' where call_id = $1", [first?.call_id])
  })

  test('of a restored database are sealed at once, and new ones follow', async () => {
    const future = 9_000_000_000
    await call('list_notes', {}, eve)
    await expect.poll(() => sealLedger(fixture.db)).toBe(1)
    await call('list_notes', {}, eve)
    await call('list_notes', {}, ada)
    // What a dump brings into another cluster: the numbers of the old one, some rows sealed and some not.
    await fixture.rows('update ledger.action set xid = xid + $1', [future])
    await fixture.rows('update ledger.seal_cursor set xid = xid + $1', [future])
    await adoptRestoredLedger(fixture.db)
    const counted = async () =>
      (await fixture.rows<{ n: number }>('select count(*)::int as n from ledger.action'))[0]?.n
    expect(await fixture.kernel.checkLedger()).toEqual({ sealed: await counted(), broken: [] })
    await adoptRestoredLedger(fixture.db)
    await call('list_notes', {}, eve)
    // Rows wait for older transactions of the whole cluster, so of other tests.
    await expect.poll(() => sealLedger(fixture.db)).toBe(1)
    expect(await fixture.kernel.checkLedger()).toEqual({ sealed: await counted(), broken: [] })
  })

  test('[K11.3] [11.2] leave when their class runs out, by the retention job alone, which is recorded; the chain still holds', async () => {
    const traceOf = async (name: string) => (await call(name)).traceId
    const traces = [await traceOf('list_notes'), await traceOf('create_note'), await traceOf('list_notes')]
    const [oldRead, oldWrite, newRead] = traces as [string, string, string]
    const ancient = await traceOf('create_note')
    const secret = await traceOf('create_note')
    await fixture.rows("update ledger.action set completed_at = now() - interval '91 days' where trace_id = any($1)", [
      [oldRead, oldWrite],
    ])
    await fixture.rows("update ledger.action set completed_at = now() - interval '8 years' where trace_id = any($1)", [
      [ancient, secret],
    ])
    await fixture.rows("update ledger.action set retention_class = 'security_forever' where trace_id = $1", [secret])
    const parts = await fixture.assemble()
    await expect
      .poll(() =>
        sealLedger(fixture.db)
          .then(() => removeExpired(parts))
          .then(() => fixture.ledger({ traceId: ancient })),
      )
      .toEqual([])
    const left = async (traceId: string) => (await fixture.ledger({ traceId })).length
    expect(await Promise.all([oldRead, oldWrite, newRead, ancient, secret].map(left))).toEqual([0, 1, 1, 0, 1])
    expect((await fixture.kernel.checkLedger()).broken).toEqual([])
    const notes = await fixture.rows<{ metadata: { retention_class: string; removed: number } }>(
      "select metadata from audit.entry where action = 'ledger.retention'",
    )
    const removed = (name: string) =>
      notes
        .filter(({ metadata }) => metadata.retention_class === name)
        .reduce((sum, { metadata }) => sum + metadata.removed, 0)
    expect([removed('standard_90d'), removed('federal_7y'), removed('security_forever')]).toEqual([1, 1, 0])
    // Without the job's own mark a missing row is what it always was: a broken chain.
    const [victim] = await fixture.rows<{ call_id: string }>(
      'delete from ledger.action where trace_id = $1 returning call_id',
      [secret],
    )
    expect((await fixture.kernel.checkLedger()).broken).toEqual([victim?.call_id])
    await fixture.rows('update ledger.seal set removed_at = now() where call_id = $1', [victim?.call_id])
  })
})

test('[GET /v1/actions] the routes list own rows, count them, and show a trace with all its calls', async () => {
  const traceId = 'cafecafecafecafe'
  for (const name of ['list_notes', 'nope'])
    await fixture.kernel.call({ source: 'api', ...ada, appId: 'notes', function: name, params: {}, traceId })
  let caller = principalOf(ada)
  const app = await mountForTest(fixture.kernel.routes, () => caller)
  const list = (
    await app.inject({ method: 'GET', url: '/v1/actions?search=list_notes&status=completed&per_page=1' })
  ).json()
  expect(list).toMatchObject({
    page: 1,
    per_page: 1,
    actions: [{ tool_name: 'list_notes', trace_id: traceId, masked: true }],
  })
  expect(list.total).toBeGreaterThan(1)
  const totalOf = async (source: string) =>
    (await app.inject({ method: 'GET', url: `/v1/actions?source=${source}` })).json().total
  expect(await totalOf('chat')).toBe(0)
  expect(await totalOf('chat,api')).toBeGreaterThan(1)
  const trace = (await app.inject({ method: 'GET', url: `/v1/actions/${traceId}` })).json()
  expect(trace.calls.map((one: { status: string }) => one.status)).toEqual(['success', 'validation_rejected'])
  const stats = (await app.inject({ method: 'GET', url: '/v1/actions/stats' })).json()
  expect(stats.by_app).toMatchObject([{ app_id: 'notes' }])
  caller = principalOf(eve)
  expect((await app.inject({ method: 'GET', url: `/v1/actions/${traceId}` })).statusCode).toBe(404)
  const hers = (await app.inject({ method: 'GET', url: '/v1/actions' })).json().actions as { trace_id: string }[]
  expect(hers.map((one) => one.trace_id)).not.toContain(traceId)
  await app.close()
})
