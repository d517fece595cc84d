import type * as z from 'zod'
import { ContextUnavailable, NotFoundError, StoreContractError, StoreError } from '../errors.ts'
import { refuse } from '../refuse.ts'
import { type Document, documentFromWire } from '../values/document.ts'
import { isObject, type JsonObject, type JsonPrimitive, type JsonValue, numberOr, toJson } from '../values/json.ts'
import { createPage, type Page } from '../values/page.ts'
import type { StoreScope } from './store-scope.ts'
import type { Transport } from './transport.ts'
import { type TypedCollection, typedCollection } from './typed-collection.ts'

export interface QueryOptions {
  /** Equality on top-level fields; all must match. */
  where?: Record<string, JsonPrimitive>
  /** A field, `created_at` or `updated_at`; a leading `-` means descending. */
  orderBy?: string
  /** Documents of one page: 100 unless told, 1000 at most. */
  limit?: number
  cursor?: string
}

/** Documents of this app, this tenant and the acting user (sdk.md 3.3). */
export interface StoreClient {
  create<T extends object = JsonObject>(collection: string, data: T): Promise<Document<T>>
  /** @throws NotFoundError */
  get<T extends object = JsonObject>(collection: string, id: string): Promise<Document<T>>
  find<T extends object = JsonObject>(collection: string, id: string): Promise<Document<T> | null>
  query<T extends object = JsonObject>(collection: string, options?: QueryOptions): Promise<Page<Document<T>>>
  /** Merges top-level keys. @throws NotFoundError, StoreConflict when `ifMatch` is not the stored etag */
  update<T extends object = JsonObject>(
    collection: string,
    id: string,
    patch: Partial<T>,
    options?: { ifMatch?: string },
  ): Promise<Document<T>>
  /** Creates or replaces the document under this id; with `ifMatch` it only replaces. @throws StoreConflict, NotFoundError */
  set<T extends object = JsonObject>(
    collection: string,
    id: string,
    data: T,
    options?: { ifMatch?: string },
  ): Promise<Document<T>>
  /** False when there was nothing. */
  delete(collection: string, id: string): Promise<boolean>
  count(collection: string, where?: Record<string, JsonPrimitive>): Promise<number>
  /** A collection whose documents are checked against a schema when written and when read. */
  collection<S extends z.ZodObject>(name: string, schema: S): TypedCollection<z.infer<S>>
}

/** The store of schedules and signals. */
export interface SystemStoreClient extends StoreClient {
  /** Users who have a document in the collection; without one, users who installed the app. */
  listUsers(collection?: string, options?: { pageSize?: number }): AsyncIterable<string>
  /** Documents of all users, with `userId` set. */
  queryAll<T extends object = JsonObject>(
    collection: string,
    options?: { where?: Record<string, JsonPrimitive>; limit?: number },
  ): Promise<Page<Document<T>>>
}

/** The store of webhooks. */
export interface WebhookStoreClient extends StoreClient {
  forUser(userId: string): StoreClient
}

const MAX_PAGE = 1000
const MAX_USER_PAGE = 10_000

/** One implementation for every kind of context; `scope` says what this one may do. */
export class KernelStore implements SystemStoreClient, WebhookStoreClient {
  readonly #transport: Transport
  readonly #scope: StoreScope

  constructor(transport: Transport, scope: StoreScope) {
    this.#transport = transport
    this.#scope = scope
  }

