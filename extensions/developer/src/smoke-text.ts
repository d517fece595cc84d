import * as z from 'zod'
import { checkText, Issue } from './findings.ts'

const Members = z.record(z.string(), z.json())
/** What trying a function out answers; more members are kept. */
export const SmokeAnswer = z.looseObject({
  ok: z.boolean(),
  result: z.json().optional(),
  summary: z.string().optional(),
  ui: z.json().optional(),
  trace: Members.optional(),
  error: z.string().optional(),
  error_code: z.string().optional(),
  issues: z.array(Issue).optional(),
})
export type SmokeAnswer = z.infer<typeof SmokeAnswer>

const MOST_SHOWN = 120
const short = (value: z.core.util.JSONType): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

/** `id: doc_1, count: 3`; a list is its length. */
function membersText(value: z.core.util.JSONType | undefined): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== 'object') return short(value)
  const shown = (member: z.core.util.JSONType) => (Array.isArray(member) ? `a list of ${member.length}` : short(member))
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${shown(member)}`)
    .join(', ')
}

const listed = (value: z.core.util.JSONType | undefined): string =>
  Array.isArray(value) && value.length > 0 ? value.map(short).join(' → ') : ''
const line = (name: string, text: string): string[] => (text === '' ? [] : [`- ${name}: ${text}`])

/** What a smoke run did, for people: the way it took, what it left in its store and what it answered. */
export function smokeText(name: string, answer: SmokeAnswer): string {
  const { ok, summary = '', error = 'It failed.', error_code: code, issues, trace = {}, ui } = answer
  if (issues !== undefined) return checkText(false, issues)
  if (!ok) return [`\`${name}\` failed: ${error}`, ...line('Code', code ?? '')].join('\n')
  const notes = Array.isArray(trace.notes) ? trace.notes.map(short) : []
  return [
    `\`${name}\` ran without an error${summary === '' ? '.' : `: ${summary}`}`,
    ...line('Steps', listed(trace.path)),
    ...line('Records in its store', membersText(trace.store)),
    ...(ui === undefined
      ? line('Result', membersText(answer.result) || 'nothing')
      : ['- It drew a tree of components.']),
    ...notes.map((note) => `- ${note}`),
  ].join('\n')
}
