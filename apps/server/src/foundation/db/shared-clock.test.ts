import { expect, test } from 'vitest'
import { adjustableClock, manualClock } from '../clock.ts'
import type { Log } from '../log.ts'
import { keepWithDatabase } from './shared-clock.ts'

const told: unknown[] = []
const log = { warn: (line: object) => void told.push(line) } as unknown as Log // what it says

async function keptWith(aheadMs: number, tookMs = 0) {
  const machine = manualClock()
  const clock = adjustableClock(machine)
  const atomic = async () => {
    const now = machine.now() + tookMs / 2 + aheadMs
    machine.advance(tookMs)
    return [{ rows: [{ now }] }] as never
  }
  const stop = await keepWithDatabase(clock, { db: { atomic }, log, machine })
  stop()
  return clock.now() - machine.now()
}

test('a machine whose clock is off takes the time of the database, and says so once', async () => {
  told.splice(0)
  expect(await keptWith(90_000, 40)).toBe(90_000)
  expect(await keptWith(-3_600_000)).toBe(-3_600_000)
  expect(told).toEqual([{ milliseconds: -90_000 }, { milliseconds: 3_600_000 }])
})

test('small differences are left, and a measure that took long says nothing', async () => {
  told.splice(0)
  expect([await keptWith(900), await keptWith(-900), await keptWith(90_000, 1_500)]).toEqual([0, 0, 0])
  expect(told).toEqual([])
})

test('a database that does not answer leaves the clock as it is', async () => {
  const clock = adjustableClock(manualClock())
  const before = clock.now()
  const db = { atomic: () => Promise.reject(new Error('away')) }
  ;(await keepWithDatabase(clock, { db, log }))()
  expect(clock.now()).toBe(before)
})
