import { execFile } from 'node:child_process'
import { copyFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { COMMANDS } from '../src/commands/index.ts'
import { AUTHORS, placeFence, readPage } from './guide-page.ts'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const terminal = openTerminal()
const COMPILER = path.resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc')

/** Pages with code, but the first, which is a story of its own. */
const pages = readdirSync(AUTHORS).filter(
  (name) => name.endsWith('.md') && name !== 'first-extension.md' && hasCode(name),
)
const projectOf = (page: string): string => page.replace(/\.md$/, '')
const folderOf = (page: string): string => path.join(terminal.folder, projectOf(page))

function hasCode(page: string): boolean {
  return readPage(page).some(({ info }) => info.startsWith('file='))
}

beforeAll(async () => {
  linkPackages(terminal.folder)
  for (const page of pages) await writeProject(page)
})
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

/** The code of a page in a project as `imperal init` makes it. */
async function writeProject(page: string): Promise<void> {
  expect(await terminal.run('init', projectOf(page), '--template', 'tool'), terminal.errors()).toBe(0)
  rmSync(path.join(folderOf(page), 'tests'), { recursive: true })
  symlinkSync(path.join(terminal.folder, 'node_modules'), path.join(folderOf(page), 'node_modules'))
  for (const fence of readPage(page)) placeFence(fence, folderOf(page))
}

/** What TypeScript says about the files of all projects, their tests included, as `path(line,column): …`. */
async function typeErrors(): Promise<string[]> {
  const [first = ''] = pages
  copyFileSync(path.join(folderOf(first), 'tsconfig.json'), path.join(terminal.folder, 'tsconfig.json'))
  const run = promisify(execFile)(process.execPath, [COMPILER, '--pretty', 'false'], { cwd: terminal.folder })
  const output = await run.then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? String(error), // it exits with a code when it has findings
  )
  // The packages are linked here as sources, which have compiler settings of their own.
  return output.split('\n').filter((line) => line !== '' && !/^(?:\.\.|packages\/|\s)/.test(line))
}

test('[S003-002] [I-DOCTEST-SDK-1] all code of all pages compiles, the tests in it included', async () => {
  expect(await typeErrors()).toEqual([])
})

test.each(pages)(
  '[S003-002] [I-DOCTEST-SDK-1] the code of %s has no finding of any rule and passes its own tests',
  async (page) => {
    const validated = await terminal.runIn(projectOf(page), 'validate', '--strict')
    expect([validated, terminal.output(), terminal.errors()].join('\n')).toMatch(/^0\n[\s\S]*0 errors, 0 warnings/)
    const tested = await terminal.runIn(projectOf(page), 'test')
    expect(tested, `${terminal.output()}\n${terminal.errors()}`).toBe(0)
  },
)

const lines = readdirSync(AUTHORS)
  .filter((name) => name.endsWith('.md') && name !== 'first-extension.md')
  .flatMap((page) => readPage(page).map((fence) => ({ page, fence })))
  .filter(({ fence }) => fence.kind === 'sh')
  // What begins otherwise is another program, and the lines that belong to it.
  .flatMap(({ page, fence }) => fence.lines.map((line) => [page, line] as const))
  .filter(([, line]) => /^(?:npx |imperal )/.test(line))

test.each(lines)('%s: `%s` is a command with options that exist', (_page, line) => {
  const [, name = '', rest = ''] = /^(?:npx --no-install )?imperal (\S+) ?(.*)$/.exec(line) ?? []
  const command = COMMANDS.find((one) => one.name === name)
  const flags = (command?.options ?? []).flatMap(({ flags }) => flags.split(/[ ,]+/))
  const used = rest.split(' ').filter((word) => word.startsWith('-'))
  expect(command, line).toBeDefined()
  expect(flags).toEqual(expect.arrayContaining(used))
})
