import { afterAll, beforeAll, expect, test } from 'vitest'
import { chatFunction, fails, openFixture, success } from '../test-fixture.ts'

const fixture = await openFixture()
const ada = await fixture.person()
beforeAll(() =>
  fixture.app('weather', { tools: [chatFunction('look', 'read'), chatFunction('change', 'write')] }, [ada]),
)
afterAll(() => fixture.close())

const call = (name: string) =>
  fixture.kernel.call({ source: 'api', ...ada, appId: 'weather', function: name, params: {} })
/** Fails so often, then works. */
function flaky(name: string, failures: number, failure: () => unknown) {
  let runs = 0
  fixture.handler('weather', 'function', name, () => {
    runs++
    return runs <= failures ? (failure() as never) : success({ runs })
  })
  return () => runs
}
const transient = () => ({ status: 'error', summary: '', data: {}, error: 'Try again.', retryable: true })

test('[E4] [4.7] a read whose failure passes is tried again, and leaves one row that says how often', async () => {
  const runs = flaky('look', 1, transient)
  const outcome = await call('look')
  expect([outcome.response.status, runs()]).toEqual(['success', 2])
  expect(await fixture.ledger({ traceId: outcome.traceId })).toEqual([
    expect.objectContaining({ status: 'success', facts: expect.objectContaining({ attempts: 2 }) }),
  ])
})

test('[E4] [4.7] three times in all, and then the failure is the answer', async () => {
  const runs = flaky('look', 9, () => ({ ...transient(), retryable: false, error_code: 'BACKEND_5XX' }))
  expect((await call('look')).response).toMatchObject({ status: 'error', error_code: 'BACKEND_5XX' })
  expect(runs()).toBe(3)
})

test.each([
  ['a change', 'change', transient],
  ['a failure that stays', 'look', () => ({ ...transient(), retryable: false, error_code: 'NO_SUCH_CITY' })],
  ['a crash', 'look', () => fails('EXT_CRASHED')],
  ['a time that ran out', 'look', () => fails('EXT_TIMEOUT')],
])('[E4] [4.7] %s is never repeated', async (_what, name, failure) => {
  const runs = flaky(name, 9, failure)
  await call(name)
  expect(runs()).toBe(1)
})
