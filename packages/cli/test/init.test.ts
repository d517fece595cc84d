import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Script } from 'node:vm'
import { afterAll, expect, test, vi } from 'vitest'
import { TEMPLATES } from '../src/init/names.ts'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 120_000 })
const terminal = openTerminal()
linkPackages(terminal.folder)
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

const read = (...parts: string[]) => readFileSync(path.join(terminal.folder, ...parts), 'utf8')
const VALID: Readonly<Record<(typeof TEMPLATES)[number], string>> = {
  chat: 'Tools: 1, Functions: 1, Events: 0',
  tool: 'Tools: 1, Functions: 0, Events: 0',
  panel: 'Tools: 1, Functions: 3, Events: 2',
  connector: 'Tools: 1, Functions: 3, Events: 1',
  full: 'Tools: 2, Functions: 3, Events: 2',
}

test.each(TEMPLATES)(
  '[8.3] [S003-002] [S003-031] [S003-032] %s: straight after init it validates, builds and passes its tests',
  async (template) => {
    const name = `my-${template}`
    expect(await terminal.run('init', name, '--template', template)).toBe(0)
    expect(await terminal.runIn(name, 'validate')).toBe(0)
    expect(terminal.output().split('\n')).toEqual([
      expect.stringMatching(/^── Imperal Extension Validator v1\.0 ─+$/),
      '',
      `Extension: my-${template} v1.0.0`,
      VALID[template],
      '',
      '0 errors, 0 warnings',
    ])
    const cwd = path.join(terminal.folder, name)
    expect(await terminal.runIn(name, 'test')).toBe(0)
    expect(terminal.output()).toMatch(/fail 0/)
    expect(await terminal.runIn(name, 'build')).toBe(0)
    expect(readdirSync(path.join(cwd, 'dist')).sort()).toEqual([
      'bundle.js',
      'bundle.js.map',
      'icon.svg',
      'imperal.json',
    ])
    expect(terminal.errors()).toBe('')
  },
)

test.each(TEMPLATES)(
  '[S003-155] %s: the entry is main.ts, tests are under tests/, dependencies in package.json',
  async (template) => {
    const name = `plan-${template}`
    expect(await terminal.run('init', name, '--template', template)).toBe(0)
    const folder = path.join(terminal.folder, name)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'))
    expect(files).toEqual(expect.arrayContaining(['main.ts', 'package.json', 'tests/main.test.ts']))
    expect(files.filter((file) => /\.test\.|\.py$|requirements/.test(file) && !file.startsWith('tests/'))).toEqual([])
    const { dependencies, devDependencies } = JSON.parse(read(name, 'package.json'))
    const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('tests/'))
    const imports = sources.flatMap((file) => [...read(name, file).matchAll(/from '((?:@\w+\/)?\w[^/']*)/g)])
    expect([...new Set(imports.map(([, imported]) => imported))].sort()).toEqual(['@imperal/sdk', 'zod'])
    expect(Object.keys(dependencies).sort()).toEqual(['@imperal/sdk', 'zod'])
    expect(devDependencies).toHaveProperty(['@imperal/cli'])
    // Without its entry the folder is no extension, and without tests/ there is nothing to run.
    for (const [part, command, said] of [
      ['main.ts', 'build', /There is no main\.ts/],
      ['tests', 'test', /tests\/main\.test\.ts/],
    ] as const) {
      renameSync(path.join(folder, part), path.join(terminal.folder, 'away'))
      expect(await terminal.runIn(name, command)).toBe(1)
      expect(terminal.errors()).toMatch(said)
      renameSync(path.join(terminal.folder, 'away'), path.join(folder, part))
    }
  },
)

test('[S000-181] every template compiles under its own compiler options', () => {
  const shared = JSON.parse(read('my-chat/tsconfig.json')).compilerOptions
  // The linked SDK is source, written for one more option; the packaged one is declarations.
  const compilerOptions = { ...shared, exactOptionalPropertyTypes: true }
  writeFileSync(
    path.join(terminal.folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['my-*/**/*.ts'] }),
  )
  const tsc = path.join(terminal.folder, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', '.'], { cwd: terminal.folder, stdio: 'inherit' })
})

