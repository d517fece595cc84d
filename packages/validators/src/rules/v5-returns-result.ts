import type { Expression } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { returnsOf } from '../source/functions.ts'
import { bare } from '../source/literals.ts'
import { registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

const NEVER_A_RESULT: ReadonlySet<string> = new Set([
  'Literal',
  'TemplateLiteral',
  'ArrayExpression',
  'ObjectExpression',
])

const castsToAny = (value: Expression): boolean =>
  value.type === 'TSAsExpression' && value.typeAnnotation.type === 'TSAnyKeyword'

const isNoResult = (value: Expression | null): boolean =>
  value === null || castsToAny(value) || NEVER_A_RESULT.has(bare(value).type)

export const v5ReturnsResult = defineRule({
  id: 'V5',
  needs: 'source',
  severity: 'ERROR',
  title: 'A chat function answers an ActionResult',
  *check({ source }) {
    for (const { registration, name, file, handler } of registrationsOf(source)) {
      if (registration !== 'function' || handler === undefined) continue
      const returned = returnsOf(handler)
      const wrong = returned.find(isNoResult)
      if (returned.length > 0 && wrong === undefined) continue
      const throws = returned.length === 0 && file.text.slice(handler.start, handler.end).includes('throw ')
      if (throws) continue
      yield {
        message: `Function '${name ?? '?'}' returns something that is no ActionResult`,
        fix: "Return `ActionResult.success(data, 'What was done')` or `ActionResult.error('What went wrong', { code })`.",
        at: placeOf(file, wrong ?? handler),
      }
    }
  },
})
