import { expect, test } from 'vitest'
import { inCalls } from './read-files.ts'

const MB = 1_048_576
const row = (megabytes: number) => ({ file: { size: megabytes * MB } })

test('[ui 4.13] the files of a drop go in as many calls as one call is too small for, in their order', () => {
  const split = (...sizes: number[]) => inCalls(sizes.map(row)).map((call) => call.map(({ file }) => file.size / MB))
  expect(split(1, 1)).toEqual([[1, 1]])
  expect(split(2.5, 2.5, 0.1, 0.1)).toEqual([[2.5], [2.5, 0.1, 0.1]])
  expect(split(9, 1)).toEqual([[9], [1]])
  expect(split()).toEqual([])
})
