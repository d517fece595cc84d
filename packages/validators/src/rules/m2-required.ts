import { defineRule } from '../define-rule.ts'
import { anchorOfPath } from '../manifest/anchor-of-path.ts'
import { locatedMessage } from '../manifest/shape-problems.ts'

export const m2Required = defineRule({
  id: 'M2',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'Every required field is there',
  *check({ value, problems }) {
    for (const problem of problems) {
      if (problem.kind !== 'missing') continue
      yield {
        message: locatedMessage(problem),
        fix: `Add '${String(problem.path.at(-1))}', or run \`imperal build\` to write the manifest from your code.`,
        path: problem.path.slice(0, -1),
        at: anchorOfPath(value as never, problem.path), // only an object can miss a field
      }
    }
  },
})
