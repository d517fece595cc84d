import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Egress } from '../egress/create-egress.ts'
import { type EgressCall, type EgressDoor, serveEgress } from '../egress/serve-egress.ts'
import { createFolder, PID_FILE } from '../isolation/folders.ts'
import type { UserIds } from '../isolation/machine.ts'
import type { Job, Wrapper } from '../isolation/wrappers.ts'
import { type Address, type Connection, type ConnectionListener, openConnection } from './connection.ts'
import { type HostConfig, serveArguments } from './host-config.ts'
import { innermost } from './usage.ts'

const LONGEST_OUTPUT = 16_384
const WRAPPER_GRACE_MS = 500

/** What every process of this server is started with. */
export interface Launcher {
  readonly wrapper: Wrapper
  readonly program: string
  /** Parent of the process folders. */
  readonly folder: string
  /** `null` when the server may not give processes a user of their own. */
  readonly users: UserIds | null
  readonly memoryMb: number
  readonly dataBytes: number
  readonly egress: Egress
  readonly config: HostConfig
}

/** The one extension that a runtime gets. */
export interface Tenancy {
  readonly bundle: string
  findCall(token: string): EgressCall | null
}

/** A runtime that runs inside its walls and waits for its extension. What exists of it is gone when it is. */
export interface Launch {
  readonly child: ChildProcess
  /** The last that the runtime said on its outputs. */
  output(): string
  /** Resolves once, when the process is gone, has said its last, and its folder is removed. */
  readonly gone: Promise<void>
  /** False when it cannot take an extension: it has ended, or somebody removed its folder. */
  usable(): boolean
  /** Gives it the one extension that it will ever run. Call once. */
  configure(tenancy: Tenancy): void
  /** Opens the one connection. Rejects when the process ends first. */
  connect(path: string, listener: ConnectionListener): Promise<Connection>
  kill(): void
}

function keepTail(child: ChildProcess): () => string {
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-LONGEST_OUTPUT)
    })
  }
  return () => tail
}

function whenGone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
    // A wrapper may end a moment before the process inside closes the pipes.
    child.once('exit', () => setTimeout(resolve, 500).unref())
  })
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function connectTo(address: Address, child: ChildProcess, listener: ConnectionListener): Promise<Connection> {
  while (!existsSync(address.socket)) {
    if (hasEnded(child)) throw new Error('The runtime ended before it listened.')
    await delay(1)
  }
  for (;;) {
    try {
      return await openConnection(address, listener)
    } catch (problem) {
      // The socket file exists a moment before anyone listens on it.
      const early = (problem as { code?: string }).code === 'ECONNREFUSED'
      if (!early || hasEnded(child)) throw problem
      await delay(1)
    }
  }
}

/** Makes the folder and the sockets of a process and starts it, up to where it waits for its extension. */
export async function launchRuntime(launcher: Launcher): Promise<Launch> {
  const uid = launcher.users?.take() ?? null
  const folder = createFolder(launcher.folder, uid)
  const sockets = { in: join(folder, 'in.sock'), egress: join(folder, 'egress.sock') }
  let tenancy: Tenancy | null = null
  let door: EgressDoor | null = null
  let child: ChildProcess | null = null
  const dispose = (): void => {
    door?.close()
    rmSync(folder, { recursive: true, force: true })
    launcher.users?.free(uid)
  }
  try {
    const { wrapper, egress, program, dataBytes, config } = launcher
    const started = startChild(wrapper, { folder, program, args: serveArguments(sockets), uid, dataBytes })
    child = started
    const output = keepTail(started)
    const ended = whenGone(started)
    // The runtime connects to its egress at the first request, long after it has started.
    const findCall = (token: string) => tenancy?.findCall(token) ?? null
    door = await serveEgress({ socketPath: sockets.egress, uid, egress, findCall })
    return {
      child: started,
      output,
      gone: ended.then(dispose),
      usable: () => !hasEnded(started) && existsSync(sockets.egress),
      configure(given) {
        tenancy = given
        started.stdin?.end(config.withBundle(given.bundle))
      },
      connect: (path, listener) => connectTo({ socket: sockets.in, path }, started, listener),
      kill: () => endChild(started),
    }
  } catch (problem) {
    if (child !== null) endChild(child)
    dispose()
    throw problem
  }
}

// The innermost process goes first: then each wrapper around it ends by itself, having buried its child. A wrapper
// that is killed leaves its child to process 1, which in a container may bury nobody.
function endChild(child: ChildProcess): void {
  if (child.pid === undefined || hasEnded(child)) return
  const inner = innermost(child.pid)
  try {
    process.kill(inner, 'SIGKILL')
  } catch {
    // It has just ended.
  }
  if (inner !== child.pid) setTimeout(() => child.kill('SIGKILL'), WRAPPER_GRACE_MS).unref()
}

function startChild(wrapper: Wrapper, job: Job): ChildProcess {
  wrapper.prepare(job)
  const [file = '', ...args] = wrapper.command(job)
  const child: ChildProcess = spawn(file, args, {
    ...{ env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] },
    // Ctrl-C reaches the whole foreground group: a runtime ends when the server has closed it, and did not crash.
    detached: true,
  })
  // A process that ends before it has read everything is told of by its end.
  child.stdin?.on('error', () => {})
  if (child.pid !== undefined) writeFileSync(join(job.folder, PID_FILE), `${child.pid}`)
  return child
}
