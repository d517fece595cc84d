import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { Log } from '../../foundation/log.ts'
import { openBlobs, sha256Of } from './blobs.ts'
import { normalPath, safeContentType } from './check-path.ts'
import { storageErrors } from './errors.ts'
import { deleteFile, findFile, knownBlobs, listFiles, putFile } from './file-rows.ts'
import { openLinks } from './links.ts'
import { filesHandlers } from './routes.ts'
import type { FileTable } from './tables.ts'
import type { FileInfo, Storage } from './types.ts'

const MAX_BYTES = 100 * 1024 * 1024
const MAX_PAGE = 1_000
const SWEEP = { everyMs: 6 * 3_600_000, ageMs: 3_600_000 }

export interface StorageOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  /** Where contents lie; made when needed. */
  readonly folder: string
  readonly publicUrl: string
}

const cursorOf = (path: string): string => Buffer.from(path).toString('base64url')
const afterOf = (cursor: string | null | undefined): string => Buffer.from(cursor ?? '', 'base64url').toString('utf8')

export function openStorage(options: StorageOptions): Storage {
  const { db, clock, log } = options
  const blobs = openBlobs(options.folder)
  const links = openLinks(options)
  const toInfo = (row: FileTable): FileInfo => ({
    path: row.path,
    size: row.size,
    content_type: row.content_type,
    created_at: row.created_at.toISOString(),
    url: links.urlOf({ tenantId: row.tenant_id, blob: row.blob }),
  })
  // What stays behind here is found by the next sweep.
  const discard = async (blob: string): Promise<void> => {
    await blobs.remove(blob).catch((error) => log.warn({ err: error }, 'an old content could not be removed'))
  }
  const sweep = async (): Promise<number> => {
    let removed = 0
    for await (const found of blobs.old(SWEEP.ageMs)) {
      const known = await knownBlobs(db, found)
      for (const blob of found.filter((name) => !known.has(name))) {
        await discard(blob)
        removed += 1
      }
    }
    return removed
  }
  const timer = setInterval(() => {
    sweep().catch((error) => log.warn({ err: error }, 'the files folder could not be swept'))
  }, SWEEP.everyMs)
  timer.unref()

  return {
    async upload(writer, scope, given, { content, type }) {
      const path = normalPath(given)
      const size = content.byteLength
      if (size > MAX_BYTES) throw storageErrors.TOO_LARGE({ size, limit: MAX_BYTES })
      const { blob, sha256 } = await blobs.write(scope, content)
      const statement = putFile(scope, {
        path,
        size,
        content_type: safeContentType(type),
        sha256,
        blob,
        at: clock.iso(),
      })
      try {
        const [result] = await writer.atomic([statement])
        const row: FileTable & { old_blob: string | null } = result?.rows[0]
        if (row.old_blob !== null) await discard(row.old_blob)
        return toInfo(row)
      } catch (error) {
        // Whether the transaction took place may be unknown; a content that is some file's must stay.
        if (!(await knownBlobs(db, [blob]).catch(() => new Set([blob]))).has(blob)) await discard(blob)
        throw error
      }
    },
    async download(scope, given) {
      const path = normalPath(given)
      for (let attempt = 0; attempt < 2; attempt++) {
        const row = await findFile(db, scope, path)
        if (row === null) return null
        const content = await blobs.read(row.blob)
        if (content === null) continue // replaced in between: the row names another content now
        if (sha256Of(content) !== row.sha256) throw storageErrors.DAMAGED()
        return content
      }
      throw storageErrors.DAMAGED()
    },
    async delete(writer, scope, given) {
      const [result] = await writer.atomic([deleteFile(scope, normalPath(given))])
      const row: { blob: string } | undefined = result?.rows[0]
      if (row !== undefined) await discard(row.blob)
      return row !== undefined
    },
    async list(scope, prefix, page = {}) {
      const limit = page.limit ?? MAX_PAGE
      const after = afterOf(page.cursor)
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE || `${after}${prefix}`.includes('\0')) {
        throw storageErrors.BAD_CURSOR()
      }
      const rows = await listFiles(db, scope, { after, prefix: prefix.normalize('NFC'), limit: limit + 1 })
      const shown = rows.slice(0, limit)
      const last = rows.length > limit ? shown.at(-1) : undefined
      return {
        data: shown.map(toInfo),
        cursor: last === undefined ? null : cursorOf(last.path),
        has_more: last !== undefined,
        total: last === undefined && after === '' ? shown.length : null,
      }
    },
    sweep,
    routes: filesHandlers({ db, blobs, links }),
    async close() {
      clearInterval(timer)
    },
  }
}
