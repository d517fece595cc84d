import type { CallExpression, Node } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { isFunction } from '../source/functions.ts'
import { optionOf } from '../source/registrations.ts'
import { isSdk, originOf } from '../source/resolve.ts'
import { memberName } from '../source/scopes.ts'
import { ancestorsOf, nodesOf, placeOf, type SourceFile, type SourceTree } from '../source/source-tree.ts'

/** `ActionResult` under whatever name it was imported. */
function isResult(tree: SourceTree, file: SourceFile, value: Node): boolean {
  const origin = originOf(tree, file, value)
  if (origin?.kind === 'global') return origin.name === 'ActionResult'
  if (origin?.kind !== 'module' || origin.imported !== 'ActionResult') return false
  return isSdk(origin.from) || origin.from.startsWith('.')
}

const isErrorCall = (tree: SourceTree, file: SourceFile, node: Node): node is CallExpression =>
  node.type === 'CallExpression' &&
  node.callee.type === 'MemberExpression' &&
  memberName(node.callee) === 'error' &&
  isResult(tree, file, node.callee.object)

/** Options that no literal shows may hold a code: nothing is said about them. */
function lacksCode(tree: SourceTree, file: SourceFile, { arguments: [message, options] }: CallExpression): boolean {
  if (message?.type === 'SpreadElement' || options?.type === 'SpreadElement') return false
  if (options === undefined) return true
  const origin = originOf(tree, file, options)
  if (origin?.kind !== 'node' || origin.node.type !== 'ObjectExpression') return false
  const spreads = origin.node.properties.some((property) => property.type === 'SpreadElement')
  return !spreads && optionOf({ tree, file: origin.file, node: origin.node }, 'code') === undefined
}

export const v32ErrorCode = defineRule({
  id: 'V32',
  needs: 'source',
  severity: 'WARN',
  title: 'An error result has a code',
  *check({ source }) {
    for (const file of source.files) {
      const reported = new Set<Node>()
      for (const node of nodesOf(file)) {
        if (!isErrorCall(source, file, node) || !lacksCode(source, file, node)) continue
        const around = [...ancestorsOf(file, node)].find(isFunction) ?? file.program
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
