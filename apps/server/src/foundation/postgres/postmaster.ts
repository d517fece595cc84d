import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { complaintOf } from './complaint.ts'
import { postgresErrors } from './errors.ts'
import { commandOf, type Identity, spawnOptions } from './identity.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Postmaster {
  readonly exited: Promise<Exit>
  /** Fast shutdown; immediate shutdown after 15 s. Resolves when the process is gone. */
  stop(): Promise<void>
}

const READY = 'database system is ready to accept connections'
const PATIENCE_MS = 15_000
const KEPT_LINES = 20

/**
 * Starts `postgres` and resolves when it takes connections, however long its recovery needs.
 * @throws POSTGRES_START_FAILED with its last lines when it ends instead
 */
export async function spawnPostmaster(options: {
  identity: Identity
  program: string
  args: readonly string[]
  log: (line: string) => void
}): Promise<Postmaster> {
  const [program, args] = commandOf(options.identity, options.program, options.args)
  const child = spawn(program, args, {
    ...spawnOptions(options.identity),
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C reaches the whole foreground group; the database must outlive the server's own shutdown.
    detached: true,
  })
  const lines: string[] = []
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message)
      resolve({ code: null, signal: null })
    })
    // `close` comes after the last line was read, `exit` may come before.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const ready = new Promise<'ready'>((resolve) => {
    if (child.stderr === null) return
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line)
      if (lines.length > KEPT_LINES) lines.shift()
      options.log(line)
      if (line.includes(READY)) resolve('ready')
    })
  })
  if ((await Promise.race([ready, exited])) !== 'ready')
    throw postgresErrors.START_FAILED({ output: complaintOf(lines.join('\n')) })
  const killWithUs = () => child.kill('SIGINT')
  process.once('exit', killWithUs)
  exited.then(() => process.off('exit', killWithUs))
  return {
    exited,
    async stop() {
      child.kill('SIGINT')
      const timer = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS)
      await exited
      clearTimeout(timer)
    },
  }
}
