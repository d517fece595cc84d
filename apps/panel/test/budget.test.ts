import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const DIST = path.resolve(import.meta.dirname, '../dist')
const KILOBYTE = 1_000

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}
const manifest: Readonly<Record<string, Chunk>> = JSON.parse(
  readFileSync(path.join(DIST, '.vite/manifest.json'), 'utf8'),
)

/** The chunks that must have arrived before the code of these can run. */
function needed(...names: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const visit = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    for (const next of manifest[name]?.imports ?? []) visit(next)
  }
  names.forEach(visit)
  return seen
}

/** Kilobytes as they travel. */
const weight = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(path.join(DIST, file))).length, 0) / KILOBYTE

const scripts = (names: Set<string>) => [...names].flatMap((name) => manifest[name]?.file ?? [])
const styles = (names: Set<string>) => new Set([...names].flatMap((name) => manifest[name]?.css ?? []))

/** Parts that nobody pays for who does not use them, with words of their code that survive the build. */
const LAZY: readonly (readonly [what: string, mark: string])[] = [
  ['charts', 'recharts-'],
  ['the editor', 'ProseMirror'],
  ['the highlighter', 'tokenizeLine'],
  ['the graph', 'cytoscape'],
  ['streams', 'hlsMediaAttached'],
]
const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? ''
const SHELL = 'src/components/shell.tsx'

test('[I7-4] what the page asks for stays within 220 kB of scripts and 120 kB of styles, compressed', () => {
  const page = needed(entry)
  const all = needed(entry, SHELL)
  const measured = {
    'scripts of the page': weight(scripts(page)),
    'scripts until the frame of the shell': weight(scripts(all)),
    styles: weight(styles(all)),
  }
  for (const [what, kilobytes] of Object.entries(measured))
    process.stdout.write(`panel: ${what} ${kilobytes.toFixed(1)} kB\n`)
  expect(measured['scripts of the page']).toBeLessThanOrEqual(220)
  expect(measured.styles).toBeLessThanOrEqual(120)
  // The frame and its chat come right after; this holds what was reached.
  expect(measured['scripts until the frame of the shell']).toBeLessThanOrEqual(255)
})

test.each(LAZY)('[I7-4] %s: the code arrives when it is first drawn', (_what, mark) => {
  const early = new Set(scripts(needed(entry, SHELL)))
  const later = Object.values(manifest)
    .map((chunk) => chunk.file)
    .filter((file) => file.endsWith('.js') && !early.has(file))
  const has = (file: string) => readFileSync(path.join(DIST, file), 'utf8').includes(mark)
  expect([...early].some(has)).toBe(false)
  expect(later.some(has)).toBe(true)
})
