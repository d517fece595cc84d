import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where programs lie that other users could not reach at their own place; kept between starts. */
export const PROGRAMS = 'programs'

/** The longest path that a unix socket may have, in bytes. */
const LONGEST_SOCKET_PATH = 107
const LONGEST_NAME = '/0123456789ab/egress.sock'

/**
 * Makes the folder of one process: mode 0700, owned by the user of that process (`uid`), or by the server's own.
 * Never readable to anyone else.
 */
export function createFolder(parent: string, uid: number | null): string {
  const folder = join(parent, randomBytes(6).toString('hex'))
  mkdirSync(folder, { mode: 0o700 })
  if (uid !== null) chownSync(folder, uid, uid)
  return folder
}

/**
 * Makes the parent of all process folders. With `shared`, other users may pass through it and the runtime folder to
 * the one folder that is theirs; they can list neither.
 */
export function createParent(runtimeDir: string, shared: boolean): string {
  const parent = join(runtimeDir, 'hosts')
  if (Buffer.byteLength(parent + LONGEST_NAME) > LONGEST_SOCKET_PATH) {
    throw new Error(`The runtime folder ${runtimeDir} is too long a path for unix sockets; use a shorter one.`)
  }
  mkdirSync(parent, { recursive: true, mode: 0o711 })
  chmodSync(parent, shared ? 0o711 : 0o700)
  if (shared) chmodSync(runtimeDir, statSync(runtimeDir).mode | 0o001)
  return parent
}

/** The file in a process folder by which a later start of the server finds a process that outlived this one. */
export const PID_FILE = 'pid'

function killStray(folder: string): void {
  try {
    const pid = Number(readFileSync(join(folder, PID_FILE), 'utf8'))
    // The number may belong to somebody else by now: only a command line that names this very folder is ours.
    if (pid > 1 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) process.kill(pid, 'SIGKILL')
  } catch {
    // No pid file, no such process, or no /proc: nothing survived.
  }
}

/** Ends what a killed server left behind, and removes its process folders. */
export function removeStrays(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (name === PROGRAMS) continue
    const folder = join(parent, name)
    killStray(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}
