import { defineRule } from '../define-rule.ts'

/** Bundlers report only what an extension imports; no rule could look at the other files either (sdk.md 6.4). */
export const syntax1 = defineRule({
  id: 'SYNTAX-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'Every source can be read',
  *check({ source }) {
    for (const { path, line, column, message } of source.unreadable ?? []) {
      yield {
        message: `This file cannot be read, so no rule has looked at it: ${message}`,
        fix: 'Correct the syntax there, or move what is no source of the extension out of the project.',
        at: { file: path, line, column },
      }
    }
  },
})
