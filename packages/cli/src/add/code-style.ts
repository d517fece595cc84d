import type { Node } from '@imperal/validators/project'
import { nodesOf, parentOf, parseSource, type SourceFile } from '@imperal/validators/project'
import { type Insertion, insertAll } from './insertions.ts'

/** How somebody writes. */
export interface CodeStyle {
  readonly semicolons: boolean
  readonly quote: "'" | '"'
  /** One step. */
  readonly indent: string
  readonly lineEnd: '\n' | '\r\n'
}

const ENDED_BY_SEMICOLON: ReadonlySet<string> = new Set([
  'ExpressionStatement',
  'VariableDeclaration',
  'ReturnStatement',
  'ThrowStatement',
  'ImportDeclaration',
  'ExportNamedDeclaration',
])

const isText = (node: Node): node is Extract<Node, { type: 'Literal' }> =>
  node.type === 'Literal' && typeof node.value === 'string'

function indentOf(text: string): string {
  const starts = [...text.matchAll(/^(\t|(?: {2})+)(?=\S)(?! \*)/gm)].map(([, blank = '']) => blank)
  if (starts.some((blank) => blank === '\t')) return '\t'
  const shortest = Math.min(...starts.map((blank) => blank.length))
  return ' '.repeat(Number.isFinite(shortest) ? shortest : 2)
}

/** The style of a file, by what most of it does. */
export function styleOf({ text, program }: SourceFile): CodeStyle {
  const ends = program.body.filter(({ type }) => ENDED_BY_SEMICOLON.has(type))
  const withSemicolon = ends.filter(({ end }) => text[end - 1] === ';').length
  const sources = program.body.flatMap((statement) =>
    statement.type === 'ImportDeclaration' ? [statement.source] : [],
  )
  const double = sources.filter(({ start }) => text[start] === '"').length
  return {
    semicolons: withSemicolon * 2 > ends.length,
    quote: double * 2 > sources.length ? '"' : "'",
    indent: indentOf(text),
    lineEnd: text.includes('\r\n') ? '\r\n' : '\n',
  }
}

function semicolonAfter(file: SourceFile, node: Node): Insertion[] {
  if (!ENDED_BY_SEMICOLON.has(node.type) || file.text[node.end - 1] === ';') return []
  const parent = parentOf(file, node)
  // `export const …` ends where its declaration ends, and the head of a loop does not end at all.
  if (parent?.type === 'ExportNamedDeclaration' || parent?.type === 'ForOfStatement') return []
  return [{ at: node.end, text: ';' }]
}

/** Swaps the marks around a text that holds neither of them. */
function requote({ text }: SourceFile, node: Node, quote: string): Insertion[] {
  if (!isText(node) || text[node.start] !== "'" || /["'\\]/.test(node.value as string)) return []
  return [
    { at: node.start, text: quote, removes: 1 },
    { at: node.end - 1, text: quote, removes: 1 },
  ]
}

/** Rewrites code of our own (no semicolons, single quotes, two blanks) in another style. */
export function restyle(code: string, style: CodeStyle): string {
  const file = parseSource('added.ts', code)
  if (file === null) throw new Error(`what is added does not parse:\n${code}`)
  const edits = nodesOf(file).flatMap((node) => [
    ...(style.semicolons ? semicolonAfter(file, node) : []),
    ...(style.quote === "'" ? [] : requote(file, node, style.quote)),
  ])
  return insertAll(code, edits)
    .replace(/^(?: {2})+/gm, (blanks) => style.indent.repeat(blanks.length / 2))
    .replaceAll('\n', style.lineEnd)
}
