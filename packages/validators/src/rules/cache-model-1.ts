import type { Expression } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { type CacheCall, cacheCalls } from '../source/cache-calls.ts'
import { bare, topLevelConstants } from '../source/literals.ts'
import { registrationsOf } from '../source/registrations.ts'
import { placeOf, type SourceFile } from '../source/source-tree.ts'

function isCacheModelCall(value: Expression): boolean {
  const call = bare(value)
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return false
  return call.callee.property.type === 'Identifier' && call.callee.property.name === 'cacheModel'
}

/** False only when it is certain that this value did not come from `ext.cacheModel`. */
function mayBeRegistered(model: Expression, file: SourceFile): boolean {
  const value = bare(model)
  if (value.type === 'Identifier') {
    const constant = topLevelConstants(file.program).get(value.name)
    return constant === undefined || bare(constant).type === 'Identifier' || mayBeRegistered(constant, file)
  }
  if (value.type === 'CallExpression') return isCacheModelCall(value) || !isSchemaCall(value)
  return value.type !== 'Literal' && value.type !== 'ObjectExpression'
}

/** `z.object(…)` and everything that hangs on it. */
function isSchemaCall(value: Expression): boolean {
  const inner = bare(value)
  if (inner.type === 'Identifier') return inner.name === 'z'
  if (inner.type === 'CallExpression') return inner.callee.type !== 'Super' && isSchemaCall(inner.callee)
  return inner.type === 'MemberExpression' && inner.object.type !== 'Super' && isSchemaCall(inner.object)
}

const nameOf = ({ model, file }: CacheCall): string =>
  model === undefined ? '?' : file.text.slice(model.start, Math.min(model.end, model.start + 40))

export const cacheModel1 = defineRule({
  id: 'CACHE-MODEL-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'The cache takes registered models only',
  *check({ source }) {
    if (!registrationsOf(source).some(({ registration }) => registration === 'cacheModel')) return
    for (const call of cacheCalls(source)) {
      if (call.model === undefined || mayBeRegistered(call.model, call.file)) continue
      yield {
        message: `\`ctx.cache.${call.method}\` gets '${nameOf(call)}', which is not a registered model`,
        fix: "Register it once, `const Model = ext.cacheModel('name', schema)`, and pass what comes back.",
        at: placeOf(call.file, call.model),
      }
    }
  },
})
