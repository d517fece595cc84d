import { RRuleTemporal } from 'rrule-temporal'
import { wallOf } from './local-time.ts'

const NUMBERS = /^-?\d{1,3}(?:,-?\d{1,3})*$/
const list = (item: string): RegExp => new RegExp(`^${item}(?:,${item})*$`)
const PARTS: Record<string, { readonly form: RegExp; readonly takes: string }> = {
  FREQ: { form: /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/, takes: 'DAILY, WEEKLY, MONTHLY or YEARLY' },
  INTERVAL: { form: /^[1-9]\d{0,3}$/, takes: 'a number from 1 on, such as 2 for every second' },
  COUNT: { form: /^[1-9]\d{0,4}$/, takes: 'a number from 1 on, such as 10' },
  UNTIL: { form: /^\d{8}(?:T\d{6}Z?)?$/, takes: 'a day such as 20271231, or a moment such as 20271231T180000Z' },
  BYDAY: { form: list('(?:[+-]?\\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)'), takes: 'days such as MO,WE or -1FR' },
  BYMONTH: { form: list('(?:1[0-2]|[1-9])'), takes: 'months from 1 to 12' },
  BYMONTHDAY: { form: list('-?(?:3[01]|[12]\\d|[1-9])'), takes: 'days of the month such as 1,15 or -1' },
  BYYEARDAY: { form: NUMBERS, takes: 'days of the year such as 100' },
  BYWEEKNO: { form: NUMBERS, takes: 'weeks of the year such as 20' },
  BYSETPOS: { form: NUMBERS, takes: 'positions such as 1 or -1' },
  BYHOUR: { form: list('(?:2[0-3]|1?\\d)'), takes: 'hours from 0 to 23' },
  BYMINUTE: { form: list('[1-5]?\\d'), takes: 'minutes from 0 to 59' },
  BYSECOND: { form: list('[1-5]?\\d'), takes: 'seconds from 0 to 59' },
  WKST: { form: /^(?:MO|TU|WE|TH|FR|SA|SU)$/, takes: 'a day such as MO' },
}
const EXAMPLE = 'Right is, for example, FREQ=WEEKLY;BYDAY=MO,WE or FREQ=DAILY;COUNT=10.'

/** What is wrong with a rule, as sentences with an example of a right one; null: nothing. Empty is right: it happens once. */
export function ruleProblem(rule: string): string | null {
  if (rule === '') return null
  const names = new Set<string>()
  for (const part of rule.split(';')) {
    const [name = '', value = ''] = part.split('=', 2)
    const known = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
    if (!known) return `A repeat has no part “${part.slice(0, 40)}”. ${EXAMPLE}`
    if (names.has(name)) return `A repeat names ${name} once. ${EXAMPLE}`
    if (!known.form.test(value)) return `“${part.slice(0, 40)}” is no repeat: ${name} takes ${known.takes}. ${EXAMPLE}`
    names.add(name)
  }
  if (!names.has('FREQ')) return `A repeat says how often, with FREQ. ${EXAMPLE}`
  return names.has('COUNT') && names.has('UNTIL') ? `A repeat ends by COUNT or by UNTIL, not by both. ${EXAMPLE}` : null
}

export interface Series {
  /** The first moment, ISO 8601. */
  readonly start: string
  readonly rrule: string
  /** IANA name of the zone whose clock the repeats keep. */
  readonly zone: string
}

/** The beginnings, ISO 8601, of a series between two moments in milliseconds, both inclusive. */
export function startsWithin({ start, rrule, zone }: Series, from: number, to: number): string[] {
  // A rule that older versions let in and nobody can read: the appointment itself stays visible.
  if (rrule === '' || ruleProblem(rrule) !== null) return [start]
  const clock = wallOf(start, zone).replaceAll(/[-:]/g, '').slice(0, 15)
  const rule = new RRuleTemporal({ rruleString: `DTSTART;TZID=${zone}:${clock}\nRRULE:${rrule}` })
  return rule
    .between(new Date(from), new Date(to), true)
    .map(({ epochMilliseconds }) => new Date(epochMilliseconds).toISOString())
}
