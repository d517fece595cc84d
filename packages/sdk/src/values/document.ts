import type { JsonObject } from './json.ts'
import { isObject, stringOr } from './json.ts'

/** One stored document. `data` is the author's; everything else is the platform's. */
export interface Document<T = JsonObject> {
  readonly id: string
  readonly collection: string
  readonly data: T
  readonly extensionId: string
  readonly tenantId: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly userId: string
  /** Opaque; changes with the data. Empty when the server gave none. */
  readonly etag: string
}

class StoredDocument<T> implements Document<T> {
  readonly id: string
  readonly collection: string
  readonly data: T
  readonly extensionId: string
  readonly tenantId: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly userId: string
  readonly etag: string

  constructor(wire: Record<string, unknown> & { id: string; collection: string }, data: T) {
    this.id = wire.id
    this.collection = wire.collection
    this.data = data
    this.extensionId = stringOr(wire.extension_id, '')
    this.tenantId = stringOr(wire.tenant_id, 'default')
    this.createdAt = stringOr(wire.created_at, '')
    this.updatedAt = stringOr(wire.updated_at, '')
    this.userId = stringOr(wire.user_id, '')
    this.etag = stringOr(wire.etag, '')
    Object.freeze(this)
  }

  /** The wire form of sdk.md 4.3. */
  toJSON(): JsonObject {
    return {
      id: this.id,
      collection: this.collection,
      data: this.data as JsonObject, // came from JSON, or is about to be checked by the caller
      extension_id: this.extensionId,
      tenant_id: this.tenantId,
      created_at: this.createdAt,
      updated_at: this.updatedAt,
      user_id: this.userId,
      etag: this.etag,
    }
  }
}

/** Reads a document from the wire; undefined when it is none. */
export function documentFromWire<T>(wire: unknown): Document<T> | undefined {
  if (!isObject(wire)) return undefined
  const { id, collection, data } = wire
  if (typeof id !== 'string' || id === '' || typeof collection !== 'string' || collection === '') return undefined
  if (data !== undefined && !isObject(data)) return undefined
  return new StoredDocument({ ...wire, id, collection }, (data ?? {}) as T) // the author's T is not checked here
}
