import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPackages } from './packages.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const base = mkdtempSync(path.join(tmpdir(), 'imperal-packages-'))
const tarballs = path.join(base, 'packages')
const project = path.join(base, 'project')
const installed = path.join(project, 'node_modules')

/** What `npm install <tarball>` does, without the network: unpacked, its npm dependencies beside it. */
function install(tarball: string, name: string): void {
  const folder = path.join(installed, '@imperal', name)
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-xzf', path.join(tarballs, tarball), '-C', folder, '--strip-components=1'])
}

beforeAll(async () => {
  await buildPackages(CHECKOUT, tarballs)
  install('imperal-sdk-0.1.0.tgz', 'sdk')
  install('imperal-cli-0.1.0.tgz', 'cli')
  for (const name of ['zod', 'typescript', '@types']) {
    symlinkSync(path.join(CHECKOUT, 'node_modules', name), path.join(installed, name))
  }
  writeFileSync(path.join(project, 'package.json'), '{"type":"module"}')
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

const manifestOf = (name: string) =>
  JSON.parse(readFileSync(path.join(installed, '@imperal', name, 'package.json'), 'utf8'))

test('one tarball for each package, and nothing else, lies ready to be served', () => {
  expect(readdirSync(tarballs).sort()).toEqual(['imperal-cli-0.1.0.tgz', 'imperal-sdk-0.1.0.tgz'])
})

test('what an author installs depends on npm packages only', () => {
  const sdk = manifestOf('sdk')
  expect(Object.keys(sdk.dependencies).filter((name) => !sdk.bundleDependencies.includes(name))).toEqual(['zod'])
  expect(Object.keys(manifestOf('cli').dependencies).filter((name) => name.startsWith('@imperal/'))).toEqual([])
})

test('the SDK loads from its tarball, with the contract inside it', () => {
  const code = `import { Extension } from '@imperal/sdk'
    const ext = new Extension('probe', { version: '1.0.0' })
    process.stdout.write(JSON.stringify(ext[Symbol.for('imperal.extension.v1')].manifest()))`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: project, encoding: 'utf8' })
  expect(JSON.parse(output)).toMatchObject({ app_id: 'probe', version: '1.0.0', manifest_schema_version: 3 })
})

const SUB_PATHS = `import { ActionResult, ChatExtension, Extension, generateManifest, ui as uiOfRoot } from '@imperal/sdk'
import { ImperalAuth } from '@imperal/sdk/auth'
import { MessageAdapter } from '@imperal/sdk/llm'
import { saveManifest } from '@imperal/sdk/manifest'
import { entity, rolesOf, Timestamped } from '@imperal/sdk/sdl'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { ui } from '@imperal/sdk/ui'
import { validateExtension, validateManifest } from '@imperal/sdk/validate'
import * as z from 'zod'

export const ext = new Extension('probe', { version: '1.0.0', displayName: 'Probe' })
const chat = new ChatExtension(ext, { toolName: 'probe', description: 'Probes.' })
export const echo = chat.function(
  'echo',
  { description: 'Say again what was said.', params: z.object({ text: z.string() }), returns: z.object({ text: z.string() }) },
  (_ctx, { text }) => ActionResult.success({ text }, text),
)
const ctx = mockContext({ extension: ext })
const called = await echo(ctx, { text: 'a' })
const dispatched = await new TestHarness(ext).call('echo', { text: 'b' })
await saveManifest(ext, process.argv[2] ?? '.')
process.stdout.write(JSON.stringify({
  called: called.data,
  dispatched: dispatched.data,
  text: ui.Text('c'),
  isSame: uiOfRoot.Text === ui.Text,
  roles: Object.keys(rolesOf(entity('plant', Timestamped))).length,
  adapter: typeof MessageAdapter.toAnthropic,
  auth: await new ImperalAuth('http://127.0.0.1:1').verify('nonsense').catch((error) => error.message),
  rules: validateExtension(ext).issues.map(({ rule }) => rule).includes('V14'),
  manifest: validateManifest(generateManifest(ext)).length,
}))
`
const TSC = [
  ...['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck', '--types', 'node'],
  '--exactOptionalPropertyTypes',
]

test('[11.1] every sub-path works from the tarball, at run time and for the compiler', () => {
  const source = path.join(project, 'sub-paths.ts')
  writeFileSync(source, SUB_PATHS)
  const tsc = path.join(CHECKOUT, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, ...TSC, source], { cwd: project, stdio: 'inherit' })
  const output = execFileSync(process.execPath, [source, project], { cwd: project, encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual({
    called: { text: 'a' },
    dispatched: { text: 'b' },
    text: { type: 'Text', props: { content: 'c', variant: 'body' } },
    isSame: true,
    roles: 10,
    adapter: 'function',
    auth: 'Invalid token: it has not the three parts of a signed token',
    rules: true,
    manifest: 0,
  })
  expect(JSON.parse(readFileSync(path.join(project, 'imperal.json'), 'utf8'))).toMatchObject({ app_id: 'probe' })
})

test('its declarations carry the types, and misuse does not compile', () => {
  const file = path.join(project, 'main.ts')
  writeFileSync(
    file,
    `import { Extension } from '@imperal/sdk'
export const ext = new Extension('probe', { version: '1.0.0' })
// @ts-expect-error an app id is text
new Extension(42)
`,
  )
  const tsc = path.join(CHECKOUT, 'node_modules/typescript/bin/tsc')
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--skipLibCheck',
    '--types',
    'node',
  ]
  expect(() =>
    execFileSync(process.execPath, [tsc, ...options, file], { cwd: project, stdio: 'inherit' }),
  ).not.toThrow()
})
