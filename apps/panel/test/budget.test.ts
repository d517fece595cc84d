import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { printFigure } from '../../../test/support/figures.ts'

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

type Coding = 'br' | 'gz'

/** Kilobytes as they travel: of the file that the build put beside each, else of the file itself. */
const weight = (files: Iterable<string>, coding: Coding): number =>
  [...files].reduce((sum, file) => {
    const small = path.join(DIST, `${file}.${coding}`)
    return sum + readFileSync(existsSync(small) ? small : path.join(DIST, file)).length
  }, 0) / KILOBYTE

const scripts = (names: Set<string>) => new Set([...names].flatMap((name) => manifest[name]?.file ?? []))
const styles = (names: Set<string>) => new Set([...names].flatMap((name) => manifest[name]?.css ?? []))

/** Parts that nobody pays for who does not use them, with words of their code that survive the build. */
const LAZY: readonly (readonly [what: string, mark: string])[] = [
  ['charts', 'recharts-'],
  ['the editor', 'ProseMirror'],
  ['the highlighter', 'tokenizeLine'],
  ['the graph', 'cytoscape'],
  ['streams', 'hlsMediaAttached'],
  ['what lies over the page', 'DismissableLayer'],
  ['long lists', 'scrollToIndex'],
]
const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? ''
const SIGN_IN = 'src/pages/sign-in.tsx'
/** What a first visit fetches until a panel can be used: the frame, what draws trees, and the chat beside them. */
const FIRST_VISIT = [
  entry,
  'src/components/shell.tsx',
  '../../packages/ui-kit/src/tree/ui-tree.tsx',
  'src/components/chat/chat-pane.tsx',
] as const

// test/browser/accessibility.test.ts weighs what a browser really asks for before the first panel is drawn.
test('[I7-4] everything until a panel can be used stays within 220 kB of scripts and 120 kB of styles, compressed', () => {
  const page = needed(entry, SIGN_IN)
  const all = needed(...FIRST_VISIT)
  expect([SIGN_IN, ...FIRST_VISIT].filter((name) => manifest[name] === undefined)).toEqual([])
  const measured = (coding: Coding) => ({
    page: weight(scripts(page), coding),
    panel: weight(scripts(all), coding),
    styles: weight(styles(all), coding),
  })
  const [brotli, gzip] = [measured('br'), measured('gz')]
  for (const [name, of] of Object.entries({ brotli, gzip }))
    printFigure(
      `panel, ${name}`,
      `scripts of the sign-in page ${of.page.toFixed(1)} kB, until a panel can be used ${of.panel.toFixed(1)} kB; styles ${of.styles.toFixed(1)} kB`,
    )
  // Browsers ask for Brotli over TLS and on this machine.
  expect(brotli.panel).toBeLessThanOrEqual(220)
  expect(brotli.styles).toBeLessThanOrEqual(120)
  // Where nobody terminates TLS they take gzip; this holds what was reached.
  expect(gzip.page).toBeLessThanOrEqual(175)
  expect(gzip.panel).toBeLessThanOrEqual(250)
})

test.each(LAZY)('[I7-4] %s: the code arrives when it is first drawn', (_what, mark) => {
  const early = scripts(needed(...FIRST_VISIT))
  const later = Object.values(manifest)
    .map((chunk) => chunk.file)
    .filter((file) => file.endsWith('.js') && !early.has(file))
  const has = (file: string) => readFileSync(path.join(DIST, file), 'utf8').includes(mark)
  expect([...early].some(has)).toBe(false)
  expect(later.some(has)).toBe(true)
})
