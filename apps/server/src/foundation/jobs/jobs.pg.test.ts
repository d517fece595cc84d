import { TestClock } from 'pg-boss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { createLog } from '../log.ts'
import { type Jobs, openJobs, parseCron } from './index.ts'

const database = await createTestDatabase()
const log = createLog({ level: 'silent' })
let first: Jobs
let second: Jobs
beforeAll(async () => {
  first = await openJobs({ connection: database.connection, log, worker: true })
  second = await openJobs({ connection: database.connection, log, worker: false })
})
afterAll(async () => {
  await second.close()
  await first.close()
})

test('a job that one node sends is worked on by another, once, as the application role', async () => {
  const done: unknown[] = []
  await first.work<{ n: number }>('test.numbers', {}, async ({ data }) => void done.push(data))
  await second.send('test.numbers', { n: 1 })
  await second.send('test.numbers', { n: 2 })
  await expect.poll(() => done).toHaveLength(2)
  expect(done).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }]))
})

test('recurring jobs of a queue become exactly those that are wanted, and one without a time costs the others nothing', async () => {
  const daily = { key: 'a', cron: '@daily', data: { a: 1 } }
  await first.setCron('test.cron', [daily, { key: 'b', cron: '*/5 * * * *', data: {} }])
  await first.setCron('test.cron', [daily, { key: 'grouped', cron: '@daily', data: {} }])
  const broken = { key: 'broken', cron: '0 9 15W * *', data: {} }
  const grouped = { key: 'grouped', cron: '@daily', group: 'some', data: {} }
  const zoned = { key: 'zoned', cron: '30 2 * * *', zone: 'Europe/Amsterdam', data: {} }
  await second.setCron('test.cron', [daily, broken, { key: 'c', cron: '0 3 * * *', data: {} }, zoned, grouped])
  const { default: pg } = await import('pg')
  const client = new pg.Client(database.superuserConnection)
  await client.connect()
  const { rows } = await client.query(
    "select key, cron, timezone, options #>> '{group,id}' as in_group from jobs.schedule order by key",
  )
  await client.end()
  expect(rows).toEqual([
    { key: 'a', cron: '@daily', timezone: 'UTC', in_group: null },
    { key: 'c', cron: '0 3 * * *', timezone: 'UTC', in_group: null },
    { key: 'grouped', cron: '@daily', timezone: 'UTC', in_group: 'some' },
    { key: 'zoned', cron: '30 2 * * *', timezone: 'Europe/Amsterdam', in_group: null },
  ])
})

test('repeated work goes on after a failure and stops when told', async () => {
  let turns = 0
  const stop = first.every('test.repeat', 0.01, async () => {
    turns++
    if (turns === 1) throw new Error('once')
  })
  await expect.poll(() => turns).toBeGreaterThan(2)
  stop()
})

test('[K6.7] a queue tries again after exactly the pauses that it names, holds up the key meanwhile, and names what failed', async () => {
  const start = Date.UTC(2026, 5, 1)
  const clock = new TestClock(new Date(start))
  const jobs = await openJobs({ connection: database.superuserConnection, log, worker: true, clock })
  const settings = { concurrency: 1, ordered: true, retryAfterSeconds: [1, 5, 30, 120] }
  const attempts: number[] = []
  const stop = await jobs.work<{ n: number }>('test.paced', settings, async ({ data }) => {
    attempts.push(data.n === 1 ? (clock.now() - start) / 1000 : -1)
    if (data.n === 1) throw new Error('broken')
  })
  const of = (n: number) => ({ id: `00000000-0000-4000-8000-00000000000${n}`, key: 'one', data: { n } })
  await jobs.sendMany('test.paced', settings, [of(1), of(2)])
  await clock.tick(0)
  const waits = async () => (await jobs.unfinished('test.paced', { n: 1 }, 1)).map(({ state }) => state)
  for (const pause of settings.retryAfterSeconds) {
    await expect.poll(waits).toEqual(['retry'])
    await clock.tick(pause * 1000)
  }
  const failed = () => jobs.failed<{ n: number }>('test.paced', 10)
  await expect.poll(failed).toEqual([{ id: of(1).id, data: { n: 1 }, error: 'broken' }])
  expect(attempts).toEqual([0, 1, 6, 36, 156])
  await clock.tick(60_000)
  expect(attempts).toHaveLength(5)
  await jobs.remove('test.paced', [of(1).id])
  await clock.tick(60_000)
  await expect.poll(() => attempts.at(-1)).toBe(-1)
  await stop()
  await jobs.close()
})

test('[S000-040] cron times are UTC, and a late look finds the minute that was due', () => {
  const every5 = parseCron('*/5 * * * *')
  expect(every5?.lastDue(new Date('2026-06-01T10:07:12Z'))).toEqual(new Date('2026-06-01T10:05:00Z'))
  expect(every5?.lastDue(new Date('2026-06-01T10:05:00Z'))).toEqual(new Date('2026-06-01T10:05:00Z'))
  expect(parseCron('@daily')?.nextDue(new Date('2026-06-01T10:00:00Z'))).toEqual(new Date('2026-06-02T00:00:00Z'))
  expect([parseCron('nonsense'), parseCron('@reboot')]).toEqual([null, null])
})
