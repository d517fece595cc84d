import { expect, test } from 'vitest'
import { manualClock } from './clock.ts'
import { NoticedCache } from './noticed-cache.ts'

const cache = (clock = manualClock()) => new NoticedCache<string>(clock, { lifeMs: 300_000, most: 2 })

test('ten readers at once share one load, and later readers need none', async () => {
  const facts = cache()
  let loads = 0
  const load = async () => `read ${++loads}`
  expect(await Promise.all(Array.from({ length: 10 }, () => facts.read('a', load)))).toEqual(Array(10).fill('read 1'))
  expect(await facts.read('a', load)).toBe('read 1')
})

test('a notice and the end of its life both make the next reader look again', async () => {
  const clock = manualClock()
  const facts = cache(clock)
  await facts.read('a', async () => 'old')
  facts.drop('a')
  expect(await facts.read('a', async () => 'new')).toBe('new')
  clock.advance(300_000)
  expect(await facts.read('a', async () => 'newest')).toBe('newest')
})

test('a notice during a load keeps the old value out', async () => {
  const facts = cache()
  const { promise, resolve } = Promise.withResolvers<string>()
  const early = facts.read('a', () => promise)
  facts.drop('a')
  const late = facts.read('a', async () => 'new')
  resolve('old')
  expect(await early).toBe('old')
  expect(await late).toBe('new')
  expect(facts.peek('a')).toBe('new')
})

test('absence and failures are not kept', async () => {
  const facts = cache()
  expect(await facts.read('a', async () => null)).toBeNull()
  await expect(
    facts.read('a', async () => {
      throw new Error('down')
    }),
  ).rejects.toThrow('down')
  expect(await facts.read('a', async () => 'there')).toBe('there')
})

test('the oldest entry makes room', async () => {
  const facts = cache()
  for (const key of ['a', 'b', 'c']) await facts.read(key, async () => key)
  expect(facts.peek('a')).toBeUndefined()
  expect(facts.peek('c')).toBe('c')
})
