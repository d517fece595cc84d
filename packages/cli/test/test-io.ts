import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inject } from 'vitest'
import type { Io } from '../src/io.ts'
import { runCli } from '../src/run-cli.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../../..')

/** A folder in which commands run, a home without credentials, and what they printed. */
export interface TestTerminal {
  readonly folder: string
  readonly home: string
  readonly printed: string[]
  readonly complained: string[]
  readonly opened: string[]
  /** Answers to questions, in order; without one left nobody can answer. */
  readonly answers: string[]
  readonly stop: AbortController
  env: Record<string, string | undefined>
  run(...args: string[]): Promise<number>
  /** The same in a folder below. */
  runIn(folder: string, ...args: string[]): Promise<number>
  output(): string
  errors(): string
}

/** A new folder with a new home, or a second terminal in the folder of another one. */
export function openTerminal(beside?: Pick<TestTerminal, 'folder' | 'env'>): TestTerminal {
  const folder = beside?.folder ?? mkdtempSync(path.join(tmpdir(), 'imperal-cli-'))
  const home = path.join(folder, 'home')
  mkdirSync(home, { recursive: true })
  const terminal: TestTerminal = {
    folder,
    home,
    printed: [],
    complained: [],
    opened: [],
    answers: [],
    stop: new AbortController(),
    env: beside?.env ?? { PATH: process.env.PATH },
    run: (...args) => terminal.runIn('.', ...args),
    runIn: (below, ...args) => {
      terminal.printed.length = 0
      terminal.complained.length = 0
      return runCli(args, ioOf(terminal, path.join(folder, below)))
    },
    output: () => terminal.printed.join('\n'),
    errors: () => terminal.complained.join('\n'),
  }
  return terminal
}

function ioOf(terminal: TestTerminal, cwd: string): Io {
  return {
    out: (line) => void terminal.printed.push(line),
    err: (line) => void terminal.complained.push(line),
    cwd,
    home: terminal.home,
    env: terminal.env,
    isInteractive: terminal.answers.length > 0,
    ask: async () => terminal.answers.shift() ?? 'no',
    openBrowser: (url) => void terminal.opened.push(url),
    signal: terminal.stop.signal,
    // Intervals between polls are the server's business; here nobody waits.
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

/**
 * The SDK as authors get it, unpacked once for all test files of the run: its declarations are checked in a fraction of the
 * time that its sources take.
 */
function packedSdk(): string {
  const modules = path.join(inject('runFolder'), 'node_modules')
  const sdk = path.join(modules, '@imperal/sdk')
  if (existsSync(sdk)) return sdk
  mkdirSync(path.dirname(sdk), { recursive: true })
  const fresh = mkdtempSync(path.join(modules, '.sdk-'))
  const { version } = JSON.parse(readFileSync(path.join(CHECKOUT, 'packages/sdk/package.json'), 'utf8'))
  const archive = path.join(CHECKOUT, `.imperal-build/packages/imperal-sdk-${version}.tgz`)
  execFileSync('tar', ['xzf', archive, '-C', fresh, '--strip-components=1'])
  try {
    symlinkSync(path.join(CHECKOUT, 'node_modules/zod'), path.join(modules, 'zod'))
  } catch {
    // Another test file made it.
  }
  try {
    renameSync(fresh, sdk)
  } catch {
    rmSync(fresh, { recursive: true }) // another test file was first
  }
  return sdk
}

/** What `npm install` would put into a project: the SDK that is packed, everything else of this checkout. */
export function linkPackages(project: string): void {
  const modules = path.join(project, 'node_modules')
  mkdirSync(path.join(modules, '@imperal'), { recursive: true })
  symlinkSync(packedSdk(), path.join(modules, '@imperal/sdk'))
  symlinkSync(path.join(CHECKOUT, 'packages/cli'), path.join(modules, '@imperal/cli'))
  for (const name of ['zod', 'typescript', '@types']) {
    symlinkSync(path.join(CHECKOUT, 'node_modules', name), path.join(modules, name))
  }
}
