import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { openSoon } from './soon.ts'

test('what comes together is done together, and what comes meanwhile is done after', async () => {
  let release: () => void = () => {}
  const work = vi.fn(() => new Promise<void>((resolve) => (release = resolve)))
  const soon = openSoon(work, { soonMs: 1, restMs: 5 })
  for (let index = 0; index < 10; index++) soon.notice()
  await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(1))
  soon.notice()
  soon.notice()
  await delay(20)
  expect(work).toHaveBeenCalledTimes(1)
  release()
  await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(2))
  release()
  await soon.stop()
  expect(work).toHaveBeenCalledTimes(2)
})

test('beginnings are apart by the rest', async () => {
  const began: number[] = []
  const soon = openSoon(async () => void began.push(performance.now()), { soonMs: 1, restMs: 50 })
  const notices = setInterval(() => soon.notice(), 2)
  await vi.waitFor(() => expect(began.length).toBeGreaterThanOrEqual(3))
  clearInterval(notices)
  await soon.stop()
  // Timers count in whole milliseconds.
  for (const [index, at] of began.entries()) if (index > 0) expect(at - (began[index - 1] ?? 0)).toBeGreaterThan(48)
})

test('after stop nothing begins', async () => {
  const work = vi.fn(async () => {})
  const soon = openSoon(work, { soonMs: 1, restMs: 1 })
  soon.notice()
  await soon.stop()
  soon.notice()
  await delay(20)
  expect(work).not.toHaveBeenCalled()
})
