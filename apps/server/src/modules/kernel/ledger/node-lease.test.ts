import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../../../foundation/log.ts'
import { openNodeLease } from './node-lease.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('[K11.2] a lease that ran out while the machine slept is renewed before the next call is judged', async () => {
  let answer = async (): Promise<never[]> => []
  const beats = vi.fn(() => answer())
  const lease = await openNodeLease({
    db: { atomic: beats } as never,
    log: createLog({ level: 'silent' }),
    nodeId: 'node_a',
    self: { name: 'here', version: '1', roles: ['kernel'] },
  })
  expect(lease.isValid()).toBe(true)
  const asleep = performance.now() + 60_000
  vi.spyOn(performance, 'now').mockImplementation(() => asleep)
  expect(await Promise.all([lease.isValid(), lease.isValid()])).toEqual([true, true])
  expect(beats).toHaveBeenCalledTimes(2)

  vi.mocked(performance.now).mockImplementation(() => asleep + 60_000)
  answer = () => new Promise(() => {})
  const judged = lease.isValid()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await judged).toBe(false)
  vi.mocked(performance.now).mockRestore()
})
