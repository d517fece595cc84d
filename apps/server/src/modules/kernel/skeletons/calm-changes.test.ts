import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { calmChanges } from './calm-changes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('[K5.6] a burst of changes is one, a second after its first', () => {
  const calm = calmChanges()
  const due = vi.fn()
  for (let n = 0; n < 5; n++) calm.changed('ada notes', due)
  calm.changed('eve notes', due)
  vi.advanceTimersByTime(999)
  expect(due).toHaveBeenCalledTimes(0)
  vi.advanceTimersByTime(1)
  expect(due).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(60_000)
  expect(due).toHaveBeenCalledTimes(2)
  calm.changed('ada notes', due)
  vi.advanceTimersByTime(1_000)
  expect(due).toHaveBeenCalledTimes(3)
})

test('[K5.6] steady changes count every ten seconds, and the last of them is never lost', () => {
  const calm = calmChanges()
  const due = vi.fn()
  for (let n = 0; n < 250; n++) {
    calm.changed('ada notes', due)
    vi.advanceTimersByTime(100)
  }
  expect(due).toHaveBeenCalledTimes(3)
  vi.advanceTimersByTime(10_000)
  expect(due).toHaveBeenCalledTimes(4)
  calm.changed('ada notes', due)
  calm.close()
  vi.advanceTimersByTime(60_000)
  expect(due).toHaveBeenCalledTimes(4)
})
