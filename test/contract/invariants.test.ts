import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type AnyRoute, HOST_CLIENTS } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { SettingsSchema } from '../../apps/server/src/foundation/config/settings.ts'
import { ROUTES } from '../support/routes.ts'

/** Invariants of kernel 12 that are properties of the sources: what is nowhere else, and what everything has. */

const SETTINGS = SettingsSchema.shape
const ROOT = path.resolve(import.meta.dirname, '../..')
const SERVER = path.join(ROOT, 'apps/server/src')

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry: Dirent) => {
    const place = path.join(folder, entry.name)
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'test', 'fixtures'].includes(entry.name) ? [] : filesBelow(place)
    return entry.isFile() ? [place] : []
  })
const isSource = (file: string) =>
  /\.tsx?$/.test(file) && !/\.(?:test|test-d)\.tsx?$|test-fixture\.ts$|test-people\.ts$/.test(file)
/** Without comments: a rule is about what runs. */
const codeOf = (file: string): string =>
  readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')
const sources = (folder: string) =>
  filesBelow(path.join(ROOT, folder))
    .filter(isSource)
    .map((file) => ({ name: path.relative(ROOT, file), code: codeOf(file) }))
const naming = (folder: string, pattern: RegExp) =>
  sources(folder)
    .filter(({ code }) => pattern.test(code))
    .map(({ name }) => name)

