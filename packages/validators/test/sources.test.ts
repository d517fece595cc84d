import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { validateSourceTree } from '../src/index.ts'
import { parseText } from '../src/source/parse.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'imperal-sources-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0

/** Findings of a project that has these files: `rule file:line:column`. */
async function found(files: Readonly<Record<string, string>>): Promise<string[]> {
  count += 1
  const root = path.join(folder, String(count))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  const issues = await validateSourceTree(root)
  return issues.map(({ rule, file, line, column }) => `${rule} ${file}:${line}:${column}`)
}

describe('whatever name a thing has', () => {
  test('constructors, results and models may be imported under another name', async () => {
    const main = `import { ActionResult as Result, ChatExtension as Chat, Extension as App } from '@imperal/sdk'
import * as zod from 'zod'
const app = new App('garden')
const chat = new Chat(app, {})
const Beds = app.cacheModel('beds', zod.object({}))
chat.function('list', { params: zod.object({}) }, async (c) => {
  await c.cache.get('a', zod.object({}))
  await c.cache.get('a', Beds)
  if (c) return Result.error('Gone')
  return 'text'
})
`
    expect(await found({ 'main.ts': main })).toEqual([
      'V5 main.ts:10:10',
      'V32 main.ts:9:17',
      'CACHE-MODEL-1 main.ts:7:26',
    ])
  })

  test('a namespace and a class of the author’s own stand for what they hold', async () => {
    const main = `import * as sdk from '@imperal/sdk'
class Garden extends sdk.Extension {}
const app = new Garden('garden')
app.panel('beds', { slot: 'main' }, () => null)
new sdk.ChatExtension(app, {}).function('list', { params: P }, () => 1)
`
    expect(await found({ 'main.ts': main })).toEqual(['V5 main.ts:5:70', 'PANEL-SLOT-1 main.ts:4:21'])
  })

  test('methods of other libraries that have the same names are none of ours', async () => {
    const main = `import { z } from 'zod'
import { Layout } from 'panels'
import router from 'router'
const layout = new Layout()
layout.panel('beds', { slot: 'main' }, () => null)
router.function('list', { params: {} }, () => 1)
z.function().implement(() => 1)
const own = { onRefresh() {} }
own.onRefresh(() => {})
`
    expect(await found({ 'main.ts': main })).toEqual([])
  })
})

test('[MANIFEST-SKELETON-1] what takes the place of a skeleton is seen without being loaded', async () => {
  const main = "ext.tool('skeleton_refresh_beds', {}, () => 1)\next.tool('skeleton_alert_beds', {}, () => 1)\n"
  expect(await found({ 'main.ts': main })).toEqual(['MANIFEST-SKELETON-1 main.ts:1:1'])
})

describe('wherever a handler stands', () => {
  const register = (imports: string, handler: string) => `import { ChatExtension, Extension } from '@imperal/sdk'
${imports}
export const ext = new Extension('garden')
new ChatExtension(ext, {}).function('list', { params: P }, ${handler})
`
  const handler = 'export async function list(c) {\n  return { skeleton: await c.skeleton.get("beds") }\n}\n'
  const place = ['V5 src/list.ts:2:10', 'V24 src/list.ts:2:28', 'SKEL-GUARD-1 src/list.ts:2:28']

  test.each([
    ['by its name', "import { list } from './src/list.js'", 'list', {}],
    ['under another name', "import { list as all } from './src/list.ts'", 'all', {}],
    ['in a namespace', "import * as handlers from './src/list'", 'handlers.list', {}],
    [
      're-exported',
      "import { all } from './src'",
      'all',
      { 'src/index.ts': "export { list as all } from './list.ts'" },
    ],
    [
      're-exported with everything',
      "import { list } from './src'",
      'list',
      { 'src/index.ts': "export * from './list'" },
    ],
    ['in an object', "import { list } from './src/list.ts'\nconst handlers = { list }", 'handlers.list', {}],
  ])('in another file, imported %s', async (_how, imports, named, more) => {
    expect(await found({ 'main.ts': register(imports, named), 'src/list.ts': handler, ...more })).toEqual(place)
  })

  test('names that lead in a circle lead nowhere', async () => {
    const files = { 'a.ts': "export { x } from './b.ts'", 'b.ts': "export { x } from './a.ts'" }
    expect(await found({ 'main.ts': register("import { x } from './a.ts'\nconst y = x", 'y'), ...files })).toEqual([])
  })

  test('options may be a constant, typed with `satisfies`, or come from a spread; the last one counts', async () => {
    const main = `const shared = { slot: 'main' } as const
const options = { ...shared, title: 'Beds' } satisfies object
ext.panel('beds', options, () => null)
ext.panel('plants', { ...shared, slot: 'left' }, () => null)
function add(ext) {
  const Params = z.object({})
  const chat = new ChatExtension(ext)
  chat.function('a', { ...{ params: Params } }, () => ActionResult.success({}))
}
const Params = z.object({})
`
    expect(await found({ 'main.ts': main })).toEqual(['V17 main.ts:8:29', 'PANEL-SLOT-1 main.ts:1:18'])
  })

  test('a model of the result makes a bare object a result, and `throw` in a text throws nothing', async () => {
    const main = `const chat = new ChatExtension(ext)
chat.function('a', { params: P, returns: R }, (): Promise<any> => ({ done: true }))
chat.function('b', { params: P }, () => { const said = 'throw me'; log(said) })
chat.function('c', { params: P }, () => { throw new Error('always') })
chat.function('d', { params: P }, async (ctx) => (ctx ? ActionResult.success({}) : null))
chat.function('e', { params: P }, async (): Promise<string> => find())
chat.function('f', { params: P }, function* () {})
`
    expect(await found({ 'main.ts': main })).toEqual(['V5 main.ts:3:35', 'V5 main.ts:5:50', 'V5 main.ts:6:43'])
  })
})

