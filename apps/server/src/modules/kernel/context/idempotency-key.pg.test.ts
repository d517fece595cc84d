import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import { newCallId } from '../../../foundation/ids.ts'
import { chatFunction, type Fixture, openFixture, PATIENCE, success } from '../test-fixture.ts'
import type { CallIntent } from '../types.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let eve: { tenantId: string; userId: string }
const keys: string[] = []
beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person()
  await fixture.app(
    'shop',
    {
      tools: [
        chatFunction('order', 'write'),
        chatFunction('look', 'read'),
        chatFunction('refund', 'destructive'),
        chatFunction('pack', 'write', { background: true }),
      ],
    },
    [ada, eve],
  )
  for (const name of ['order', 'look', 'refund'])
    fixture.handler('shop', 'function', name, ({ ctx }) => {
      keys.push(ctx.idempotency_key)
      return success()
    })
})
beforeEach(() => void keys.splice(0))
afterAll(() => fixture.close())

const intent = (more: Partial<CallIntent> = {}): CallIntent => ({
  ...{ source: 'api', ...ada, appId: 'shop', function: 'order', params: { what: 'tea' } },
  ...more,
})
const keyOf = async (more: Partial<CallIntent> = {}): Promise<string> => {
  await fixture.kernel.call(intent(more))
  return keys.at(-1) ?? ''
}
const HOLDS = { text: 'select 1 as ours', values: [] }
const stepKey = async (more: Partial<CallIntent>): Promise<string> => {
  const hold = { callId: newCallId(), fence: HOLDS }
  await fixture.kernel.runSteps([{ intent: intent({ source: 'automation', isStep: true, ...more }), hold }])
  return keys.at(-1) ?? ''
}

test('[K4.21] a handler is given a key that says nothing, and two calls have two', async () => {
  const first = await keyOf()
  expect(first).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(await keyOf()).not.toBe(first)
})

test('[K4.20] an attempt at the same step has the same key; another step, item, argument or run has another', async () => {
  const first = await stepKey({ chainId: 'exe_1', stepId: 's1' })
  expect(await stepKey({ chainId: 'exe_1', stepId: 's1', params: { what: 'tea' } })).toBe(first)
  const others = [
    await stepKey({ chainId: 'exe_2', stepId: 's1' }),
    await stepKey({ chainId: 'exe_1', stepId: 's2' }),
    await stepKey({ chainId: 'exe_1', stepId: 's1', itemNo: 1 }),
    await stepKey({ chainId: 'exe_1', stepId: 's1', params: { what: 'milk' } }),
    await stepKey({ chainId: 'exe_1', stepId: 's1', function: 'look' }),
  ]
  expect(new Set([first, ...others]).size).toBe(6)
})

test('[K4.20] a read that is tried again keeps its key', async () => {
  let times = 0
  fixture.handler('shop', 'function', 'look', ({ ctx }) => {
    keys.push(ctx.idempotency_key)
    return ++times < 3 ? { status: 'error', error: 'Try again.', retryable: true } : success()
  })
  expect((await fixture.kernel.call(intent({ function: 'look' }))).status).toBe('success')
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(1)
})

test('[K4.20] a task that is run again after its node was lost keeps its key', async () => {
  const node = await fixture.openNode({ jobs: await fixture.openEngine() })
  const entered = Promise.withResolvers<void>()
  let times = 0
  node.hosts.handlers.set('shop background pack', async ({ ctx }) => {
    keys.push(ctx.idempotency_key)
    if (++times > 1) return success()
    entered.resolve()
    return new Promise(() => {}) // it never comes back
  })
  const { promoted } = await node.kernel.call(intent({ function: 'pack' }))
  await entered.promise
  // Another node takes this one for dead.
  await fixture.rows("update kernel.task set node_id = 'node_gone' where task_id = $1", [promoted?.taskId])
  await node.repeated.get('kernel.tasks.recover')?.()
  await vi.waitUntil(() => keys.length === 2, PATIENCE)
  expect(keys[1]).toBe(keys[0])
  await node.close()
})

test('[K4.20] [K3.27] a confirmed call runs under a key of its confirmation', async () => {
  const asked = await fixture.kernel.call(intent({ function: 'refund' }))
  const { confirmation } = asked.response.data as unknown as { confirmation: { confirmation_id: string } }
  await fixture.kernel.decide(ada, confirmation.confirmation_id, 'confirm', 'api')
  expect(keys).toHaveLength(1)
  await expect(fixture.kernel.decide(ada, confirmation.confirmation_id, 'confirm', 'api')).rejects.toThrow()
  expect(keys).toHaveLength(1)
})

test('[K4.20] what a client calls one request is one key, of that person alone', async () => {
  let caller = principalOf(ada)
  const app = await mountForTest(fixture.kernel.routes, () => caller)
  const order = async (key: string, what = 'tea') => {
    await app.inject({
      method: 'POST',
      url: '/v1/extensions/shop/call',
      headers: { 'idempotency-key': key },
      payload: { user_id: caller.userId, function: 'order', params: { what } },
    })
    return keys.at(-1)
  }
  const first = await order('order-1')
  // Without the platform's own memory of requests, a repetition would reach the handler: the shop sees the same key.
  expect(await order('order-1')).toBe(first)
  const others = [await order('order-2'), await order('order-1', 'milk')]
  caller = principalOf(eve)
  others.push(await order('order-1'))
  expect(new Set([first, ...others]).size).toBe(4)
  await app.close()
})
