import { isZone, momentOf } from './local-time.ts'
import { ruleProblem } from './repeats.ts'

const MOST_NAMED = 10
const TIMES = /^(?:DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)$/
const TIME = /^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3])[0-5]\d[0-6]\dZ?)?$/

interface Line {
  readonly name: string
  readonly parameters: string
  readonly value: string
}

function lineOf(text: string): Line {
  const [, name = '', parameters = '', value = ''] =
    /^([^;:]*)((?:;[^=:;]+=(?:"[^"]*"|[^":;]*))*):(.*)$/s.exec(text) ?? []
  return { name: name.toUpperCase(), parameters, value }
}
const zoneOf = ({ parameters }: Line): string | undefined => /;TZID="?([^";:]+)/i.exec(parameters)?.[1]

function lineProblem(line: Line, zones: ReadonlySet<string>): string | null {
  if (line.name === 'RRULE') return ruleProblem(line.value.trim().toUpperCase().replace(/;$/, ''))
  if (!TIMES.test(line.name)) return null
  const wrong = line.value.split(',').find((time) => !TIME.test(time.trim()))
  if (line.name === 'RDATE' && /;VALUE=PERIOD/i.test(line.parameters))
    return 'RDATE gives times with their own length (PERIOD), which this calendar cannot take: write each as an appointment of its own.'
  if (line.name === 'RECURRENCE-ID' && /;RANGE=THISANDFUTURE/i.test(line.parameters))
    return 'RANGE=THISANDFUTURE changes all later repeats at once, which this calendar cannot take: end the series there in the other calendar, begin a new one, and export it again.'
  if (wrong !== undefined)
    return `${line.name} “${wrong.slice(0, 40)}” is no time; right is 20261224T180000Z or, for a day, 20261224.`
  const zone = zoneOf(line)
  // The reader knows the zones that the file describes; of dates that stand for themselves only the name is known.
  const isKnown = zone === undefined || isZone(zone) || (zones.has(zone) && line.name !== 'RDATE')
  return isKnown ? null : `${line.name} names the unknown zone “${zone}”.`
}

const dashed = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`
const moment = (time: string, zone: string): string => {
  if (!time.includes('T')) return `${dashed(time)}T00:00:00.000Z`
  const wall = `${dashed(time)}T${time.slice(9, 11)}:${time.slice(11, 13)}:${time.slice(13, 15)}.000Z`
  return time.endsWith('Z') ? wall : momentOf(wall, zone)
}

/** The beginnings that an appointment names one by one, UTC. */
const datesOf = (lines: readonly Line[], zone: string): string[] =>
  lines
    .filter(({ name }) => name === 'RDATE')
    .flatMap((line) => line.value.split(',').map((time) => moment(time.trim().toUpperCase(), zoneOf(line) ?? zone)))

function eventProblems(lines: readonly Line[], zones: ReadonlySet<string>): string[] {
  const found = lines.map((line) => lineProblem(line, zones)).filter((problem) => problem !== null)
  const lacks = ['UID', 'DTSTART'].filter((name) => !lines.some((line) => line.name === name && line.value !== ''))
  return [...lacks.map((name) => `It has no ${name}.`), ...found]
}

/** A time without a zone and without Z is one of the person's own clock: written with their zone, the reader keeps it. */
function inZone(line: Line, text: string, zone: string): string {
  const floats = TIMES.test(line.name) && zoneOf(line) === undefined && /^\d{8}T\d{6}(?:,|$)/.test(line.value.trim())
  return floats ? `${line.name}${line.parameters};TZID=${zone}:${line.value}` : text
}

export interface CheckedIcs {
  readonly ics: string
  readonly problems: readonly string[]
  /** Of each appointment, in their order, the dates on which it takes place besides its rule (RDATE). */
  readonly dates: readonly (readonly string[])[]
}

/**
 * The text of an ICS file with its floating times in a zone, and everything for which it cannot be imported, each as a
 * sentence that names the appointment. Nothing of a file with problems is imported.
 */
export function checkIcs(ics: string, zone: string): CheckedIcs {
  const texts = ics
    .trim()
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
  const zones = new Set(texts.map(lineOf).flatMap(({ name, value }) => (name === 'TZID' ? [value] : [])))
  const problems: string[] = []
  const dates: string[][] = []
  const open: string[] = []
  let event: Line[] = []
  let count = 0
  const written = texts.map((text) => {
    const line = lineOf(text)
    const part = line.value.trim().toUpperCase()
    if (line.name === 'BEGIN') {
      open.push(part)
      if (part !== 'VEVENT') return text
      event = []
      count += 1
    } else if (line.name === 'END') {
      if (open.pop() !== part) problems.push(`END:${part.slice(0, 40)} closes what was not begun.`)
      if (part !== 'VEVENT') return text
      const title = event.find(({ name }) => name === 'SUMMARY')?.value.slice(0, 60)
      const named = title ? `Appointment ${count} (“${title}”)` : `Appointment ${count}`
      const found = eventProblems(event, zones)
      problems.push(...found.map((problem) => `${named}: ${problem}`))
      dates.push(found.length === 0 ? datesOf(event, zone) : [])
    } else if (open.at(-1) === 'VEVENT') {
      event.push(line)
      return inZone(line, text, zone)
    }
    return text
  })
  if (open.length > 0)
    problems.push(
      `The file is cut off: ${open
        .reverse()
        .map((part) => `END:${part}`)
        .join(' and ')} is missing.`,
    )
  const more = problems.length - MOST_NAMED
  return {
    dates,
    ics: `${written.join('\r\n')}\r\n`,
    problems: more > 0 ? [...problems.slice(0, MOST_NAMED), `And ${more} more.`] : problems,
  }
}
