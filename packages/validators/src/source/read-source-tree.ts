import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseSync } from 'oxc-parser'
import type { SourceFile, SourceTree } from './source-tree.ts'

const SOURCE = /\.(?:ts|tsx|mts|cts|js|mjs|cjs)$/
const DECLARATIONS = /\.d\.(?:ts|mts|cts)$/
const SKIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  'build',
  'coverage',
  '.git',
  '.turbo',
  '.next',
  '.vite',
  '.cache',
  '.imperal',
  '__pycache__',
  'venv',
  '.venv',
])

export const isSourceName = (name: string): boolean => SOURCE.test(name) && !DECLARATIONS.test(name)

/** Folders that hold no sources of the author, at any depth. */
export const isSkippedFolder = (name: string): boolean => SKIPPED.has(name)

/** Null when the text does not parse: the compiler reports that better than a rule could. */
export function parseSource(file: string, text: string): SourceFile | null {
  const { program, errors } = parseSync(file, text)
  return errors.some(({ severity }) => severity === 'Error') ? null : { path: file, text, program }
}

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory() && !isSkippedFolder(entry.name)) yield* sourceFiles(full)
    else if (entry.isFile() && isSourceName(entry.name)) yield full
  }
}

/** Parses every source below a folder, in the order of their paths. A single file may be given too. */
export async function readSourceTree(root: string): Promise<SourceTree> {
  const files: SourceFile[] = []
  for await (const full of sourceFiles(root)) {
    const name = path.relative(root, full).split(path.sep).join('/')
    const file = parseSource(name, await readFile(full, 'utf8'))
    if (file !== null) files.push(file)
  }
  return { root, files }
}
