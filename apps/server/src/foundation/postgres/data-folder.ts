import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { postgresErrors } from './errors.ts'

export interface FolderLock {
  /** The folder with all symbolic links resolved. */
  readonly folder: string
  release(): void
}

const SQLITE_BUSY = 5

const reason = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EROFS') return 'the file system is read-only'
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'it is not a folder'
  if (code === 'ENOENT') return 'no folder can be made there'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full'
  return message
}

// One level at a time: `recursive` tries for ever where a parent exists and yet takes no folders, as below `/proc`.
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = path.dirname(folder)
  if (parent !== folder) makeFolder(parent)
  mkdirSync(folder, { mode: 0o700 })
}

/** Creates the folder when it is missing and proves by writing that this process may write there. */
function openFolder(folder: string): string {
  try {
    makeFolder(path.resolve(folder))
    const probe = path.join(folder, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
    return realpathSync(folder)
  } catch (error) {
    throw postgresErrors.DATA_FOLDER_READ_ONLY({ folder, why: reason(error) }, error)
  }
}

const ownerOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return 'unknown' // the owner holds the lock but has not written its id yet
  }
}

/**
 * Takes a data folder for this process until `release` or the end of the process, however it ends.
 * `name` tells locks of one folder apart: the server holds `instance`, the embedded database `postgres`.
 * @throws POSTGRES_DATA_FOLDER_IN_USE, POSTGRES_DATA_FOLDER_READ_ONLY
 */
export function lockDataFolder(dataDir: string, name: string): FolderLock {
  const folder = openFolder(dataDir)
  const pidFile = path.join(folder, `${name}.pid`)
  // SQLite brings the one thing that Node lacks: a file lock that the system itself drops when the process dies.
  const lock = new DatabaseSync(path.join(folder, `${name}.lock`))
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    throw postgresErrors.DATA_FOLDER_IN_USE({ folder: dataDir, pid: ownerOf(pidFile) })
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  return {
    folder,
    release() {
      if (!lock.isOpen) return
      rmSync(pidFile, { force: true })
      lock.close()
    },
  }
}
