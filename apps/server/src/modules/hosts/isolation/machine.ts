import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

const TOOL_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin']
const LIBRARIES = [
  '/lib/x86_64-linux-gnu',
  '/lib/aarch64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib/ld-linux-aarch64.so.1',
]
const WORKERD_PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@cloudflare/workerd-linux-64',
  'linux-arm64': '@cloudflare/workerd-linux-arm64',
  'darwin-x64': '@cloudflare/workerd-darwin-64',
  'darwin-arm64': '@cloudflare/workerd-darwin-arm64',
}

/** What the isolation of hosts can be built from on this machine. Every path is absolute; `null` means absent. */
export interface Machine {
  readonly linux: boolean
  /** The server runs as root and can give each host a user of its own. */
  readonly root: boolean
  readonly tools: Readonly<Record<Tool, string | null>>
  readonly bubblewrapHidesNamespaces: boolean
  readonly libraries: readonly string[]
}
export type Tool = 'sh' | 'prlimit' | 'setpriv' | 'unshare' | 'bwrap' | 'mount' | 'umount' | 'pivot_root'

function findTool(name: string): string | null {
  for (const folder of TOOL_FOLDERS) {
    const path = join(folder, name)
    if (existsSync(path)) return path
  }
  return null
}

/** Looks the machine over. Tools are taken from system folders only, never from `PATH`. */
export function readMachine(): Machine {
  const bwrap = findTool('bwrap')
  const help = bwrap === null ? '' : spawnSync(bwrap, ['--help'], { encoding: 'utf8', timeout: 5000 }).stdout
  return {
    linux: process.platform === 'linux',
    root: process.getuid?.() === 0,
    tools: {
      sh: findTool('sh'),
      prlimit: findTool('prlimit'),
      setpriv: findTool('setpriv'),
      unshare: findTool('unshare'),
      bwrap,
      mount: findTool('mount'),
      umount: findTool('umount'),
      pivot_root: findTool('pivot_root'),
    },
    bubblewrapHidesNamespaces: (help ?? '').includes('--disable-userns'),
    libraries: LIBRARIES.filter((path) => existsSync(path)),
  }
}

/** Path of the workerd program that npm installed for this platform. Throws a full sentence when there is none. */
export function findWorkerd(): string {
  const wanted = WORKERD_PACKAGES[`${process.platform}-${process.arch}`]
  if (wanted === undefined) throw new Error(`There is no extension runtime for ${process.platform} on ${process.arch}.`)
  const here = createRequire(import.meta.url)
  try {
    return createRequire(here.resolve('workerd')).resolve(`${wanted}/bin/workerd`)
  } catch (cause) {
    throw new Error(`The extension runtime is missing: ${wanted} is not installed. Run npm install.`, { cause })
  }
}

function openToAll(path: string): boolean {
  if ((statSync(path).mode & 0o005) !== 0o005) return false
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/**
 * A path by which every user can run `program`. A checkout below a folder that only root may enter (decisions 12)
 * gets a hard link, or a copy on another disk, in `folder`; it is kept for the next start.
 */
export function reachableProgram(program: string, folder: string): string {
  const path = realpathSync(program)
  if (openToAll(path)) return path
  const { size, mtimeMs } = statSync(path)
  const target = join(folder, `${basename(path)}-${size}-${Math.floor(mtimeMs)}`)
  if (existsSync(target)) return target
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  try {
    linkSync(path, target)
  } catch {
    copyFileSync(path, target)
  }
  chmodSync(target, 0o755)
  return target
}

/** The first folder on the way to `path` that other users cannot pass, or `null`. */
export function closedFolderAbove(path: string): string | null {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return folder
    if (folder === dirname(folder)) return null
  }
}

const WIDE_RANGE = { first: 0x70000000, count: 0x0f000000 }
const NARROW_RANGE = { first: 61_184, count: 4_000 }

function userRange(): { first: number; count: number } {
  try {
    const [, , length] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)
    return Number(length) > WIDE_RANGE.first + WIDE_RANGE.count ? WIDE_RANGE : NARROW_RANGE
  } catch {
    return NARROW_RANGE
  }
}

/** Hands out user ids that no other living host has. They start at random, so that two servers rarely meet. */
export class UserIds {
  readonly #range = userRange()
  readonly #taken = new Set<number>()
  #next = Math.floor(Math.random() * this.#range.count)

  take(): number {
    for (;;) {
      const id = this.#range.first + (this.#next++ % this.#range.count)
      if (this.#taken.has(id)) continue
      this.#taken.add(id)
      return id
    }
  }

  free(id: number | null): void {
    if (id !== null) this.#taken.delete(id)
  }
}
