import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

// Linux takes 107 bytes for the path of a socket, macOS 103; names inside the folder get what is left.
const LONGEST_FOLDER = 70

const shortTemporaryFolder = (): string => {
  const folder = tmpdir()
  return Buffer.byteLength(folder) <= LONGEST_FOLDER - 30 ? folder : '/tmp'
}

function isOurs(folder: string, uid: number): boolean {
  const found = lstatSync(folder)
  return found.isDirectory() && (found.uid === uid || found.uid === process.getuid?.())
}

/**
 * A folder of mode 0700 with a short path, for sockets that belong to `key` (usually the path of a data folder).
 * The same key gives the same folder, so what a killed process left behind is found again and replaced.
 * A folder of that name that someone else made is never used.
 */
export function makeRuntimeFolder(key: string, owner?: { uid: number; gid: number }): string {
  const uid = owner?.uid ?? process.getuid?.() ?? 0
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 10)
  let folder = path.join(shortTemporaryFolder(), `imperal-${uid}-${hash}`)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (!isOurs(folder, uid)) folder = mkdtempSync(`${folder}-`)
  }
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid)
  chmodSync(folder, 0o700)
  return folder
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Takes a runtime folder away in which nothing lies but empty folders; anything else is for the next start. */
export function leaveRuntimeFolder(folder: string): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeIfEmpty(path.join(folder, entry.name))
  removeIfEmpty(folder)
}
