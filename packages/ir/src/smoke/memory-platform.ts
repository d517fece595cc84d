import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject, shown } from '../json.ts'
import { weigh } from '../limits.ts'
import type { Callback } from '../run/run-state.ts'
import { spend, type WorkBudget } from '../template/scope.ts'

interface Row {
  readonly id: string
  readonly collection: string
  data: JsonObject
  readonly created_at: string
  updated_at: string
  version: number
  /** What it costs to read. */
  weight: number
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

const wire = ({ version, weight: _weight, ...row }: Row): JsonObject => ({
  ...row,
  data: { ...row.data },
  etag: `v${version}`,
})

// Characters of work: what a row costs beside its text, and to be looked at.
const ROW_COST = 200
const LOOK_COST = 4
const LARGEST_ROW = 1024 * 1024

/** What completions answer while nobody pays for real ones. */
export const STUB_TEXT = 'A text that the language model would write.'

/**
 * The platform as a smoke run sees it (ir 15): an empty store in memory, no notifications, no completions, no other
 * apps. Nothing outside is touched.
 */
export class MemoryPlatform {
  /** By id, in the order of their making. */
  readonly #rows = new Map<string, Row>()
  readonly #work: WorkBudget
  readonly #now: () => number
  #made = 0

  /** @param work what the rows that are read and written may cost in all; none: as much as they like */
  constructor(now: () => number = Date.now, work: WorkBudget = { left: Number.POSITIVE_INFINITY }) {
    this.#now = now
    this.#work = work
  }

  /** Records per collection. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { collection } of this.#rows.values()) counts[collection] = (counts[collection] ?? 0) + 1
    return counts
  }

  readonly callback: Callback = async (client, method, args) => {
    const name = `${client}.${method}`
    const work = this.#methods[name]
    if (work === undefined) throw new PortError('context_unavailable', `${name} is not offered here.`)
    return structuredClone(work(args))
  }

  readonly #methods: Readonly<Record<string, (args: readonly JsonValue[]) => JsonValue>> = {
    'store.create': ([collection, data]) => this.#read(this.#insert(shown(collection), data)),
    'store.get': ([collection, id]) => {
      const row = this.#find(collection, id)
      return row === undefined ? null : this.#read(row)
    },
    'store.query': ([collection, query]) => this.#query(shown(collection), isObject(query) ? query : {}),
    'store.update': ([collection, id, patch, condition]) => {
      const row = this.#need(collection, id, condition)
      return this.#read(this.#write(row, { ...row.data, ...(isObject(patch) ? patch : {}) }))
    },
    'store.set': ([collection, id, data, condition]) =>
      this.#read(this.#write(this.#need(collection, id, condition), isObject(data) ? data : {})),
    'store.delete': ([collection, id]) => {
      const row = this.#find(collection, id)
      if (row !== undefined) this.#rows.delete(row.id)
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

  /** @throws RunError IR_LIMIT when the budget is used up */
  #spend = (characters: number): void => spend({ work: this.#work }, characters)

  #read(row: Row): JsonObject {
    this.#spend(row.weight)
    return wire(row)
  }

  /** Weighed before it is copied: a small value may hold a large one many times. */
  #weight(data: JsonObject): number {
    const weight = ROW_COST + weigh(data, LARGEST_ROW)
    this.#spend(weight)
    return weight
  }

  #insert(collection: string, data: JsonValue | undefined): Row {
    this.#made += 1
    const now = this.#iso()
    const own = isObject(data) ? { ...data } : {}
    const row: Row = {
      id: `doc_${this.#made}`,
      collection,
      data: own,
      created_at: now,
      updated_at: now,
      version: 1,
      weight: this.#weight(own),
    }
    this.#rows.set(row.id, row)
    return row
  }

  #find(collection: JsonValue | undefined, id: JsonValue | undefined): Row | undefined {
    const row = typeof id === 'string' ? this.#rows.get(id) : undefined
    return row?.collection === collection ? row : undefined
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
    row.weight = this.#weight(data)
    row.data = data
    row.updated_at = this.#iso()
    row.version += 1
    return row
  }

  #query(collection: string, { where, order_by, limit, cursor }: JsonObject): JsonObject {
    const conditions = Object.entries(isObject(where) ? where : {})
    this.#spend(this.#rows.size * LOOK_COST * (1 + conditions.length))
    const fitting = [...this.#rows.values()].filter(
      (row) =>
        row.collection === collection &&
        conditions.every(([field, wanted]) => (wanted === null ? row.data[field] == null : row.data[field] === wanted)),
    )
    const sorted = this.#sorted(fitting, typeof order_by === 'string' ? order_by : 'created_at')
    const from = typeof cursor === 'string' ? Number(cursor) : 0
    const end = from + (typeof limit === 'number' ? limit : 100)
    const more = end < sorted.length
    return {
      data: sorted.slice(from, end).map((row) => this.#read(row)),
      cursor: more ? String(end) : null,
      has_more: more,
      total: null,
    }
  }

  #sorted(rows: readonly Row[], orderBy: string): Row[] {
    const descending = orderBy.startsWith('-')
    const field = orderBy.replace(/^-/, '')
    const keyOf = (row: Row): JsonValue => {
      if (field === 'created_at' || field === 'updated_at') return row[field]
      this.#spend(row.weight)
      const key = row.data[field] ?? null
      return typeof key === 'number' ? key : shown(key)
    }
    // Rows are kept in the order of their making, which decides between equals.
    const ordered = rows
      .map((row) => ({ row, key: keyOf(row) }))
      .sort((one, other) => compareKeys(one.key, other.key))
      .map(({ row }) => row)
    return descending ? ordered.reverse() : ordered
  }
}

function compareKeys(one: JsonValue, other: JsonValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const [left, right] = [shown(one), shown(other)]
  return left < right ? -1 : left > right ? 1 : 0
}
