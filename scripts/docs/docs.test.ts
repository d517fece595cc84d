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

const read = (page: string): string => readFileSync(path.join(root, 'docs', page), 'utf8').replaceAll(/\s+/g, ' ')

test.each<[string, string, RegExp[]]>([
  [
    '[S000-024] panels, tools and functions keep their state in the store or the cache',
    'guide/authors/skeletons.md',
    [/functions and panels use `ctx\.store` and `ctx\.cache`/],
  ],
  [
    '[S000-063] exposed methods are experimental, and calls never cross tenants',
    'guide/authors/other-apps.md',
    [/Exposed methods are experimental/, /Calls never cross tenants/],
  ],
  [
    '[S000-118] work beyond three minutes goes through ctx.backgroundTask',
    'guide/authors/http.md',
    [/what takes longer than three minutes goes through \[`ctx\.backgroundTask`\]/],
  ],
  [
    '[S000-158] credentials are no settings, which are plain text',
    'guide/authors/files-and-settings.md',
    [/Never put a credential there: settings are plain text, and whoever may set them sees them in the panel/],
  ],
  [
    '[S003-083] intervals of users are one schedule and a stored last run',
    'guide/authors/schedules.md',
    [/no `ctx\.scheduler`/, /`last_run_at`/],
  ],
  [
    '[S000-183] action types, error codes and guarantees are lists with names that stay',
    'reference/sdk.md',
    [/`read`, `write`, `destructive`/, /`FABRICATED_ID_SHAPE`/, /`SECRET_MISSING`/, /\[guarantees\]/],
  ],
])('the documentation says: %s', (_what, page, sentences) => {
  for (const sentence of sentences) expect(read(page)).toMatch(sentence)
})

test('[S002-034] the glossary has each word of the platform once, in alphabetical order, and says what it means', () => {
  const rows = [...readFileSync(path.join(root, 'docs/glossary.md'), 'utf8').matchAll(/^\| (.+?) \| (.+?) \|$/gm)]
    .map(([, word = '', meaning = '']) => ({ word, meaning }))
    .slice(1)
  const words = rows.map(({ word }) => word.toLowerCase())
  expect(words).toEqual([...new Set(words)].sort((one, other) => (one < other ? -1 : 1)))
  for (const { word, meaning } of rows) {
    expect(meaning.length, word).toBeGreaterThan(20)
    expect(meaning.toLowerCase().startsWith(word.toLowerCase()), word).toBe(false)
  }
  // What the panel, the API and the guide call things has to be found here.
  const named = words.flatMap((word) => word.split(', '))
  const needed = [
    ...['acting user', 'action ledger', 'action type', 'actionresult', 'alert', 'app', 'automation', 'background work'],
    ...['byollm', 'cache', 'capability', 'catalog', 'chain', 'chain-callable', 'chat injection', 'classifier'],
    ...['confirmation', 'credit', 'ctx', 'declarative app', 'deploy', 'document', 'effect', 'event', 'exposed method'],
    ...['federal contract', 'gateway', 'health check', 'host', 'icnli', 'id projection', 'imperal_id', 'invariant'],
    ...[
      'kernel',
      'lifecycle hook',
      'manifest',
      'marketplace',
      'module',
      'narration',
      'notification',
      'outbox',
      'panel',
    ],
    ...[
      'placeholder',
      'platform fee',
      'promotion',
      'purpose',
      'registry',
      'retention class',
      'role',
      'schedule',
      'scope',
    ],
    ...[
      'sdl',
      'secret',
      'session memory',
      'signal',
      'skeleton',
      'slot',
      'store',
      'storage',
      'system app',
      'task',
      'tenant',
    ],
    ...[
      'tier',
      'tool',
      'trace',
      'tray',
      'truth gate',
      'turn',
      'typed dispatch',
      'wallet',
      'webbee',
      'webhook',
      'widget',
    ],
  ]
  expect(needed.filter((word) => !named.includes(word))).toEqual([])
})
