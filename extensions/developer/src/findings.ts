import * as z from 'zod'

/** One finding about a document: rule, place and what to do. */
export const Issue = z.object({
  rule: z.string(),
  level: z.string(),
  message: z.string(),
  path: z.string().optional(),
  fix: z.string().optional(),
})
export type Issue = z.infer<typeof Issue>

/** Findings that a person reads at once; programs have them all in the data. */
const MOST_SHOWN = 10

const line = ({ rule, level, message, path = '', fix = '' }: Issue): string => {
  // Messages about the shape of a document begin with the place.
  const place = path === '' || message.startsWith(path) ? '' : ` \`${path}\``
  return `- ${level === 'ERROR' ? '' : 'Warning '}${rule}${place}: ${message}${/[.!?]$/.test(message) ? '' : '.'}${fix === '' ? '' : ` ${fix}`}`
}

/** The findings one under another, errors first. */
export function findingLines(issues: readonly Issue[]): string[] {
  const sorted = [...issues].sort((one, other) => Number(other.level === 'ERROR') - Number(one.level === 'ERROR'))
  const left = sorted.length - MOST_SHOWN
  return [...sorted.slice(0, MOST_SHOWN).map(line), ...(left > 0 ? [`- and ${left} more`] : [])]
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** What a check found, for people: one line when there is nothing to mend. */
export function checkText(valid: boolean, issues: readonly Issue[]): string {
  const errors = issues.filter(({ level }) => level === 'ERROR').length
  const warnings = issues.length - errors
  if (issues.length === 0) return 'The document is valid; there is nothing to mend.'
  const head = valid
    ? `The document is valid, with ${counted(warnings, 'warning')}:`
    : `The document is not valid: ${counted(errors, 'problem')}${warnings === 0 ? '' : `, ${counted(warnings, 'warning')}`}.`
  return [head, ...findingLines(issues)].join('\n')
}
