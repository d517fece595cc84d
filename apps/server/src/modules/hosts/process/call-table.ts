import { randomUUID } from 'node:crypto'
import { type JsonValue, MAX_CALL_LOG_BYTES } from '@imperal/contract'
import type { Clock } from '../../../foundation/clock.ts'
import { HostError } from '../errors.ts'
import type { HostCallbacks } from '../types.ts'

// `setTimeout` fires at once beyond this.
const LONGEST_TIMER_MS = 2_147_483_647

/** Milliseconds for a timer that is to fire at the deadline. */
export const leftUntil = (deadline: number, clock: Pick<Clock, 'now'>): number =>
  Math.min(Math.max(deadline - clock.now(), 0), LONGEST_TIMER_MS)

/** How a call ended: with its value, or with why it has none. */
export type Outcome = { readonly value: JsonValue } | { readonly error: HostError }

export interface RunningCall {
  /** Id on the wire; unique in its process. */
  readonly id: string
  /** The capability that every frame in its name must show. Dies with the call. */
  readonly token: string
  readonly caller: string
  readonly callbacks: HostCallbacks
  /** Aborts when the call ends, however it ends. Made by the first that asks with `endOf`: most calls need none. */
  ended: AbortController | null
  inFlight: number
  logLeft: number
}

/** A signal that aborts when the call ends, however it ends. */
export function endOf(call: RunningCall): AbortSignal {
  call.ended ??= new AbortController()
  return call.ended.signal
}

interface Entry {
  readonly call: RunningCall
  readonly settle: (outcome: Outcome) => void
  readonly release: () => void
}

export interface NewCall {
  readonly id: string
  readonly caller: string
  readonly callbacks: HostCallbacks
  /** Unix milliseconds. */
  readonly deadline: number
  readonly signal: AbortSignal | undefined
  readonly settle: (outcome: Outcome) => void
}

/** The calls and background tasks that run in one process. Each ends exactly once. */
export class CallTable {
  readonly #byId = new Map<string, Entry>()
  readonly #byToken = new Map<string, Entry>()
  #lastCaller: string | null = null
  readonly #onEarlyEnd: (id: string, reason: 'deadline' | 'cancelled') => void

  readonly #clock: Pick<Clock, 'now'>

  /** `onEarlyEnd` hears of calls that end while their handler still runs. Deadlines are times of `clock`. */
  constructor(onEarlyEnd: (id: string, reason: 'deadline' | 'cancelled') => void, clock: Pick<Clock, 'now'>) {
    this.#clock = clock
    this.#onEarlyEnd = onEarlyEnd
  }

  get size(): number {
    return this.#byId.size
  }

  /** Whose calls are running, the latest first; when none is, whose call was the last to end. */
  callers(): readonly string[] {
    const running = [...this.#byId.values()].reverse().map(({ call }) => call.caller)
    if (running.length > 0) return [...new Set(running)]
    return this.#lastCaller === null ? [] : [this.#lastCaller]
  }

  add(options: NewCall): RunningCall {
    const id = this.#byId.has(options.id) ? `${options.id}~${randomUUID()}` : options.id
    const call: RunningCall = {
      id,
      token: randomUUID(),
      caller: options.caller,
      callbacks: options.callbacks,
      ended: null,
      inFlight: 0,
      logLeft: MAX_CALL_LOG_BYTES * 2,
    }
    const entry = { call, settle: options.settle, release: this.#watch(id, options) }
    this.#byId.set(id, entry)
    this.#byToken.set(call.token, entry)
    return call
  }

  #watch(id: string, { deadline, signal }: NewCall): () => void {
    const endEarly = (reason: 'deadline' | 'cancelled', error: HostError): void => {
      if (this.end(id, { error })) this.#onEarlyEnd(id, reason)
    }
    const ring = () => endEarly('deadline', new HostError('EXT_TIMEOUT'))
    const timer = setTimeout(ring, leftUntil(deadline, this.#clock))
    const cancel = (): void => endEarly('cancelled', new HostError('EXT_ABORTED'))
    signal?.addEventListener('abort', cancel, { once: true })
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** The call that shows this token, if it is running. */
  withToken(token: string): RunningCall | null {
    return this.#byToken.get(token)?.call ?? null
  }

  get(id: string): RunningCall | null {
    return this.#byId.get(id)?.call ?? null
  }

  /** False when it had ended before. */
  end(id: string, outcome: Outcome): boolean {
    const entry = this.#byId.get(id)
    if (entry === undefined) return false
    this.#byId.delete(id)
    this.#byToken.delete(entry.call.token)
    this.#lastCaller = entry.call.caller
    entry.release()
    entry.call.ended?.abort()
    entry.settle(outcome)
    return true
  }

  endAll(error: () => HostError): void {
    for (const id of [...this.#byId.keys()]) this.end(id, { error: error() })
  }
}
