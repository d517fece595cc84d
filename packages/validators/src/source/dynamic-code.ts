import { type Node, parseSync } from 'oxc-parser'
import { bare } from './literals.ts'
import { lineAt, visit } from './source-tree.ts'

/** A place where a script makes code from text; lines and columns count from 1. */
export interface DynamicCode {
  readonly what: string
  readonly line: number
  readonly column: number
}

/** Libraries look for the global object this way, and fall back when it is refused. */
const HARMLESS: ReadonlySet<string> = new Set(['return this', ''])

const isFunctionConstructor = (callee: Node): boolean => callee.type === 'Identifier' && callee.name === 'Function'

function whatOf(node: Node): string | undefined {
  if (node.type === 'NewExpression' && isFunctionConstructor(node.callee)) return '`new Function`'
  if (node.type !== 'CallExpression') return undefined
  const { callee } = node
  if (callee.type === 'Identifier' && callee.name === 'eval') return '`eval`'
  if (isFunctionConstructor(callee)) return '`Function`'
  const applied =
    callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : ''
  if (callee.type === 'MemberExpression' && isFunctionConstructor(callee.object)) {
    return ['apply', 'call'].includes(applied) ? `\`Function.${applied}\`` : undefined
  }
  return undefined
}

function isHarmless(node: Node): boolean {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false
  const [only] = node.arguments
  if (only === undefined || only.type === 'SpreadElement') return only === undefined
  const value = bare(only)
  return node.arguments.length === 1 && value.type === 'Literal' && HARMLESS.has(String(value.value).trim())
}

/** Code that catches the refusal can live with it. */
const isGuarded = (node: Node, ancestors: readonly Node[]): boolean =>
  ancestors.some(
    (ancestor) => ancestor.type === 'TryStatement' && ancestor.handler !== null && node.end <= ancestor.block.end,
  )

/** Every place of a script at which it would fail where code cannot be made from text. */
export function findDynamicCode(code: string): DynamicCode[] {
  if (!code.includes('Function') && !code.includes('eval')) return []
  const { program } = parseSync('bundle.js', code)
  const file = { path: 'bundle.js', text: code, program }
  const found: DynamicCode[] = []
  for (const { node, ancestors } of visit(program)) {
    const what = whatOf(node)
    if (what === undefined || isHarmless(node) || isGuarded(node, ancestors)) continue
    const column = node.start - code.lastIndexOf('\n', node.start - 1)
    found.push({ what, line: lineAt(file, node.start), column })
  }
  return found
}