test('[S003-027] [S003-028] [S003-030] the chat template has greet, and everything that an author needs', () => {
  expect(readdirSync(path.join(terminal.folder, 'my-chat')).sort()).toEqual(
    expect.arrayContaining([
      '.gitignore',
      'AGENTS.md',
      'README.md',
      'icon.svg',
      'main.ts',
      'package.json',
      'tests',
      'tsconfig.json',
    ]),
  )
  expect(read('my-chat/main.ts')).toMatch(/toolName: 'my_chat'/)
  const { version, tools } = JSON.parse(read('my-chat/imperal.json'))
  expect(version).toBe('1.0.0')
  expect(tools).toMatchObject([
    {
      name: 'greet',
      action_type: 'read',
      owner_chat_tool: 'my_chat',
      params_schema: { properties: { name: { type: 'string', default: 'World' } } },
    },
  ])
  expect(read('my-chat/main.ts')).toMatch(/import \* as z from 'zod'/)
  expect(read('my-chat/.gitignore')).not.toMatch(/imperal\.json/)
  expect(read('my-chat/dist/bundle.js').length).toBeLessThan(400 * 1024)
})

test('[S000-181] the package takes SDK and command line from the platform, and has a typecheck', async () => {
  expect(JSON.parse(read('my-chat/package.json'))).toMatchObject({
    scripts: { typecheck: 'tsc --noEmit', test: 'imperal test', dev: 'imperal dev' },
    dependencies: { '@imperal/sdk': 'http://127.0.0.1:4780/packages/imperal-sdk-0.1.0.tgz' },
    devDependencies: { '@imperal/cli': 'http://127.0.0.1:4780/packages/imperal-cli-0.1.0.tgz' },
  })
  await terminal.run('init', 'elsewhere', '--api', 'https://cloud.example/', '--sdk', 'file:../sdk.tgz')
  const { dependencies, devDependencies, imperal } = JSON.parse(read('elsewhere/package.json'))
  expect(imperal).toEqual({ api: 'https://cloud.example' })
  expect(dependencies['@imperal/sdk']).toBe('file:../sdk.tgz')
  expect(devDependencies['@imperal/cli']).toBe('https://cloud.example/packages/imperal-cli-0.1.0.tgz')
})

test.each([
  ['My Great_App', 'my-great-app', 'My_Great_App'],
  ['3d-print', 'app-3d-print', 'app_3d_print'],
  ['x', 'x-app', 'x'],
])('the name %s becomes the app id %s and the tool %s', async (name, appId, toolName) => {
  expect(await terminal.run('init', name)).toBe(0)
  expect(read(name, 'main.ts')).toContain(`new Extension('${appId}'`)
  expect(read(name, 'main.ts')).toContain(`toolName: '${toolName}'`)
})

test('exit code 1: a folder that is not empty, a name without a letter, an unknown template, no name', async () => {
  mkdirSync(path.join(terminal.folder, 'full-folder'))
  writeFileSync(path.join(terminal.folder, 'full-folder/file'), '')
  expect(await terminal.run('init', 'full-folder')).toBe(1)
  expect(terminal.errors()).toMatch(/not empty/)
  expect(await terminal.run('init', '_')).toBe(1)
  expect(await terminal.run('init', 'other', '-t', 'game')).toBe(1)
  expect(terminal.errors()).toMatch(/chat, tool, panel, connector, full/)
  expect(existsSync(path.join(terminal.folder, 'other'))).toBe(false)
  expect(await terminal.run('init')).toBe(1)
})

test('[11.1.7] what is built is one module without imports', () => {
  const code = read('my-chat/dist/bundle.js')
  expect(code).not.toMatch(/^import /m)
  expect(() => new Script(`async () => {${code.replace(/^export \{[^}]*\};?$/ms, '')}}`)).not.toThrow()
})