describe('texts of every kind', () => {
  test('comments, texts, types and expressions that only look like code are none', async () => {
    const main = `/* import OpenAI from 'openai'; ctx.skeleton.update() */
const text = \`ctx.skeletonData \${'require("openai")'}\`
const pattern = /ctx\\.skeleton\\.get\\(/
type Kept = { ctx: { skeleton: string } }
const kept = <T,>(value: T): T => value satisfies T
export { text, pattern, kept, type Kept }
`
    expect(await found({ 'main.ts': main, 'view.tsx': 'export const view = <p>ctx.skeleton.get</p>' })).toEqual([])
  })

  test('lines and columns count as editors do, whatever stands before', async () => {
    const before = '\uFEFFconst name = "Ёлка 🌲🌲"; const ctx = host()\r\n\r\n'
    expect(await found({ 'main.ts': `${before}/* 🌲 */ ctx.skeletonData` })).toEqual(['SKEL-GUARD-2 main.ts:3:10'])
  })

  test('[6.4] a file that does not parse is named with its place, and the others are still looked at', async () => {
    const files = {
      'a.ts': 'export const a = {\n  b: 1,\n  c: = 2\n}\n',
      'b.ts': "import 'openai'",
      'old.js': 'export const view = <p>JSX in plain JavaScript</p>',
    }
    expect(await found(files)).toEqual(['V7 b.ts:1:1', 'SYNTAX-1 a.ts:3:6'])
  })

  test('a file of more than a megabyte is looked at like any other', async () => {
    const data = `export const rows = [${"'some row of data',".repeat(80_000)}]\n`
    expect(data.length).toBeGreaterThan(1_000_000)
    expect(await found({ 'data.ts': `${data}import 'openai'\n` })).toEqual(['V7 data.ts:2:1'])
  })

  test('one huge literal is no harm', async () => {
    const files = { 'a.ts': `export const image = '${'aB3+/'.repeat(300_000)}'\nimport 'openai'` }
    expect(await found(files)).toEqual(['V7 a.ts:2:1'])
  })
})

describe('hostile texts end no process', () => {
  test.each([
    ['brackets', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['objects', `x = ${'{a:'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['sums', `x = ${Array(300_000).fill('1').join('+')}`],
    ['chains of calls', `x${'.a()'.repeat(200_000)}`],
    ['words', `x = ${'typeof '.repeat(200_000)}1`],
    ['branches', `${'if (a) b\nelse '.repeat(100_000)}c`],
  ])('%s that nest without end are refused or read', async (_what, text) => {
    const issues = await found({ 'deep.ts': text, 'main.ts': "import 'openai'" })
    expect(issues[0]).toBe('V7 main.ts:1:1')
    expect(issues.slice(1).every((issue) => issue === 'SYNTAX-1 deep.ts:1:1')).toBe(true)
  })

  test('what nests deep, but not too deep, is read', () => {
    expect(parseText('a.ts', `x = ${'['.repeat(3_000)}${']'.repeat(3_000)}`)).toHaveProperty('program')
    expect(parseText('a.ts', '['.repeat(200_000))).toEqual({ message: expect.stringContaining('deep'), offset: 0 })
  })
})
