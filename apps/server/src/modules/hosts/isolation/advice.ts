import { readFileSync } from 'node:fs'
import type { Machine } from './machine.ts'
import type { IsolationLevel, WrapperId } from './wrappers.ts'

/** Reads a setting of the kernel by its path below `/proc/sys`; null when there is none. */
export type ReadKernelSetting = (path: string) => string | null

export const readKernelSetting: ReadKernelSetting = (path) => {
  try {
    return readFileSync(`/proc/sys/${path}`, 'utf8').trim()
  } catch {
    return null // other kernels and systems do not have it
  }
}

/** Settings that keep ordinary users from making namespaces, with the value that does and the one that does not. */
const HINDRANCES = [
  { path: 'kernel/unprivileged_userns_clone', closed: '0', open: '1' },
  { path: 'user/max_user_namespaces', closed: '0', open: '15000' },
  { path: 'kernel/apparmor_restrict_unprivileged_userns', closed: '1', open: '0' },
] as const

const INSTALL =
  'Install bubblewrap and start again (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap; Alpine: apk add bubblewrap).'

function allowNamespaces(read: ReadKernelSetting): string {
  const closed = HINDRANCES.filter(({ path, closed }) => read(path) === closed)
  if (closed.length === 0)
    return 'Allow the platform to make user namespaces and start again; in a container its security profile decides that.'
  const commands = closed.map(({ path, open }) => `sysctl -w ${path.replace('/', '.')}=${open}`)
  return `The kernel lets nobody but root make user namespaces. Allow it with ${commands.join(' && ')} and start again.`
}

export interface Found {
  readonly level: IsolationLevel
  /** The stronger ways that were tried. */
  readonly refused: readonly { readonly wrapper: WrapperId }[]
}

/** What the operator of this machine does for the level `full`, in a sentence or two; null where it is reached or was not tried. */
export function adviseOnIsolation(
  { level, refused }: Found,
  machine: Machine,
  read: ReadKernelSetting = readKernelSetting,
): string | null {
  if (level === 'full') return null
  if (!machine.linux)
    return 'Only Linux offers more: run the platform there to let people install extensions of others.'
  if (machine.tools.bwrap === null) return INSTALL
  return refused.some(({ wrapper }) => wrapper === 'bubblewrap') ? allowNamespaces(read) : null
}
