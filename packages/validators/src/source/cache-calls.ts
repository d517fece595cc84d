import type { CallExpression, Expression } from 'oxc-parser'
import { contextAccesses } from './context-members.ts'
import type { Options } from './registrations.ts'
import { originOf } from './resolve.ts'
import { wrapped } from './scopes.ts'
import { parentOf, type SourceFile, type SourceTree } from './source-tree.ts'

/** One call of `ctx.cache` that takes a model. */
export interface CacheCall {
  readonly file: SourceFile
  readonly method: string
  readonly model: Expression | undefined
  readonly options: Options | undefined
}

const METHODS: ReadonlySet<string> = new Set(['get', 'set', 'getOrFetch', 'get_or_fetch'])

const expression = (argument: CallExpression['arguments'][number] | undefined): Expression | undefined =>
  argument === undefined || argument.type === 'SpreadElement' ? undefined : argument

function optionsOf(tree: SourceTree, file: SourceFile, last: Expression | undefined): Options | undefined {
  const origin = last && originOf(tree, file, last)
  if (origin?.kind !== 'node' || origin.node.type !== 'ObjectExpression') return undefined
  return { tree, file: origin.file, node: origin.node }
}

/** Calls of methods that a context's cache has; the caches of others do not count. */
export function* cacheCalls(tree: SourceTree): Generator<CacheCall> {
  for (const { file, node, method, isAlias } of contextAccesses(tree, 'cache')) {
    if (method === undefined || !METHODS.has(method)) continue
    const access = isAlias ? node : parentOf(file, wrapped(file, node))
    const call = access && parentOf(file, wrapped(file, access))
    if (call?.type !== 'CallExpression' || call.callee !== wrapped(file, access as typeof node)) continue
    const last = expression(call.arguments.slice(2).at(-1))
    yield { file, method, model: expression(call.arguments[1]), options: optionsOf(tree, file, last) }
  }
}
