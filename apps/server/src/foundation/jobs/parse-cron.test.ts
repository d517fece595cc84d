import { cronProblem } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { parseCron } from './parse-cron.ts'

test.each([
  '*/5 * * * *',
  '0 9 * * 1-5',
  '0 9 * * MON-FRI',
  '0,30 8-18/2 1,15 jan,JUL *',
  '5-59/10 * * * *',
  '0 0 29 2 *',
  '0 0 31 2 1',
  '0 9 * * 7',
  '0 9 L * *',
  '0 9 ? * MON#2',
  '0 9 * * 5L',
  '@hourly',
  '@annually',
])('[K7.1] what the publish gate takes falls due here: %s', (cron) => {
  expect(cronProblem(cron)).toBeNull()
  expect(parseCron(cron)?.nextDue(new Date('2026-01-01T00:00:00Z'))).toBeInstanceOf(Date)
})

test.each(['61 * * * *', '0 0 31 2 *', '5-1 * * * *', '*/0 * * * *', '0 9 15W * *', '0 9 LW * *', '0 9 * * MON#L'])(
  '%s never falls due, and the gate refuses it',
  (cron) => {
    expect(cronProblem(cron)).not.toBeNull()
    expect(parseCron(cron)?.nextDue(new Date('2026-01-01T00:00:00Z')) ?? null).toBeNull()
  },
)

describe('a change of the clocks', () => {
  const days = (cron: string, from: string, count: number) => {
    const found: string[] = []
    const time = parseCron(cron, 'Europe/Amsterdam')
    for (let at = new Date(from); found.length < count; at = new Date(found.at(-1) ?? ''))
      found.push(time?.nextDue(at)?.toISOString() ?? 'never')
    return found
  }
  test('[E8] [K6.26] a local time that is skipped in spring is due once, an hour later by the clock', () => {
    expect(days('30 2 * * *', '2026-03-28T02:00:00Z', 2)).toEqual([
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
  })
  test('[E8] [K6.26] one that comes twice in autumn is due once', () => {
    expect(days('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })
  test('[E8] every hour is every hour, and nine o’clock is nine o’clock', () => {
    expect(days('0 * * * *', '2026-10-25T00:00:00Z', 3)).toEqual([
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
      '2026-10-25T03:00:00.000Z',
    ])
    expect(days('0 9 * * *', '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T08:00:00.000Z',
      '2026-03-29T07:00:00.000Z',
    ])
  })
  test('what was due last is what was due next before', () => {
    const time = parseCron('30 2 * * *', 'Europe/Amsterdam')
    expect(time?.lastDue(new Date('2026-03-29T01:30:20Z'))?.toISOString()).toBe('2026-03-29T01:30:00.000Z')
    expect(time?.lastDue(new Date('2026-03-29T01:29:59Z'))?.toISOString()).toBe('2026-03-28T01:30:00.000Z')
    expect(parseCron('0 9 * * *', 'Mars/Olympus')).toBeNull()
  })
})
