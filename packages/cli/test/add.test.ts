import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { KINDS } from '../src/commands/add.ts'
import { TEMPLATES } from '../src/init/names.ts'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 160_000 })
const terminal = openTerminal()
linkPackages(terminal.folder)
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

const read = (...parts: string[]) => readFileSync(path.join(terminal.folder, ...parts), 'utf8')
function write(name: string, content: string): void {
  mkdirSync(path.dirname(path.join(terminal.folder, name)), { recursive: true })
  writeFileSync(path.join(terminal.folder, name), content)
}

/** Every rule and the types find nothing, and it builds. */
async function isClean(folder: string): Promise<void> {
  expect(await terminal.runIn(folder, 'validate'), terminal.output()).toBe(0)
  expect(terminal.output()).toMatch(/\n0 errors, 0 warnings$/)
  expect(await terminal.runIn(folder, 'build')).toBe(0)
  expect(terminal.errors()).toBe('')
}

const manifestOf = (folder: string) => JSON.parse(read(folder, 'imperal.json'))

const NAMES = {
  function: ['send_mail', '--action', 'write'],
  panel: ['inbox', '--slot', 'center'],
  skeleton: ['unread'],
  schedule: ['daily_digest', '--cron', '0 7 * * 1-5'],
  webhook: ['orders/new', '--method', 'PUT'],
  secret: ['api_key', '--description', "The key from 'Settings' of the service."],
} as const

const holding = (...entries: object[]) => expect.arrayContaining(entries.map((entry) => expect.objectContaining(entry)))

const IN_MANIFEST: Readonly<Record<(typeof KINDS)[number], object>> = {
  function: {
    tools: holding(
      { name: 'greet' },
      { name: 'send_mail', action_type: 'write', event: 'one-function.send_mail_done' },
    ),
  },
  panel: { panels: holding({ panel_id: 'inbox', slot: 'center', title: 'Inbox' }) },
  skeleton: { tools: holding({ name: 'skeleton_refresh_unread', description: 'How many unread there are' }) },
  schedule: { schedules: holding({ name: 'daily_digest', cron: '0 7 * * 1-5' }) },
  webhook: { webhooks: holding({ path: '/orders/new', method: 'PUT', secret_header: 'X-Orders-New-Key' }) },
  secret: { secrets: holding({ name: 'api_key', description: "The key from 'Settings' of the service." }) },
}

test.each(KINDS)('add %s: the project then validates and builds clean, and has it in its manifest', async (kind) => {
  const folder = `one-${kind}`
  await terminal.run('init', folder)
  const before = read(folder, 'main.ts')
  expect(await terminal.runIn(folder, 'add', kind, ...NAMES[kind])).toBe(0)
  const [, file = '', line = ''] = /^Added the \w+ \S+ in (.*):(\d+)$/m.exec(terminal.output()) ?? []
  const lines = read(folder, file).split('\n')
  expect(lines.slice(Number(line) - 1).join('\n')).toMatch(/^(?:export const|ext\.|\/\/ )/)
  await isClean(folder)
  expect(manifestOf(folder)).toMatchObject(IN_MANIFEST[kind])
  // What was there is there still, word for word.
  const kept = before.split('\n').filter((text) => !text.startsWith('import'))
  expect(kept.every((text) => lines.includes(text))).toBe(true)
})

