import { cpuMs } from './usage.ts'

/** How often every host is looked at. */
export const TICK_MS = 250
const SILENT_TICKS = 4
const SPINNING_MS = 400
const LONGEST_SILENCE_MS = 5000
const REST_TICKS = 8
// Of a processor. A host without calls has nothing to do; collecting garbage takes it far less than this.
const BUSY_SHARE = 0.1
const BUSY_TICKS = 16

export interface Watched {
  readonly pid: number
  readonly inFlight: () => number
  ping(n: number): void
}

/**
 * Decides whether a host is still alive. It pings; a host that is silent for a second and spends it computing is
 * hung. One that is silent without computing is starved by the machine and gets five seconds. Silence is counted in
 * ticks of this very event loop, so that a pause of the server is never taken for one of the host.
 */
export class Watchdog {
  readonly #watched: Watched
  #pinged = 0
  #silentTicks = 0
  #cpuAtSilence = 0
  #quietTicks = 0
  #restTicks = 0
  #cpuAtRest: number | null = null

  constructor(watched: Watched) {
    this.#watched = watched
  }

  pong(): void {
    this.#pinged = 0
  }

  /** Call every `TICK_MS`. True: the host is hung and must be ended. */
  tick(now: number): boolean {
    if (this.#pinged !== 0) return this.#isHung(now)
    const busy = this.#watched.inFlight() > 0
    this.#quietTicks = busy ? 0 : this.#quietTicks + 1
    if (busy || this.#quietTicks <= REST_TICKS || this.#quietTicks % REST_TICKS === 0) {
      this.#pinged = now
      this.#silentTicks = 0
      this.#watched.ping(now)
    }
    return this.#spinsWithoutCall(busy)
  }

  #isHung(now: number): boolean {
    this.#silentTicks++
    if (this.#silentTicks === 1) this.#cpuAtSilence = cpuMs(this.#watched.pid) ?? 0
    if (this.#silentTicks < SILENT_TICKS) return false
    const spent = (cpuMs(this.#watched.pid) ?? 0) - this.#cpuAtSilence
    return spent >= SPINNING_MS || now - this.#pinged >= LONGEST_SILENCE_MS
  }

  // Timers that go on after their calls ended answer every ping and would burn a processor for ever.
  #spinsWithoutCall(busy: boolean): boolean {
    if (busy) {
      this.#cpuAtRest = null
      return false
    }
    if (this.#cpuAtRest === null) {
      this.#cpuAtRest = cpuMs(this.#watched.pid)
      this.#restTicks = 0
    }
    if (++this.#restTicks < BUSY_TICKS) return false
    const spent = (cpuMs(this.#watched.pid) ?? 0) - (this.#cpuAtRest ?? 0)
    this.#cpuAtRest = null
    return spent > BUSY_TICKS * TICK_MS * BUSY_SHARE
  }
}
