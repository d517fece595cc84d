import { expect, test } from 'vitest'
import { cronProblem, scheduleProblem } from './cron.ts'
import { Manifest } from './manifest.ts'

test.each([
  '* * * * *',
  '*/5 * * * *',
  '0 9 * * 1-5',
  '0 9 * * MON-FRI',
  '0,30 8-18/2 1,15 jan,JUL *',
  '0 0 29 2 *',
  '0 0 31 2 1',
  '0 9 * * 7',
  '0 9 L * *',
  '0 9 ? * MON#2',
  '@daily',
  '@annually',
])('[K7.1] %s is a recurring time', (cron) => {
  expect(cronProblem(cron)).toBeNull()
})

test.each([
  ['61 * * * *', 'the minute 61 is not between 0 and 59'],
  ['0 24 * * *', 'the hour 24 is not between 0 and 23'],
  ['0 0 0 * *', 'the day of the month 0 is not between 1 and 31'],
  ['0 0 * 13 *', 'the month 13 is not between 1 and 12'],
  ['0 0 * * FOO', "'FOO' is no day of the week"],
  ['0 0 31 2 *', 'no month that it names has such a day'],
  ['0 0 31 4,6 *', 'no month that it names has such a day'],
  ['5-1 * * * *', 'the range 5-1 of the minute ends before it begins'],
  ['*/0 * * * *', 'a step of 0 in the minute is not between 1 and 59'],
  ['5/10 * * * *', "'5/10' steps from a single minute: write 5-59/10"],
  ['a b c d e', "'a' is no minute"],
  ['0 9 * *', 'it has 4 fields and needs five: minute, hour, day of the month, month, day of the week'],
  ['', 'it has 0 fields and needs five: minute, hour, day of the month, month, day of the week'],
  ['@reboot', "'@reboot' is none of @hourly, @daily, @weekly, @monthly, @yearly, @annually"],
  ['@noon', "'@noon' is none of @hourly, @daily, @weekly, @monthly, @yearly, @annually"],
])('[K7.1] %s is none, and why is said', (cron, problem) => {
  expect(cronProblem(cron)).toBe(problem)
})

test('[M5] what no clock brings is refused by the manifest, not accepted and never due', () => {
  const schedule = (cron: string) =>
    Manifest.safeParse({ app_id: 'garden-log', version: '1.0.0', schedules: [{ name: 'morning', cron }] }).success
  expect([schedule('@reboot'), schedule('@daily')]).toEqual([false, true])
})

test('[M5] a manifest with an impossible schedule is refused in a sentence with its name, its text and the way out', () => {
  const { error } = Manifest.safeParse({
    app_id: 'garden-log',
    version: '1.0.0',
    schedules: [{ name: 'morning', cron: '61 * * * *' }],
  })
  expect(error?.issues).toMatchObject([
    { path: ['schedules', 0, 'cron'], message: scheduleProblem('morning', '61 * * * *') },
  ])
  expect(error?.issues[0]?.message).toBe(
    "Schedule 'morning' would never run: its cron is '61 * * * *', but the minute 61 is not between 0 and 59. Write five fields in UTC such as '0 9 * * 1', or a keyword such as '@daily'",
  )
})
