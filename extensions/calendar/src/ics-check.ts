import { isZone } from './local-time.ts'
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
  if (wrong !== undefined && line.name !== 'RDATE')
    return `${line.name} “${wrong.slice(0, 40)}” is no time; right is 20261224T180000Z or, for a day, 20261224.`
  const zone = zoneOf(line)
  return zone === undefined || zones.has(zone) || isZone(zone) ? null : `${line.name} names the unknown zone “${zone}”.`
}

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

/**
 * The text of an ICS file with its floating times in a zone, and everything for which it cannot be imported, each as a
 * sentence that names the appointment. Nothing of a file with problems is imported.
 */
export function checkIcs(ics: string, zone: string): { readonly ics: string; readonly problems: readonly string[] } {
  const texts = ics
    .trim()
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
  const zones = new Set(texts.map(lineOf).flatMap(({ name, value }) => (name === 'TZID' ? [value] : [])))
  const problems: string[] = []
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
      problems.push(...eventProblems(event, zones).map((problem) => `${named}: ${problem}`))
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
    ics: `${written.join('\r\n')}\r\n`,
    problems: more > 0 ? [...problems.slice(0, MOST_NAMED), `And ${more} more.`] : problems,
  }
}
