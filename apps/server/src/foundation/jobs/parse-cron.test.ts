import { cronProblem } from '@imperal/contract'
import { expect, test } from 'vitest'
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
  '0 9 15W * *',
  '0 9 ? * MON#2',
  '0 9 * * 5L',
  '@hourly',
  '@annually',
])('[K7.1] what the publish gate takes falls due here: %s', (cron) => {
  expect(cronProblem(cron)).toBeNull()
  expect(parseCron(cron)?.nextDue(new Date('2026-01-01T00:00:00Z'))).toBeInstanceOf(Date)
})

test.each(['61 * * * *', '0 0 31 2 *', '5-1 * * * *', '*/0 * * * *'])(
  '%s never falls due, and the gate refuses it',
  (cron) => {
    expect(cronProblem(cron)).not.toBeNull()
    expect(parseCron(cron)?.nextDue(new Date('2026-01-01T00:00:00Z')) ?? null).toBeNull()
  },
)
