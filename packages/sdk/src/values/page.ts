import { freeze } from './json.ts'
/** One page of a list; iterate it for its items, `for await` it for the items of all following pages too. */
export interface Page<T> extends Iterable<T>, AsyncIterable<T> {
  readonly data: readonly T[]
  readonly cursor: string | null
  readonly hasMore: boolean
  readonly total: number | null
  readonly length: number
  next(): Promise<Page<T> | null>
  map<U>(fn: (item: T, index: number) => U): U[]
}

export interface PageParts<T> {
  readonly data: readonly T[]
  readonly cursor: string | null
  readonly hasMore: boolean
  readonly total: number | null
}

class ListPage<T> implements Page<T> {
  readonly data: readonly T[]
  readonly cursor: string | null
  readonly hasMore: boolean
  readonly total: number | null
  readonly #fetch: (cursor: string) => Promise<Page<T>>

  constructor(parts: PageParts<T>, fetch: (cursor: string) => Promise<Page<T>>) {
    this.data = freeze([...parts.data])
    this.cursor = parts.cursor
    this.hasMore = parts.hasMore
    this.total = parts.total
    this.#fetch = fetch
    freeze(this)
  }

  get length(): number {
    return this.data.length
  }

  async next(): Promise<Page<T> | null> {
    return this.hasMore && this.cursor !== null ? this.#fetch(this.cursor) : null
  }

  map<U>(fn: (item: T, index: number) => U): U[] {
    return this.data.map(fn)
  }

  [Symbol.iterator](): Iterator<T> {
    return this.data[Symbol.iterator]()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    yield* this.data
    for (let page = await this.next(); page !== null; page = await page.next()) yield* page.data
  }

  /** The wire form of sdk.md 4.2. */
  toJSON(): object {
    return { data: this.data, cursor: this.cursor, has_more: this.hasMore, total: this.total }
  }
}

/** A page whose following pages come from `fetch`. */
export function createPage<T>(parts: PageParts<T>, fetch: (cursor: string) => Promise<Page<T>>): Page<T> {
  return new ListPage(parts, fetch)
}
