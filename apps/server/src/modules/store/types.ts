import type { JsonObject } from '@imperal/contract'
import type { Writer } from '../../foundation/db/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'

/** Wire form of a document (sdk.md 4.3). */
export interface DocumentWire {
  readonly id: string
  readonly collection: string
  readonly data: JsonObject
  readonly extension_id: string
  readonly tenant_id: string
  readonly created_at: string
  readonly updated_at: string
  readonly user_id: string
  readonly etag: string
}

export interface PageWire<T> {
  readonly data: readonly T[]
  readonly cursor: string | null
  readonly has_more: boolean
  readonly total: number | null
}

export interface StoreQuery {
  readonly where?: JsonObject | null | undefined
  readonly order_by?: string | null | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | null | undefined
}

/** `ctx.store` (sdk.md 3.3). Every write is one statement committed through the caller's `Writer`. */
export interface Store {
  /** @throws STORE_BAD_NAME, STORE_BAD_DATA, STORE_TOO_LARGE (1 MiB of canonical JSON), as all writes */
  create(writer: Writer, scope: StoreScope, collection: string, data: JsonObject): Promise<DocumentWire>
  /** Under an id of the caller's. @throws STORE_EXISTS when there is such a document */
  createAs(writer: Writer, scope: StoreScope, collection: string, id: string, data: JsonObject): Promise<DocumentWire>
  get(scope: StoreScope, collection: string, id: string): Promise<DocumentWire | null>
  /** A page ends at `limit` (1 to 1000, default 100) or 3 MiB. `total` is known when one page holds all. @throws STORE_BAD_QUERY, STORE_BAD_CURSOR */
  query(scope: StoreScope, collection: string, query: StoreQuery): Promise<PageWire<DocumentWire>>
  /** Shallow merge. @throws STORE_NOT_FOUND, STORE_CONFLICT (details: current_etag) */
  update(
    writer: Writer,
    scope: StoreScope,
    collection: string,
    id: string,
    patch: JsonObject,
    ifMatch?: string | null,
  ): Promise<DocumentWire>
  /** Creates or replaces; with `ifMatch` it replaces only the document that has this etag. @throws STORE_NOT_FOUND, STORE_CONFLICT */
  set(
    writer: Writer,
    scope: StoreScope,
    collection: string,
    id: string,
    data: JsonObject,
    ifMatch?: string | null,
  ): Promise<DocumentWire>
  delete(writer: Writer, scope: StoreScope, collection: string, id: string): Promise<boolean>
  count(scope: StoreScope, collection: string, where: JsonObject | null): Promise<number>
  /** Documents of all users of a tenant. */
  countAll(tenantId: string, appId: string, collection: string): Promise<number>
  /** Users who have documents, in the order of their ids. The caller has checked the system context. */
  listUsers(
    tenantId: string,
    appId: string,
    collection: string | null,
    options: { pageSize: number; cursor: string | null },
  ): Promise<{ user_ids: string[]; next_cursor: string | null; truncated: boolean }>
  /** Users who have a document of this id, two at the most. The caller has checked the system context. */
  ownersOf(tenantId: string, appId: string, collection: string, id: string): Promise<string[]>
  /** Documents of all users, user by user. The caller has checked the system context. */
  queryAll(
    tenantId: string,
    appId: string,
    collection: string,
    options: { where: JsonObject | null; limit: number; cursor?: string | null },
  ): Promise<PageWire<DocumentWire>>
}

export type { StoreScope }
