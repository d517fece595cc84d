import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Parsed, parseText } from './parse.ts'
import { positionAt, type SourceFile, type SourceTree, type UnreadableFile } from './source-tree.ts'

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
  const parsed = parseText(file, text)
  return 'program' in parsed ? { path: file, text, program: parsed.program } : null
}

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory() && !isSkippedFolder(entry.name)) yield* sourceFiles(full)
    else if (entry.isFile() && isSourceName(entry.name)) yield full
  }
}

function unreadable(name: string, text: string, parsed: Exclude<Parsed, { program: unknown }>): UnreadableFile {
  const file = { path: name, text } as SourceFile // only its text is asked
  return { path: name, message: parsed.message, ...positionAt(file, parsed.offset) }
}

/** Parses every source below a folder, in the order of their paths. */
export async function readSourceTree(root: string): Promise<SourceTree> {
  const files: SourceFile[] = []
  const broken: UnreadableFile[] = []
  for await (const full of sourceFiles(root)) {
    const name = path.relative(root, full).split(path.sep).join('/')
    const text = await readFile(full, 'utf8')
    const parsed = parseText(name, text)
    if ('program' in parsed) files.push({ path: name, text, program: parsed.program })
    else broken.push(unreadable(name, text, parsed))
  }
  return { root, files, unreadable: broken }
}
