import { createHash, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { StoreScope } from '../../foundation/scope.ts'

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/**
 * Contents on disk, by names that only the platform makes: a hash of the scope, a hash of the content and some randomness.
 * No part of a name comes from a caller, and no name is used twice, so removing one never takes another file's content.
 */
export interface Blobs {
  /** Resolves when the content is safe on disk. */
  write(scope: StoreScope, content: Buffer): Promise<{ blob: string; sha256: string }>
  /** A content that comes in parts. Resolves when there is a place for it. */
  begin(scope: StoreScope): Promise<PendingBlob>
  /** Null when it is gone. */
  read(blob: string): Promise<Buffer | null>
  /** Null when it is gone; the caller closes the handle. */
  open(blob: string): Promise<FileHandle | null>
  remove(blob: string): Promise<void>
  /** Names of the contents that are older than `ageMs`, folder by folder. */
  old(ageMs: number): AsyncIterable<readonly string[]>
}

/** A content on its way. What is neither finished nor discarded is found by the next sweep. */
export interface PendingBlob {
  readonly size: number
  append(part: Buffer): Promise<void>
  /** Resolves when the content is safe on disk. */
  finish(): Promise<{ blob: string; sha256: string }>
  discard(): Promise<void>
}

export const sha256Of = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

function homeOf(scope: StoreScope): string {
  const owner = sha256Of(JSON.stringify([scope.tenantId, scope.appId, scope.userId])).slice(0, 40)
  return `${owner.slice(0, 2)}/${owner}`
}

export function openBlobs(folder: string): Blobs {
  const place = (blob: string): string => path.join(folder, blob)
  const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }
  return {
    async write(scope, content) {
      const sha256 = sha256Of(content)
      const home = homeOf(scope)
      const blob = `${home}/${sha256}.${randomBytes(6).toString('hex')}`
      await mkdir(place(home), { recursive: true, mode: 0o700 })
      const handle = await open(place(blob), 'wx', 0o600)
      try {
        await handle.writeFile(content)
        await handle.sync()
      } finally {
        await handle.close()
      }
      return { blob, sha256 }
    },
    async begin(scope) {
      const home = homeOf(scope)
      const draft = `${home}/part.${randomBytes(8).toString('hex')}`
      await mkdir(place(home), { recursive: true, mode: 0o700 })
      const handle = await open(place(draft), 'wx', 0o600)
      const hash = createHash('sha256')
      let size = 0
      return {
        get size() {
          return size
        },
        async append(part) {
          hash.update(part)
          size += part.byteLength
          await handle.writeFile(part)
        },
        async finish() {
          await handle.sync()
          await handle.close()
          const sha256 = hash.digest('hex')
          const blob = `${home}/${sha256}.${randomBytes(6).toString('hex')}`
          await rename(place(draft), place(blob))
          return { blob, sha256 }
        },
        async discard() {
          await handle.close()
          await rm(place(draft), { force: true })
        },
      }
    },
    read: (blob) => orNull(readFile(place(blob))),
    open: (blob) => orNull(open(place(blob), 'r')),
    remove: (blob) => rm(place(blob), { force: true }),
    async *old(ageMs) {
      const before = Date.now() - ageMs
      for (const shelf of (await orNull(readdir(folder))) ?? []) {
        for (const owner of await readdir(place(shelf))) {
          const home = `${shelf}/${owner}`
          const names: string[] = []
          for (const name of await readdir(place(home))) {
            const facts = await orNull(stat(place(`${home}/${name}`)))
            if (facts !== null && facts.mtimeMs < before) names.push(`${home}/${name}`)
          }
          if (names.length > 0) yield names
        }
      }
    },
  }
}
