import { expect, test } from 'vitest'
import { add, conclude, NOTHING } from './summary.ts'

const tally = { passed: 3, failed: 0, skipped: ['a.test.ts > draws (no browser)'] }

test('a full run ends with passed and failed', () => {
  expect(conclude({ passed: 12, failed: 0, skipped: [] }, false)).toEqual({
    lines: ['12 passed, 0 failed'],
    exitCode: 0,
  })
})

test('a failure makes the exit code', () => {
  expect(conclude({ passed: 1, failed: 2, skipped: [] }, false)).toEqual({ lines: ['1 passed, 2 failed'], exitCode: 1 })
})

test('what was skipped is counted last, its reason before', () => {
  expect(conclude(tally, false)).toEqual({
    lines: ['Skipped: a.test.ts > draws (no browser)', '3 passed, 0 failed, 1 skipped'],
    exitCode: 0,
  })
})

test('where everything must run, a skip is a failure', () => {
  const { lines, exitCode } = conclude(tally, true)
  expect(lines.at(-1)).toBe('3 passed, 1 failed')
  expect(exitCode).toBe(1)
})

test('steps add up', () => {
  expect(add(add(NOTHING, tally), { passed: 1, failed: 1, skipped: [] })).toEqual({ ...tally, passed: 4, failed: 1 })
})
