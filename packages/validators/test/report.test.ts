import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EXTENSION_PORT, type JsonObject } from '@imperal/contract'
import { Extension } from '@imperal/sdk'
import { afterAll, expect, test } from 'vitest'
import {
  createReport,
  formatReport,
  type Issue,
  reportToJson,
  validateExtension,
  validateSourceTree,
} from '../src/index.ts'
import { validateManifest } from '../src/validate.ts'
import { validateProject } from '../src/validate-project.ts'

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures')
const folder = mkdtempSync(path.join(tmpdir(), 'imperal-validators-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = {
  app_id: 'garden-log',
  version: '1.2.0',
  tools: [
    { name: 'skeleton_refresh_beds' },
    { name: 'skeleton_alert_beds' },
    { name: 'recount' },
    { name: 'add_plant', owner_chat_tool: 'garden_log', event: 'garden-log.added' },
    { name: 'list_plants', owner_chat_tool: 'garden_log', event: '' },
  ],
  events: { subscribes: [{ type: 'weather.frost', handler: 'onFrost' }], emits: [] },
}
const manifestOf = (extension: Extension): JsonObject => extension[EXTENSION_PORT].manifest()
const issue = (level: Issue['level'], more: Partial<Issue> = {}): Issue => ({
  rule: 'V16',
  level,
  message: 'Say more',
  file: '',
  line: 0,
  fix: '',
  ...more,
})

test('[8.5] [S003-118] [S003-119] [S003-120] the text is the documented one, to the letter', () => {
  const report = createReport(manifest, [
    issue('ERROR', { file: 'main.ts', line: 12, fix: 'Write more.' }),
    issue('WARN', { rule: 'V9' }),
    issue('INFO', { rule: 'V12', file: 'imperal.json' }),
  ])
  expect(formatReport(report)).toBe(`── Imperal Extension Validator v1.0 ────────────────────────────────

Extension: garden-log v1.2.0
Tools: 4, Functions: 2, Events: 2

RESULTS: 1 error, 1 warning, 1 info

  ERROR main.ts:12  [V16] Say more
         Fix: Write more.

  WARN   [V9] Say more

  INFO  imperal.json  [V12] Say more

1 error(s) must be fixed before deployment.
`)
})

test('[8.5] without errors and warnings there is one line of zeros, and hints follow it', () => {
  const text = formatReport(createReport(manifest, [issue('INFO')]))
  expect(text.split('\n').slice(5)).toEqual(['0 errors, 0 warnings', '', '  INFO   [V16] Say more', ''])
  expect(formatReport(createReport(manifest, [issue('WARN'), issue('WARN')]))).toContain(
    'RESULTS: 0 errors, 2 warnings\n',
  )
  expect(formatReport(createReport(manifest, [issue('WARN')]))).toMatch(/\n1 warning\(s\) — consider fixing\.\n$/)
})

test('the JSON form has the names of the wire and counts', () => {
  expect(reportToJson(createReport(manifest, [issue('ERROR')]))).toEqual({
    app_id: 'garden-log',
    version: '1.2.0',
    issues: [{ ...issue('ERROR'), column: 0 }],
    function_count: 2,
    tool_count: 4,
    event_count: 2,
    errors: 1,
    warnings: 0,
    is_valid: false,
  })
})

test('[V8] a loaded extension without its folder is told that the file was not looked at', () => {
  const ext = new Extension('garden-log', { version: '1.0.0' })
  const { issues, isValid } = validateExtension(ext)
  expect(issues.map(({ rule }) => rule)).toEqual(['V3', 'V8', 'V9', 'V12', 'V14', 'V15', 'V34'])
  expect(isValid).toBe(false)
})

test('source rules look at every source below a folder, in order, never at dependencies; a file that does not parse is named', async () => {
  for (const to of ['a/main.ts', 'node_modules/x/main.ts', 'dist/main.ts', 'types.d.ts', 'b.mjs']) {
    cpSync(path.join(FIXTURES, 'SKEL-GUARD-3/bad.ts'), path.join(folder, 'sources', to))
  }
  writeFileSync(path.join(folder, 'sources/broken.ts'), 'ctx.skeleton.update( // ←')
  const found = await validateSourceTree(path.join(folder, 'sources'))
  expect(found.map(({ rule, file, line, column }) => `${rule} ${file}:${line}:${column}`)).toEqual([
    'SKEL-GUARD-3 a/main.ts:1:35',
    'SKEL-GUARD-3 b.mjs:1:35',
    'SYNTAX-1 broken.ts:1:26',
  ])
})

test('a manifest on disk may hold what the marketplace shows and nothing else', async () => {
  const root = path.join(folder, 'partial')
  cpSync(path.join(FIXTURES, 'SKEL-GUARD-3/good.ts'), path.join(root, 'main.ts'))
  writeFileSync(path.join(root, 'imperal.json'), '{ "category": "lifestyle", "tags": ["garden"] }')
  const extension = new Extension('garden-log', { version: '1.0.0' })
  const { issues } = await validateProject(root, { extension, manifest: manifestOf(extension) })
  expect(issues.filter(({ file }) => file === 'imperal.json')).toEqual([])
})

test('a project is reported in order: code, sources, the manifest that is made, then the file on disk by its own lines', async () => {
  const root = path.join(folder, 'project')
  cpSync(path.join(FIXTURES, 'SKEL-GUARD-3/bad.ts'), path.join(root, 'skeleton.ts'))
  writeFileSync(
    path.join(root, 'main.ts'),
    "const ext = new Extension('garden-log', {\n  version: '1.0.0',\n})\next.tool('re count', {}, () => {})\n",
  )
  writeFileSync(
    path.join(root, 'imperal.json'),
    '{\n  "app_id": "garden-log",\n  "version": "1.0.0",\n  "colour": "red",\n  "sdk_version": "1.0.0"\n}\n',
  )
  const extension = new Extension('garden-log', { version: '1.0.0' })
  extension.tool('re count', { description: 'Counts the plants again.' }, () => {})
  const { issues } = await validateProject(root, { extension, manifest: manifestOf(extension) })
  const places = issues.map(({ rule, file, line }) => `${rule} ${file}:${line}`)
  expect(places).toEqual([
    'V9 main.ts:1',
    'V12 main.ts:1',
    'V14 main.ts:1',
    'V15 main.ts:1',
    'V21 main.ts:1',
    'V34 main.ts:1',
    'SKEL-GUARD-3 skeleton.ts:1',
    'M5 main.ts:4',
    'M3 imperal.json:4',
    'SDK-VERSION-1 imperal.json:5',
  ])
})

test('[M4] [M5] a wrong value is quoted, unless it is long or the sentence has it already', () => {
  const messages = (part: JsonObject) => validateManifest({ ...manifest, ...part }).map(({ message }) => message)
  const cron = (text: string) => messages({ schedules: [{ name: 'morning', cron: text }] })
  expect(cron('every hour')).toEqual([expect.stringMatching(/^\[schedules\.0\.cron\] .*; it is 'every hour'$/)])
  expect(cron('0 25 * * *').join().split("'0 25 * * *'")).toHaveLength(2)
  expect(messages({ app_id: 'Garden' })).toEqual([expect.stringMatching(/; it is 'Garden'$/)])
  expect(messages({ icon_size_bytes: '7' })).toEqual([expect.stringMatching(/; it is '7'$/)])
  expect(messages({ version: 'x'.repeat(90) }).join()).not.toContain('xxx')
})
