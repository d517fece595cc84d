import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../clock.ts'
import { openDatabase } from '../db/index.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection, { maximum: 4 })
const clock = manualClock(Date.UTC(2026, 0, 10))
afterAll(() => db.close())

const MONTH = { from: Date.UTC(2026, 0), until: Date.UTC(2026, 1) }

async function allowed(
  limiter: RateLimiter,
  key: string,
  limit: number,
  window: Parameters<RateLimiter['take']>[2],
  tries: number,
) {
  let count = 0
  for (let n = 0; n < tries; n++) if ((await limiter.take(key, limit, window)).allowed) count++
  return count
}

test('[E15] two nodes allow together what one counter allows, not twice as much', async () => {
  const [one, two] = [createRateLimiter(db, clock), createRateLimiter(db, clock)]
  const [first, second] = await Promise.all([allowed(one, 'shared', 25, 60, 25), allowed(two, 'shared', 25, 60, 25)])
  expect(first + second).toBe(25)
  clock.advance(60_000)
  expect(await allowed(one, 'shared', 25, 60, 30)).toBe(25)
})

test('[api 1.13] what remains is what may still come, not what is left of a block', async () => {
  const [one, two] = [createRateLimiter(db, clock), createRateLimiter(db, clock)]
  const left = async (limiter: RateLimiter, limit: number) => (await limiter.take(`left ${limit}`, limit, 60)).remaining
  const few = []
  for (let n = 0; n < 5; n++) few.push(await left(one, 5))
  expect(few).toEqual([4, 3, 2, 1, 0])
  expect([await left(one, 300), await left(one, 300)]).toEqual([299, 298])
  // Blocks of 30: the other node has one of its own.
  expect(await left(two, 300)).toBe(269)
})

test('[G5] a month does not lose what a node leased: stopped in order nothing, fallen a two-hundredth', async () => {
  for (let start = 0; start < 10; start++) {
    const limiter = createRateLimiter(db, clock)
    expect(await allowed(limiter, 'month', 500, MONTH, 10)).toBe(10)
    await limiter.close()
  }
  expect(await allowed(createRateLimiter(db, clock), 'month', 500, MONTH, 1000)).toBe(400)
  for (let start = 0; start < 10; start++)
    expect(await allowed(createRateLimiter(db, clock), 'fallen', 500, MONTH, 10)).toBe(10)
  expect(await allowed(createRateLimiter(db, clock), 'fallen', 500, MONTH, 1000)).toBeGreaterThanOrEqual(370)
})

test('another limit counts at once, also where the old one was used up', async () => {
  const limiter = createRateLimiter(db, clock)
  expect(await allowed(limiter, 'plan', 10, MONTH, 20)).toBe(10)
  expect(await allowed(limiter, 'plan', 30, MONTH, 40)).toBe(20)
  expect(await allowed(limiter, 'plan', 5, MONTH, 10)).toBe(0)
  // Raised amid a block: what was leased is neither lost nor used twice.
  expect(await allowed(limiter, 'amid', 100, 60, 3)).toBe(3)
  expect(await allowed(limiter, 'amid', 200, 60, 300)).toBe(197)
})
