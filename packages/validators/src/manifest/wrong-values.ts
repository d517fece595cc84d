import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Finding } from '../issue.ts'
import type { ManifestFileSubject } from '../subject.ts'
import { anchorOfPath } from './anchor-of-path.ts'
import { locatedMessage, type ShapeProblem } from './shape-problems.ts'

/** Lists that have their own rule id. */
const CALLABLE: ReadonlySet<string> = new Set(['tools', 'signals', 'schedules'])

const MOST_SHOWN = 80

/** The value itself, where it is short and the sentence does not say it already. */
function quoted(manifest: JsonObject, { path, message }: ShapeProblem): string {
  const value = path.reduce<JsonValue | undefined>((inner, key) => (inner as JsonObject | undefined)?.[key], manifest)
  if (value === undefined || (typeof value === 'object' && value !== null)) return ''
  const text = typeof value === 'string' ? `'${value}'` : String(value)
  return text.length > MOST_SHOWN || message.includes(text) ? '' : `; it is ${text}`
}

/** Findings about values of the wrong form, inside or outside tools, signals and schedules. */
export function* wrongValues(subject: ManifestFileSubject, inside: boolean): Generator<Finding> {
  const manifest = subject.value as JsonObject // only an object can have a wrong member
  for (const problem of subject.problems) {
    if (problem.kind !== 'wrong' || CALLABLE.has(String(problem.path[0])) !== inside) continue
    yield {
      message: `${locatedMessage(problem)}${quoted(manifest, problem)}`,
      fix: `Correct the value of '${problem.path.join('.')}' where your code declares it, then run \`imperal build\`.`,
      path: problem.path,
      at: anchorOfPath(manifest, problem.path),
    }
  }
}
