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
import { writeHostFiles } from './host-config.ts'
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
  readonly guest: string
}

/** One try to start a runtime; whatever of it exists is undone by `dispose`. */
export interface Launch {
  readonly child: ChildProcess
  /** The last that the runtime said on its outputs. */
  output(): string
  /** Resolves once, when the process is gone and has said its last. */
  readonly gone: Promise<void>
  /** Opens the one connection. Rejects when the process ends first. */
  connect(path: string, listener: ConnectionListener): Promise<Connection>
  kill(): void
  dispose(): void
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

async function connectTo(address: Address, child: ChildProcess, listener: ConnectionListener): Promise<Connection> {
  const ended = () => child.exitCode !== null || child.signalCode !== null
  while (!existsSync(address.socket)) {
    if (ended()) throw new Error('The runtime ended before it listened.')
    await delay(1)
  }
  for (;;) {
    try {
      return await openConnection(address, listener)
    } catch (problem) {
      // The socket file exists a moment before anyone listens on it.
      const early = (problem as { code?: string }).code === 'ECONNREFUSED'
      if (!early || ended()) throw problem
      await delay(1)
    }
  }
}

/** Makes the folder and the sockets of a process and starts it. */
export async function launchRuntime(
  launcher: Launcher,
  host: { readonly bundle: string; findCall(token: string): EgressCall | null },
): Promise<Launch> {
  const uid = launcher.users?.take() ?? null
  const folder = createFolder(launcher.folder, uid)
  let door: EgressDoor | null = null
  let child: ChildProcess | null = null
  const dispose = (): void => {
    door?.close()
    rmSync(folder, { recursive: true, force: true })
    launcher.users?.free(uid)
  }
  try {
    const { guest, memoryMb, egress, program, dataBytes } = launcher
    const files = writeHostFiles(folder, { guest, bundle: host.bundle, memoryMb })
    const started = startChild(launcher.wrapper, { folder, program, args: ['serve', files.config], uid, dataBytes })
    child = started
    const ended = { output: keepTail(started), gone: whenGone(started) }
    // The runtime connects to its egress at the first request, long after it has started.
    door = await serveEgress({ socketPath: files.egressSocket, uid, egress, findCall: host.findCall })
    const connect = (path: string, listener: ConnectionListener) =>
      connectTo({ socket: files.inSocket, path }, started, listener)
    return { child: started, ...ended, connect, kill: () => endChild(started), dispose }
  } catch (problem) {
    if (child !== null) endChild(child)
    dispose()
    throw problem
  }
}

// The innermost process goes first: then each wrapper around it ends by itself, having buried its child. A wrapper
// that is killed leaves its child to process 1, which in a container may bury nobody.
function endChild(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
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
  const child = spawn(file, args, { env: {}, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid !== undefined) writeFileSync(join(job.folder, PID_FILE), `${child.pid}`)
  return child
}
