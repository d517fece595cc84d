import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SDK_VERSION } from '@imperal/sdk'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createStackMapper } from '../src/project/map-stack.ts'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 120_000 })
const terminal = openTerminal()
const project = path.join(terminal.folder, 'app')
const write = (name: string, content: string) => {
  mkdirSync(path.dirname(path.join(project, name)), { recursive: true })
  writeFileSync(path.join(project, name), content)
}
const original = () => readFileSync(path.join(project, 'main.ts'), 'utf8')
let scaffold = ''

beforeAll(async () => {
  await terminal.run('init', 'app')
  linkPackages(project)
  scaffold = original()
})
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

test('[S000-177] [S003-127] [S003-128] validate exits 1 on an error and names rule, file, line and fix; warnings fail with --strict', async () => {
  write('main.ts', scaffold.replace(/description: 'Greet someone[^']*'/, "description: 'Greets.'"))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.output()).toContain('RESULTS: 1 error, 0 warnings')
  expect(terminal.output()).toMatch(/ {2}ERROR main\.ts:20 {2}\[V16\] .*\n {9}Fix: /)
  expect(terminal.output()).toMatch(/1 error\(s\) must be fixed before deployment\.$/)
  write('main.ts', scaffold.replace(/ext\.healthCheck.*/, ''))
  expect(await terminal.runIn('app', 'validate')).toBe(0)
  expect(terminal.output()).toMatch(/1 warning\(s\) — consider fixing\.$/)
  expect(await terminal.runIn('app', 'validate', '--strict')).toBe(1)
  write('main.ts', scaffold)
})

test('[S003-128] a misspelt import or member is named with its place and what was meant', async () => {
  write('main.ts', scaffold.replace('{ ActionResult, ChatExtension,', '{ ActionResult, ChatExtention,'))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(/main\.ts:1 \[TS\d+\] .*'ChatExtention'/)
  expect(terminal.errors()).toMatch(/Did you mean .*ChatExtension/)
  expect(terminal.errors()).not.toMatch(/implicitly/)
  write('main.ts', scaffold.replaceAll('ChatExtension', 'ChatExtention'))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(/main\.ts:1:\d+ .*"ChatExtention"/)
  write('main.ts', scaffold.replace('z.string()', 'z.strin()'))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(/main\.ts:\d+:\d+ .*"strin"/)
  write('main.ts', `import lodash from 'lodash/get.js'\n${scaffold}\nlodash()\n`)
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(/`npm install lodash`/)
  expect(terminal.errors()).not.toMatch(/external/)
  write('main.ts', scaffold)
})

test('[S003-128] a misspelt option is an error of the types with its line; types of tests do not count', async () => {
  write('main.ts', scaffold.replace('params: z.object(', "actonType: 'write',\n    params: z.object("))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.output()).toMatch(/ERROR main\.ts:\d+ {2}\[TS\d+\] .*'actonType' does not exist/)
  expect(terminal.output()).toContain("Fix: Did you mean to write 'actionType'?")
  write('main.ts', scaffold)
  write('tests/types.test.ts', 'export const count: number = "one"\n')
  expect(await terminal.runIn('app', 'validate')).toBe(0)
  rmSync(path.join(project, 'tests/types.test.ts'))
})

