import { defineRule } from '../define-rule.ts'
import { locatedMessage } from '../manifest/shape-problems.ts'

export const m1Object = defineRule({
  id: 'M1',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'The manifest is a JSON object',
  *check({ problems }) {
    for (const problem of problems) {
      if (problem.kind !== 'not-an-object') continue
      yield { message: locatedMessage(problem), fix: 'Run `imperal build` to write the manifest from your code.' }
    }
  },
})
