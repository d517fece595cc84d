/** Recurring times of extensions (sdk.md 0.7, 2.5). Free of Zod, so that a page can check one as it is typed. */
interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Words that stand for figures, the first for `min`. */
  readonly words: readonly string[]
  /** What only this field knows besides figures, lists, ranges and steps. */
  readonly special: RegExp | null
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const MINUTE: Field = { name: 'minute', min: 0, max: 59, words: [], special: null }
const HOUR: Field = { name: 'hour', min: 0, max: 23, words: [], special: null }
const DAY: Field = { name: 'day of the month', min: 1, max: 31, words: [], special: /^(?:\?|L)$/i }
const MONTH: Field = { name: 'month', min: 1, max: 12, words: MONTHS, special: null }
const WEEKDAY: Field = {
  name: 'day of the week',
  min: 0,
  max: 7,
  words: WEEKDAYS,
  special: /^(?:\?|(?:[0-7]|[A-Z]{3})(?:#[1-5]|L))$/i,
}

const KEYWORD = /^@(?:hourly|daily|weekly|monthly|yearly|annually)$/
const PART = /^(?:\*|([A-Z]{3}|\d{1,3})(?:-([A-Z]{3}|\d{1,3}))?)(?:\/(\d{1,3}))?$/i

function figure(field: Field, text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text)
  const place = field.words.indexOf(text.toUpperCase())
  return place === -1 ? null : place + field.min
}

/** What is wrong with one entry of a list, or null. */
function partProblem(field: Field, part: string): string | null {
  if (field.special?.test(part)) return null
  const [, first, last, step] = PART.exec(part) ?? []
  if (!PART.test(part)) return `'${part}' is no ${field.name}`
  for (const text of [first, last]) {
    if (text === undefined) continue
    const value = figure(field, text)
    if (value === null) return `'${text}' is no ${field.name}`
    if (value < field.min || value > field.max)
      return `the ${field.name} ${value} is not between ${field.min} and ${field.max}`
  }
  if (first !== undefined && last !== undefined && Number(figure(field, first)) > Number(figure(field, last)))
    return `the range ${part} of the ${field.name} ends before it begins`
  if (step === undefined) return null
  if (Number(step) < 1 || Number(step) > field.max)
    return `a step of ${step} in the ${field.name} is not between 1 and ${field.max}`
  return first !== undefined && last === undefined
    ? `'${part}' steps from a single ${field.name}: write ${first}-${field.max}/${step}`
    : null
}

/** The single figures of a field; null when it holds anything but a list of them. */
function figures(field: Field, text: string): number[] | null {
  const values = text.split(',').map((part) => figure(field, part))
  return values.every((value) => value !== null) ? values : null
}

/** `0 0 31 2 *`: written well, and due on no day of any year. */
function isNeverDue(days: string, months: string, weekdays: string): boolean {
  const [day, month] = [figures(DAY, days), figures(MONTH, months)]
  if (day === null || month === null || weekdays !== '*') return false
  return month.every((one) => day.every((date) => date > (LONGEST_MONTHS[one - 1] ?? 31)))
}

/**
 * Why a text is no recurring time of an extension, as the end of a sentence; null when it is one. Five fields in UTC
 * (minute, hour, day of the month, month, day of the week) or a keyword such as `@daily`.
 */
export function cronProblem(text: string): string | null {
  if (KEYWORD.test(text)) return null
  if (text.startsWith('@')) return `'${text}' is none of @hourly, @daily, @weekly, @monthly, @yearly, @annually`
  const parts = text.split(/\s+/).filter((part) => part !== '')
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts
  if (parts.length !== 5)
    return `it has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'} and needs five: minute, hour, day of the month, month, day of the week`
  const fields: [Field, string][] = [
    [MINUTE, minute],
    [HOUR, hour],
    [DAY, day],
    [MONTH, month],
    [WEEKDAY, weekday],
  ]
  for (const [field, list] of fields)
    for (const part of list.split(',')) {
      const problem = partProblem(field, part)
      if (problem !== null) return problem
    }
  return isNeverDue(day, month, weekday) ? 'no month that it names has such a day' : null
}

/** The whole sentence about a schedule whose time cannot be read; null when it can. */
export function scheduleProblem(name: string, cron: string): string | null {
  const problem = cronProblem(cron)
  return problem === null
    ? null
    : `Schedule '${name}' would never run: its cron is '${cron}', but ${problem}. Write five fields in UTC such as '0 9 * * 1', or a keyword such as '@daily'`
}