test('[V16] [V20] what is missing among options is said once: the types do not repeat a rule, and name a missing option', async () => {
  write('main.ts', scaffold.replace(/ +description: 'Greet someone[^\n]*\n/, ''))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.output()).toContain('RESULTS: 1 error, 0 warnings')
  expect(terminal.output()).toMatch(/ERROR main\.ts:\d+ {2}\[V16\]/)
  write(
    'main.ts',
    scaffold
      .replace('params: z.object(', "actionType: 'write',\n    event: Greeted,\n    params: z.object(")
      .replace(/\nconst chat/, "\nconst Greeted = ext.emits('app.greeted')\nconst chat"),
  )
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.output()).toMatch(/ERROR main\.ts:\d+ {2}\[TS2345\] Property 'effects' is missing\.\n/)
  expect(terminal.output()).toContain('RESULTS: 1 error, 1 warning')
  write('main.ts', scaffold)
})

test('validate --json is the report of the wire', async () => {
  expect(await terminal.run('validate', 'app', '--json')).toBe(0)
  expect(JSON.parse(terminal.output())).toEqual({
    app_id: 'app',
    version: '1.0.0',
    issues: [],
    function_count: 1,
    tool_count: 1,
    event_count: 0,
    errors: 0,
    warnings: 0,
    is_valid: true,
  })
})

test('what does not build, load or exist is a report for programs too: rule, file, line and fix', async () => {
  const last = scaffold.split('\n').length + 1
  const issuesOf = async (folder: string) => {
    expect(await terminal.run('validate', folder, '--json')).toBe(1)
    const { is_valid, issues } = JSON.parse(terminal.output())
    expect(is_valid).toBe(false)
    return issues
  }
  write('main.ts', `${scaffold}\nconst = 1\n`)
  expect(await issuesOf('app')).toMatchObject([{ rule: 'BUILD', file: 'main.ts', line: last, column: 7 }])
  write('main.ts', `${scaffold}\nthrow new Error('early')\n`)
  expect(await issuesOf('app')).toMatchObject([
    { rule: 'LOAD', file: 'main.ts', line: last, message: expect.stringMatching(/early/) },
  ])
  write('main.ts', `${scaffold}\neval('1')\n`)
  expect(await issuesOf('app')).toMatchObject([{ rule: 'BUILD', file: 'main.ts', line: last }])
  write('main.ts', scaffold)
  expect(await issuesOf('nowhere')).toMatchObject([
    { rule: 'LOAD', fix: expect.stringMatching(/folder of an extension/) },
  ])
})

test('a tsconfig.json that TypeScript cannot read is an error: nobody may take silence for types that fit', async () => {
  const config = readFileSync(path.join(project, 'tsconfig.json'), 'utf8')
  write('tsconfig.json', config.replace('"strict"', '"strikt"'))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.output()).toMatch(/ERROR tsconfig\.json:\d+ {2}\[TS\d+\] .*'strikt'/)
  write('tsconfig.json', config)
})

test('[5.4] [S000-168] [S000-169] [S003-156] build writes the manifest; marketplace fields on disk survive, unknown ones are dropped', async () => {
  write('imperal.json', '{"app_id":"old","author":"Ada","category":"social","colour":"red"}')
  expect(await terminal.runIn('app', 'build')).toBe(0)
  expect(terminal.output()).toMatch(
    /^Built: app v1\.0\.0\n {2}Tools: 1, Signals: 0, Schedules: 0\n {2}Manifest: .*imperal\.json/,
  )
  const manifest = JSON.parse(readFileSync(path.join(project, 'imperal.json'), 'utf8'))
  expect(manifest).toMatchObject({ app_id: 'app', author: 'Ada', category: 'social', manifest_schema_version: 3 })
  expect(manifest).not.toHaveProperty('colour')
  expect(manifest.icon_size_bytes).toBe(readFileSync(path.join(project, 'icon.svg')).length)
  const before = readFileSync(path.join(project, 'dist/bundle.js'))
  // From elsewhere the folder is named.
  rmSync(path.join(project, 'imperal.json'))
  expect(await terminal.run('build', './app')).toBe(0)
  expect(JSON.parse(readFileSync(path.join(project, 'imperal.json'), 'utf8'))).toMatchObject({ app_id: 'app' })
  expect(readFileSync(path.join(project, 'dist/bundle.js')).equals(before)).toBe(true)
})

test('[S000-003] [5.1] the icon is a file of the folder: its name and size are in the manifest, and it is what is uploaded', async () => {
  const named = (file: string) => scaffold.replace("icon: 'icon.svg'", `icon: '${file}'`)
  const drawing = readFileSync(path.join(project, 'icon.svg'))
  const other = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h2v2z"/></svg>'
  write('art/logo.svg', other)
  for (const [file, content] of [
    ['icon.svg', drawing],
    ['art/logo.svg', Buffer.from(other)],
  ] as const) {
    write('main.ts', named(file))
    // Fields of a manifest on disk win: this one is built anew.
    rmSync(path.join(project, 'imperal.json'), { force: true })
    expect(await terminal.runIn('app', 'build')).toBe(0)
    for (const place of ['imperal.json', 'dist/imperal.json'])
      expect(JSON.parse(readFileSync(path.join(project, place), 'utf8'))).toMatchObject({
        icon: file,
        icon_size_bytes: content.length,
      })
    expect(readFileSync(path.join(project, 'dist/icon.svg')).equals(content)).toBe(true)
  }
  write('main.ts', named('missing.svg'))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.output()).toMatch(/\[V21\].*'missing\.svg'/)
  write('main.ts', scaffold)
})

