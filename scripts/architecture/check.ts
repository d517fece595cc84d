import path from 'node:path'
import { isTest, LAYERS, PACKAGES } from './house.ts'
import { type Import, readImports } from './imports.ts'

export interface SourceFile {
  /** Relative to the checkout, with `/`. */
  readonly file: string
  readonly code: string
}

export interface Violation {
  readonly file: string
  readonly line: number
  readonly problem: string
  readonly wayOut: string
}

type Finding = Omit<Violation, 'file' | 'line'>

const SERVER = 'apps/server/src/'
const layerOf = (module: string): number => LAYERS.findIndex((modules) => modules.includes(module))

interface Place {
  readonly module: string
  /** Path inside the module. */
  readonly rest: string
}

/** Where a file of the server lives; undefined when it is in no module. */
function placeOf(file: string): Place | undefined {
  const inside = file.slice(SERVER.length)
  if (inside === 'main.ts' || inside.startsWith('main/')) return { module: 'main', rest: inside }
  if (inside.startsWith('foundation/')) return { module: 'foundation', rest: inside.slice('foundation/'.length) }
  const [, module, rest] = /^modules\/([^/]+)\/(.+)$/.exec(inside) ?? []
  return module === undefined || rest === undefined ? undefined : { module, rest }
}

const NO_MODULE: Finding = {
  problem: 'This file is in no module.',
  wayOut: 'Move it into foundation/ or modules/<module>/; only main.ts and main/ stand above them.',
}

/** What other modules may import: `index.ts`, and for the foundation the files at its top as well. */
const isPublic = ({ module, rest }: Place): boolean =>
  rest === 'index.ts' || (module === 'foundation' && /^([^/]+|[^/]+\/index)\.ts$/.test(rest))

function checkLayers(from: Place, to: Place): Finding | undefined {
  const [own, other] = [layerOf(from.module), layerOf(to.module)]
  if (from.module === 'main' || other < own) return undefined
  if (other === own) {
    return {
      problem: `${from.module} imports ${to.module}, and both are on layer ${own}.`,
      wayOut: 'Move what both need one layer down, publish an event into the outbox, or name a third module.',
    }
  }
  return {
    problem: `${from.module} (layer ${own}) imports ${to.module} (layer ${other}) above it.`,
    wayOut: `Declare an interface in ${from.module} and let main.ts plug in ${to.module}, or publish an event.`,
  }
}

function checkServerImport(from: Place, target: string): Finding | undefined {
  if (!target.startsWith(SERVER)) {
    return { problem: `${target} is outside the server.`, wayOut: 'Import the package by its name, @imperal/….' }
  }
  const to = placeOf(target)
  if (to === undefined) return { ...NO_MODULE, problem: `${target} is in no module.` }
  if (to.module === from.module) return undefined
  if (to.module === 'main')
    return { problem: 'main.ts is imported.', wayOut: 'main.ts wires modules; nothing uses it.' }
  const layers = checkLayers(from, to)
  if (layers !== undefined || isPublic(to)) return layers
  return {
    problem: `${to.module}/${to.rest} is private to ${to.module}.`,
    wayOut: `Import from ${to.module}'s index.ts, and export there what others may use.`,
  }
}

const packageOf = (file: string): string | undefined =>
  Object.keys(PACKAGES).find((folder) => file.startsWith(`${folder}/`))

const npmName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function checkPackageImport(folder: string, specifier: string): Finding | undefined {
  const rule = PACKAGES[folder]
  const name = npmName(specifier)
  if (rule === undefined || specifier === `@imperal/${path.basename(folder)}`) return undefined
  if (name.startsWith('@imperal/')) {
    if (rule.ours.includes(name.slice('@imperal/'.length))) return undefined
    const allowed = rule.ours.map((entry) => `@imperal/${entry}`).join(', ') || 'no package of ours'
    return {
      problem: `${folder} imports ${name}.`,
      wayOut: `It may import ${allowed}; move what both need into those.`,
    }
  }
  const reason = rule.never?.[name]
  if (reason !== undefined) return { problem: `${folder} imports ${name}.`, wayOut: `${reason}; pass the values in.` }
  if (rule.only === undefined || rule.only.includes(name)) return undefined
  return { problem: `${folder} imports ${name}.`, wayOut: `It may import ${rule.only.join(', ')} only.` }
}

/** The folder that relative imports stay in: each extension and each example is a program of its own. */
const homeOf = (file: string, folder: string): string =>
  folder.includes('/') ? folder : file.split('/').slice(0, 2).join('/')

function checkRelativeImport(home: string, target: string): Finding | undefined {
  if (target.startsWith(`${home}/`)) return undefined
  return { problem: `${target} is outside ${home}.`, wayOut: 'Import the package by its name, @imperal/….' }
}

function checkImport(file: string, { specifier }: Import): Finding | undefined {
  const folder = packageOf(file)
  if (folder === undefined) return undefined
  if (!specifier.startsWith('.')) return checkPackageImport(folder, specifier)
  const target = path.posix.join(path.posix.dirname(file), specifier)
  if (isTest(target)) {
    return { problem: `${target} belongs to tests.`, wayOut: 'Move what the program needs out of it.' }
  }
  const from = file.startsWith(SERVER) ? placeOf(file) : undefined
  return from === undefined ? checkRelativeImport(homeOf(file, folder), target) : checkServerImport(from, target)
}

function checkPlace(file: string): Finding | undefined {
  if (!file.startsWith(SERVER)) return undefined
  const place = placeOf(file)
  if (place === undefined) return NO_MODULE
  if (place.module === 'main' || layerOf(place.module) >= 0) return undefined
  return {
    problem: `The module ${place.module} has no layer.`,
    wayOut: 'Give it a line in scripts/architecture/house.ts.',
  }
}

/** Holds the sources against the rules of the house. */
export function checkArchitecture(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ file, code }) => {
    const place = checkPlace(file)
    if (place !== undefined) return [{ file, line: 1, ...place }]
    if (isTest(file)) return []
    return readImports(file, code).flatMap((found) => {
      const finding = checkImport(file, found)
      return finding === undefined ? [] : [{ file, line: found.line, ...finding }]
    })
  })
}
