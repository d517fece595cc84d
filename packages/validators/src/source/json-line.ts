import { type Expression, type Node, parseSync } from 'oxc-parser'

const PREFIX = '('

function step(node: Node, key: string): Node | undefined {
  if (node.type === 'ArrayExpression') return node.elements[Number(key)] ?? undefined
  if (node.type !== 'ObjectExpression') return undefined
  return node.properties.find(
    (property) => property.type === 'Property' && property.key.type === 'Literal' && property.key.value === key,
  )
}

/** Line of a member of a JSON text, or of the nearest one around it that exists. */
export function jsonLine(text: string, path: readonly string[]): number {
  const { program, errors } = parseSync('manifest.js', `${PREFIX}${text})`)
  const statement = program.body[0]
  if (errors.length > 0 || statement?.type !== 'ExpressionStatement') return 0
  let node: Node = unwrapped(statement.expression)
  for (const key of path) {
    const inner = step(node.type === 'Property' ? node.value : node, key)
    if (inner === undefined) break
    node = inner
  }
  return text.slice(0, node.start - PREFIX.length).split('\n').length
}

const unwrapped = (expression: Expression): Expression =>
  expression.type === 'ParenthesizedExpression' ? expression.expression : expression
