import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import * as sdk from '../../packages/sdk/src/index.ts'
import { undeclared } from './sdk-pages.ts'
import { PAGES } from './tables.ts'

const root = path.resolve(import.meta.dirname, '../..')

test.each(Object.entries(PAGES))(
  '%s is what the code says: run `npm run docs` after a change',
  (file, render) => {
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(render())
    // The compiler reads the SDK for the first of its pages.
  },
  180_000,
)

test('the reference of the SDK declares every export, and says what clients promise', () => {
  expect(undeclared()).toEqual([])
  const page = PAGES['docs/reference/sdk.md']?.() ?? ''
  for (const name of Object.keys(sdk)) expect(page).toContain(`\n### ${name}\n`)
  expect(page).toContain('TTLs are whole seconds from 5 to 300, 60 unless told.')
  expect(page).toContain('    getOrFetch<S extends z.ZodType>(key: string, model: CacheModel<S>,')
})

test('the reference of the command line has every option', () => {
  const page = PAGES['docs/reference/cli.md']?.() ?? ''
  expect(page).toContain('| `--port <number>` |')
  expect(page).toContain('| `--slot <slot>` | of a panel (left): `left`, `center`,')
}, 180_000)

test('the page of the settings shows defaults and values that the schema makes', () => {
  const page = PAGES['docs/reference/settings.md']?.() ?? ''
  for (const row of [
    '| `PORT` | 0 to 65535 | `4780` |',
    '| `IMPERAL_DATA_DIR` |  | `.imperal-data` |',
    '| `IMPERAL_ISOLATION` | `auto`, `full`, `namespaced`, `process` | `auto` |',
    '| `IMPERAL_HOST_PER_USER` | `true`, `false` | `false` |',
    '| `DATABASE_URL` |  |  |',
  ])
    expect(page).toContain(row)
})

const pages = [
  'README.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]

test.each(pages)('every local link of %s leads somewhere', (page) => {
  const text = readFileSync(path.join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
  for (const link of links) expect(existsSync(path.join(root, path.dirname(page), link)), link).toBe(true)
})
