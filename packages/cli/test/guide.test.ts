import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { placeFence, readPage } from './guide-page.ts'
import { TestPlatform } from './platform.ts'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 180_000 })
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
  for (const fence of readPage('first-extension.md')) {
    if (fence.kind === 'sh') {
      printed.length = 0
      for (const line of fence.lines) await runLine(line)
    } else if (fence.kind === 'text') {
      for (const line of fence.lines) expect(printed.join('\n')).toContain(line)
    } else {
      expect(placeFence(fence, inProject('.')), fence.info).toBe(true)
      if (fence.info.startsWith('append=')) {
        await vi.waitFor(() => expect(platform.uploads).toHaveLength(2), 60_000)
      }
    }
  }
  expect(platform.uploads.at(-1)?.manifest.tools).toMatchObject([{ name: 'greet' }, { name: 'remember' }])
})
