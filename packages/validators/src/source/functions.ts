import type { ArrowFunctionExpression, Expression, Function as FunctionLike, Node } from 'oxc-parser'
import { bare, topLevelConstants } from './literals.ts'
import { childrenOf, type SourceFile } from './source-tree.ts'

export type FunctionNode = ArrowFunctionExpression | FunctionLike

export const isFunction = (node: Node): node is FunctionNode =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration'

/** A function that stands here, or the function of this file that a name means. */
export function functionOf(value: Expression | undefined, file: SourceFile): FunctionNode | undefined {
  if (value === undefined) return undefined
  const inner = bare(value)
  if (isFunction(inner)) return inner
  if (inner.type !== 'Identifier') return undefined
  for (const statement of file.program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'FunctionDeclaration' && declaration.id?.name === inner.name) return declaration
  }
  const constant = topLevelConstants(file.program).get(inner.name)
  return constant === undefined || constant.type === 'Identifier' ? undefined : functionOf(constant, file)
}

/** Name of the first parameter, when it is a plain name. */
export function firstParameter(node: FunctionNode): Node | undefined {
  const parameter = node.params[0]
  if (parameter === undefined) return undefined
  if (parameter.type === 'AssignmentPattern') return parameter.left
  return parameter.type === 'RestElement' || parameter.type === 'TSParameterProperty' ? undefined : parameter
}

/** Values that a function returns itself, not those of functions inside it; `null` stands for `return` alone. */
export function returnsOf(node: FunctionNode): (Expression | null)[] {
  const { body } = node
  if (body === null) return []
  if (body.type !== 'BlockStatement') return [body]
  const values: (Expression | null)[] = []
  const pending: Node[] = [body]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.type === 'ReturnStatement') values.push(next.argument)
    else if (next === body || !isFunction(next)) pending.push(...childrenOf(next))
  }
  return values
}

/** A readable name for messages. */
export function nameOfEnclosing(ancestors: readonly Node[]): string {
  for (const [index, node] of [...ancestors.entries()].reverse()) {
    if (!isFunction(node)) continue
    if (node.type !== 'ArrowFunctionExpression' && node.id !== null) return node.id.name
    const parent = ancestors[index - 1]
    if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name
    if (parent?.type === 'Property' && parent.key.type === 'Identifier') return parent.key.name
  }
  return ancestors.some(isFunction) ? '<function>' : '<module>'
}
