import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ImportDeclaration, parseSync, type Statement } from 'oxc-parser'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const PACKAGES = path.join(CHECKOUT, 'packages')

/** One declaration behind an exported name; overloads share one. */
export interface Declared {
  /** Source file, relative to `packages/`: `sdk/src/clients/cache.ts`. */
  readonly file: string
  /** Without its comment. */
  readonly doc: string
  /** As in a declaration file, without `export` and `declare`. */
  readonly text: string
  readonly isType: boolean
}

export type Exports = ReadonlyMap<string, readonly Declared[]>

interface Module {
  readonly file: string
  readonly code: string
  readonly body: readonly Statement[]
  readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[]
}

type Entries = Readonly<Record<string, string | { readonly default: string }>>

/**
 * Where the compiler finds our packages: by their sources, because what it finds below `node_modules` belongs to others
 * and gets no declarations.
 */
function sourcesOf(name: string): Record<string, string[]> {
  const { exports } = JSON.parse(readFileSync(path.join(PACKAGES, name, 'package.json'), 'utf8')) as {
    exports: Entries
  }
  return Object.fromEntries(
    Object.entries(exports).map(([key, entry]) => [
      path.posix.join('@imperal', name, key),
      [path.join(PACKAGES, name, typeof entry === 'string' ? entry : entry.default)],
    ]),
  )
}

/** Declarations as the compiler writes them, so that inferred types are spelled out. */
function emit(entries: readonly string[], folder: string): void {
  const config = path.join(folder, 'tsconfig.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: path.join(CHECKOUT, 'tsconfig.base.json'),
      compilerOptions: {
        ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: PACKAGES, outDir: folder },
        typeRoots: [path.join(CHECKOUT, 'node_modules/@types')],
        paths: { ...sourcesOf('contract'), ...sourcesOf('validators') },
      },
      files: entries.map((entry) => path.join(PACKAGES, entry)),
    }),
  )
  execFileSync(process.execPath, [path.join(CHECKOUT, 'node_modules/typescript/bin/tsc'), '-p', config], {
    cwd: CHECKOUT,
    stdio: 'inherit',
  })
}

const plain = (comment: string): string =>
  comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim()

class Declarations {
  readonly #folder: string
  readonly #modules = new Map<string, Module>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** `sdk/src/index.ts` and its like. */
  #module(file: string): Module | undefined {
    const known = this.#modules.get(file)
    if (known !== undefined) return known
    const place = path.join(this.#folder, file.replace(/\.ts$/, '.d.ts'))
    if (!existsSync(place)) return undefined
    const code = readFileSync(place, 'utf8')
    const { program, comments } = parseSync(place, code)
    const module = { file, code, body: program.body as Statement[], comments }
    this.#modules.set(file, module)
    return module
  }

