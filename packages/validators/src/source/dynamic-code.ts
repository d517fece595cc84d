import type { Node } from 'oxc-parser'
import { isFunction } from './functions.ts'
import { parseText } from './parse.ts'
import { bare } from './scopes.ts'
import { childrenOf, lineAt } from './source-tree.ts'

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

function throws(node: Node): boolean {
  if (node.type === 'ThrowStatement') return true
  return !isFunction(node) && childrenOf(node).some(throws)
}

/** Code that catches the refusal, and does not throw it on, can live with it. */
const isGuarded = (node: Node, ancestors: readonly Node[]): boolean =>
  ancestors.some(
    (ancestor) =>
      ancestor.type === 'TryStatement' &&
      ancestor.handler !== null &&
      node.end <= ancestor.block.end &&
      !throws(ancestor.handler),
  )

/** Places worth a look. Parsing a bundle is dear, so the tree decides only where the text leaves a doubt. */
const SUSPECTS = /\b(?:eval|Function)\s*(?:\(|\?\.|\.\s*(?:apply|call)\b)/g

const holds = (node: Node, offset: number): boolean => node.start <= offset && offset < node.end

/** The nodes around an offset, from the program down. */
function wayTo(program: Node, offset: number): Node[] {
  const way: Node[] = []
  for (let next: Node | undefined = program; next !== undefined; ) {
    way.push(next)
    next = childrenOf(next).find((child) => holds(child, offset))
  }
  return way
}

/** Every place of a script at which it would fail where code cannot be made from text. */
export function findDynamicCode(code: string): DynamicCode[] {
  const offsets = [...code.matchAll(SUSPECTS)].map(({ index }) => index)
  if (offsets.length === 0) return []
  const parsed = parseText('bundle.js', code)
  if (!('program' in parsed)) return []
  const file = { path: 'bundle.js', text: code, program: parsed.program }
  return offsets.flatMap((offset) => {
    const way = wayTo(file.program, offset)
    const at = way.findLastIndex((node) => whatOf(node) !== undefined)
    const node = way[at]
    if (node === undefined || isHarmless(node) || isGuarded(node, way.slice(0, at))) return []
    const column = node.start - code.lastIndexOf('\n', node.start - 1)
    return [{ what: whatOf(node) ?? '', line: lineAt(file, node.start), column }]
  })
}
