import type { Node, Program } from 'oxc-parser'

/** One parsed source file. */
export interface SourceFile {
  /** Relative to the project, with slashes. */
  readonly path: string
  readonly text: string
  readonly program: Program
}

/** All sources of a project that parse. */
export interface SourceTree {
  readonly root: string
  readonly files: readonly SourceFile[]
}

/** Line of an offset, counted from 1. */
export function lineAt(file: SourceFile, offset: number): number {
  let line = 1
  for (
    let index = file.text.indexOf('\n');
    index !== -1 && index < offset;
    index = file.text.indexOf('\n', index + 1)
  ) {
    line += 1
  }
  return line
}

export const placeOf = (file: SourceFile, node: { readonly start: number }) => ({
  file: file.path,
  line: lineAt(file, node.start),
})

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** Direct children in source order. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode))
    else if (isNode(value)) children.push(value)
  }
  return children
}

export interface Visit {
  readonly node: Node
  /** From the program down to the parent. */
  readonly ancestors: readonly Node[]
}

/** Every node below a program with the way to it, parents first. */
export function* visit(program: Program): Generator<Visit> {
  const pending: Visit[] = [{ node: program, ancestors: [] }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next
    const ancestors = [...next.ancestors, next.node]
    for (const node of childrenOf(next.node).reverse()) pending.push({ node, ancestors })
  }
}
