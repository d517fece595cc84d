import type { Node } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { type CacheCall, cacheCalls } from '../source/cache-calls.ts'
import { registrationsOf } from '../source/registrations.ts'
import { originOf } from '../source/resolve.ts'
import { memberName } from '../source/scopes.ts'
import { placeOf, type SourceFile, type SourceTree } from '../source/source-tree.ts'

/** `z.object(…)` and everything that hangs on it, under whatever name Zod was imported. */
function isSchemaCall(tree: SourceTree, file: SourceFile, call: Node): boolean {
  let node = call
  for (;;) {
    if (node.type === 'CallExpression') node = node.callee
    else if (node.type === 'MemberExpression') node = node.object
    else break
  }
  const origin = originOf(tree, file, node)
  if (origin?.kind === 'global') return origin.name === 'z'
  if (origin?.kind === 'node') return origin.node !== call && isSchemaCall(tree, origin.file, origin.node)
  return origin?.kind === 'module' && (origin.from === 'zod' || origin.from.startsWith('zod/'))
}

const NEVER_A_MODEL: ReadonlySet<string> = new Set([
  'Literal',
  'TemplateLiteral',
  'ObjectExpression',
  'ArrayExpression',
])

/** True only when it is certain that this value did not come from `ext.cacheModel`. */
function isUnregistered(tree: SourceTree, { file, model }: CacheCall): boolean {
  const origin = model && originOf(tree, file, model)
  if (origin?.kind !== 'node') return false
  const { node } = origin
  if (node.type !== 'CallExpression') return NEVER_A_MODEL.has(node.type) || node.type === 'ClassDeclaration'
  return memberName(node.callee) !== 'cacheModel' && isSchemaCall(tree, origin.file, node)
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
      if (call.model === undefined || !isUnregistered(source, call)) continue
      yield {
        message: `\`ctx.cache.${call.method}\` gets '${nameOf(call)}', which is not a registered model`,
        fix: "Register it once, `const Model = ext.cacheModel('name', schema)`, and pass what comes back.",
        at: placeOf(call.file, call.model),
      }
    }
  },
})