test('a manifest on disk that is no JSON is named with its line', async () => {
  write('imperal.json', '{\n  "author": Ada\n}\n')
  expect(await terminal.runIn('app', 'build')).toBe(1)
  expect(terminal.errors()).toMatch(/imperal\.json:2 /)
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.output()).toMatch(/ERROR imperal\.json:2 {2}\[M0\]/)
  rmSync(path.join(project, 'imperal.json'))
})

test('an import of Node is refused with its place, its name and what to use instead', async () => {
  write(
    'main.ts',
    `import { readFileSync } from 'node:fs'\nimport { createHash } from 'crypto'\n${scaffold}\nreadFileSync(createHash('md5').digest('hex'))\n`,
  )
  expect(await terminal.runIn('app', 'build')).toBe(1)
  expect(terminal.errors()).toMatch(/main\.ts:1:30 'node:fs' is imported/)
  expect(terminal.errors()).toMatch(/ctx\.storage/)
  expect(terminal.errors()).toMatch(/main\.ts:2:28 'crypto' is imported/)
  expect(terminal.errors()).toMatch(/Web Crypto/)
  write('main.ts', scaffold)
})

test('a package that needs Node, and one that makes code from text, are named', async () => {
  write('node_modules/reads-files/index.js', "import fs from 'fs'\nexport const read = () => fs.readFileSync('x')\n")
  write('main.ts', `import { read } from 'reads-files'\n${scaffold}\nread()\n`)
  expect(await terminal.runIn('app', 'build')).toBe(1)
  expect(terminal.errors()).toMatch(/'fs' is imported by the package 'reads-files'/)
  write(
    'node_modules/@old/templates/index.js',
    "export const compile = (text) => new Function('data', text)\nexport const root = Function('return this')()\nexport const probe = () => {\n  try {\n    new Function('a', 'b')\n  } catch {}\n}\n",
  )
  write('node_modules/@old/templates/package.json', '{"name":"@old/templates","type":"module","main":"index.js"}')
  write('main.ts', `import { compile, probe, root } from '@old/templates'\n${scaffold}\nprobe(compile('x'), root)\n`)
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(
    /the package '@old\/templates' \(.*index\.js\):1 makes code from text with `new Function`/,
  )
  expect(terminal.errors()).not.toMatch(/:2 makes|:5 makes/)
  write('main.ts', scaffold)
})

test('all of Zod in the bundle is noticed with the line that brings it', async () => {
  write('main.ts', scaffold.replace("import * as z from 'zod'", "import { z } from 'zod'"))
  expect(await terminal.runIn('app', 'build')).toBe(0)
  expect(terminal.errors()).toMatch(/^Note: main\.ts:2 imports Zod by name.*import \* as z from 'zod'/)
  write('main.ts', scaffold)
})

test('what cannot be loaded is explained in the lines of the author', async () => {
  write(
    'src/helper.ts',
    'interface Row {\n  readonly id: string\n}\nexport const first = (rows: Row[]) => rows[0]!.id\n',
  )
  write('main.ts', `import { first } from './src/helper.ts'\n${scaffold}\nfirst([])\n`)
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(
    /^main\.ts cannot be loaded: TypeError: .*undefined.*\n\s+at first \(src\/helper\.ts:4:\d+\)\n\s+at main\.ts:3\d:/,
  )
  write('main.ts', scaffold.replace('export const ext', 'const ext').replace('export const greet', 'const greet'))
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(/main\.ts exports no extension/)
  write('main.ts', `${scaffold}\nconst = 1\n`)
  expect(await terminal.runIn('app', 'validate')).toBe(1)
  expect(terminal.errors()).toMatch(/main\.ts:3\d:7 /)
  write('main.ts', scaffold)
})

test('[8.1] the export ext counts, then the default, then the first extension', async () => {
  write('main.ts', `${scaffold.replace('export const ext', 'const ext')}\nexport { ext as anything }\n`)
  expect(await terminal.runIn('app', 'validate')).toBe(0)
  expect(terminal.output()).toContain('Extension: app v1.0.0')
  write('main.ts', scaffold)
})