  async create<T extends object = JsonObject>(collection: string, data: T): Promise<Document<T>> {
    const body = documentData(data)
    return readDocument(await this.#transport.call('store', 'create', collectionName(collection), body))
  }

  async get<T extends object = JsonObject>(collection: string, id?: string): Promise<Document<T>> {
    const [name, key] = address(collection, id)
    const found = await this.find<T>(name, key)
    if (found === null) throw new NotFoundError(resourceName(name), key)
    return found
  }

  async find<T extends object = JsonObject>(collection: string, id: string): Promise<Document<T> | null> {
    const wire = await this.#transport.call('store', 'get', collectionName(collection), id)
    return wire === null ? null : readDocument(wire)
  }

  async query<T extends object = JsonObject>(
    collection: string,
    options: QueryOptions = {},
  ): Promise<Page<Document<T>>> {
    const { where, orderBy, limit = 100, cursor } = options
    const wire = await this.#transport.call('store', 'query', collectionName(collection), {
      where: toJson(where ?? {}, 'where'),
      order_by: orderBy ?? null,
      limit: pageSize('limit', limit),
      cursor: cursor ?? null,
    })
    return readPage(wire, (next) => this.query<T>(collection, { ...options, cursor: next }))
  }

  async update<T extends object = JsonObject>(
    collection: string,
    id: string,
    patch: Partial<T>,
    options: { ifMatch?: string } = {},
  ): Promise<Document<T>> {
    const condition = ifMatch(options)
    const name = collectionName(collection)
    const wire = await named(
      name,
      id,
      this.#transport.call('store', 'update', name, id, documentData(patch), condition),
    )
    return readDocument(wire)
  }

  async set<T extends object = JsonObject>(
    collection: string,
    id: string | T,
    data?: T,
    options?: { ifMatch?: string },
  ): Promise<Document<T>> {
    const [name, key, value] = typeof id === 'string' ? [collection, id, data] : [...address(collection), id]
    const body = isObject(value) ? documentData(value) : { value: toJson(value, 'data') }
    return readDocument(
      await named(name, key, this.#transport.call('store', 'set', collectionName(name), key, body, ifMatch(options))),
    )
  }

  async delete(collection: string, id: string): Promise<boolean> {
    return (await this.#transport.call('store', 'delete', collectionName(collection), id)) === true
  }

  async count(collection: string, where?: Record<string, JsonPrimitive>): Promise<number> {
    const filter = where === undefined ? null : toJson(where, 'where')
    return numberOr(await this.#transport.call('store', 'count', collectionName(collection), filter), 0)
  }

  /** The first page of a collection as a plain array. */
  async list<T extends object = JsonObject>(collection: string): Promise<Document<T>[]> {
    return [...(await this.query<T>(collection)).data]
  }

  collection<S extends z.ZodObject>(name: string, schema: S): TypedCollection<z.infer<S>> {
    return typedCollection(this, collectionName(name), schema)
  }

  listUsers(collection?: string, options: { pageSize?: number } = {}): AsyncIterable<string> {
    this.#onlySystem('listUsers')
    const name = collection === undefined ? null : collectionName(collection)
    return this.#users(name, pageSize('pageSize', options.pageSize ?? 500, MAX_USER_PAGE))
  }

  async *#users(name: string | null, size: number): AsyncGenerator<string> {
    for (let cursor: string | null = null; ; ) {
      const wire: JsonValue = await this.#transport.call('store', 'list_users', name, { page_size: size, cursor })
      if (!isObject(wire) || !Array.isArray(wire.user_ids))
        throw new StoreContractError('list_users answered no user_ids')
      yield* wire.user_ids.map(String)
      if (typeof wire.next_cursor !== 'string') return
      cursor = wire.next_cursor
    }
  }

  async queryAll<T extends object = JsonObject>(
    collection: string,
    options: { where?: Record<string, JsonPrimitive>; limit?: number } = {},
  ): Promise<Page<Document<T>>> {
    this.#onlySystem('queryAll')
    const wire = await this.#transport.call('store', 'query_all', collectionName(collection), {
      where: toJson(options.where ?? {}, 'where'),
      limit: pageSize('limit', options.limit ?? 500, MAX_USER_PAGE),
    })
    return readPage(wire, () => Promise.reject(new StoreError('query_all has one page; raise its limit')))
  }

  forUser(userId: string): StoreClient {
    if (!this.#scope.mayActForUsers) throw new ContextUnavailable('store.forUser', this.#scope.kind)
    return new KernelStore(this.#transport.forUser(userId), { ...this.#scope, userId, mayActForUsers: false })
  }

  #onlySystem(method: string): void {
    if (this.#scope.isSystem) return
    throw new ContextUnavailable(
      `store.${method}`,
      this.#scope.kind,
      `it reads data of all users and the acting user is ${this.#scope.userId}`,
    )
  }
}

const ifMatch = (options?: { ifMatch?: string }) =>
  options?.ifMatch === undefined ? {} : { if_match: options.ifMatch }

function collectionName(name: string): string {
  if (typeof name === 'string' && /^[^:*?[\]/\s]+$/.test(name)) return name
  refuse('collection', `A collection name holds none of : * ? [ ] / and no blanks: '${name}'`)
}

function address(collection: string, id?: string): [string, string] {
  if (id !== undefined) return [collection, id]
  const slash = collection.indexOf('/')
  if (slash < 1 || slash === collection.length - 1) refuse('id', `'${collection}' names no document id`)
  return [collection.slice(0, slash), collection.slice(slash + 1)]
}

function pageSize(field: string, size: number, most = MAX_PAGE): number {
  if (Number.isInteger(size) && size >= 1 && size <= most) return size
  refuse(field, `${field} is an integer from 1 to ${most}, not ${size}`)
}

function documentData(data: unknown): JsonObject {
  const json = toJson(data, 'data')
  if (isObject(json)) return json
  refuse('data', 'A document is an object')
}

/** A collection's name as one thing, for sentences: `deals` gives `deal`, `replies` gives `reply`. */
export function resourceName(collection: string): string {
  if (collection.endsWith('ies')) return `${collection.slice(0, -3)}y`
  return /[^sui]s$/.test(collection) ? collection.slice(0, -1) : collection
}

async function named(collection: string, id: string, answer: Promise<JsonValue>): Promise<JsonValue> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NotFoundError) throw new NotFoundError(resourceName(collection), id)
    throw error
  }
}

function readDocument<T>(wire: unknown): Document<T> {
  const document = documentFromWire<T>(wire)
  if (document === undefined) throw new StoreContractError('The store answered something that is not a document')
  return document
}

function readPage<T>(wire: unknown, next: (cursor: string) => Promise<Page<Document<T>>>): Page<Document<T>> {
  if (!isObject(wire) || !Array.isArray(wire.data)) throw new StoreContractError('The store answered no page')
  const cursor = typeof wire.cursor === 'string' ? wire.cursor : null
  return createPage(
    {
      data: wire.data.map((entry) => readDocument<T>(entry)),
      cursor,
      hasMore: wire.has_more === true,
      total: typeof wire.total === 'number' ? wire.total : null,
    },
    next,
  )
}
