import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EXTENSION_PORT, type JsonObject } from '@imperal/contract'
import { ActionResult, ChatExtension, Extension, HealthStatus } from '@imperal/sdk'
import { afterAll, expect, test } from 'vitest'
import * as z from 'zod'
import { ALL_RULES, type Issue, type LoadedExtension } from '../src/index.ts'
import { validateProject } from '../src/project.ts'

const PROJECT = path.resolve(import.meta.dirname, '../fixtures/every-rule')
const AUTHOR = { IMPERAL_AUTHOR_ID: 'somebody', IMPERAL_FIRSTPARTY_AUTHOR_IDS: 'imperal' }
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0"/></svg>'
const folder = mkdtempSync(path.join(tmpdir(), 'imperal-every-rule-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifestOf = (extension: LoadedExtension): JsonObject => extension[EXTENSION_PORT].manifest()
const placeOf = ({ rule, file, line }: Issue): string => `${rule} ${file}:${line}`

/** What the lines of the sources say about themselves. */
const marks = (): string[] =>
  readdirSync(PROJECT).flatMap((file) =>
    readFileSync(path.join(PROJECT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => {
        const rules = / \/\/ ← (.*)$/.exec(line)?.[1]?.split(', ') ?? []
        return rules.map((rule) => `${rule} ${file}:${index + 1}`)
      }),
  )

/** What only other extensions can show: without anything to call, with a manifest of another shape, or not loaded. */
const ELSEWHERE = ['V3', 'V6', 'V8', 'M1', 'M6.3', 'M7.3', 'M8.2']

test('[8.5] an extension that breaks every rule once is reported rule by rule, each at its line, and nothing else', async () => {
  const { ext } = (await import(path.join(PROJECT, 'main.ts'))) as { ext: Extension }
  const { issues } = await validateProject(PROJECT, { extension: ext, manifest: manifestOf(ext) }, AUTHOR)
  const inFiles = [
    'V21 icon.svg:1',
    'SDK-VERSION-1 imperal.json:2',
    'M3 imperal.json:3',
    'M4 imperal.json:4',
    'M2 imperal.json:6',
    'M5 imperal.json:9',
  ]
  expect(issues.map(placeOf).sort()).toEqual([...marks(), ...inFiles].sort())
  const rules = new Set(issues.map(({ rule }) => rule))
  expect(ALL_RULES.map(({ id }) => id).filter((id) => !rules.has(id) && !ELSEWHERE.includes(id))).toEqual([])
  for (const { rule, level, message, fix } of issues) {
    expect([rule, message, fix].every((text) => text.trim() !== '')).toBe(true)
    const severities = ALL_RULES.filter(({ id }) => id === rule).map(({ severity }) => severity)
    if (!['V13', 'V34'].includes(rule)) expect(severities).toContain(level)
  }
})

function sound(): Extension {
  const ext = new Extension('garden-log', {
    version: '1.0.0',
    displayName: 'Garden Log',
    description: 'Keeps a diary of beds and plants, and reminds you to water.',
    icon: 'icon.svg',
    capabilities: ['garden-log:read'],
  })
  ext.healthCheck(() => HealthStatus.ok())
  ext.onInstall(() => {})
  const describes = { description: 'Lists the beds of the garden.', params: z.object({}), returns: z.object({}) }
  new ChatExtension(ext, { toolName: 'garden' }).function('list_beds', describes, () =>
    ActionResult.success({}, 'Done'),
  )
  return ext
}

async function reportOf(name: string, onDisk: string, extension: LoadedExtension = sound()): Promise<string[]> {
  const root = path.join(folder, name)
  cpSync(path.join(PROJECT, 'icon.svg'), path.join(root, 'icon.svg'))
  writeFileSync(path.join(root, 'icon.svg'), ICON)
  if (onDisk !== '') writeFileSync(path.join(root, 'imperal.json'), onDisk)
  const { issues } = await validateProject(root, { extension, manifest: manifestOf(extension) })
  return issues.map(placeOf)
}

test.each<[string, string, string[]]>([
  ['nothing is wrong', '', []],
  ['[M0] the file is no JSON', '{\n  "tags": [\n    oops\n  ]\n}\n', ['M0 imperal.json:3']],
  ['[M1] the file holds a list', '\n[]\n', ['M1 imperal.json:2']],
  [
    '[M6.3] [M7.3] [M8.2] what is there twice, or belongs to others',
    `{
  "webhooks": [
    { "path": "/in" },
    { "path": "/in" }
  ],
  "events": { "emits": [
    { "type": "garden-log.added" },
    { "type": "mail.sent" }
  ] },
  "exposed": [
    { "name": "get" },
    { "name": "get" }
  ]
}
`,
    ['M6.3 imperal.json:4', 'M7.3 imperal.json:8', 'M8.2 imperal.json:12'],
  ],
  [
    'names with dots and brackets are found',
    '{\n  "lifecycle_hooks": {\n    "on_upgrade:1.0.0": {}\n  }\n}',
    ['M2 imperal.json:3'],
  ],
])('a sound extension: %s', async (name, onDisk, expected) => {
  expect(await reportOf(name.replaceAll(/\W+/g, '-'), onDisk)).toEqual(expected)
})

test('[V3] nothing to call', async () => {
  const ext = new Extension('garden-log', { version: '1.0.0' })
  expect(await reportOf('empty', '', ext)).toContain('V3 :0')
})

test('[V23] the environment makes its finding an error', async () => {
  const ext = sound()
  new ChatExtension(ext, { toolName: 'more' }).function(
    'find_beds',
    { description: 'Finds the beds of the garden.', params: z.object({}) },
    () => ActionResult.success({}, 'Done'),
  )
  const levels = async (env: Record<string, string>) => {
    const { issues } = await validateProject(folder, { extension: ext, manifest: manifestOf(ext) }, env)
    return issues.flatMap(({ rule, level }) => (rule === 'V23' ? [level] : []))
  }
  expect(await levels({})).toEqual(['WARN'])
  expect(await levels({ IMPERAL_VALIDATOR_V23_SEVERITY: 'error' })).toEqual(['ERROR'])
})
