/** `create_note` and `noteId` read "Create note" and "Note id". */
export function inWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** Usual times, as five cron fields and in words. */
const TIMES = [
  ['0 9 * * *', 'every day at nine'],
  ['0 9 * * 1-5', 'on working days at nine'],
  ['0 9 * * 1', 'on Mondays at nine'],
  ['0 9 1 * *', 'on the first of the month at nine'],
  ['0 * * * *', 'every hour'],
] as const

const DAYS = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays']

/** A time of five cron fields in words where it is a plain one, otherwise the fields themselves. */
export function timeInWords(cron: string): string {
  const known = TIMES.find(([fields]) => fields === cron)
  if (known) return known[1]
  const [, minute, hour, date, days] = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|\d|1-5)$/.exec(cron) ?? []
  if (minute === undefined || hour === undefined || days === undefined || (date !== '*' && days !== '*'))
    return `at the times ${cron}`
  const clock = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (date !== '*') return `on day ${date} of each month at ${clock}`
  if (days === '*') return `every day at ${clock}`
  return days === '1-5' ? `on working days at ${clock}` : `on ${DAYS[Number(days)] ?? 'the days'} at ${clock}`
}

/** How a condition compares, and the words for it. */
export const OPERATORS = [
  ['contains', 'contains'],
  ['eq', 'is'],
  ['neq', 'is not'],
  ['gt', 'is more than'],
  ['lt', 'is less than'],
  ['exists', 'is there'],
] as const
const COMPARES: Readonly<Record<string, string>> = { ...Object.fromEntries(OPERATORS), in: 'is one of' }

/** A condition such as `data.hours is more than 8`. */
export function conditionInWords(path: string, op: string, value: unknown): string {
  const text = Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
  const compared = `${path} ${COMPARES[op] ?? op}`
  return op === 'exists' || value === undefined || value === null ? compared : `${compared} “${text}”`
}

/** `tasks.completed` reads "Completed (tasks)" where the event has no description. */
export function eventInWords(eventType: string): string {
  const [app = '', ...rest] = eventType.split('.')
  return rest.length === 0 ? inWords(app) : `${inWords(rest.join(' '))} (${inWords(app)})`
}

const STATES: Readonly<Record<string, string>> = {
  error: 'stopped',
  triggered: 'waits',
  success: 'done',
  completed: 'done',
}

/** The state of a rule, a run or a step. */
export const stateInWords = (status: string): string => STATES[status] ?? status.replaceAll('_', ' ')

const SKIPS: Readonly<Record<string, string>> = {
  cooldown: 'too soon after the last run',
  max_per_hour: 'too often in an hour',
  loop: 'it would have set itself off',
  depth: 'too many rules set each other off',
  condition: 'the condition did not hold',
  no_model: 'no language model answered',
  missed: 'the time passed while nothing ran',
  user_limit: 'the limit of the account',
}

/** Why a rule did not run. */
export const skipInWords = (why: string): string => SKIPS[why] ?? why.replaceAll('_', ' ')