describe('where things are decided', () => {
  test('[I-NO-WORKFLOW-LEVEL-AA-BRANCH] who acts for whom is read from a request in one place, and known nowhere behind the door', () => {
    const readers = naming('apps/server/src', /(?:headers\[|headers\.get\(|headers, )['"]x-acting-user['"]/i)
    expect(readers).toEqual(['apps/server/src/modules/identity/authenticate.ts'])
    // Behind the door there is one acting user, resolved once; that somebody asked for another is known nowhere.
    const behind = ['chat', 'automations', 'mcp', 'ir', 'kernel', 'marketplace']
    for (const folder of behind)
      expect(naming(`apps/server/src/modules/${folder}`, /\b(?:isActingFor|onBehalfOf|actingAs|realUser)\b/)).toEqual(
        [],
      )
    expect(naming('apps/server/src/modules/kernel', /(?<!function )\bactingUser\(/)).toEqual([
      'apps/server/src/modules/kernel/catalog.ts',
      'apps/server/src/modules/kernel/corridor/receive.ts',
      'apps/server/src/modules/kernel/events/event-catalog.ts',
    ])
  })

  test('[K3.1] extension code is entered by one stage of the corridor, and described by the publish gate', () => {
    expect(naming('apps/server/src', /hosts\.call\(/)).toEqual(['apps/server/src/modules/kernel/corridor/execute.ts'])
    expect(
      naming('apps/server/src', /hosts\.describe\(/).filter((name) => !/\/(?:modules\/developer|main)\//.test(name)),
    ).toEqual([])
  })

  test('[I-KERNEL-NO-DIRECT-HTTPX-STORE-1] [K8.26] documents are reached through the store alone', () => {
    const outside = (pattern: RegExp) =>
      naming('apps/server/src', pattern).filter((name) => !name.startsWith('apps/server/src/modules/store/'))
    expect(outside(/['"`. ]store\.(?:document|collection)\b/)).toEqual([])
    // The kernel itself sends no requests: what leaves, leaves through the checked way out.
    expect(naming('apps/server/src/modules/kernel', /(?<![.\w])fetch\(|node:https?'|from 'undici'/)).toEqual([])
  })

  test('[I-CHATEXTENSION-NO-LLM-ROUTER] [S003-008] nothing between a call and the author’s handler asks a model', () => {
    const between = ['packages/sdk/src/port', 'packages/host/src']
      .flatMap((folder) => sources(folder))
      // It makes the client that authors ask models by; nothing of it runs before they do.
      .filter(({ name }) => !name.endsWith('/create-port.ts'))
    expect(between.length).toBeGreaterThan(10)
    const asking = between.filter(({ code }) =>
      /from ['"][^'"]*\/llm\/|create_message|ai['"], ?['"]complete/.test(code),
    )
    expect(asking.map(({ name }) => name)).toEqual([])
  })
})

describe('one source for both sides', () => {
  test('[I-SDK-GW-CONTRACT-1] [K8.26] the SDK asks for nothing that the kernel does not answer, and for all that it does', () => {
    const asked = new Set(
      sources('packages/sdk/src').flatMap(({ code }) =>
        [...code.matchAll(/\(\s*['"](\w+)['"],\s*['"](\w+)['"]\s*[,)]/g)].map(
          ([, client, method]) => `${client}.${method}`,
        ),
      ),
    )
    const offered = new Set(
      Object.entries(HOST_CLIENTS).flatMap(([client, methods]) => methods.map((method) => `${client}.${method}`)),
    )
    const clients = new Set<string>(Object.keys(HOST_CLIENTS))
    expect([...asked].filter((name) => clients.has(name.split('.')[0] ?? '') && !offered.has(name))).toEqual([])
    expect([...asked].filter((name) => name.startsWith('store.')).sort()).toEqual(
      [...offered].filter((name) => name.startsWith('store.')).sort(),
    )
  })

  test('[I-DOCS-VS-API-1] every address and every setting that the guides name is there', () => {
    const known = ROUTES.map(
      (route: AnyRoute) => new RegExp(`^${route.path.replace(/\{[^}]+\*\}/g, '.+').replace(/\{[^}]+\}/g, '[^/]+')}$`),
    )
    const pages = filesBelow(path.join(ROOT, 'docs/guide')).filter((file) => file.endsWith('.md'))
    const wrong = pages.flatMap((file) => {
      const text = readFileSync(file, 'utf8')
      const name = path.relative(ROOT, file)
      const addresses = [...text.matchAll(/(?<![\w.])(\/v1\/[\w{}./*…-]*[\w}])/g)].map(([, address = '']) => address)
      const settings = [...text.matchAll(/\b(IMPERAL_[A-Z0-9_]+[A-Z0-9])\b/g)].map(([, setting = '']) => setting)
      return [
        ...addresses
          .filter((address) => !address.includes('…') && !known.some((one) => one.test(address)))
          .filter((address) => !ROUTES.some((route: AnyRoute) => route.path.startsWith(`${address}/`)))
          .map((address) => `${name}: ${address}`),
        ...settings.filter((setting) => !isKnown(setting)).map((setting) => `${name}: ${setting}`),
      ]
    })
    expect(wrong).toEqual([])
  })
})

/** Read by programs of authors and by tests against real models, not by the platform. */
const OF_PROGRAMS = new Set([
  'IMPERAL_DEV_MODE',
  'IMPERAL_AUTHOR_ID',
  'IMPERAL_FIRSTPARTY_AUTHOR_IDS',
  'IMPERAL_URL',
  'IMPERAL_API_KEY',
  'IMPERAL_MCP_TOKEN',
  'IMPERAL_LIVE_KEY',
  'IMPERAL_LIVE_BASE_URL',
  'IMPERAL_LIVE_MODEL',
])
const isKnown = (setting: string): boolean =>
  setting in SETTINGS ||
  setting.replace(/_FILE$/, '') in SETTINGS ||
  OF_PROGRAMS.has(setting) ||
  /^IMPERAL_(?:APP)?SECRET_/.test(setting)

const UNITS: Readonly<Record<string, RegExp>> = {
  S: /second/,
  MS: /millisecond/,
  MB: /\bM(?:i)?B\b/,
  KB: /\bK(?:i)?B\b/,
  H: /hour/,
  DAYS: /day/,
  MINUTES: /minute/,
}

describe('settings of the operator', () => {
  test('[I-ADMIN-NO-ORPHAN-UI] each one is read somewhere', () => {
    const readers = sources('apps/server/src').filter(({ name }) => !name.endsWith('foundation/config/settings.ts'))
    const ownReads = codeOf(path.join(SERVER, 'foundation/config/settings.ts')).split('export function')[1] ?? ''
    const all = `${readers.map(({ code }) => code).join('\n')}${ownReads}`
    expect(Object.keys(SETTINGS).filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([])
  })

  test('[I-ADMIN-FIELD-DESCRIPTIONS-CANONICAL] each one says in a sentence what it does', () => {
    const mute = Object.entries(SETTINGS).filter(
      ([, schema]) => !/^.{15,}\.$/s.test((schema as { description?: string }).description ?? ''),
    )
    expect(mute.map(([name]) => name)).toEqual([])
  })

  test('[I-ADMIN-FIELD-DESCRIPTIONS-CANONICAL] each number has a unit in its sentence, and a range and a default in the reference', () => {
    const reference = readFileSync(path.join(ROOT, 'docs/reference/settings.md'), 'utf8')
    const rows = [...reference.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| (.*) \|$/gm)].map(
      ([, name = '', values = '', fallback = '', meaning = '']) => ({ name, values, fallback, meaning }),
    )
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(SETTINGS))
    const unitless = rows.filter(({ name, meaning }) => {
      const unit = UNITS[/_(S|MS|MB|KB|H|DAYS|MINUTES)$/.exec(name)?.[1] ?? '']
      return unit !== undefined && !unit.test(meaning)
    })
    expect(unitless.map(({ name }) => name)).toEqual([])
    const isNumber = ({ fallback }: { fallback: string }) => /^`\d+`$/.test(fallback)
    expect(rows.filter((row) => isNumber(row) && !/\d+ to \d+/.test(row.values)).map(({ name }) => name)).toEqual([])
  })
})

test('the development mode for secrets exists in programs of authors alone: the platform never reads it', () => {
  expect(naming('apps/server/src', /IMPERAL_DEV_MODE/)).toEqual([])
  expect(naming('packages/host/src', /IMPERAL_DEV_MODE|IMPERAL_SECRET_/)).toEqual([])
})
