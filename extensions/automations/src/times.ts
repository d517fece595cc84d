import { type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'

/** How often a rule runs that waits for a time, with its words. `cron` is for those who write the five fields themselves. */
export const REPEATS = [
  ['hourly', 'Every hour'],
  ['daily', 'Every day'],
  ['workdays', 'On working days'],
  ['weekly', 'Every week'],
  ['monthly', 'Every month'],
  ['cron', 'At times written as cron fields'],
] as const
export type Repeat = (typeof REPEATS)[number][0]

export const isRepeat = (word: string): word is Repeat => REPEATS.some(([repeat]) => repeat === word)

const WEEKDAYS = [
  ['1', 'Monday'],
  ['2', 'Tuesday'],
  ['3', 'Wednesday'],
  ['4', 'Thursday'],
  ['5', 'Friday'],
  ['6', 'Saturday'],
  ['0', 'Sunday'],
] as const

/** Arguments of a function that takes a time from the form. */
export const timeParams = {
  repeat: z
    .enum(['', ...REPEATS.map(([repeat]) => repeat)])
    .default('')
    .describe('How often, for a time; empty for an event.'),
  at: z
    .string()
    .trim()
    .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, 'Give a time such as 09:00.')
    .default('09:00')
    .describe('Time of day, such as 09:00.'),
  // Fields of a form are texts.
  weekday: z.enum(['0', '1', '2', '3', '4', '5', '6']).default('1').describe('Day of a weekly rule; 0 is Sunday.'),
  day: z
    .string()
    .trim()
    .regex(/^([1-9]|[12]\d|3[01])$/, 'Give a day of the month, from 1 to 31.')
    .default('1')
    .describe('Day of a monthly rule.'),
  schedule: z.string().trim().max(120).default('').describe('Five cron fields, where the repeat is cron.'),
}

export interface TimeGiven {
  readonly repeat: '' | Repeat
  readonly at: string
  readonly weekday: string
  readonly day: string
  readonly schedule: string
}

/** The five cron fields of a time that was given in parts. */
export function cronOf({ repeat, at, weekday, day, schedule }: TimeGiven): string {
  const [hour = '9', minute = '0'] = at.split(':').map((part) => String(Number(part)))
  switch (repeat) {
    case 'hourly':
      return `${minute} * * * *`
    case 'daily':
      return `${minute} ${hour} * * *`
    case 'workdays':
      return `${minute} ${hour} * * 1-5`
    case 'weekly':
      return `${minute} ${hour} * * ${weekday}`
    case 'monthly':
      return `${minute} ${hour} ${day} * *`
    default:
      return schedule
  }
}

const timeField = (label: string, value: string): UINode =>
  ui.Input({ label, paramName: 'at', value, required: true, placeholder: '09:00', description: 'In your time zone.' })

/** Fields for the parts that a repeat needs. */
export function timeFields(repeat: Repeat): UINode[] {
  switch (repeat) {
    case 'hourly':
      return []
    case 'weekly':
      return [
        ui.Select(
          WEEKDAYS.map(([value, label]) => ({ value, label })),
          { label: 'On', paramName: 'weekday', value: '1', required: true },
        ),
        timeField('At', '09:00'),
      ]
    case 'monthly':
      return [
        ui.Input({
          ...{ label: 'On day', paramName: 'day', value: '1', required: true },
          description: 'A month that has no such day is left out.',
        }),
        timeField('At', '09:00'),
      ]
    case 'cron':
      return [
        ui.Input({
          ...{ label: 'Cron fields', paramName: 'schedule', value: '0 9 * * *', required: true },
          description: 'Minute, hour, day of the month, month, weekday, in your time zone.',
        }),
      ]
    default:
      return [timeField('At', '09:00')]
  }
}
