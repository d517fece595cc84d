import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