test.each(TEMPLATES)(
  'everything can be added to the template %s, twice, and lands beside its like',
  async (template) => {
    const folder = `all-${template}`
    await terminal.run('init', folder, '-t', template)
    for (const kind of KINDS) {
      const [name, ...options] = NAMES[kind]
      expect(await terminal.runIn(folder, 'add', kind, name, ...options), terminal.errors()).toBe(0)
      expect(await terminal.runIn(folder, 'add', kind, `second_${kind}`), terminal.errors()).toBe(0)
    }
    await isClean(folder)
    if (template !== 'full') return
    expect(read(folder, 'src/functions.ts')).toMatch(
      /from '\.\/extension\.ts'[\s\S]*export const sendMail = chat\.function/,
    )
    expect(read(folder, 'src/panels.ts')).toMatch(/inboxPanel = ext\.panel/)
    expect(read(folder, 'src/background.ts')).toMatch(/ext\.schedule\('daily_digest'/)
    expect(read(folder, 'src/background.ts')).toMatch(/export const apiKey = ext\.secret/)
  },
)

const HEAD = 'An extension whose author writes in another way than we do, for the tests.'

test('the code is written as the author writes: semicolons, double quotes, tabs, line ends, other names, all of the SDK at once', async () => {
  write(
    'other/main.ts',
    [
      '// Of the author.',
      'import * as sdk from "@imperal/sdk";',
      'import { z } from "zod";',
      '',
      `export const app = new sdk.Extension("other", {`,
      `\tversion: "1.0.0",`,
      `\tdisplayName: "Other",`,
      `\tdescription: "${HEAD}",`,
      `\ticon: "icon.svg",`,
      `\tcapabilities: ["other:read"],`,
      `});`,
      `app.onInstall(() => {});`,
      `app.healthCheck(() => sdk.HealthStatus.ok());`,
      '// The end.',
    ].join('\r\n'),
  )
  write('other/icon.svg', read('one-function', 'icon.svg'))
  write('other/package.json', '{ "type": "module" }')
  write('other/tsconfig.json', read('one-function', 'tsconfig.json'))
  for (const kind of KINDS)
    expect(await terminal.runIn('other', 'add', kind, ...NAMES[kind]), terminal.errors()).toBe(0)
  expect(await terminal.runIn('other', 'validate'), terminal.output()).toBe(0)
  expect(terminal.output()).toMatch(/0 errors, 0 warnings$/)
  const text = read('other', 'main.ts')
  expect(text.replaceAll('\r\n', '')).not.toMatch(/\n/)
  expect(text).toMatch(/^\/\/ Of the author\.\r\nimport \* as sdk/)
  expect(text).toMatch(/\/\/ The end\.\r\n$/)
  expect(text).toContain('export const chat = new sdk.ChatExtension(app, {\r\n\ttoolName: "other",')
  expect(text).toContain('\r\n\t\tparams: z.object({ text: z.string()')
  expect(text).toContain('\treturn sdk.WebhookResponse.ok({ received: true });\r\n});')
  expect(text).not.toMatch(/^import .*zod.*\r\nimport/m)
})

test('an import of several lines grows in the order of the alphabet; a type import and a taken name do not count', async () => {
  write(
    'lines/main.js',
    `import {
  Extension,
  HealthStatus,
} from '@imperal/sdk'

const apiKey = 1
export const ext = new Extension('lines', { version: '1.0.0', displayName: 'Lines', description: '${HEAD}', icon: 'icon.svg', capabilities: ['lines:read'] })
ext.onInstall(() => apiKey)
ext.healthCheck(() => HealthStatus.ok())
`,
  )
  write('lines/icon.svg', read('one-function', 'icon.svg'))
  expect(await terminal.runIn('lines', 'add', 'function', 'List mails'), terminal.errors()).toBe(0)
  expect(await terminal.runIn('lines', 'add', 'webhook', 'mails')).toBe(0)
  expect(await terminal.runIn('lines', 'add', 'secret', 'apiKey')).toBe(0)
  await isClean('lines')
  const text = read('lines', 'main.js')
  expect(text).toMatch(
    /^import \{\n {2}ActionResult,\n {2}ChatExtension,\n {2}Extension,\n {2}HealthStatus,\n {2}WebhookResponse,?\n\} from '@imperal\/sdk'\nimport \* as z from 'zod'\n/,
  )
  expect(text).toContain('export const apiKey2 = ext.secret({')
  expect(text).toContain('export const listMails = chat.function(')
})

test('functions of a name that promises a change are made as changes', async () => {
  await terminal.run('init', 'words')
  await terminal.runIn('words', 'add', 'function', 'delete-note')
  await terminal.runIn('words', 'add', 'function', 'updateNote')
  await terminal.runIn('words', 'add', 'function', 'find_note')
  await isClean('words')
  const types = manifestOf('words').tools.map((tool: { name: string; action_type: string }) => [
    tool.name,
    tool.action_type,
  ])
  expect(Object.fromEntries(types)).toEqual({
    greet: 'read',
    delete_note: 'destructive',
    update_note: 'write',
    find_note: 'read',
  })
})

test('--file chooses the source, which imports what it needs', async () => {
  await terminal.run('init', 'chosen', '-t', 'full')
  write('chosen/src/more.ts', "import * as z from 'zod'\n\nexport const Word = z.string()\n")
  write('chosen/main.ts', `import './src/more.ts'\n${read('chosen', 'main.ts')}`)
  expect(await terminal.runIn('chosen', 'add', 'function', 'find_word', '--file', 'src/more.ts')).toBe(0)
  await isClean('chosen')
  expect(read('chosen', 'src/more.ts')).toContain("import { chat } from './extension.ts'")
})

test.each<[string, string[], RegExp]>([
  ['an unknown kind', ['tool', 'x'], /'tool' cannot be added\.\nChoose function, panel/],
  ['no name', ['function'], /missing required argument 'name'/],
  ['a name without a letter', ['function', '42'], /'42' is no name/],
  [
    'a name that is taken',
    ['function', 'greet'],
    /There is a function 'greet' already, in main\.ts:22\.\nChoose another name\./,
  ],
  [
    'a cron that is none',
    ['schedule', 'x', '--cron', '0 25 * * *'],
    /hour 25 is not between 0 and 23.*\nGive five fields/,
  ],
  ['a slot that is none', ['panel', 'x', '--slot', 'main'], /'main' is no panel slot\.\nChoose left, center/],
  [
    'an action type that is none',
    ['function', 'x', '--action', 'erase'],
    /'erase' is no action type\.\nChoose read, write/,
  ],
  [
    'a webhook above the address of the app',
    ['webhook', '../x'],
    /'\.\.\/x' is no path of a webhook.*\nName the address itself/,
  ],
  ['a webhook with a part that says nothing', ['webhook', 'orders/./x'], /'orders\/\.\/x' is no path of a webhook/],
  ['a method that is none', ['webhook', 'x', '--method', 'FETCH'], /'FETCH' is no method/],
  [
    'an option of another kind',
    ['panel', 'x', '--cron', '@daily'],
    /--cron says nothing about a panel\.\nIt takes --slot/,
  ],
  [
    'a file that is not there',
    ['panel', 'x', '--file', 'src/a.ts'],
    /no source 'src\/a\.ts'.*\nMake the file, import it/,
  ],
])('exit code 1 and nothing changed: %s', async (_what, args, message) => {
  const before = read('one-secret', 'main.ts')
  expect(await terminal.runIn('one-secret', 'add', ...args)).toBe(1)
  expect(terminal.errors()).toMatch(message)
  expect(read('one-secret', 'main.ts')).toBe(before)
})

test.each<[string, string, RegExp]>([
  [
    'code that does not parse',
    'export const = 1',
    /main\.ts:1:14 cannot be read.*\nCorrect it first; nothing was changed/,
  ],
  ['no extension', 'export const a = 1', /no `new Extension\(…\)` in the sources.*\n.*imperal init/],
  [
    'an extension without a name',
    "import { Extension } from '@imperal/sdk'\nexport default new Extension('x-y', {})",
    /has no name.*\nGive it one.*export const ext/,
  ],
])('exit code 1 where nothing can be added: %s', async (name, code, message) => {
  const folder = name.replaceAll(' ', '-')
  write(`${folder}/main.ts`, code)
  expect(await terminal.runIn(folder, 'add', 'secret', 'api_key')).toBe(1)
  expect(terminal.errors()).toMatch(message)
  expect(read(folder, 'main.ts')).toBe(code)
})
