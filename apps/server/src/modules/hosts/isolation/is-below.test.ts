import { expect, test } from 'vitest'
import { isBelow } from './wrappers.ts'

test('a level is below a minimum exactly when it gives less', () => {
  expect(isBelow('process', 'namespaced')).toBe(true)
  expect(isBelow('namespaced', 'full')).toBe(true)
  expect(isBelow('full', 'full')).toBe(false)
  expect(isBelow('full', 'process')).toBe(false)
})
