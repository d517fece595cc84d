import path from 'node:path'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Writer } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { Log } from '../../foundation/log.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { type Blobs, sha256Of } from './blobs.ts'
import { normalPath, safeContentType } from './check-path.ts'
import { openDiskBlobs } from './disk-blobs.ts'
import { storageErrors } from './errors.ts'
import { countFiles, deleteFile, expireFiles, findFile, knownBlobs, listFiles, moveFile, putFile } from './file-rows.ts'
import { openLinks } from './links.ts'
import { filesHandlers } from './routes.ts'
import { blobsWithFallback, openS3Blobs, type S3Options } from './s3-blobs.ts'
import { openSweep } from './sweep.ts'
import type { FileTable } from './tables.ts'
import type { FileInfo, Storage } from './types.ts'

const MAX_BYTES = 100 * 1024 * 1024
const MAX_PAGE = 1_000
const SWEEP_MS = 6 * 3_600_000
/** Files that are there for an hour only. */
const PASSING = { prefix: '.incoming/', ageMs: 3_600_000, everyMs: 600_000 }

export interface StorageOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  /** Where contents lie; made when needed. With `s3`: where those lie that were there before. */
  readonly folder: string
  /** A bucket for contents instead of the folder. */
  readonly s3?: Omit<S3Options, 'draftFolder'> | undefined
  /** Bytes that all files of a user may take; null: no limit, as when this is absent. */
  readonly quotaOf?: ((user: { tenantId: string; userId: string }) => Promise<number | null>) | undefined
  readonly publicUrl: string
}

const cursorOf = (last: string): string => Buffer.from(last).toString('base64url')
const afterOf = (cursor: string | null | undefined): string => Buffer.from(cursor ?? '', 'base64url').toString('utf8')

function blobsOf({ folder, s3 }: StorageOptions): Blobs {
  const disk = openDiskBlobs(folder)
  if (s3 === undefined) return disk
  return blobsWithFallback(openS3Blobs({ ...s3, draftFolder: path.join(folder, 'drafts') }), disk)
}

export function openStorage(options: StorageOptions): Storage {
  const { db, clock, log } = options
  const blobs = blobsOf(options)
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
  const expire = async (): Promise<number> => {
    const gone = await expireFiles(db, PASSING.prefix, new Date(clock.now() - PASSING.ageMs).toISOString())
    await Promise.all(gone.map(discard))
    return gone.length
  }
  const sweep = openSweep({ db, blobs, log, discard })
  /** Makes a content that is on disk the file of its path. */
  const keep = async (
    writer: Writer,
    scope: StoreScope,
    { type, ...file }: Pick<FileTable, 'path' | 'size' | 'sha256' | 'blob'> & { readonly type: string },
  ): Promise<FileInfo> => {
    const quota = (await options.quotaOf?.(scope)) ?? null
    try {
      const results = await writer.atomic(
        putFile(scope, { ...file, content_type: safeContentType(type), at: clock.iso() }, quota),
      )
      const row: (FileTable & { old_blob: string | null }) | undefined = results.at(-1)?.rows[0]
      if (row === undefined) throw storageErrors.QUOTA_EXCEEDED({ limit: quota ?? 0 })
      if (row.old_blob !== null) await discard(row.old_blob)
      return toInfo(row)
    } catch (error) {
      // Whether the transaction took place may be unknown; a content that is some file's must stay.
      const known = await knownBlobs(db, [file.blob]).catch(() => new Set([file.blob]))
      if (!known.has(file.blob)) await discard(file.blob)
      throw error
    }
  }
  const timer = setInterval(() => {
    sweep().catch((error) => log.warn({ err: error }, 'the files folder could not be swept'))
  }, SWEEP_MS)
  timer.unref()
  const expiring = setInterval(() => {
    expire().catch((error) => log.warn({ err: error }, 'passing files could not be removed'))
  }, PASSING.everyMs)
  expiring.unref()

  return {
    async upload(writer, scope, given, { content, type }) {
      const name = normalPath(given)
      const size = content.byteLength
      if (size > MAX_BYTES) throw storageErrors.TOO_LARGE({ size, limit: MAX_BYTES })
      return keep(writer, scope, { path: name, size, type, ...(await blobs.write(scope, content)) })
    },
    async begin(scope, given, type) {
      const name = normalPath(given)
      const draft = await blobs.begin(scope)
      return {
        get size() {
          return draft.size
        },
        async append(part) {
          const size = draft.size + part.byteLength
          if (size > MAX_BYTES) throw storageErrors.TOO_LARGE({ size, limit: MAX_BYTES })
          await draft.append(part)
        },
        finish: async (writer) =>
          keep(writer, scope, { path: name, size: draft.size, type, ...(await draft.finish()) }),
        discard: () => draft.discard(),
      }
    },
    async read(scope, given, { offset, length, etag }) {
      const row = await findFile(db, scope, normalPath(given))
      if (row === null) return null
      if (etag !== null && etag !== row.sha256) throw storageErrors.CHANGED()
      const wanted = Math.max(0, Math.min(length, row.size - offset))
      const content = await blobs.piece(row.blob, offset, wanted)
      if (content === null) throw storageErrors.CHANGED() // replaced in between: the row names another content now
      if (content.byteLength < wanted) throw storageErrors.DAMAGED()
      if (content.byteLength === row.size && sha256Of(content) !== row.sha256) throw storageErrors.DAMAGED()
      return { content, size: row.size, etag: row.sha256 }
    },
    async info(scope, given) {
      const row = await findFile(db, scope, normalPath(given))
      return row === null ? null : toInfo(row)
    },
    async download(scope, given) {
      const name = normalPath(given)
      for (let attempt = 0; attempt < 2; attempt++) {
        const row = await findFile(db, scope, name)
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
    async move(writer, scope, given, to) {
      const [result] = await writer.atomic([moveFile(scope, normalPath(given), normalPath(to), clock.iso())])
      const row: FileTable | undefined = result?.rows[0]
      return row === undefined ? null : toInfo(row)
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
    count: async (scope, prefix) => (prefix.includes('\0') ? 0 : countFiles(db, scope, prefix.normalize('NFC'))),
    sweep,
    expire,
    routes: filesHandlers({ db, blobs, links }),
    async close() {
      clearInterval(timer)
      clearInterval(expiring)
    },
  }
}