  #resolve(from: string, source: string): string {
    if (source.startsWith('.')) return path.posix.join(path.posix.dirname(from), source)
    const [, name = '', inner = ''] = /^@imperal\/([^/]+)(?:\/(.+))?$/.exec(source) ?? []
    const candidates = inner === '' ? ['index.ts'] : [`${inner}.ts`, `${inner}/index.ts`]
    const found = candidates
      .map((file) => `${name}/src/${file}`)
      .find((file) => existsSync(path.join(this.#folder, file.replace(/\.ts$/, '.d.ts'))))
    return found ?? source
  }

  #describe({ file, code, comments }: Module, node: { start: number; end: number }): Declared {
    const before = comments.findLast(({ end }) => end <= node.start && /^\s*$/.test(code.slice(end, node.start)))
    const text = code
      .slice(node.start, node.end)
      .replace(/^export\s+/, '')
      .replace(/^declare\s+/, '')
      .replaceAll(/^ +#private;\n/gm, '')
    return {
      file,
      text,
      isType: /^(?:interface|type)\b/.test(text),
      doc: before?.value.startsWith('*') === true ? plain(before.value) : '',
    }
  }

  /** Everything that a module declares or imports, by its local name. */
  #locals(module: Module): Map<string, () => readonly Declared[]> {
    const locals = new Map<string, () => readonly Declared[]>()
    for (const statement of module.body) {
      if (statement.type === 'ImportDeclaration') this.#imported(module, statement, locals)
      const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
      for (const name of namesOf(declaration)) {
        const earlier = locals.get(name)?.() ?? []
        const all = [...earlier, this.#describe(module, statement)]
        locals.set(name, () => all)
      }
    }
    return locals
  }

  #imported(module: Module, { source, specifiers }: ImportDeclaration, locals: Map<string, () => readonly Declared[]>) {
    for (const specifier of specifiers) {
      if (specifier.type !== 'ImportSpecifier') continue
      const imported = nameOf(specifier.imported)
      locals.set(
        specifier.local.name,
        () => this.exportsOf(this.#resolve(module.file, source.value)).get(imported) ?? [],
      )
    }
  }

  /** With what the exported declarations build on and nobody exports: its members are theirs. */
  withBases(exports: Exports): Exports {
    const all = new Map(exports)
    for (const [, [declared]] of exports) {
      const module = declared && this.#module(declared.file)
      if (module === undefined) continue
      for (const name of basesIn(declared?.text ?? '')) {
        const base = all.has(name) ? undefined : this.#locals(module).get(name)?.()
        if (base !== undefined && base.length > 0) all.set(name, base)
      }
    }
    return all.size === exports.size ? all : this.withBases(all)
  }

  exportsOf(file: string): Exports {
    const module = this.#module(file)
    if (module === undefined) return new Map()
    const found = new Map<string, readonly Declared[]>()
    const locals = this.#locals(module)
    for (const statement of module.body) {
      if (statement.type === 'ExportAllDeclaration') {
        const inner = this.exportsOf(this.#resolve(file, statement.source.value))
        for (const [name, declared] of inner) if (!found.has(name)) found.set(name, declared)
      }
      if (statement.type !== 'ExportNamedDeclaration') continue
      for (const name of namesOf(statement.declaration)) found.set(name, locals.get(name)?.() ?? [])
      const { source } = statement
      for (const { local, exported } of statement.specifiers) {
        const declared =
          source === null
            ? locals.get(nameOf(local))?.()
            : this.exportsOf(this.#resolve(file, source.value)).get(nameOf(local))
        found.set(nameOf(exported), declared ?? [])
      }
    }
    return found
  }
}

/** Names that a declaration builds on: the class or interface that it extends, the members of a union that it names. */
function basesIn(text: string): string[] {
  const [head = ''] = text.split('{')
  const built = /^(?:class|interface)\b[^{]*?>? extends (?<bases>[^{]*)|^type [^=]+(?:=(?!>)) (?<union>.*);?$/s.exec(
    head,
  )
  return [...(built?.groups?.bases ?? built?.groups?.union ?? '').matchAll(/\b[A-Z]\w+/g)].map(([name]) => name)
}

type Named = { readonly type: string; readonly name?: string; readonly value?: string }
const nameOf = (node: Named): string => node.name ?? node.value ?? ''

type Declaring = {
  readonly type: string
  readonly id?: Named | null
  readonly declarations?: readonly { readonly id: Named }[]
} | null

function namesOf(node: unknown): string[] {
  const declaration = node as Declaring
  if (declaration === null) return []
  if (declaration.type === 'VariableDeclaration') return (declaration.declarations ?? []).map(({ id }) => nameOf(id))
  const isDeclaration = /^(?:TS(?:Interface|TypeAlias|Enum|DeclareFunction)|Class|Function)/.test(declaration.type)
  return isDeclaration && declaration.id != null ? [nameOf(declaration.id)] : []
}

/**
 * What each of these entry points (relative to `packages/`) exports, with comments and declarations; the first one with what
 * its declarations build on.
 */
export function readExports(entries: readonly string[]): ReadonlyMap<string, Exports> {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-docs-'))
  try {
    emit(entries, folder)
    const declarations = new Declarations(folder)
    return new Map(
      entries.map((entry, index) => {
        const exports = declarations.exportsOf(entry)
        return [entry, index === 0 ? declarations.withBases(exports) : exports]
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
