import path from 'node:path'
import type {
  ImportDeclaration,
  ImportDeclarationSpecifier,
  Node,
  SourceFile,
  SourceTree,
} from '@imperal/validators/project'
import { CliFailure } from '../failure.ts'
import type { CodeStyle } from './code-style.ts'
import { type Declared, localName, topLevelNames } from './find-declared.ts'
import type { Insertion } from './insertions.ts'

const SDK = '@imperal/sdk'

const importsOf = (file: SourceFile): ImportDeclaration[] =>
  file.program.body.filter((statement): statement is ImportDeclaration => statement.type === 'ImportDeclaration')

const nameOf = (node: Node): string =>
  node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value)

const isNamed = (specifier: ImportDeclarationSpecifier) => specifier.type === 'ImportSpecifier'

const importedName = (specifier: ImportDeclarationSpecifier): string =>
  specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : ''

const isValue = (specifier: ImportDeclarationSpecifier): boolean =>
  specifier.type !== 'ImportSpecifier' || specifier.importKind !== 'type'

/** What one file has to import for code that is added to it, and the names that this code then uses. */
export class Imports {
  readonly #tree: SourceTree
  readonly #file: SourceFile
  readonly #style: CodeStyle
  readonly #wanted = new Map<string, Set<string>>()
  #zod: string | undefined

  constructor(tree: SourceTree, file: SourceFile, style: CodeStyle) {
    this.#tree = tree
    this.#file = file
    this.#style = style
  }

  /** A name of the SDK, as this file writes it. */
  sdk(name: string): string {
    for (const { source, importKind, specifiers } of importsOf(this.#file)) {
      if (source.value !== SDK || importKind === 'type') continue
      const found = specifiers.find((each) => isValue(each) && importedName(each) === name)
      if (found !== undefined) return found.local.name
      const all = specifiers.find(({ type }) => type === 'ImportNamespaceSpecifier')
      if (all !== undefined) return `${all.local.name}.${name}`
    }
    this.#want(SDK, name)
    return name
  }

  /** Zod, as this file writes it. */
  zod(): string {
    for (const { source, importKind, specifiers } of importsOf(this.#file)) {
      if (source.value !== 'zod' || importKind === 'type') continue
      const found = specifiers.find((each) => isValue(each) && (!isNamed(each) || importedName(each) === 'z'))
      if (found !== undefined) return found.local.name
    }
    this.#zod ??= topLevelNames(this.#file).some(({ name }) => name === 'z') ? 'zod' : 'z'
    return this.#zod
  }

  /** An extension or a group of functions, as this file writes it. @throws CliFailure when it cannot be reached */
  declared(declared: Declared): string {
    const known = localName(this.#tree, this.#file, declared.call)
    if (known !== undefined) return known
    if (declared.exported === undefined) {
      throw new CliFailure(`${this.#file.path} cannot reach '${declared.name}' of ${declared.file.path}.`, {
        hint: `Export it there: \`export const ${declared.name} = …\`.`,
      })
    }
    this.#want(this.#pathTo(declared.file.path), declared.exported)
    return declared.exported
  }

  /** The changes that make all of it so. */
  insertions(): Insertion[] {
    const { quote, semicolons, lineEnd } = this.#style
    const end = semicolons ? ';' : ''
    const lines = this.#zod === undefined ? [] : [`import * as ${this.#zod} from ${quote}zod${quote}${end}`]
    const inside: Insertion[] = []
    for (const [from, names] of this.#wanted) {
      const there = this.#declarationFrom(from)
      if (there !== undefined) inside.push(...this.#addTo(there, [...names]))
      else lines.push(`import { ${[...names].sort().join(', ')} } from ${quote}${from}${quote}${end}`)
    }
    const last = importsOf(this.#file).at(-1)
    const text = lines.join(lineEnd)
    if (lines.length === 0) return inside
    if (last !== undefined) return [...inside, { at: last.end, text: lineEnd + text }]
    return [{ at: this.#file.program.body[0]?.start ?? 0, text: `${text}${lineEnd}${lineEnd}` }]
  }

  #want(from: string, name: string): void {
    const names = this.#wanted.get(from) ?? new Set()
    this.#wanted.set(from, names.add(name))
  }

  #declarationFrom(from: string): ImportDeclaration | undefined {
    return importsOf(this.#file).find(
      ({ source, importKind, specifiers }) =>
        source.value === from && importKind !== 'type' && specifiers.some(isNamed),
    )
  }

  /** Where the alphabet wants them, each with the blanks that stand before its neighbour. */
  #addTo({ specifiers }: ImportDeclaration, names: readonly string[]): Insertion[] {
    const named = specifiers.filter(isNamed)
    const blanksBefore = (at: number) => /\s*$/.exec(this.#file.text.slice(0, at))?.[0] ?? ''
    return names.toSorted().map((name) => {
      const next = named.find((each) => importedName(each).toLowerCase() > name.toLowerCase())
      if (next !== undefined) return { at: next.start, text: `${name},${blanksBefore(next.start) || ' '}` }
      const last = named.at(-1)
      return { at: last?.end ?? 0, text: `,${blanksBefore(last?.start ?? 0) || ' '}${name}` }
    })
  }

  /** As the other imports of the project end. */
  #pathTo(target: string): string {
    const relative = path.posix.relative(path.posix.dirname(this.#file.path), target)
    const from = relative.startsWith('.') ? relative : `./${relative}`
    const others = this.#tree.files.flatMap(importsOf).map(({ source }) => source.value)
    const ending = others.flatMap((other) =>
      other.startsWith('.') ? [/\.[cm]?[jt]sx?$/.exec(other)?.[0] ?? ''] : [],
    )[0]
    if (ending === undefined || /\.[cm]?tsx?$/.test(ending)) return from
    return from.replace(/\.[cm]?[jt]sx?$/, ending)
  }
}
