import { spawn } from 'node:child_process'
import { homedir, platform } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Io } from './io.ts'

const BROWSERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

function openBrowser(url: string): void {
  const [program = 'xdg-open', ...args] = BROWSERS[platform()] ?? ['xdg-open']
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {}) // no browser here: the address is printed as well
  child.unref()
}

function interruptible(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // A second one ends the process as usual.
    process.once(name, () => controller.abort())
  }
  return controller.signal
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await terminal.question(question, { signal })
  } finally {
    terminal.close()
  }
}

/** The terminal, the user's home and the environment of this process. */
export function processIo(): Io {
  const signal = interruptible()
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    cwd: process.cwd(),
    home: homedir(),
    env: process.env,
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.CI === undefined,
    ask: (question) => ask(question, signal),
    openBrowser,
    signal,
    pause: async (milliseconds) => {
      await sleep(milliseconds, undefined, { signal }).catch((error: Error) => {
        if (error.name !== 'AbortError') throw error
      })
    },
  }
}
