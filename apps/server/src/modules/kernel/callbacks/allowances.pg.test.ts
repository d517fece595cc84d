import type { JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Allowances, type KernelLimits, kernelLimits } from '../index.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'
import { createMinuteCounts, DEFAULT_ALLOWANCES } from './allowances.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }

beforeAll(async () => {
  fixture = await openFixture()
  await fixture.app('notes', { tools: [chatFunction('work', 'write')] })
})
beforeEach(async () => {
  ada = await fixture.person()
  await fixture.registry.install(ada, 'notes')
})
afterAll(() => fixture.close())

const few = (perCall: number, perUserMinute: number): Allowances => {
  const one = { perCall, perUserMinute }
  return { writes: one, messages: one, completions: one, events: one, storedBytes: one }
}

async function nodeWith(limits: Partial<KernelLimits>) {
  const settings = { ...fixture.options.settings, limits: { ...kernelLimits('production'), ...limits } }
  return fixture.openNode({ settings })
}

/** What each of `times` equal callbacks of one call answered: `fine`, or the code and details of the refusal. */
async function use(
  node: Awaited<ReturnType<typeof nodeWith>>,
  [client, method, args]: readonly [string, string, JsonValue[]],
  times: number,
): Promise<unknown[]> {
  const answers: unknown[] = []
  node.hosts.handlers.set('notes function work', async (_call, kernel) => {
    for (let i = 0; i < times; i++) {
      const answer = await kernel.onCallback({ client, method, args, asUser: null } as never).then(
        () => 'fine',
        (error) => [error.wire.code, error.wire.detail],
      )
      answers.push(answer)
    }
    return success()
  })
  await node.kernel.call({ source: 'api', ...ada, appId: 'notes', function: 'work', params: {} })
  return answers
}

const code = (answer: unknown) => (Array.isArray(answer) ? answer[0] : answer)

test.each([
  ['writes', ['store', 'create', ['notes', { n: 1 }]]],
  ['messages', ['notify', 'send', [{ message: 'hello' }]]],
  ['completions', ['ai', 'complete', [{ prompt: 'hello' }]]],
  ['events', ['extensions', 'emit', ['notes.made', {}]]],
  ['storedBytes', ['storage', 'upload', ['a.txt', 'AAAA', 'text/plain']]],
] as const)('[4.13] a call has a share of %s, and no more', async (resource, callback) => {
  const limit = resource === 'storedBytes' ? 9 : 3
  const node = await nodeWith({ allowances: few(limit, 1_000) })
  const answers = await use(node, callback as never, 5)
  // The fixture has neither files nor a model: what matters is that these three were let through.
  expect(answers.slice(0, 3).map(code)).not.toContain('quota_exceeded')
  expect(answers.slice(3)).toEqual([
    ['quota_exceeded', { resource, limit }],
    ['quota_exceeded', { resource, limit }],
  ])
  expect((await use(node, callback as never, 1)).map(code)).not.toContain('quota_exceeded')
})

test('[4.13] a user has a share of each minute through all calls, and is told how long to wait', async () => {
  const node = await nodeWith({ allowances: few(3, 4) })
  const create = ['store', 'create', ['notes', { n: 1 }]] as never
  const answers = [...(await use(node, create, 3)), ...(await use(node, create, 3))]
  // A minute may have ended between the two calls.
  const refused = answers.filter((answer) => answer !== 'fine')
  for (const answer of refused) expect(answer).toEqual(['rate_limited', { retry_after: expect.any(Number) }])
  expect(refused.length === 2 || refused.length === 0).toBe(true)
  const unlimited = await nodeWith({ factor: 0, allowances: few(3, 1) })
  expect(await use(unlimited, create, 3)).toEqual(['fine', 'fine', 'fine'])
})

test('minutes are counted apart, and what was refused is not counted', () => {
  let now = 60_000 * 100
  const counts = createMinuteCounts({ now: () => now })
  expect([counts.take('a', 3, 4), counts.take('a', 2, 4), counts.take('a', 1, 4), counts.take('b', 4, 4)]).toEqual([
    null,
    60,
    null,
    null,
  ])
  now += 45_000
  expect(counts.take('a', 1, 4)).toBe(15)
  now += 15_000
  expect(counts.take('a', 4, 4)).toBeNull()
})

test('a call that does what apps do every day stays below the figures of production', () => {
  for (const { perCall, perUserMinute } of Object.values(DEFAULT_ALLOWANCES))
    expect(perUserMinute).toBeGreaterThanOrEqual(perCall)
})
