import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject, shown } from '../json.ts'
import type { Callback } from '../run/run-state.ts'

interface Row {
  readonly id: string
  readonly collection: string
  data: JsonObject
  readonly created_at: string
  updated_at: string
  version: number
}

/** A refusal as the platform's callbacks carry it. */
class PortError extends Error {
  readonly code: string
  readonly detail: JsonObject
  constructor(code: string, message: string, detail: JsonObject = {}) {
    super(message)
    this.code = code
    this.detail = detail
  }
}

const wire = ({ version, ...row }: Row): JsonObject => ({ ...row, data: { ...row.data }, etag: `v${version}` })

/** What completions answer while nobody pays for real ones. */
export const STUB_TEXT = 'A text that the language model would write.'

/**
 * The platform as a smoke run sees it (ir 15): an empty store in memory, no notifications, no completions, no other
 * apps. Nothing outside is touched.
 */
export class MemoryPlatform {
  readonly #rows: Row[] = []
  readonly #now: () => number
  #made = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Records per collection. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { collection } of this.#rows) counts[collection] = (counts[collection] ?? 0) + 1
    return counts
  }

  readonly callback: Callback = async (client, method, args) => {
    const name = `${client}.${method}`
    const work = this.#methods[name]
    if (work === undefined) throw new PortError('context_unavailable', `${name} is not offered here.`)
    return structuredClone(work(args))
  }

  readonly #methods: Readonly<Record<string, (args: readonly JsonValue[]) => JsonValue>> = {
    'store.create': ([collection, data]) => wire(this.#insert(shown(collection), data)),
    'store.get': ([collection, id]) => {
      const row = this.#find(collection, id)
      return row === undefined ? null : wire(row)
    },
    'store.query': ([collection, query]) => this.#query(shown(collection), isObject(query) ? query : {}),
    'store.update': ([collection, id, patch, condition]) => {
      const row = this.#need(collection, id, condition)
      return wire(this.#write(row, { ...row.data, ...(isObject(patch) ? patch : {}) }))
    },
    'store.set': ([collection, id, data, condition]) =>
      wire(this.#write(this.#need(collection, id, condition), isObject(data) ? data : {})),
    'store.delete': ([collection, id]) => {
      const row = this.#find(collection, id)
      if (row !== undefined) this.#rows.splice(this.#rows.indexOf(row), 1)
      return row !== undefined
    },
    'ai.complete': () => ({ text: STUB_TEXT, model: 'smoke', usage: {}, stop_reason: 'stop' }),
    'notify.send': () => null,
    'extensions.call': ([appId]) => {
      throw new PortError('extension_error', `A smoke run does not call other apps (${shown(appId)}).`, {
        error_code: 'IR_BAD_TARGET',
      })
    },
  }

  #iso = (): string => new Date(this.#now()).toISOString()

  #insert(collection: string, data: JsonValue | undefined): Row {
    this.#made += 1
    const now = this.#iso()
    const row: Row = {
      id: `doc_${this.#made}`,
      collection,
      data: isObject(data) ? { ...data } : {},
      created_at: now,
      updated_at: now,
      version: 1,
    }
    this.#rows.push(row)
    return row
  }

  #find(collection: JsonValue | undefined, id: JsonValue | undefined): Row | undefined {
    return this.#rows.find((row) => row.collection === collection && row.id === id)
  }

  #need(collection: JsonValue | undefined, id: JsonValue | undefined, condition: JsonValue | undefined): Row {
    const row = this.#find(collection, id)
    if (row === undefined) throw new PortError('not_found', 'There is no such record.')
    const expected = isObject(condition) ? condition.if_match : undefined
    if (typeof expected === 'string' && expected !== `v${row.version}`)
      throw new PortError('store_conflict', 'The record was changed by somebody else meanwhile.')
    return row
  }

  #write(row: Row, data: JsonObject): Row {
    row.data = data
    row.updated_at = this.#iso()
    row.version += 1
    return row
  }

  #query(collection: string, { where, order_by, limit, cursor }: JsonObject): JsonObject {
    const conditions = Object.entries(isObject(where) ? where : {})
    const fitting = this.#rows.filter(
      (row) =>
        row.collection === collection &&
        conditions.every(([field, wanted]) => (wanted === null ? row.data[field] == null : row.data[field] === wanted)),
    )
    const sorted = this.#sorted(fitting, typeof order_by === 'string' ? order_by : 'created_at')
    const from = typeof cursor === 'string' ? Number(cursor) : 0
    const end = from + (typeof limit === 'number' ? limit : 100)
    const more = end < sorted.length
    return { data: sorted.slice(from, end).map(wire), cursor: more ? String(end) : null, has_more: more, total: null }
  }

  #sorted(rows: readonly Row[], orderBy: string): Row[] {
    const descending = orderBy.startsWith('-')
    const field = orderBy.replace(/^-/, '')
    const key = (row: Row): JsonValue =>
      field === 'created_at' || field === 'updated_at' ? row[field] : (row.data[field] ?? null)
    // Rows are kept in the order of their making, which decides between equals.
    const ordered = [...rows].sort((one, other) => compareKeys(key(one), key(other)))
    return descending ? ordered.reverse() : ordered
  }
}

function compareKeys(one: JsonValue, other: JsonValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const [left, right] = [shown(one), shown(other)]
  return left < right ? -1 : left > right ? 1 : 0
}
