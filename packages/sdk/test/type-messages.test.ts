import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const HEAD = `
import * as z from 'zod'
import { ActionResult, ChatExtension, Extension, type Page } from '../../src/index.ts'
const ext = new Extension('garden-log', { version: '1.2.0' })
const chat = new ChatExtension(ext, {})
const description = 'Add one plant to a bed.'
const params = z.object({ species: z.string() })
const returns = z.object({ plant_id: z.string() })
const Beds = ext.cacheModel('beds', z.object({ beds: z.number() }))
void [z, ActionResult, chat, description, params, returns, Beds]
void (0 as unknown as Page<string>)
`

/** Every misuse that the types refuse (11.4), and what the compiler must say about it. */
const MISUSES: readonly (readonly [what: string, code: string, message: RegExp])[] = [
  [
    'missing params',
    `chat.function('a', { description }, () => ActionResult.success())`,
    /Property 'params' is missing in type/,
  ],
  [
    'a write without effects',
    `chat.function('b', { description, params, actionType: 'write' }, () => ActionResult.success())`,
    /'effects' is missing/,
  ],
  [
    'idProjection naming no field',
    `chat.function('c', { description, params, idProjection: 'plant_id' }, () => ActionResult.success())`,
    /Type '"plant_id"' is not assignable to type '"species"'/,
  ],
  [
    'result data that does not fit returns',
    `chat.function('d', { description, params, returns }, () => ActionResult.success({ plant_id: 7 }))`,
    /Type 'number' is not assignable to type 'string'/,
  ],
  [
    'skeleton on any context but the skeleton one',
    `ext.panel('p', {}, async (ctx) => { await ctx.skeleton.get('beds'); return null })`,
    /Property 'skeleton' does not exist on type 'PanelContext'/,
  ],
  [
    'http in an event handler',
    `ext.onEvent('mail.received', (ctx) => ctx.http.get('https://x.example'))`,
    /Property 'http' does not exist on type 'EventContext'/,
  ],
  [
    'listUsers on a user-scoped store',
    `ext.tool('t', { description }, (ctx) => ctx.store.listUsers())`,
    /Property 'listUsers' does not exist on type 'StoreClient'/,
  ],
  [
    'an event type outside the namespace of the app',
    `ext.emits('weather.frost')`,
    /Argument of type '"weather.frost"' is not assignable to parameter of type '`garden-log\.\$\{string\}`'/,
  ],
  [
    'a cache value of the wrong model',
    `ext.panel('q', {}, async (ctx) => { await ctx.cache.set('k', Beds, { plants: 1 }); return null })`,
    /'plants' does not exist in type '\{ beds: number; \}'/,
  ],
  [
    'a schema in place of a cache handle',
    `ext.panel('r', {}, async (ctx) => { await ctx.cache.get('k', z.object({})); return null })`,
    /is missing the following properties from type 'CacheModel</,
  ],
  [
    'path together with a menu handler',
    `ext.menuItem('m', { path: '/x', handler: () => null })`,
    /Type '\(\) => null' is not assignable to type 'undefined'|Types of property 'handler' are incompatible/,
  ],
  [
    '[S003-034] results, pages and clients are generic',
    `ext.tool('g', { description }, async (ctx) => {
  const page = await ctx.store.query<{ n: number }>('x')
  const first: string | undefined = page.data[0]?.data.n
  return first
})`,
    /Type 'number \| undefined' is not assignable to type 'string \| undefined'/,
  ],
]

const folder = mkdtempSync(path.join(import.meta.dirname, '.misuse-'))
let said = ''

beforeAll(() => {
  MISUSES.forEach(([, code], index) => void writeFileSync(path.join(folder, `m${index}.ts`), HEAD + code))
  const root = path.resolve(import.meta.dirname, '../../..')
  const config = path.join(folder, 'tsconfig.json')
  const options = { noEmit: true, incremental: false, composite: false }
  writeFileSync(
    config,
    JSON.stringify({ extends: path.join(root, 'tsconfig.base.json'), compilerOptions: options, include: ['*.ts'] }),
  )
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  said = spawnSync(process.execPath, [tsc, '-p', config, '--pretty', 'false'], { encoding: 'utf8' }).stdout
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(MISUSES.map(([what, , message], index) => [what, message, index] as const))(
  '[11.4] the compiler refuses %s and says what is wrong',
  (_what, message, index) => {
    const lines = said.split('\n')
    const start = lines.findIndex((line) => line.includes(`m${index}.ts(`))
    expect(start, said).toBeGreaterThanOrEqual(0)
    const end = lines.findIndex((line, at) => at > start && !line.startsWith(' '))
    const text = lines.slice(start, end === -1 ? undefined : end).join('\n')
    expect(text).toMatch(message)
    // The place is the misuse itself, not somewhere in the SDK.
    expect(Number(/\((\d+),/.exec(text)?.[1])).toBeGreaterThanOrEqual(HEAD.split('\n').length)
  },
)
