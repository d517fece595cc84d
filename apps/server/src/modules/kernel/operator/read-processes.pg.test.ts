import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import { DISPATCH_LOCK } from '../events/dispatch-events.ts'
import { chatFunction, openFixture, PATIENCE, success } from '../test-fixture.ts'

const fixture = await openFixture({ background: false })
const ada = await fixture.person()
const zoe = await fixture.person({ tenantId: 'acme' })
let node: Awaited<ReturnType<typeof fixture.openNode>>
let api: Awaited<ReturnType<typeof mountForTest>>
let caller = principalOf(null)
const waiting = Promise.withResolvers<void>()

beforeAll(async () => {
  const tools = [
    chatFunction('refine', 'write', { background: true }),
    chatFunction('write_it', 'write', { event: 'written' }),
    chatFunction('burn', 'destructive'),
  ]
  const events = { subscribes: [{ type: 'labs.written', handler: 'onWritten' }], emits: [] }
  await fixture.app('labs', { tools, events }, [ada, zoe])
  node = await fixture.openNode({ jobs: await fixture.openEngine() })
  node.hosts.handlers.set('labs background refine', () => waiting.promise.then(() => success()))
  node.hosts.handlers.set('labs event onWritten', () => waiting.promise.then(() => null))
  api = await mountForTest(node.kernel.routes, () => caller)
})
beforeEach(() => {
  caller = principalOf(null)
})
afterAll(async () => {
  waiting.resolve()
  await api.close()
  await fixture.close()
})

const processes = async (query = '') => {
  const answer = await api.inject({ method: 'GET', url: `/v1/admin/processes${query}` })
  return answer.json().processes as { kind: string; id: string; user_id: string; status: string; trace_id: string }[]
}
const kinds = async (query: string) => (await processes(query)).map(({ kind, status }) => `${kind} ${status}`).sort()

test('[kernel 11.4] how long events wait includes those that were not handed to their subscribers yet', async () => {
  const handler = node.hosts.handlers.get('labs event onWritten') ?? (() => null)
  node.hosts.handlers.set('labs event onWritten', () => null).set('labs function write_it', () => success())
  const lag = async () => (await node.kernel.backlog()).eventLag
  await fixture.db.everyTenant(async (tx) => {
    // Whoever hands events on holds this; nobody else does meanwhile.
    await sql`select pg_advisory_xact_lock(${DISPATCH_LOCK})`.execute(tx)
    await node.kernel.call({ source: 'api', ...zoe, appId: 'labs', function: 'write_it', params: {} })
    const written = "select from outbox.message where type = 'event' and payload ->> 'event_type' = 'labs.written'"
    await expect.poll(() => fixture.rows(written), PATIENCE).toHaveLength(1)
    // In the order of commits the first one counts, whoever subscribes to it.
    await fixture.rows("update outbox.message set created_at = created_at - interval '90 seconds' where type = 'event'")
    expect(await lag()).toBeGreaterThanOrEqual(90)
  })
  await expect.poll(lag, PATIENCE).toBeLessThan(90)
  await expect.poll(() => processes(), PATIENCE).toEqual([])
  node.hosts.handlers.set('labs event onWritten', handler)
})

test('[E21] the operator sees what runs and waits for whom: tasks, open calls, questions, events on their way', async () => {
  const call = (name: string, user: typeof ada) =>
    node.kernel.call({ source: 'api', ...user, appId: 'labs', function: name, params: {} })
  await call('refine', ada)
  await call('burn', ada)
  const open = Promise.withResolvers<void>()
  node.hosts.handlers.set('labs function write_it', async (_call, kernel) => {
    await kernel.onCallback({ client: 'store', method: 'create', args: ['notes', { n: 1 }], asUser: null })
    await open.promise
    return success()
  })
  const running = call('write_it', ada)
  await call('burn', zoe)
  const query = `?user_id=${ada.userId}`
  await expect.poll(() => kinds(query), PATIENCE).toEqual(['call running', 'confirmation pending', 'task running'])
  open.resolve()
  const { traceId } = await running
  await expect.poll(() => kinds(`${query}&kind=event`), PATIENCE).toEqual(['event running'])
  expect(await processes(`?trace_id=${traceId}`)).toMatchObject([
    { kind: 'event', trace_id: traceId, user_id: ada.userId },
  ])
  expect((await processes('?app_id=other')).length).toBe(0)
  const internal = await api.inject({ method: 'GET', url: `/v1/internal/processes/${ada.userId}` })
  expect(internal.json()).toMatchObject({
    user_id: ada.userId,
    processes: expect.arrayContaining([expect.objectContaining({ type: 'task', app_id: 'labs', status: 'running' })]),
  })
})

test('[E21] an administrator of a tenant sees that tenant only, and people see nothing of others', async () => {
  caller = principalOf(zoe, { role: 'admin' })
  expect(await kinds('')).toEqual(['confirmation pending'])
  expect((await api.inject({ method: 'GET', url: '/v1/admin/processes?tenant_id=default' })).statusCode).toBe(403)
  caller = principalOf(ada)
  expect((await api.inject({ method: 'GET', url: '/v1/admin/processes' })).statusCode).toBe(403)
  expect((await api.inject({ method: 'GET', url: `/v1/internal/processes/${ada.userId}` })).statusCode).toBe(403)
})

test('[E21] an operator ends a task of anybody, which is audited; of another tenant it looks like none', async () => {
  const [task] = await processes('?kind=task')
  const cancel = () => api.inject({ method: 'POST', url: `/v1/admin/processes/${task?.id}/cancel` })
  caller = principalOf(zoe, { role: 'admin' })
  expect((await cancel()).statusCode).toBe(404)
  caller = principalOf({ tenantId: 'default', userId: 'imp_u_operator1' }, { role: 'admin' })
  expect((await cancel()).json()).toMatchObject({ status: 'cancelling' })
  const audited = await fixture.rows("select actor_id from audit.entry where action = 'task.cancelled'")
  expect(audited).toEqual([{ actor_id: 'imp_u_operator1' }])
})
