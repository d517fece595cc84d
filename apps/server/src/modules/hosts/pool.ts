import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { HostError, type HostErrorCode } from './errors.ts'
import { leftUntil } from './process/call-table.ts'
import { type HostEnd, HostProcess, type ProcessOptions } from './process/host-process.ts'
import { TICK_MS } from './process/watchdog.ts'
import { type Crash, Strikes } from './strikes.ts'
import type { HostArtefact, HostCall, HostCallbacks, HostStatus, HostTarget } from './types.ts'

const IDLE_CHECK_MS = 1000

/** What is known of one version among those who share a process. Outlives the processes. */
interface Group {
  readonly target: HostTarget
  readonly strikes: Strikes
  /** The process that all share under null, and those that serve one caller alone. */
  readonly slots: Map<string | null, Slot>
}

/** A place for one process at a time. */
interface Slot {
  readonly group: Group
  readonly apart: string | null
  process: HostProcess | null
  starting: Promise<HostProcess> | null
  crashes: number
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
  readonly #groups = new Map<string, Group>()
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
      const slot = this.#slotFor(this.#groupOf(target), call.caller)
      const host = slot.process?.state === 'ready' ? slot.process : await this.#readyBefore(slot, call)
      // It may have been drained or lost while we waited for it.
      if (host.state === 'ready') return host.call(call, callbacks)
    }
  }

  /** A host that is ready, unless the call's time is over before. */
  #readyBefore(slot: Slot, call: HostCall): Promise<HostProcess> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new HostError('EXT_TIMEOUT')), leftUntil(call.deadline, this.#options.clock))
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

  #groupOf(target: HostTarget): Group {
    const key = `${target.artefact.appId} ${target.artefact.hash} ${target.shareKey}`
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const group = { target, strikes: new Strikes(), slots: new Map() }
    this.#groups.set(key, group)
    return group
  }

  /** @throws HostError EXT_DISABLED, EXT_DISABLED_FOR_CALLER */
  #slotFor(group: Group, caller: string): Slot {
    const place = group.strikes.placeOf(caller, this.#options.clock.now())
    if (place === 'off') throw new HostError('EXT_DISABLED')
    if (place === 'off_for_caller') throw new HostError('EXT_DISABLED_FOR_CALLER')
    const apart = place === 'apart' ? caller : null
    const known = group.slots.get(apart)
    if (known !== undefined) return known
    const slot: Slot = { group, apart, process: null, starting: null, crashes: 0, lastError: null }
    group.slots.set(apart, slot)
    return slot
  }

  async #ready(slot: Slot): Promise<HostProcess> {
    if (this.#closed) throw new HostError('EXT_START_FAILED', { message: 'The server is stopping.' })
    if (slot.process?.state === 'ready') return slot.process
    slot.starting ??= this.#start(slot).finally(() => {
      slot.starting = null
    })
    return slot.starting
  }

  async #start(slot: Slot): Promise<HostProcess> {
    this.#makeRoom()
    const process = this.#create(slot.group.target.artefact)
    slot.process = process
    void process.ended.then((end) => this.#onEnded(slot, process, end))
    await process.start('serve')
    return process
  }

  #create(artefact: HostArtefact): HostProcess {
    const process = new HostProcess({ ...this.#options, artefact })
    this.#processes.add(process)
    void process.ended.then(() => this.#processes.delete(process))
    return process
  }

  #onEnded(slot: Slot, process: HostProcess, { reason, callers }: HostEnd): void {
    if (slot.process === process) slot.process = null
    const { group, apart } = slot
    if (reason !== null) {
      slot.lastError = reason
      slot.crashes++
      this.#strike(group, process, { callers, apart, reason })
    }
    const idle = slot.process === null && slot.starting === null
    if (idle && (apart !== null || slot.crashes === 0)) group.slots.delete(apart)
  }

  #strike({ target, strikes }: Group, process: HostProcess, { reason, ...crash }: Crash & { reason: HostErrorCode }) {
    const now = this.#options.clock.now()
    const off = process.startedMs === null ? strikes.failedToStart(now) && 'all' : strikes.crashed(crash, now)
    if (!off) return
    const { appId, version } = target.artefact
    const details = { app_id: appId, version, reason, ...(off === 'caller' ? { caller: crash.callers[0] } : {}) }
    this.#options.log.error(
      details,
      `a version is switched off for ${off === 'all' ? 'all' : 'one user'} after repeated crashes`,
    )
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
    for (const [key, group] of this.#groups) {
      const { artefact } = group.target
      if (artefact.appId !== appId) continue
      group.strikes.forget()
      const isKept = artefact.hash === keepHash
      for (const slot of group.slots.values()) {
        slot.crashes = 0
        slot.lastError = null
        if (!isKept || slot.apart !== null) slot.process?.drain()
      }
      if (!isKept) this.#groups.delete(key)
    }
  }

  status(): readonly HostStatus[] {
    const now = this.#options.clock.now()
    return [...this.#groups.values()].flatMap((group) => [...group.slots.values()].map((slot) => statusOf(slot, now)))
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

function statusOf({ group, apart, process, crashes, lastError }: Slot, now: number): HostStatus {
  const { artefact, shareKey } = group.target
  return {
    appId: artefact.appId,
    version: artefact.version,
    hash: artefact.hash,
    shareKey,
    apart,
    state: group.strikes.isOff(now) ? 'disabled' : (process?.state ?? 'stopped'),
    pid: process?.pid ?? null,
    startedMs: process?.startedMs ?? null,
    calls: process?.inFlight ?? 0,
    privateDirtyKb: process?.privateDirtyKb() ?? null,
    restarts: crashes,
    lastError,
  }
}
