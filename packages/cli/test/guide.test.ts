import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { TestPlatform } from './platform.ts'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 180_000 })
const PAGE = path.resolve(import.meta.dirname, '../../../docs/guide/authors/first-extension.md')
const terminal = openTerminal()
let platform: TestPlatform
let running: Promise<number> | undefined
let folder = '.'
const printed: string[] = []

beforeAll(async () => {
  platform = await new TestPlatform().open()
  terminal.env.IMPERAL_API_URL = platform.url
})
afterAll(async () => {
  terminal.stop.abort()
  await running
  await platform.close()
  rmSync(terminal.folder, { recursive: true, force: true })
})

interface Fence {
  readonly kind: string
  readonly info: string
  readonly lines: readonly string[]
}

const fencesOf = (page: string): Fence[] =>
  [...page.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', info = '', body = '']) => {
    return { kind, info, lines: body.trimEnd().split('\n') }
  })

const inProject = (name: string): string => path.join(terminal.folder, folder, name)

/** The command line behind a script of package.json. */
const scriptOf = (name: string): string =>
  (JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts[name] ??
  ''

async function runLine(line: string): Promise<void> {
  const [program = '', ...args] = line.split(' ')
  if (line.startsWith('npm install --global')) return expect(line).toMatch(/\/packages\/imperal-cli-0\.1\.0\.tgz$/)
  if (line === 'npm install') return linkPackages(inProject('.'))
  if (program === 'cd') {
    folder = path.join(folder, args[0] ?? '')
    return
  }
  const command = program === 'npm' ? scriptOf(args.at(-1) ?? '').split(' ') : [program, ...args]
  expect(command[0], line).toBe('imperal')
  if (command[1] === 'dev') {
    // It goes on while the reader goes on; the commands after it get a terminal of their own.
    terminal.answers.push('y', 'y')
    running = terminal.runIn(folder, 'dev')
    await vi.waitFor(() => expect(terminal.output()).toMatch(/Waiting for changes/), 60_000)
    printed.push(...terminal.printed)
    return
  }
  const beside = running === undefined ? terminal : openTerminal({ folder: terminal.folder, env: terminal.env })
  expect(await beside.runIn(folder, ...command.slice(1)), line).toBe(0)
  printed.push(...beside.printed)
}

test('[S003-002] every command and every piece of code of the first page for authors works as it stands there', async () => {
  for (const { kind, info, lines } of fencesOf(readFileSync(PAGE, 'utf8'))) {
    if (kind === 'sh') {
      printed.length = 0
      for (const line of lines) await runLine(line)
    } else if (kind === 'text') {
      for (const line of lines) expect(printed.join('\n')).toContain(line)
    } else if (info.startsWith('append=')) {
      appendFileSync(inProject(info.slice('append='.length)), `\n${lines.join('\n')}\n`)
      await vi.waitFor(() => expect(platform.uploads).toHaveLength(2), 60_000)
    } else {
      expect(info).toMatch(/^file=/)
      writeFileSync(inProject(info.slice('file='.length)), `${lines.join('\n')}\n`)
    }
  }
  expect(platform.uploads.at(-1)?.manifest.tools).toMatchObject([{ name: 'greet' }, { name: 'remember' }])
})
