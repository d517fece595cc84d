import { expect, test } from 'vitest'
import { toneOf } from './icon-tone.ts'

const pixels = (...colours: readonly (readonly number[])[]): number[] => colours.flat()

test('black lines on nothing are ink', () => {
  expect(toneOf(pixels([0, 0, 0, 255], [20, 22, 24, 200], [255, 255, 255, 0]))).toBe('ink')
})

test('colours too dark for a dark page are dark', () => {
  expect(toneOf(pixels([20, 20, 90, 255], [0, 0, 0, 255]))).toBe('dark')
})

test('what is light enough on both pages is clear, and so is an empty picture', () => {
  expect(toneOf(pixels([200, 120, 30, 255], [0, 0, 0, 255]))).toBe('clear')
  expect(toneOf(pixels([0, 0, 0, 20]))).toBe('clear')
  expect(toneOf([])).toBe('clear')
})
