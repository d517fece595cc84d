import { expect, test } from 'vitest'
import { atMost } from './connect.ts'

test('names whose servers are silent take no more than their share of threads, and everybody gets a turn', async () => {
  const answers: (() => void)[] = []
  let most = 0
  let running = 0
  const resolve = atMost(2, async (name) => {
    most = Math.max(most, ++running)
    await new Promise<void>((answer) => answers.push(answer))
    running--
    if (name === 'bad') throw new Error('no such name')
    return [{ address: '192.0.2.1', family: 4 }]
  })
  const all = ['a', 'bad', 'b', 'bad', 'c'].map((name) => resolve(name))
  const settled = Promise.allSettled(all)
  for (let index = 0; index < all.length; index++) {
    await expect.poll(() => answers.length).toBeGreaterThan(0)
    answers.shift()?.()
  }
  expect((await settled).map((one) => one.status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(most).toBe(2)
})
