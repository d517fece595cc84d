import type { Clock } from './clock.ts'

interface Entry<V> {
  readonly value: V
  readonly until: number
}

/**
 * Facts of the database in memory, until a notice says that they changed or their time is over. Concurrent readers
 * share one load. A load that was under way when the notice came is not kept: it may have read the old row.
 */
export class NoticedCache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #loads = new Map<string, Promise<V | null>>()
  readonly #clock: Clock
  readonly #lifeMs: number
  readonly #most: number

  constructor(clock: Clock, options: { lifeMs: number; most: number }) {
    this.#clock = clock
    this.#lifeMs = options.lifeMs
    this.#most = options.most
  }

  /** What is known now; undefined when it has to be read. */
  peek(key: string): V | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.until > this.#clock.now() ? entry.value : undefined
  }

  /** The fact, from memory when possible. Null (there is no such fact) is never kept, nor is a failure. */
  async read(key: string, load: () => Promise<V | null>): Promise<V | null> {
    const known = this.peek(key)
    if (known !== undefined) return known
    const running = this.#loads.get(key)
    if (running) return running
    const started = load()
    this.#loads.set(key, started)
    try {
      const value = await started
      if (value !== null && this.#loads.get(key) === started) this.#keep(key, value)
      return value
    } finally {
      if (this.#loads.get(key) === started) this.#loads.delete(key)
    }
  }

  drop(key: string): void {
    this.#entries.delete(key)
    this.#loads.delete(key)
  }

  clear(): void {
    this.#entries.clear()
    this.#loads.clear()
  }

  #keep(key: string, value: V): void {
    this.#entries.delete(key)
    if (this.#entries.size >= this.#most) {
      const oldest = this.#entries.keys().next().value
      if (oldest !== undefined) this.#entries.delete(oldest)
    }
    this.#entries.set(key, { value, until: this.#clock.now() + this.#lifeMs })
  }
}
