import { createHash } from 'node:crypto'
import { byteLength } from '../encoding.ts'
import { isObject, type JsonObject, type JsonValue } from '../values/json.ts'
import type { MemoryClock } from './memory-clock.ts'
import { portError } from './port-error.ts'

/** Whose documents a callback may see. */
export interface Owner {
  readonly appId: string
  readonly tenantId: string
  readonly userId: string
  /** Apps that called one another up to this one; only itself unless told. */
  readonly chain?: readonly string[]
}

interface Row extends Owner {
  readonly sequence: number
  readonly collection: string
  readonly id: string
  data: JsonObject
  readonly createdAt: string
  updatedAt: string
}

type Args = readonly JsonValue[]

/** The document store of a test: the same scoping, order, paging and compare-and-set as the platform's. */
export class MemoryStore {
  readonly #clock: MemoryClock
  readonly #users = new Set<string>()
  #rows: Row[] = []
  #sequence = 0

  constructor(clock: MemoryClock) {
    this.#clock = clock
  }

  /** Makes a user known, as an install does. Pseudo identities are no users. */
  addUser(userId: string): void {
    if (!userId.startsWith('__')) this.#users.add(userId)
  }

  readonly methods: Readonly<Record<string, (owner: Owner, args: Args) => JsonValue>> = {
    create: (owner, [collection, data]) => {
      this.#sequence += 1
      return this.#insert(owner, collection, newId(this.#sequence), data)
    },
    get: (owner, [collection, id]) => wireOrNull(this.#find(owner, collection, id)),
    query: (owner, [collection, options]) => this.#page(this.#own(owner, collection), options),
    update: (owner, [collection, id, patch, condition]) => {
      const row = this.#changeable(owner, collection, id, condition)
      return this.#write(row, { ...row.data, ...object(patch) })
    },
    set: (owner, [collection, id, data, condition]) => {
      if (object(condition ?? null).if_match !== undefined)
        return this.#write(this.#changeable(owner, collection, id, condition), object(data))
      const row = this.#find(owner, collection, id)
      return row === undefined ? this.#insert(owner, collection, String(id), data) : this.#write(row, object(data))
    },
    delete: (owner, [collection, id]) => {
      const row = this.#find(owner, collection, id)
      this.#rows = this.#rows.filter((other) => other !== row)
      return row !== undefined
    },
    count: (owner, [collection, where]) => this.#own(owner, collection).filter(fits(where)).length,
    list_users: (owner, [collection, options]) => {
      requireSystem(owner, 'list_users')
      return this.#userPage(owner, collection, object(options))
    },
    query_all: (owner, [collection, options]) => {
      requireSystem(owner, 'query_all')
      return this.#page(this.#ofApp(owner, collection), options)
    },
  }

  /** Documents by collection and id, all users together. */
  dump(owner: Owner): Record<string, Record<string, unknown>> {
    const result: Record<string, Record<string, unknown>> = {}
    for (const { collection, id, data } of this.#ofApp(owner)) {
      result[collection] = { ...result[collection], [id]: structuredClone(data) }
    }
    return result
  }

  #ofApp(owner: Owner, collection?: JsonValue): Row[] {
    return this.#rows.filter(
      (row) =>
        row.appId === owner.appId &&
        row.tenantId === owner.tenantId &&
        (collection === undefined || row.collection === collection),
    )
  }

  #own(owner: Owner, collection: JsonValue | undefined): Row[] {
    return this.#ofApp(owner, collection).filter((row) => row.userId === owner.userId)
  }

  #find(owner: Owner, collection: JsonValue | undefined, id: JsonValue | undefined): Row | undefined {
    return this.#own(owner, collection).find((row) => row.id === id)
  }

  #insert(owner: Owner, collection: JsonValue | undefined, id: string, data: JsonValue | undefined): JsonObject {
    this.#sequence += 1
    this.addUser(owner.userId)
    const { appId, tenantId, userId } = owner
    const now = this.#clock.iso()
    const row: Row = {
      appId,
      tenantId,
      userId,
      sequence: this.#sequence,
      collection: String(collection),
      id,
      data: storable(data),
      createdAt: now,
      updatedAt: now,
    }
    this.#rows.push(row)
    return toWire(row)
  }

  /** The document that a write is about, if it is still the one that the writer read. */
  #changeable(
    owner: Owner,
    collection: JsonValue | undefined,
    id: JsonValue | undefined,
    condition: JsonValue | undefined,
  ): Row {
    const row = this.#find(owner, collection, id)
    if (row === undefined) throw portError('not_found', 'No such document', { resource: 'document', id: String(id) })
    const { if_match: expected } = object(condition)
    const current = etagOf(row.data)
    if (typeof expected === 'string' && expected !== current) {
      throw portError('store_conflict', 'The document was changed', {
        doc_id: row.id,
        expected_etag: expected,
        current_etag: current,
      })
    }
    return row
  }

  #write(row: Row, data: JsonObject): JsonObject {
    row.data = storable(data)
    row.updatedAt = this.#clock.iso()
    return toWire(row)
  }

  #page(rows: Row[], options: JsonValue | undefined): JsonObject {
    const { where = null, order_by: orderBy, limit, cursor } = object(options)
    const matching = sorted(rows.filter(fits(where)), typeof orderBy === 'string' ? orderBy : '')
    return pageOf(matching.map(toWire), Number(limit ?? 100), cursor)
  }

  #userPage(owner: Owner, collection: JsonValue | undefined, options: JsonObject): JsonObject {
    const withDocuments = new Set(this.#ofApp(owner, collection ?? undefined).map((row) => row.userId))
    const users = typeof collection === 'string' ? [...withDocuments] : [...this.#users]
    const real = users.filter((user) => !user.startsWith('__'))
    const { data, cursor } = pageOf(real, Number(options.page_size ?? 500), options.cursor)
    return { user_ids: data ?? [], next_cursor: cursor ?? null, truncated: false }
  }
}

