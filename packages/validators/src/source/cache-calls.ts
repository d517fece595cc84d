import type { CallExpression, Expression, Node, ObjectExpression } from 'oxc-parser'
import { type SourceFile, type SourceTree, visit } from './source-tree.ts'

/** One call of `ctx.cache` that takes a model. */
export interface CacheCall {
  readonly file: SourceFile
  readonly method: string
  readonly model: Expression | undefined
  readonly options: ObjectExpression | undefined
}

const METHODS: ReadonlySet<string> = new Set(['get', 'set', 'getOrFetch', 'get_or_fetch'])

const isCache = (node: Node): boolean => {
  if (node.type === 'Identifier') return node.name === 'cache'
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' && node.property.name === 'cache'
}

const expression = (argument: CallExpression['arguments'][number] | undefined): Expression | undefined =>
  argument === undefined || argument.type === 'SpreadElement' ? undefined : argument

function cacheCall(file: SourceFile, node: Node): CacheCall | undefined {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined
  const { object, property } = node.callee
  if (!isCache(object) || property.type !== 'Identifier' || !METHODS.has(property.name)) return undefined
  const last = expression(node.arguments.slice(2).at(-1))
  return {
    file,
    method: property.name,
    model: expression(node.arguments[1]),
    options: last?.type === 'ObjectExpression' ? last : undefined,
  }
}

export function* cacheCalls(tree: SourceTree): Generator<CacheCall> {
  for (const file of tree.files) {
    for (const { node } of visit(file.program)) {
      const call = cacheCall(file, node)
      if (call !== undefined) yield call
    }
  }
}
