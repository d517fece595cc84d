import type { Expression, Node, TSType } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { canThrow, type FunctionNode, returnsOf } from '../source/functions.ts'
import { optionOf, registrationsOf } from '../source/registrations.ts'
import { bare } from '../source/scopes.ts'
import { placeOf } from '../source/source-tree.ts'

const NEVER_A_RESULT: ReadonlySet<string> = new Set([
  'Literal',
  'TemplateLiteral',
  'ArrayExpression',
  'ObjectExpression',
  'ArrowFunctionExpression',
  'FunctionExpression',
  'ClassExpression',
])

const NEVER_A_RESULT_TYPE: ReadonlySet<string> = new Set([
  'TSStringKeyword',
  'TSNumberKeyword',
  'TSBooleanKeyword',
  'TSVoidKeyword',
  'TSNullKeyword',
  'TSUndefinedKeyword',
  'TSBigIntKeyword',
  'TSSymbolKeyword',
  'TSArrayType',
  'TSTupleType',
  'TSLiteralType',
])

const castsToAny = (value: Expression): boolean =>
  value.type === 'TSAsExpression' && value.typeAnnotation.type === 'TSAnyKeyword'

/** With a model of the result, its data may be returned bare. */
function isNoResult(value: Expression | null, hasModel: boolean): boolean {
  if (value === null || castsToAny(value)) return true
  const inner = bare(value)
  if (inner.type === 'ConditionalExpression') {
    return isNoResult(inner.consequent, hasModel) || isNoResult(inner.alternate, hasModel)
  }
  return NEVER_A_RESULT.has(inner.type) && !(hasModel && inner.type === 'ObjectExpression')
}

function isWrongType(type: TSType): boolean {
  if (type.type !== 'TSTypeReference') return NEVER_A_RESULT_TYPE.has(type.type)
  const isPromise = type.typeName.type === 'Identifier' && type.typeName.name === 'Promise'
  return isPromise && (type.typeArguments?.params ?? []).some(isWrongType)
}

/** The place that shows that a handler answers something else; undefined when nothing does. */
function wrongAnswer(handler: FunctionNode, hasModel: boolean): Node | undefined {
  const returned = returnsOf(handler)
  for (const value of returned) {
    if (isNoResult(value, hasModel)) return value ?? handler
  }
  if (returned.length === 0 && !canThrow(handler)) return handler
  const annotation = handler.returnType
  return annotation && isWrongType(annotation.typeAnnotation) ? annotation : undefined
}

export const v5ReturnsResult = defineRule({
  id: 'V5',
  needs: 'source',
  severity: 'ERROR',
  title: 'A chat function answers an ActionResult',
  *check({ source }) {
    for (const { registration, name, handler, options } of registrationsOf(source)) {
      if (registration !== 'function' || handler === undefined || handler.node.generator) continue
      const wrong = wrongAnswer(handler.node, optionOf(options, 'returns') !== undefined)
      if (wrong === undefined) continue
      yield {
        message: `Function '${name ?? '?'}' returns something that is no ActionResult`,
        fix: "Return `ActionResult.success(data, 'What was done')` or `ActionResult.error('What went wrong', { code })`.",
        at: placeOf(handler.file, wrong),
      }
    }
  },
})
