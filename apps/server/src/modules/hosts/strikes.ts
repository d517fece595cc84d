/** A crash counts for this long. */
export const STRIKE_MS = 60 * 60 * 1000
const MOST_STRIKES = 3

/**
 * The crashes of one version that still count. Each counts for an hour; with three that count at once the version is
 * out, and stays out until the crashes are forgotten because it was deployed again.
 */
export class Strikes {
  #times: number[] = []
  #out = false

  get out(): boolean {
    return this.#out
  }

  /** Notes a crash at `now`, in Unix milliseconds. True when this very one puts the version out. */
  add(now: number): boolean {
    this.#times = [...this.#times.filter((time) => now - time < STRIKE_MS), now]
    if (this.#out || this.#times.length < MOST_STRIKES) return false
    this.#out = true
    return true
  }

  forget(): void {
    this.#times = []
    this.#out = false
  }
}
