import path from 'node:path'
import type { Node } from 'oxc-parser'
import { bare, lookup, memberName, nameOfExport } from './scopes.ts'
import type { SourceFile, SourceTree } from './source-tree.ts'

/** Where a value comes from, as far as the sources say. */
export type Origin =
  | { readonly kind: 'node'; readonly file: SourceFile; readonly node: Node }
  /** A module outside the tree; `imported` is `*` for all of it. */
  | { readonly kind: 'module'; readonly from: string; readonly imported: string }
  | { readonly kind: 'file'; readonly file: SourceFile }
  | { readonly kind: 'parameter'; readonly file: SourceFile; readonly owner: Node; readonly id: Node }
  | { readonly kind: 'global'; readonly name: string }

/** Cycles of names and re-exports end somewhere. */
const MOST_HOPS = 32
const ENDINGS = ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '.cts', '.cjs', '/index.ts', '/index.tsx', '/index.js']

const byPath = new WeakMap<SourceTree, ReadonlyMap<string, SourceFile>>()

function filesOf(tree: SourceTree): ReadonlyMap<string, SourceFile> {
  const known = byPath.get(tree)
  if (known !== undefined) return known
  const files = new Map(tree.files.map((file) => [file.path, file]))
  byPath.set(tree, files)
  return files
}

/** The file of the tree that an import means. TypeScript may name the `.js` that a `.ts` becomes. */
function fileOf(tree: SourceTree, importer: SourceFile, from: string): SourceFile | undefined {
  if (!from.startsWith('.')) return undefined
  const files = filesOf(tree)
  const target = path.posix.join(path.posix.dirname(importer.path), from)
  for (const base of [target, target.replace(/\.([cm]?)js$/, '.$1ts'), target.replace(/\.jsx?$/, '.tsx')]) {
    for (const ending of ENDINGS) {
      const file = files.get(base + ending)
      if (file !== undefined) return file
    }
  }
  return undefined
}

function imported(tree: SourceTree, file: SourceFile, what: { from: string; name: string }, hops: number) {
  const target = fileOf(tree, file, what.from)
  if (target === undefined) return { kind: 'module', from: what.from, imported: what.name } as const
  return what.name === '*' ? ({ kind: 'file', file: target } as const) : exportOf(tree, target, what.name, hops)
}

function exportedBy(tree: SourceTree, file: SourceFile, statement: Node, name: string, hops: number) {
  if (statement.type === 'ExportDefaultDeclaration' && name === 'default') {
    return originOf(tree, file, statement.declaration, hops)
  }
  if (statement.type === 'ExportAllDeclaration') {
    const from = statement.source.value
    if (statement.exported !== null) {
      return nameOfExport(statement.exported) === name ? imported(tree, file, { from, name: '*' }, hops) : undefined
    }
    // Everything of another file: only of one that is there can it be said whether it has the name.
    const target = name === 'default' ? undefined : fileOf(tree, file, from)
    return target === undefined ? undefined : exportOf(tree, target, name, hops)
  }
  if (statement.type !== 'ExportNamedDeclaration') return undefined
  const specifier = statement.specifiers.find(({ exported }) => nameOfExport(exported) === name)
  if (specifier !== undefined) {
    const local = nameOfExport(specifier.local)
    if (statement.source !== null) return imported(tree, file, { from: statement.source.value, name: local }, hops)
    return namedOrigin(tree, file, { name: local, at: file.program }, hops)
  }
  const binding = statement.declaration === null ? undefined : lookup(file, name, file.program)
  const isHere = binding !== undefined && binding.id.start >= statement.start && binding.id.end <= statement.end
  return isHere ? namedOrigin(tree, file, { name, at: file.program }, hops) : undefined
}

function exportOf(tree: SourceTree, file: SourceFile, name: string, hops: number): Origin | undefined {
  if (hops > MOST_HOPS) return undefined
  for (const statement of file.program.body) {
    const origin = exportedBy(tree, file, statement, name, hops + 1)
    if (origin !== undefined) return origin
  }
  return undefined
}

function namedOrigin(
  tree: SourceTree,
  file: SourceFile,
  { name, at }: { name: string; at: Node },
  hops: number,
): Origin | undefined {
  const binding = lookup(file, name, at)
  switch (binding?.kind) {
    case undefined:
      return { kind: 'global', name }
    case 'import':
      return imported(tree, file, { from: binding.from, name: binding.imported }, hops + 1)
    case 'parameter':
      return { kind: 'parameter', file, owner: binding.owner, id: binding.id }
    case 'value':
      return originOf(tree, file, binding.value, hops + 1)
    default:
      return undefined
  }
}

function memberOrigin(tree: SourceTree, file: SourceFile, node: Node, hops: number): Origin | undefined {
  const name = memberName(node)
  if (node.type !== 'MemberExpression' || name === undefined) return undefined
  const owner = originOf(tree, file, node.object, hops + 1)
  if (owner?.kind === 'file') return exportOf(tree, owner.file, name, hops + 1)
  if (owner?.kind === 'module') {
    return ['*', 'default'].includes(owner.imported) ? { ...owner, imported: name } : undefined
  }
  if (owner?.kind !== 'node' || owner.node.type !== 'ObjectExpression') return undefined
  const property = owner.node.properties.find(
    (each) => each.type === 'Property' && !each.computed && nameOfExport(each.key) === name,
  )
  return property?.type === 'Property' ? originOf(tree, owner.file, property.value, hops + 1) : undefined
}

/** Follows names, imports, re-exports and members to the expression that makes a value; undefined when nobody can say. */
export function originOf(tree: SourceTree, file: SourceFile, value: Node, hops = 0): Origin | undefined {
  if (hops > MOST_HOPS) return undefined
  const inner = bare(value)
  if (inner.type === 'Identifier') return namedOrigin(tree, file, { name: inner.name, at: inner }, hops)
  if (inner.type !== 'MemberExpression') return { kind: 'node', file, node: inner }
  return memberOrigin(tree, file, inner, hops)
}

/** True for what a package of somebody else exports. */
export const isForeign = (origin: Origin | undefined): boolean =>
  origin?.kind === 'module' && !origin.from.startsWith('.') && !isSdk(origin.from)

export const isSdk = (from: string): boolean => from === '@imperal/sdk' || from.startsWith('@imperal/sdk/')
