import { defineRule } from '../define-rule.ts'
import { anchorOfPath } from '../manifest/anchor-of-path.ts'
import { locatedMessage } from '../manifest/shape-problems.ts'

export const m3KnownFields = defineRule({
  id: 'M3',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'The manifest holds known fields only',
  *check({ value, problems }) {
    for (const problem of problems) {
      if (problem.kind !== 'unknown') continue
      yield {
        message: locatedMessage(problem),
        fix: `Remove '${String(problem.path.at(-1))}', or correct its name: often only a singular stands for a plural (tool, tools), or the other way round.`,
        path: problem.path,
        at: anchorOfPath(value as never, problem.path), // only an object can have a field too many
      }
    }
  },
})
