import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { PAGES } from './tables.ts'

const root = path.resolve(import.meta.dirname, '../..')

test.each(Object.entries(PAGES))('%s is what the code says: run `npm run docs` after a change', (file, render) => {
  expect(readFileSync(path.join(root, file), 'utf8')).toBe(render())
})

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
