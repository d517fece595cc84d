import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll } from 'vitest'
import { until } from './session.ts'
import { temporaryFolderFor } from './temporary-folder.ts'

const MAIN = path.resolve(import.meta.dirname, '../../apps/server/src/main.ts')
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'NODE_COMPILE_CACHE']

/** The program at its face: what it prints where, and how it ends. For starts that do not succeed, or whose output counts. */
export interface Program {
  stdout(): string
  stderr(): string
  readonly process: ChildProcess
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
}

const running = new Set<ChildProcess>()
afterAll(async () => {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }),
  )
})

/** Starts the program with exactly these settings; `prefix` is a command in front of it. */
export function runProgram(
  settings: Readonly<Record<string, string>>,
  prefix: readonly string[] = [],
  options: readonly string[] = [],
): Program {
  const inherited = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  const [program = process.execPath, ...args] = [...prefix, process.execPath, MAIN, ...options]
  const child = spawn(program, args, {
    env: {
      ...Object.fromEntries(inherited),
      IMPERAL_TEST_FSYNC_OFF: 'true',
      TMPDIR: temporaryFolderFor(settings.IMPERAL_DATA_DIR ?? ''),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
    })
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  return { stdout: () => output.stdout, stderr: () => output.stderr, process: child, ended }
}

/** Resolves when the program says that it is ready; rejects with what it printed when it ended instead. */
export async function untilReady(program: Program): Promise<void> {
  const failed = program.ended.then((code) => {
    throw new Error(`the program ended with ${code}:\n${program.stderr()}`)
  })
  await Promise.race([until(async () => /^Sign in as .*\n/m.test(program.stdout()), 60_000), failed])
}

/** A command of an operator, from its start to its end; `output` is all that it printed. */
export async function runMaintenance(
  settings: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const program = runProgram(settings, [], args)
  const code = await program.ended
  return { code, output: program.stdout() + program.stderr() }
}

/** The superuser of the embedded database of a running server, to look past row-level security. */
export async function superuserOf(dataDir: string): Promise<pg.Client> {
  const [, , , port = '', host = ''] = readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')
  const client = new pg.Client({ host, port: Number(port), user: 'postgres', database: 'imperal' })
  client.on('error', () => {}) // the server ended before whoever looks into it
  await client.connect()
  return client
}
