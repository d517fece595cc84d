import type { Finding } from '../issue.ts'
import type { ManifestFileSubject } from '../subject.ts'
import { anchorOfPath } from './anchor-of-path.ts'
import { locatedMessage } from './shape-problems.ts'

/** Lists that have their own rule id. */
const CALLABLE: ReadonlySet<string> = new Set(['tools', 'signals', 'schedules'])

/** Findings about values of the wrong form, inside or outside tools, signals and schedules. */
export function* wrongValues(subject: ManifestFileSubject, inside: boolean): Generator<Finding> {
  for (const problem of subject.problems) {
    if (problem.kind !== 'wrong' || CALLABLE.has(String(problem.path[0])) !== inside) continue
    yield {
      message: locatedMessage(problem),
      fix: `Correct the value of '${problem.path.join('.')}' where your code declares it, then run \`imperal build\`.`,
      path: problem.path,
      at: anchorOfPath(subject.value as never, problem.path), // only an object can have a wrong member
    }
  }
}
