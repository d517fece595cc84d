import { describe, expect, test } from 'vitest'
import { STRIKE_MS, Strikes } from './strikes.ts'

const DAY = 24 * STRIKE_MS
const NOW = 1_800_000_000_000

/** A caller's crashes, one a minute: the first in the process that all share, the others in a process of their own. */
function crashes(strikes: Strikes, caller: string, count: number, from = NOW): (string | null)[] {
  return Array.from({ length: count }, (_, n) => {
    const apart = strikes.placeOf(caller, from + n) === 'apart' ? caller : null
    return strikes.crashed({ callers: [caller], apart }, from + n)
  })
}

describe('the crashes of one caller', () => {
  test('the first sends the caller apart, the third within an hour switches the version off for that caller', () => {
    const strikes = new Strikes()
    strikes.placeOf('grace', NOW)
    expect(crashes(strikes, 'ada', 1)).toEqual([null])
    expect(strikes.placeOf('ada', NOW)).toBe('apart')
    expect(crashes(strikes, 'ada', 2)).toEqual([null, 'caller'])
    expect(strikes.placeOf('ada', NOW)).toBe('off_for_caller')
    expect(strikes.placeOf('grace', NOW)).toBe('shared')
  })

  test('however many they are, the version stays on for others', () => {
    const strikes = new Strikes()
    for (let hour = 0; hour < 50; hour++) crashes(strikes, 'ada', 3, NOW + hour * STRIKE_MS)
    expect(strikes.isOff(NOW + 50 * STRIKE_MS)).toBe(false)
    expect(strikes.placeOf('grace', NOW + 50 * STRIKE_MS)).toBe('shared')
  })

  test('each counts for an hour; an hour after the last the caller is back among the others', () => {
    const strikes = new Strikes()
    crashes(strikes, 'ada', 1, NOW)
    crashes(strikes, 'ada', 2, NOW + STRIKE_MS / 2)
    expect(strikes.placeOf('ada', NOW + STRIKE_MS / 2 + 2)).toBe('off_for_caller')
    expect(strikes.placeOf('ada', NOW + STRIKE_MS)).toBe('apart')
    expect(strikes.placeOf('ada', NOW + STRIKE_MS * 1.5 + 1)).toBe('shared')
  })
})

describe('a crash amid the calls of several', () => {
  test('proves nothing against any of them, and sends all of them apart', () => {
    const strikes = new Strikes()
    for (let n = 0; n < 5; n++) expect(strikes.crashed({ callers: ['ada', 'grace'], apart: null }, NOW + n)).toBeNull()
    expect(strikes.placeOf('grace', NOW + 9)).toBe('apart')
    expect(strikes.placeOf('alan', NOW + 9)).toBe('shared')
    expect(crashes(strikes, 'ada', 3, NOW + 10)).toEqual([null, null, 'caller'])
    expect(strikes.placeOf('grace', NOW + 20)).toBe('apart')
  })

  test('sends the sixteen latest apart and no more', () => {
    const strikes = new Strikes()
    const callers = Array.from({ length: 20 }, (_, n) => `caller-${n}`)
    strikes.crashed({ callers, apart: null }, NOW)
    expect(callers.map((caller) => strikes.placeOf(caller, NOW)).filter((place) => place === 'apart')).toHaveLength(16)
    expect(strikes.placeOf('caller-0', NOW)).toBe('apart')
  })

  test('in a process of one caller it is that caller, whatever else is said', () => {
    const strikes = new Strikes()
    for (let n = 0; n < 3; n++) strikes.crashed({ callers: [], apart: 'ada' }, NOW + n)
    expect(strikes.placeOf('ada', NOW + 3)).toBe('off_for_caller')
  })
})

describe('a version that is off for all', () => {
  test('takes three callers and more than half of those who called today or yesterday', () => {
    const strikes = new Strikes()
    for (const caller of ['b1', 'b2', 'b3']) strikes.placeOf(caller, NOW - DAY)
    for (const caller of ['ada', 'grace', 'alan']) expect(crashes(strikes, caller, 3)).toEqual([null, null, 'caller'])
    expect(strikes.isOff(NOW)).toBe(false)
    expect(crashes(strikes, 'edsger', 3)).toEqual([null, null, 'all'])
    expect(strikes.placeOf('b1', NOW)).toBe('off')
  })

  test('two accounts are never enough, even when nobody else calls', () => {
    const strikes = new Strikes()
    for (const caller of ['ada', 'grace']) crashes(strikes, caller, 3)
    expect(strikes.isOff(NOW)).toBe(false)
  })

  test('time does not bring it back; a deploy does', () => {
    const strikes = new Strikes()
    for (const caller of ['ada', 'grace', 'alan']) crashes(strikes, caller, 3)
    expect(strikes.isOff(NOW + 100 * DAY)).toBe(true)
    strikes.forget()
    expect(strikes.placeOf('ada', NOW)).toBe('shared')
  })

  test('three failed starts do it for as long as they count', () => {
    const strikes = new Strikes()
    expect([0, 1, 2, 3].map((n) => strikes.failedToStart(NOW + n))).toEqual([false, false, true, false])
    expect(strikes.placeOf('ada', NOW + 4)).toBe('off')
    expect(strikes.placeOf('ada', NOW + 4 + STRIKE_MS)).toBe('shared')
  })
})