function pageOf(all: JsonValue[], limit: number, cursor: JsonValue | undefined): JsonObject {
  const start = startOf(cursor)
  const end = start + limit
  const hasMore = end < all.length
  return { data: all.slice(start, end), cursor: hasMore ? String(end) : null, has_more: hasMore, total: all.length }
}

const MAX_DOCUMENT_BYTES = 1_048_576

function storable(data: JsonValue | undefined): JsonObject {
  const own = structuredClone(object(data))
  if (byteLength(canonical(own)) <= MAX_DOCUMENT_BYTES) return own
  throw portError('validation_error', `A document holds at most ${MAX_DOCUMENT_BYTES} bytes of JSON.`, {
    limit: MAX_DOCUMENT_BYTES,
  })
}

/** The place that a cursor of `pageOf` names. */
function startOf(cursor: JsonValue | undefined): number {
  if (typeof cursor !== 'string') return 0
  if (/^\d+$/.test(cursor)) return Number(cursor)
  throw portError('validation_error', 'The cursor does not belong to this query.')
}

function requireSystem({ userId }: Owner, method: string): void {
  if (userId !== '__system__') throw portError('forbidden', `store.${method} belongs to the system, not to ${userId}`)
}

function object(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {}
}

function fits(where: JsonValue | undefined): (row: Row) => boolean {
  const wanted = Object.entries(object(where))
  return ({ data }) => wanted.every(([field, value]) => (data[field] ?? null) === value)
}

function sorted(rows: Row[], orderBy: string): Row[] {
  if (orderBy === '') return rows
  const descending = orderBy.startsWith('-')
  const field = descending ? orderBy.slice(1) : orderBy
  return rows.toSorted((a, b) => {
    const order = compare(fieldOf(a, field), fieldOf(b, field)) || a.sequence - b.sequence
    return descending ? -order : order
  })
}

function fieldOf(row: Row, field: string): JsonValue {
  if (field === 'created_at') return row.createdAt
  if (field === 'updated_at') return row.updatedAt
  return row.data[field] ?? null
}

function compare(a: JsonValue, b: JsonValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a ?? ''), String(b ?? '')]
  return left < right ? -1 : left > right ? 1 : 0
}

function newId(sequence: number): string {
  return createHash('sha256').update(`document ${sequence}`).digest('hex').slice(0, 8)
}

/** SHA-256 of the data with sorted keys. */
function etagOf(data: JsonObject): string {
  return createHash('sha256').update(canonical(data)).digest('hex')
}

function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value as JsonObject).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

function wireOrNull(row: Row | undefined): JsonObject | null {
  return row === undefined ? null : toWire(row)
}

function toWire(row: Row): JsonObject {
  return {
    id: row.id,
    collection: row.collection,
    data: structuredClone(row.data),
    extension_id: row.appId,
    tenant_id: row.tenantId,
    user_id: row.userId,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    etag: etagOf(row.data),
  }
}
