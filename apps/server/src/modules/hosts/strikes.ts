/** A crash counts for this long. */
export const STRIKE_MS = 60 * 60 * 1000
const MOST_STRIKES = 3
/** Of a crash amid more calls than this, only the latest callers are suspected: one process each must be bearable. */
const MOST_SUSPECTS = 16
const FEWEST_STRUCK = 3
const DAY_MS = 24 * STRIKE_MS

/** Where a call of somebody runs: with the others, in a process for this caller alone, or not at all. */
export type Place = 'shared' | 'apart' | 'off_for_caller' | 'off'

/** How a process of a version ended badly. */
export interface Crash {
  /** Whose calls it cut off, the latest first; with none in flight, whose call was the last to end. */
  readonly callers: readonly string[]
  /** The one whom the process served, if it served one alone. */
  readonly apart: string | null
}

interface Suspect {
  strikes: readonly number[]
  apartUntil: number
}

/**
 * The crashes of one version among those who share its process. A caller whose call may have caused one runs apart for
 * an hour; three within an hour that nobody else can have caused switch the version off for that caller until the hour
 * is over. It is off for all until it is deployed again when it is off for three callers who are more than half of those
 * who called it lately; and for as long as three failed starts count, because those may be the machine's.
 */
export class Strikes {
  readonly #suspects = new Map<string, Suspect>()
  #failedStarts: readonly number[] = []
  #off = false
  /** Who called today and the day before: forgotten by the set, so that they need no time each. */
  #today = new Set<string>()
  #yesterday = new Set<string>()
  #dayBegan = 0

  /** Whether it is off for all at `now`, in Unix milliseconds. */
  isOff(now: number): boolean {
    return this.#off || recent(this.#failedStarts, now).length >= MOST_STRIKES
  }

  /** Notes that somebody calls at `now`, in Unix milliseconds, and says where the call runs. */
  placeOf(caller: string, now: number): Place {
    if (this.isOff(now)) return 'off'
    this.#see(caller, now)
    const suspect = this.#suspects.get(caller)
    if (suspect === undefined) return 'shared'
    if (isStruck(suspect, now)) return 'off_for_caller'
    if (suspect.apartUntil > now) return 'apart'
    this.#suspects.delete(caller)
    return 'shared'
  }

  #see(caller: string, now: number): void {
    if (now - this.#dayBegan >= DAY_MS) {
      this.#yesterday = now - this.#dayBegan < 2 * DAY_MS ? this.#today : new Set()
      this.#today = new Set()
      this.#dayBegan = now
    }
    this.#today.add(caller)
  }

  /** Says for whom this very crash switched the version off. */
  crashed({ callers, apart }: Crash, now: number): 'caller' | 'all' | null {
    const suspects = apart === null ? callers.slice(0, MOST_SUSPECTS) : [apart]
    const proven = suspects.length === 1
    let struck = false
    for (const caller of suspects) {
      const strikes = recent(this.#suspects.get(caller)?.strikes, now)
      const suspect = { strikes: proven ? [...strikes, now] : strikes, apartUntil: now + STRIKE_MS }
      this.#suspects.set(caller, suspect)
      struck ||= proven && isStruck(suspect, now)
    }
    if (!struck) return null
    if (this.#off || !this.#isOffForMost(now)) return 'caller'
    this.#off = true
    return 'all'
  }

  #isOffForMost(now: number): boolean {
    const struck = [...this.#suspects.values()].filter((suspect) => isStruck(suspect, now)).length
    return struck >= FEWEST_STRUCK && struck * 2 > new Set([...this.#today, ...this.#yesterday]).size
  }

  /** Notes that the code could not be loaded, which is no caller's doing. True when this switched the version off. */
  failedToStart(now: number): boolean {
    this.#failedStarts = [...recent(this.#failedStarts, now), now]
    return this.#failedStarts.length === MOST_STRIKES
  }

  /** A deploy: everybody is back together. */
  forget(): void {
    this.#suspects.clear()
    this.#failedStarts = []
    this.#off = false
  }
}

const recent = (times: readonly number[] = [], now: number): readonly number[] =>
  times.filter((time) => now - time < STRIKE_MS)
const isStruck = ({ strikes }: Suspect, now: number): boolean => recent(strikes, now).length >= MOST_STRIKES
