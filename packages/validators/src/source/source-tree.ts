import type { Node, Program } from 'oxc-parser'

/** One parsed source file. */
export interface SourceFile {
  /** Relative to the project, with slashes. */
  readonly path: string
  readonly text: string
  readonly program: Program
}

/** A file that no rule could look at. */
export interface UnreadableFile {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** All sources of a project that parse, and those that do not. */
export interface SourceTree {
  readonly root: string
  readonly files: readonly SourceFile[]
  readonly unreadable?: readonly UnreadableFile[]
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>()

function startsOf(file: SourceFile): readonly number[] {
  const known = lineStarts.get(file)
  if (known !== undefined) return known
  const starts = [0]
  for (let at = file.text.indexOf('\n'); at !== -1; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1)
  lineStarts.set(file, starts)
  return starts
}

/** Line and column of an offset; both count from 1, columns in UTF-16 units as editors do. */
export function positionAt(file: SourceFile, offset: number): { line: number; column: number } {
  const starts = startsOf(file)
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

/** Line of an offset, counted from 1. */
export const lineAt = (file: SourceFile, offset: number): number => positionAt(file, offset).line

export const placeOf = (file: SourceFile, node: { readonly start: number }) => ({
  file: file.path,
  ...positionAt(file, node.start),
})

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** Direct children in source order. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const entry of value) if (isNode(entry)) children.push(entry)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

interface Index {
  readonly nodes: readonly Node[]
  readonly parents: ReadonlyMap<Node, Node>
}

const indexes = new WeakMap<Program, Index>()

/** One walk serves all rules. Parents are links: a list of ancestors per node would be quadratic in deep trees. */
function indexOf(program: Program): Index {
  const known = indexes.get(program)
  if (known !== undefined) return known
  const nodes: Node[] = []
  const parents = new Map<Node, Node>()
  const pending: Node[] = [program]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes.push(node)
    const children = childrenOf(node)
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index] as Node // the index is within the list
      parents.set(child, node)
      pending.push(child)
    }
  }
  const index = { nodes, parents }
  indexes.set(program, index)
  return index
}

/** Every node of a file, parents before their children, in source order. */
export const nodesOf = (file: SourceFile): readonly Node[] => indexOf(file.program).nodes

export const parentOf = (file: SourceFile, node: Node): Node | undefined => indexOf(file.program).parents.get(node)

/** From the parent up to the program. */
export function* ancestorsOf(file: SourceFile, node: Node): Generator<Node> {
  for (let at = parentOf(file, node); at !== undefined; at = parentOf(file, at)) yield at
}
