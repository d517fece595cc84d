/**
 * Values by key that live until somebody drops them. A load that was under way when its key was dropped answers its
 * own waiters, but is not kept: what it read may be older than the change.
 */
export class Memory<V> {
  readonly #values = new Map<string, V | Promise<V>>()
  readonly #load: (key: string) => Promise<V>
  readonly #most: number

  constructor(load: (key: string) => Promise<V>, most = Number.POSITIVE_INFINITY) {
    this.#load = load
    this.#most = most
  }

  /** The value itself when it is known, so that a warm caller need not wait a tick. */
  get(key: string): V | Promise<V> {
    const held = this.#values.get(key)
    return held === undefined ? this.#fill(key) : held
  }

  #fill(key: string): Promise<V> {
    const loading: Promise<V> = this.#load(key).then(
      (value) => {
        if (this.#values.get(key) === loading) this.#values.set(key, value)
        return value
      },
      (error) => {
        if (this.#values.get(key) === loading) this.#values.delete(key)
        throw error
      },
    )
    this.#makeRoom()
    this.#values.set(key, loading)
    return loading
  }

  #makeRoom(): void {
    if (this.#values.size < this.#most) return
    const oldest = this.#values.keys().next()
    if (!oldest.done) this.#values.delete(oldest.value)
  }

  drop(key: string): void {
    this.#values.delete(key)
  }

  clear(): void {
    this.#values.clear()
  }
}
