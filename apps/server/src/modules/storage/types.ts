import type { Writer } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'

/** Wire form of a file (sdk.md 4.4). */
export interface FileInfo {
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly content_type: string
  readonly created_at: string
  /** Signed address of the content, valid for 24 hours. */
  readonly url: string
}

export interface FilePage {
  readonly data: readonly FileInfo[]
  readonly cursor: string | null
  readonly has_more: boolean
  readonly total: number | null
}

/** A file on its way into the storage. */
export interface PendingFile {
  readonly size: number
  /** @throws STORAGE_TOO_LARGE */
  append(part: Buffer): Promise<void>
  /** From here on the file is there, in place of what was there. */
  finish(writer: Writer): Promise<FileInfo>
  discard(): Promise<void>
}

/** `ctx.storage` (sdk.md 3.9, kernel 8.6): files of one app and user by logical path. */
export interface Storage {
  /**
   * Stores the content under the path, in place of what was there. The content is on disk before the writer commits.
   * @throws STORAGE_BAD_PATH, STORAGE_TOO_LARGE (100 MiB)
   */
  upload(writer: Writer, scope: StoreScope, path: string, file: { content: Buffer; type: string }): Promise<FileInfo>
  /** A content that comes in parts, of 100 MiB in all at most. @throws STORAGE_BAD_PATH */
  begin(scope: StoreScope, path: string, type: string): Promise<PendingFile>
  /**
   * A piece of a file; null when there is no such file. `etag` is that of its content: with the one of an earlier piece,
   * another content is refused.
   * @throws STORAGE_BAD_PATH, STORAGE_CHANGED
   */
  read(
    scope: StoreScope,
    path: string,
    range: { readonly offset: number; readonly length: number; readonly etag: string | null },
  ): Promise<{ content: Buffer; size: number; etag: string } | null>
  /** What is known of a file; null when there is none. @throws STORAGE_BAD_PATH */
  info(scope: StoreScope, path: string): Promise<FileInfo | null>
  /** Null when there is no such file. @throws STORAGE_BAD_PATH, STORAGE_DAMAGED when the content is not what was stored */
  download(scope: StoreScope, path: string): Promise<Buffer | null>
  /** Tells whether there was something. @throws STORAGE_BAD_PATH */
  delete(writer: Writer, scope: StoreScope, path: string): Promise<boolean>
  /** Gives a file another path; of several at once one does it. Null: there is none, or one lies there already. @throws STORAGE_BAD_PATH */
  move(writer: Writer, scope: StoreScope, path: string, to: string): Promise<FileInfo | null>
  /** Files whose path begins with the prefix, by path; 1 to 1000 (1000) a page. @throws STORAGE_BAD_CURSOR */
  list(
    scope: StoreScope,
    prefix: string,
    page?: { readonly cursor?: string | null; readonly limit?: number },
  ): Promise<FilePage>
  /** How many files have a path that begins with the prefix. */
  count(scope: StoreScope, prefix: string): Promise<number>
  /** Removes contents that no file refers to any more: leftovers of crashes, older than an hour. Gives their number. */
  sweep(): Promise<number>
  /** Removes files below `.incoming/` that are older than an hour. Gives their number. */
  expire(): Promise<number>
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}
