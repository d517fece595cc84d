import { irErrors } from './errors.ts'

/** Smoke runs that this process works on at once: they share it with everybody's calls. */
const AT_ONCE = 4

/** Gives smoke runs a place: one for each person, few for all. */
export class SmokePlaces {
  readonly #running = new Set<string>()
  readonly #atOnce: number

  constructor(atOnce: number = AT_ONCE) {
    this.#atOnce = atOnce
  }

  /** @throws IR_SMOKE_BUSY */
  async run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    if (this.#running.has(userId) || this.#running.size >= this.#atOnce) throw irErrors.SMOKE_BUSY({ retryAfter: 1 })
    this.#running.add(userId)
    try {
      return await work()
    } finally {
      this.#running.delete(userId)
    }
  }
}
