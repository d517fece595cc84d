import type { Node } from '@imperal/validators/project'
import {
  bare,
  isTestPath,
  originOf,
  type Registration,
  registrationsOf,
  type SourceFile,
  type SourceTree,
} from '@imperal/validators/project'
import { CliFailure } from '../failure.ts'

/** The extension, or one group of its functions, and how code reaches it. */
export interface Declared {
  readonly file: SourceFile
  /** `new Extension(…)`. */
  readonly call: Node
  /** Name at the top of its own file. */
  readonly name: string
  /** Name under which other files import it; undefined when they cannot. */
  readonly exported: string | undefined
  /** The app id of an extension, when a literal says it. */
  readonly literal: string | undefined
}

/** What a top-level statement declares, also when it exports it. */
const declarationOf = (statement: Node): Node =>
  statement.type === 'ExportNamedDeclaration' && statement.declaration !== null ? statement.declaration : statement

function* declaredBy(statement: Node): Generator<Node & { readonly name: string }> {
  const declaration = declarationOf(statement)
  if (declaration.type === 'VariableDeclaration') {
    for (const { id } of declaration.declarations) if (id.type === 'Identifier') yield id
  } else if (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') {
    if (declaration.id !== null) yield declaration.id
  } else if (declaration.type === 'ImportDeclaration') {
    for (const { local } of declaration.specifiers) yield local
  }
}

/** Every name at the top of a file: what it declares and what it imports. */
export const topLevelNames = (file: SourceFile): (Node & { readonly name: string })[] =>
  file.program.body.flatMap((statement) => [...declaredBy(statement)])

const nameOfNode = (node: Node): string | undefined =>
  node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : undefined

/** Under which name a file exports one of its own; never `default`, which says no name. */
function exportedName(file: SourceFile, name: string): string | undefined {
  for (const statement of file.program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source !== null) continue
    if ([...declaredBy(statement)].some((id) => id.name === name)) return name
    const specifier = statement.specifiers.find(({ local }) => nameOfNode(local) === name)
    if (specifier !== undefined) return nameOfNode(specifier.exported)
  }
  return undefined
}

/** The name by which a file knows what a call made, its own or an imported one. */
export function localName(tree: SourceTree, file: SourceFile, call: Node): string | undefined {
  return topLevelNames(file).find((id) => {
    const origin = originOf(tree, file, id)
    return origin?.kind === 'node' && origin.node === call
  })?.name
}

/** Registrations of the extension itself, none of its tests. */
export const ownRegistrations = (tree: SourceTree): readonly Registration[] =>
  registrationsOf(tree).filter(({ file }) => !isTestPath(file.path))

const WANTED = {
  extension: { what: 'extension', example: "export const ext = new Extension('my-app', { … })" },
  chat: { what: 'group of functions', example: 'export const chat = new ChatExtension(ext, { … })' },
}

/**
 * The first extension or group of functions of a project; undefined when there is none.
 * @throws CliFailure when it has no name that other code can use
 */
export function findDeclared(tree: SourceTree, registration: 'extension' | 'chat'): Declared | undefined {
  const found = ownRegistrations(tree).find((entry) => entry.registration === registration)
  if (found === undefined) return undefined
  const { file, call } = found
  const name = localName(tree, file, bare(call))
  if (name === undefined) {
    const { what, example } = WANTED[registration]
    throw new CliFailure(`The ${what} in ${file.path} has no name, so nothing can be added to it.`, {
      hint: `Give it one at the top of the file: \`${example}\`.`,
    })
  }
  return { file, call, name, exported: exportedName(file, name), literal: found.name }
}
