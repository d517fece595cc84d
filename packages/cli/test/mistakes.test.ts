import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 120_000 })
const terminal = openTerminal()
const folder = path.join(terminal.folder, 'app')
beforeAll(async () => {
  await terminal.run('init', 'app', '-t', 'full')
  linkPackages(folder)
  // The compiler has tests of its own; here the rules speak.
  rmSync(path.join(folder, 'tsconfig.json'))
})
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

/** What the command says with one change in one file, which is taken back afterwards. */
async function saidAfter(
  file: string,
  from: string | RegExp,
  to: string,
  command = 'validate',
): Promise<{ code: number; text: string }> {
  const place = path.join(folder, file)
  const before = readFileSync(place, 'utf8')
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  writeFileSync(place, after)
  try {
    const code = await terminal.runIn('app', command)
    return { code, text: [...terminal.printed, ...terminal.complained].join('\n') }
  } finally {
    writeFileSync(place, before)
  }
}

// Each tells where it is, what it is, and what to do, as somebody would who looked over one's shoulder.
test.each<[string, string, string | RegExp, string, RegExp[]]>([
  [
    'no description',
    'src/functions.ts',
    "    description: 'Write one line into the journal; answers the line with its id.',\n",
    '',
    [
      /ERROR src\/functions\.ts:5 {2}\[V16\] Function 'add_line' of 'app' has a description of 0 characters/,
      /Say what goes in/,
    ],
  ],
  [
    'a time that never comes',
    'src/background.ts',
    "'0 * * * *'",
    "'0 25 * * *'",
    [/src\/background\.ts:8 .*'evening_reminder' would never run: .* the hour 25 is not between 0 and 23/, /'@daily'/],
  ],
  [
    'a secret that nobody declared',
    'src/functions.ts',
    '    const { id } = await ctx.store.collection(LINES, Line).create({ text })',
    "    const key = await ctx.secrets.get('api_key')\n    const { id } = await ctx.store.collection(LINES, Line).create({ text: `${text}${key}` })",
    [
      /src\/functions\.ts:16 {2}\[SECRET-DECL-1\] .* the app declares no secret 'api_key'/,
      /Fix: Declare it once at module level: `ext\.secret\(\{ name: 'api_key'/,
    ],
  ],
  [
    'a time that is none',
    'src/background.ts',
    "'0 * * * *'",
    "'every hour'",
    [/src\/background\.ts:8 .*\[schedules\.0\.cron\].*'@daily'; it is 'every hour'/],
  ],
  [
    'params that are no object',
    'src/functions.ts',
    /params: z\.object\(\{ text: .*\}\),/,
    'params: z.string(),',
    [/params of function 'add_line' must be a z\.object\(\{\.\.\.\}\)\n +at src\/functions\.ts:5/],
  ],
  [
    'a result that cannot travel',
    'src/functions.ts',
    'returns: z.object({ line_id: z.string(), text: z.string() }),',
    'returns: z.object({ line_id: z.string(), text: z.string(), at: z.date() }),',
    [/returns of function 'add_line': at cannot be described in JSON Schema/, /Use an ISO string for dates/],
  ],
  [
    'a bracket too many',
    'src/functions.ts',
    'export const listLines = chat.function(',
    'export const listLines = chat.function((',
    [/src\/functions\.ts:\d+:\d+ Expected "\)" but found/, /The extension does not build: 1 error\./],
  ],
  [
    'no handler',
    'src/background.ts',
    /(ext\.schedule\('evening_reminder', \{ cron: '0 \* \* \* \*' \})[\s\S]*?\n\}\)/,
    '$1)',
    [/Schedule 'evening_reminder' has no handler: its last argument is a function/, /\n +at src\/background\.ts:8/],
  ],
  [
    'a module of Node',
    'src/functions.ts',
    /^/,
    "import { readFileSync } from 'node:fs'\nconsole.log(readFileSync('x'))\n",
    [
      /src\/functions\.ts:1:\d+ 'node:fs' is imported: it belongs to Node/,
      /Use `ctx\.storage` for files, `ctx\.store` for data/,
    ],
  ],
  [
    'a name that is taken',
    'src/functions.ts',
    "'list_lines',",
    "'add_line',",
    [/Function 'add_line' is registered twice\n +at src\/functions\.ts:\d+/],
  ],
  [
    'a slot that is gone',
    'src/panels.ts',
    "slot: 'left'",
    "slot: 'main' as never",
    [/Slot 'main' is gone, use 'center'\..*\n +at src\/panels\.ts:\d+/],
  ],
  [
    'an event that is not declared',
    'src/functions.ts',
    'event: LineAdded,',
    "event: 'written',",
    [
      /src\/functions\.ts:\d+ {2}\[EVENT-DECL-1\] .*'app\.written', which the app does not declare/,
      /ext\.emits\('app\.written'\)/,
    ],
  ],
])('[S003-044] %s: the author is told where, what and how to mend it', async (_what, file, from, to, expected) => {
  const { code, text } = await saidAfter(file, from, to)
  for (const pattern of expected) expect(text).toMatch(pattern)
  expect(text).not.toMatch(/node_modules|imperal-load-|^\s+at .*\.mjs/m)
  // A warning is told and lets pass.
  expect(code).toBe(/^ {2}WARN /m.test(text) && !/ERROR/.test(text) ? 0 : 1)
})

test('[S003-108] [S003-109] a system prompt that claims an identity passes neither validate nor deploy', async () => {
  const file = 'src/extension.ts'
  const [from, to] = [/systemPrompt: '[^']*'/, "systemPrompt: 'You are a CRM assistant. Manage contacts and deals.'"]
  const { code, text } = await saidAfter(file, from, to)
  expect(code).toBe(1)
  expect(text).toMatch(
    /ERROR src\/extension\.ts:16 {2}\[R10\] The system prompt of 'app' claims an identity: “You are a …”/,
  )
  expect(text).toMatch(/Fix: Describe the module instead/)
  const blocked = await saidAfter(file, from, to, 'deploy')
  expect(blocked.code).toBe(1)
  expect(blocked.text).toMatch(/\[R10\][\s\S]*Deploy blocked/)
  expect(blocked.text).not.toMatch(/sign in|Uploading/i)
  // The words of a module about itself are no identity.
  expect(await saidAfter(file, from, "systemPrompt: 'CRM module. Asks before it deletes a deal.'")).toMatchObject({
    code: 0,
  })
})
