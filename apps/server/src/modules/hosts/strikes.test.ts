import { describe, expect, test } from 'vitest'
import { manualClock } from '../../foundation/clock.ts'
import { STRIKE_MS, Strikes } from './strikes.ts'

describe('strikes', () => {
  test('the third crash within an hour puts a version out, once', () => {
    const clock = manualClock()
    const strikes = new Strikes()
    const outcomes = [1, 2, 3, 4].map(() => strikes.add(clock.now()))
    expect(outcomes).toEqual([false, false, true, false])
    expect(strikes.out).toBe(true)
  })

  test('a crash counts for an hour and no longer, each for itself', () => {
    const clock = manualClock()
    const strikes = new Strikes()
    strikes.add(clock.now())
    clock.advance(STRIKE_MS / 2)
    strikes.add(clock.now())
    clock.advance(STRIKE_MS / 2)
    expect(strikes.add(clock.now())).toBe(false)
    expect(strikes.add(clock.now())).toBe(true)
  })

  test('time alone never lets a version back in; forgetting its crashes does', () => {
    const clock = manualClock()
    const strikes = new Strikes()
    for (let crash = 0; crash < 3; crash++) strikes.add(clock.now())
    clock.advance(100 * STRIKE_MS)
    expect(strikes.out).toBe(true)
    strikes.forget()
    expect(strikes.out).toBe(false)
    expect(strikes.add(clock.now())).toBe(false)
  })
})
