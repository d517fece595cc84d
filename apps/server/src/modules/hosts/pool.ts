import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { HostError, type HostErrorCode } from './errors.ts'
import { HostProcess, type ProcessOptions } from './process/host-process.ts'
import { TICK_MS } from './process/watchdog.ts'
import { Strikes } from './strikes.ts'
import type { HostArtefact, HostCall, HostCallbacks, HostStatus, HostTarget } from './types.ts'

const IDLE_CHECK_MS = 1000

/** Everything known of one version for those who share a process. Outlives the processes. */
interface Slot {
  readonly key: string
  readonly target: HostTarget
  process: HostProcess | null
  starting: Promise<HostProcess> | null
  crashes: number
  readonly strikes: Strikes
  lastError: HostErrorCode | null
}

export interface PoolOptions extends Omit<ProcessOptions, 'artefact'> {
  readonly idleMs: number
  readonly maxLive: number
  readonly clock: Clock
}

/** Starts hosts when they are called, watches them, and stops those that nobody uses. */
export class HostPool {
  readonly #options: PoolOptions
  readonly #slots = new Map<string, Slot>()
  /** Every process that is not gone yet, whichever slot it came from. */
  readonly #processes = new Set<HostProcess>()
  readonly #ticker: NodeJS.Timeout
  #sinceIdleCheck = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#ticker = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  async call(target: HostTarget, call: HostCall, callbacks: HostCallbacks): Promise<JsonValue> {
    if (call.signal?.aborted) throw new HostError('EXT_ABORTED')
    for (;;) {
      const slot = this.#slotOf(target)
      const host = slot.process?.state === 'ready' ? slot.process : await this.#readyBefore(slot, call)
      // It may have been drained or lost while we waited for it.
      if (host.state === 'ready') return host.call(call, callbacks)
    }
  }

  /** A host that is ready, unless the call's time is over before. */
  #readyBefore(slot: Slot, call: HostCall): Promise<HostProcess> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new HostError('EXT_TIMEOUT')), Math.max(call.deadline - Date.now(), 0))
      const cancel = (): void => reject(new HostError('EXT_ABORTED'))
      call.signal?.addEventListener('abort', cancel, { once: true })
      this.#ready(slot)
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(late)
          call.signal?.removeEventListener('abort', cancel)
        })
    })
  }

  #slotOf(target: HostTarget): Slot {
    const key = `${target.artefact.appId} ${target.artefact.hash} ${target.shareKey}`
    const known = this.#slots.get(key)
    if (known !== undefined) return known
    const slot = { key, target, process: null, starting: null, crashes: 0, strikes: new Strikes(), lastError: null }
    this.#slots.set(key, slot)
    return slot
  }

  async #ready(slot: Slot): Promise<HostProcess> {
    if (this.#closed) throw new HostError('EXT_START_FAILED', { message: 'The server is stopping.' })
    if (slot.strikes.out) throw new HostError('EXT_DISABLED')
    if (slot.process?.state === 'ready') return slot.process
    slot.starting ??= this.#start(slot).finally(() => {
      slot.starting = null
    })
    return slot.starting
  }

  async #start(slot: Slot): Promise<HostProcess> {
    this.#makeRoom()
    const process = this.#create(slot.target.artefact)
    slot.process = process
    void process.ended.then((reason) => this.#onEnded(slot, process, reason))
    await process.start('serve')
    return process
  }

  #create(artefact: HostArtefact): HostProcess {
    const process = new HostProcess({ ...this.#options, artefact })
    this.#processes.add(process)
    void process.ended.then(() => this.#processes.delete(process))
    return process
  }

  #onEnded(slot: Slot, process: HostProcess, reason: HostErrorCode | null): void {
    if (slot.process === process) slot.process = null
    if (reason === null) {
      if (slot.crashes === 0 && slot.starting === null && slot.process === null) this.#forget(slot)
      return
    }
    slot.lastError = reason
    slot.crashes++
    if (!slot.strikes.add(this.#options.clock.now())) return
    const { appId, version } = slot.target.artefact
    this.#options.log.error({ app_id: appId, version, reason }, 'a version is switched off after repeated crashes')
  }

  #forget(slot: Slot): void {
    if (this.#slots.get(slot.key) === slot) this.#slots.delete(slot.key)
  }

  /** Stops the least recently used idle host when there are too many. */
  #makeRoom(): void {
    const live = [...this.#processes].filter(({ state }) => state !== 'stopped')
    if (live.length < this.#options.maxLive) return
    const idle = live.filter(({ state, inFlight }) => state === 'ready' && inFlight === 0)
    const oldest = idle.sort((a, b) => b.idleMs - a.idleMs)[0]
    if (oldest === undefined) {
      throw new HostError('EXT_START_FAILED', { message: 'All places for extensions are in use; try again shortly.' })
    }
    oldest.stop()
  }

  async describe(artefact: HostArtefact): Promise<JsonObject> {
    const process = this.#create(artefact)
    try {
      return await process.start('describe')
    } finally {
      process.stop()
    }
  }

  drain(appId: string, keepHash: string | null): void {
    for (const [key, slot] of this.#slots) {
      const { artefact } = slot.target
      if (artefact.appId !== appId) continue
      slot.crashes = 0
      slot.strikes.forget()
      slot.lastError = null
      if (artefact.hash === keepHash) continue
      slot.process?.drain()
      this.#slots.delete(key)
    }
  }

  status(): readonly HostStatus[] {
    return [...this.#slots.values()].map((slot) => {
      const { artefact, shareKey } = slot.target
      const { process } = slot
      return {
        appId: artefact.appId,
        version: artefact.version,
        hash: artefact.hash,
        shareKey,
        state: slot.strikes.out ? 'disabled' : (process?.state ?? 'stopped'),
        pid: process?.pid ?? null,
        startedMs: process?.startedMs ?? null,
        calls: process?.inFlight ?? 0,
        privateDirtyKb: process?.privateDirtyKb() ?? null,
        restarts: slot.crashes,
        lastError: slot.lastError,
      }
    })
  }

  #tick(): void {
    const now = performance.now()
    let living = 0
    let starting = 0
    for (const process of this.#processes) {
      process.tick(now)
      if (process.state !== 'stopped') living++
      if (process.state === 'starting') starting++
    }
    this.#options.runtimes.tick(starting === 0 && living < this.#options.maxLive)
    this.#sinceIdleCheck += TICK_MS
    if (this.#sinceIdleCheck < IDLE_CHECK_MS) return
    this.#sinceIdleCheck = 0
    for (const process of this.#processes) {
      if (process.state === 'ready' && process.idleMs > this.#options.idleMs) process.stop()
    }
  }

  /** Stops every host. Calls in flight end as crashed. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#ticker)
    const all = [...this.#processes]
    for (const process of all) process.stop()
    await Promise.all([...all.map(({ ended }) => ended), this.#options.runtimes.close()])
  }
}
