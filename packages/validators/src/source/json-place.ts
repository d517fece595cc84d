import type { Node } from 'oxc-parser'
import { parseText } from './parse.ts'
import { bare } from './scopes.ts'
import { positionAt, type SourceFile } from './source-tree.ts'

const PREFIX = '('
const NAME = 'manifest.js'

export interface JsonPlace {
  /** Both count from 1; 0 when the text is no JSON. */
  readonly line: number
  readonly column: number
}

type Path = readonly (string | number)[]

function step(node: Node, key: string | number): Node | undefined {
  if (node.type === 'ArrayExpression') return node.elements[Number(key)] ?? undefined
  if (node.type !== 'ObjectExpression') return undefined
  return node.properties.find(
    (property) => property.type === 'Property' && property.key.type === 'Literal' && property.key.value === String(key),
  )
}

function nodeAt(root: Node, path: Path): Node {
  let node = root
  for (const key of path) {
    const inner = step(node.type === 'Property' ? node.value : node, key)
    if (inner === undefined) break
    node = inner
  }
  return node
}

/** Reads a JSON text once and tells where its members stand, or the nearest one around a member that is missing. */
export function jsonPlaces(text: string): (path: Path) => JsonPlace {
  const parsed = parseText(NAME, `${PREFIX}${text})`)
  const statement = 'program' in parsed ? parsed.program.body[0] : undefined
  if (statement?.type !== 'ExpressionStatement') return () => ({ line: 0, column: 0 })
  const root = bare(statement.expression)
  const file = { path: NAME, text } as SourceFile // only its text is asked
  return (path) => positionAt(file, nodeAt(root, path).start - PREFIX.length)
}
