import type { ArrowFunctionExpression, Expression, Function as FunctionLike, Node } from 'oxc-parser'
import type { Located } from './literals.ts'
import { originOf } from './resolve.ts'
import { ancestorsOf, childrenOf, parentOf, type SourceFile } from './source-tree.ts'

export type FunctionNode = ArrowFunctionExpression | FunctionLike

/** A function of the author and the file in which it stands. */
export interface FoundFunction {
  readonly file: SourceFile
  readonly node: FunctionNode
}

export const isFunction = (node: Node): node is FunctionNode =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration'

/** A function that stands here, or the one that a name means in whichever file of the tree. */
export function functionOf({ tree, file, node }: Located): FoundFunction | undefined {
  const origin = originOf(tree, file, node)
  return origin?.kind === 'node' && isFunction(origin.node) ? { file: origin.file, node: origin.node } : undefined
}

/** The first parameter without its default. */
export function firstParameter(node: FunctionNode): Node | undefined {
  const parameter = node.params[0]
  if (parameter === undefined) return undefined
  if (parameter.type === 'AssignmentPattern') return parameter.left
  return parameter.type === 'RestElement' || parameter.type === 'TSParameterProperty' ? undefined : parameter
}

/** Statements and expressions of a function, not those of functions inside it. */
function* ownNodes(body: Node): Generator<Node> {
  const pending: Node[] = [body]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next
    if (next === body || !isFunction(next)) pending.push(...childrenOf(next).reverse())
  }
}

/** Values that a function returns itself; `null` stands for `return` alone. */
export function returnsOf({ body }: FunctionNode): (Expression | null)[] {
  if (body === null) return []
  if (body.type !== 'BlockStatement') return [body]
  return [...ownNodes(body)].flatMap((node) => (node.type === 'ReturnStatement' ? [node.argument] : []))
}

/** True when a function itself throws somewhere. */
export const canThrow = ({ body }: FunctionNode): boolean =>
  body !== null && [...ownNodes(body)].some(({ type }) => type === 'ThrowStatement')

/** A readable name for messages. */
export function nameOfEnclosing(file: SourceFile, at: Node): string {
  const functions = [...(isFunction(at) ? [at] : []), ...ancestorsOf(file, at)].filter(isFunction)
  for (const node of functions) {
    if (node.type !== 'ArrowFunctionExpression' && node.id !== null) return node.id.name
    const parent = parentOf(file, node)
    if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name
    if (parent?.type === 'Property' && parent.key.type === 'Identifier') return parent.key.name
  }
  return functions.length > 0 ? '<function>' : '<module>'
}
