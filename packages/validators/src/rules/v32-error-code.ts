import type { CallExpression, Node } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { isFunction } from '../source/functions.ts'
import { optionOf } from '../source/registrations.ts'
import { placeOf, visit } from '../source/source-tree.ts'

function isErrorCall(node: Node): node is CallExpression {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed) return false
  const { object, property } = node.callee
  const isResult = object.type === 'Identifier' && object.name === 'ActionResult'
  return isResult && property.type === 'Identifier' && property.name === 'error'
}

/** Options that are no literal may hold a code: nothing is said about them. */
function lacksCode({ arguments: [, options] }: CallExpression): boolean {
  if (options === undefined) return true
  if (options.type !== 'ObjectExpression') return false
  const spreads = options.properties.some((property) => property.type === 'SpreadElement')
  return !spreads && optionOf(options, 'code') === undefined
}

export const v32ErrorCode = defineRule({
  id: 'V32',
  needs: 'source',
  severity: 'WARN',
  title: 'An error result has a code',
  *check({ source }) {
    for (const file of source.files) {
      const reported = new Set<Node>()
      for (const { node, ancestors } of visit(file.program)) {
        if (!isErrorCall(node) || !lacksCode(node)) continue
        const around = [...ancestors].reverse().find(isFunction) ?? file.program
        if (reported.has(around)) continue
        reported.add(around)
        yield {
          message: 'An error result has no code and will be stamped EXT_UNSTRUCTURED_ERROR',
          fix: "Pass one: `ActionResult.error('…', { code: 'NOTE_NOT_FOUND' })`.",
          at: placeOf(file, node),
        }
      }
    }
  },
})
