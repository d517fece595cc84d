import type { Node } from 'oxc-parser'
import { originOf } from './resolve.ts'
import type { SourceFile, SourceTree } from './source-tree.ts'

/** An expression and where it stands. */
export interface Located {
  readonly tree: SourceTree
  readonly file: SourceFile
  readonly node: Node
}

function literalOf({ tree, file, node }: Located): Located | undefined {
  const origin = originOf(tree, file, node)
  return origin?.kind === 'node' ? { tree, file: origin.file, node: origin.node } : undefined
}

/** A text literal, also behind a constant. */
export function literalText(value: Located | undefined): string | undefined {
  const node = value && literalOf(value)?.node
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? ''
  return undefined
}

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

/** A number: a literal, a constant, or sums and products of them, such as `10 * MINUTE`. */
export function literalNumber(value: Located): number | undefined {
  const found = literalOf(value)
  if (found === undefined) return undefined
  const { node } = found
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const positive = literalNumber({ ...found, node: node.argument })
    return positive === undefined ? undefined : -positive
  }
  const operation = node.type === 'BinaryExpression' ? OPERATIONS[node.operator] : undefined
  if (node.type !== 'BinaryExpression' || operation === undefined) return undefined
  const left = literalNumber({ ...found, node: node.left })
  const right = literalNumber({ ...found, node: node.right })
  return left === undefined || right === undefined ? undefined : operation(left, right)
}
