import { createHash, randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { StoreScope } from '../../foundation/scope.ts'

/**
 * Contents by names that only the platform makes: a hash of the scope, a hash of the content and some randomness.
 * No part of a name comes from a caller, and no name is used twice, so removing one never takes another file's content.
 */
export interface Blobs {
  /** Resolves when the content is safe. */
  write(scope: StoreScope, content: Buffer): Promise<{ blob: string; sha256: string }>
  /** A content that comes in parts. Resolves when there is a place for it. */
  begin(scope: StoreScope): Promise<PendingBlob>
  /** Null when it is gone. */
  read(blob: string): Promise<Buffer | null>
  /** So many bytes from an offset, fewer at the end; null when it is gone. */
  piece(blob: string, offset: number, length: number): Promise<Buffer | null>
  /** Null when it is gone. Whoever gets the stream reads or destroys it. */
  stream(blob: string): Promise<Readable | null>
  /** No error when it is gone. */
  remove(blob: string): Promise<void>
  /** Names of what is older than `ageMs`, in portions: contents, and what others keep in the same place. */
  old(ageMs: number): AsyncIterable<readonly string[]>
  /**
   * Removes what is older than `ageMs` of contents that never came to their end, where they are gathered elsewhere than in this
   * place; how many. Absent: nothing is.
   */
  removeDrafts?(ageMs: number): Promise<number>
  /** Whose place this is; null while no installation has marked it. */
  readMark(): Promise<string | null>
  /** Marks the place as that of an installation. */
  writeMark(installation: string): Promise<void>
}

/** A content on its way. What is neither finished nor discarded is found by the next sweep. */
export interface PendingBlob {
  readonly size: number
  append(part: Buffer): Promise<void>
  /** Resolves when the content is safe. */
  finish(): Promise<{ blob: string; sha256: string }>
  discard(): Promise<void>
}

export const sha256Of = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

/** The folder of everything that one app keeps for one user. */
export function homeOf(scope: StoreScope): string {
  const owner = sha256Of(JSON.stringify([scope.tenantId, scope.appId, scope.userId])).slice(0, 40)
  return `${owner.slice(0, 2)}/${owner}`
}

/** The name under which a place says whose it is. */
export const MARK = '.imperal-installation'

const BLOB_NAME = /^([0-9a-f]{2})\/\1[0-9a-f]{38}\/(?:[0-9a-f]{64}\.[0-9a-f]{12}|part\.[0-9a-f]{16})$/

/** Whether the platform makes names like this, for contents and for what is on its way; others' names are left alone. */
export const isBlobName = (name: string): boolean => BLOB_NAME.test(name)

/** A name that was never used, for a content. */
export const blobName = (scope: StoreScope, sha256: string): string =>
  `${homeOf(scope)}/${sha256}.${randomBytes(6).toString('hex')}`