test('stacks of an extension host are given in the files, lines and names of the author', async () => {
  write('main.ts', `${scaffold}\nexport function breaks(): never {\n  throw new Error('broken')\n}\n`)
  await terminal.runIn('app', 'build')
  const code = readFileSync(path.join(project, 'dist/bundle.js'), 'utf8').split('\n')
  const line = code.findIndex((text) => text.includes('throw new Error("broken")')) + 1
  const stack = `Error: broken\n    at breaks (extension.js:${line}:9)\n    at run (guest.js:10:3)\n    at file:///x/extension.js:${line}:9`
  const map = readFileSync(path.join(project, 'dist/bundle.js.map'), 'utf8')
  const lineInSource =
    original()
      .split('\n')
      .findIndex((text) => text.includes("throw new Error('broken')")) + 1
  expect(createStackMapper(map).stack(stack)).toBe(
    `Error: broken\n    at breaks (main.ts:${lineInSource}:9)\n    at main.ts:${lineInSource}:9`,
  )
  const foreign = 'Error: x\n    at run (node_modules/@other/kit/dist/chat-extension.js:1:1)'
  expect(createStackMapper(map).stack(foreign)).toBe(foreign)
  expect(createStackMapper('').stack('Error: x\n    at extension.js:1:1')).toContain('extension.js:1:1')
  write('main.ts', scaffold)
})

test('exit code 1 for a folder that is none, and for one without an extension', async () => {
  expect(await terminal.run('validate', 'nowhere')).toBe(1)
  expect(terminal.errors()).toMatch(/is not a folder/)
  expect(await terminal.run('build', 'home')).toBe(1)
  expect(terminal.errors()).toMatch(/no main\.ts/)
})

test('failing tests give the code of the runner, and arguments reach it', async () => {
  write(
    'tests/main.test.ts',
    "import { test } from 'node:test'\ntest('good', () => {})\ntest('bad', () => {\n  throw new Error('no')\n})\n",
  )
  expect(await terminal.runIn('app', 'test')).toBe(1)
  expect(terminal.output()).toMatch(/tests\/main\.test\.ts:4/)
  expect(await terminal.runIn('app', 'test', '--test-name-pattern', 'good')).toBe(0)
})

test('[8.2] schedules shows the next three due times within eight days, in UTC, and for whom they run', async () => {
  expect(await terminal.runIn('app', 'schedules')).toBe(0)
  expect(terminal.output()).toBe('app has no schedules. Add one with `imperal add schedule <name>`.')
  const due = (name: string, cron: string) => `ext.schedule('${name}', { cron: '${cron}' }, () => {})\n`
  write('main.ts', `${scaffold}\n${due('hourly', '0 * * * *')}${due('rare', '0 0 29 2 *')}`)
  expect(await terminal.runIn('app', 'schedules')).toBe(0)
  const [title, ...lines] = terminal.output().split('\n')
  expect(title).toBe('hourly  0 * * * * (UTC)')
  const hours = lines
    .slice(0, 3)
    .map((line) => Date.parse(line.trim().replace(' UTC', 'Z').replace(' ', 'T')) / 3_600_000)
  const [first = Number.NaN] = hours
  expect(hours).toEqual([first, first + 1, first + 2])
  expect(Math.abs(first - Date.now() / 3_600_000)).toBeLessThanOrEqual(1)
  expect(lines.slice(3)).toEqual([
    'rare  0 0 29 2 * (UTC)',
    '  not within 8 days',
    '',
    'Schedules run for nobody: ctx.store.listUsers(…) and ctx.asUser(id) reach the users.',
  ])
  write('main.ts', scaffold)
})

test('[8.1] [S003-042] help, version and unknown commands', async () => {
  expect(await terminal.run('--version')).toBe(0)
  expect(terminal.output()).toBe(SDK_VERSION)
  expect(await terminal.run('--help')).toBe(0)
  for (const command of [
    'init',
    'login',
    'logout',
    'whoami',
    'validate',
    'build',
    'test',
    'dev',
    'deploy',
    'logs',
    'schedules',
    'add',
    'submit',
    'completion',
    'doctor',
    'keys',
  ]) {
    expect(terminal.output()).toMatch(new RegExp(`^ {2}${command} `, 'm'))
  }
  expect(await terminal.run('deploy', '--help')).toBe(0)
  expect(terminal.output()).toMatch(/--changelog/)
  expect(await terminal.run('init')).toBe(1)
  expect(terminal.errors()).toBe("error: missing required argument 'name'\n`imperal init --help` says what it takes.")
  for (const limit of ['0', '21', 'many', '1.5']) {
    expect(await terminal.run('logs', '--limit', limit)).toBe(1)
    expect(terminal.errors()).toBe('--limit takes a whole number from 1 to 20.')
  }
  expect(await terminal.run('fly')).toBe(1)
  expect(terminal.errors()).toMatch(/unknown command 'fly'/)
})
