import type { JsonValue, LogFrame, ReturnFrame } from '@imperal/contract'
import {
  type CallbackFrame,
  DESCRIBE_PATH,
  type JsonObject,
  type KernelFrame,
  MAX_FRAME_BYTES,
  type WireError,
} from '@imperal/contract'
import { type Clock, systemClock } from '../../../foundation/clock.ts'
import { HostError, type HostErrorCode } from '../errors.ts'
import type { BackgroundTask, HostArtefact, HostCall, HostCallbacks, LogLevel } from '../types.ts'
import { CALL_ENDED, overLimit, perform, refusalOf } from './answer-callback.ts'
import { CallTable, endOf, type Outcome, type RunningCall } from './call-table.ts'
import type { Connection } from './connection.ts'
import { readFrame } from './frames.ts'
import { createStackMapper, type StackMapper } from './map-stack.ts'
import { calledExit, compileError, diedOfMemory } from './runtime-output.ts'
import type { Runtimes } from './runtimes.ts'
import type { Launch } from './start-runtime.ts'
import { cpuMs, innermost, privateDirtyKb } from './usage.ts'
import { Watchdog } from './watchdog.ts'

const START_TIMEOUT_MS = 10_000
/** A handler that ignores the end of its call for so long costs its process: no further call goes there. */
const LINGER_MS = 5000
const MOST_STRAY_FRAMES = 5000

export interface HostLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface ProcessOptions {
  readonly runtimes: Runtimes
  readonly artefact: HostArtefact
  readonly log: HostLog
  /** What the deadlines of calls are times of; that of the machine unless told. */
  readonly clock?: Clock | undefined
  /** What the module prints outside any call. */
  readonly onModuleLog: (artefact: HostArtefact, entry: { level: LogLevel; text: string }) => void
}

export type ProcessState = 'starting' | 'ready' | 'draining' | 'stopped'

/** Why a process ended, `null` after a stop that was asked for, and whose calls were in it. */
export interface HostEnd {
  readonly reason: HostErrorCode | null
  readonly callers: readonly string[]
}

/** One runtime process with one extension in it. It starts once, and ends once for one reason. */
export class HostProcess {
  readonly artefact: HostArtefact
  /** Resolves when the process is gone. */
  readonly ended: Promise<HostEnd>
  readonly #options: ProcessOptions
  readonly #calls: CallTable
  readonly #lingering = new Map<string, NodeJS.Timeout>()
  readonly #mapStack: StackMapper
  #settleEnded: (end: HostEnd) => void = () => {}
  #state: ProcessState = 'starting'
  #launch: Launch | null = null
  #connection: Connection | null = null
  #watchdog: Watchdog | null = null
  #pid: number | null = null
  #reason: HostErrorCode | null | undefined
  #detail: string | undefined
  #strayFrames = 0
  #moduleLogLeft = 64 * 1024
  #onReady: ((manifest: JsonObject, error: WireError | undefined) => void) | null = null
  #usedAt = performance.now()
  #startedMs: number | null = null

  constructor(options: ProcessOptions) {
    this.artefact = options.artefact
    this.#options = options
    this.#calls = new CallTable((id, reason) => this.#abort(id, reason), options.clock ?? systemClock)
    this.#mapStack = createStackMapper(options.artefact.sourceMap)
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve
    })
  }

  get state(): ProcessState {
    return this.#state
  }
  get inFlight(): number {
    return this.#calls.size
  }
  get pid(): number | null {
    return this.#pid
  }
  get startedMs(): number | null {
    return this.#startedMs
  }
  /** Milliseconds since the last call began or ended. */
  get idleMs(): number {
    return this.inFlight > 0 ? 0 : performance.now() - this.#usedAt
  }
  privateDirtyKb(): number | null {
    return this.#pid === null ? null : privateDirtyKb(this.#pid)
  }

  /**
   * Starts the runtime and loads the module. Resolves with the manifest that the code declares, if `purpose` is to
   * describe it. @throws HostError EXT_START_FAILED
   */
  async start(purpose: 'serve' | 'describe'): Promise<JsonObject> {
    const began = performance.now()
    const timeout = setTimeout(() => this.#onStartTimeout(), START_TIMEOUT_MS)
    try {
      const launch = await this.#options.runtimes.take()
      this.#launch = launch
      void launch.gone.then(() => this.#onGone(launch))
      if (this.#reason !== undefined) launch.kill()
      launch.configure({ bundle: this.artefact.bundle, findCall: (token) => this.#egressCall(token) })
      const ready = this.#whenReady()
      this.#connection = await launch.connect(purpose === 'describe' ? DESCRIBE_PATH : '/', {
        message: (text) => this.#onMessage(text),
        failed: (problem) => this.kill('EXT_PROTOCOL', problem.message),
        closed: () => this.#onClosed(),
      })
      const manifest = await ready
      this.#onStarted(launch, performance.now() - began)
      return manifest
    } catch (problem) {
      throw await this.#startFailure(problem)
    } finally {
      clearTimeout(timeout)
    }
  }

  #whenReady(): Promise<JsonObject> {
    const ready = new Promise<JsonObject>((resolve, reject) => {
      this.#onReady = (manifest, error) => {
        if (error === undefined) resolve(manifest)
        else reject(this.#startError(this.#mapStack(error)))
      }
      void this.ended.then(() => reject(new HostError('EXT_START_FAILED', { message: this.#detail })))
    })
    // The connection may fail first; then nobody awaits this one.
    ready.catch(() => {})
    return ready
  }

  #startError(error: WireError): HostError {
    const message = `The extension could not be started: ${error.message}`
    return new HostError('EXT_START_FAILED', { message, error })
  }

  #onStarted(launch: Launch, startedMs: number): void {
    this.#pid = innermost(launch.child.pid ?? 0)
    this.#startedMs = startedMs
    this.#state = 'ready'
    this.#watchdog = new Watchdog({
      pid: this.#pid,
      inFlight: () => this.inFlight,
      ping: (n) => this.#send({ t: 'ping', n }),
    })
  }

  async #startFailure(problem: unknown): Promise<HostError> {
    this.kill('EXT_START_FAILED')
    if (this.#launch === null) this.#finish()
    await this.ended
    if (problem instanceof HostError) return problem
    const error = compileError(this.#launch?.output() ?? '')
    if (error !== null) return this.#startError(this.#mapStack(error))
    const { artefact, log } = this.#options
    log.warn({ app_id: artefact.appId, version: artefact.version, err: problem }, 'an extension host did not start')
    return new HostError('EXT_START_FAILED', { message: this.#detail })
  }

  #onStartTimeout(): void {
    const spent = this.#launch?.child.pid === undefined ? null : cpuMs(innermost(this.#launch.child.pid))
    this.#detail = `The extension did not load within ${START_TIMEOUT_MS / 1000} seconds${spent === null ? '' : ` (${Math.round(spent)} ms of processor time)`}.`
    // On a machine that gives it no time, the delay says nothing of the extension.
    this.#end(spent !== null && spent < START_TIMEOUT_MS / 4 ? null : 'EXT_START_FAILED')
  }

  #onClosed(): void {
    if (this.#state === 'ready') this.#state = 'draining'
    // The process may be about to end for a better reason (its heap, `process.exit`), which it is still writing down.
    setTimeout(() => this.kill('EXT_CRASHED'), 300).unref()
  }

  /** Runs one handler. @throws HostError */
  call(call: HostCall, callbacks: HostCallbacks): Promise<JsonValue> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        this.#onSettled()
        if ('value' in outcome) resolve(outcome.value)
        else reject(outcome.error)
      }
      const { id, caller, deadline, signal } = call
      const running = this.#calls.add({ id, caller, callbacks, deadline, signal, settle })
      this.#usedAt = performance.now()
      void this.#sendCall(call, running)
    })
  }

  async #sendCall(call: HostCall, { id, token }: RunningCall): Promise<void> {
    await this.#connection?.drained()
    const { kind, name, params, ctx, deadline } = call
    if (this.#calls.get(id) === null) return
    if (this.#send({ t: 'call', id, kind, name, params, ctx, token, deadline })) return
    const message = `The arguments of ${name} are larger than ${MAX_FRAME_BYTES} bytes.`
    this.#calls.end(id, { error: new HostError('EXT_PROTOCOL', { message }) })
  }

  /** False when the frame is larger than a frame may be. */
  #send(frame: KernelFrame): boolean {
    const text = JSON.stringify(frame)
    if (text.length * 3 > MAX_FRAME_BYTES && Buffer.byteLength(text) > MAX_FRAME_BYTES) return false
    this.#connection?.send(text)
    return true
  }

  #onMessage(text: string): void {
    const frame = readFrame(text)
    if (frame === null) this.kill('EXT_PROTOCOL', 'a frame that is none')
    else if (frame.t === 'pong') this.#watchdog?.pong()
    else if (frame.t === 'ret') this.#onReturn(frame)
    else if (frame.t === 'log') this.#onLog(frame)
    else if (frame.t === 'ready') this.#onReady?.(frame.manifest, frame.error)
    else void this.#onCallback(frame)
  }

  #onReturn(frame: ReturnFrame): void {
    const timer = this.#lingering.get(frame.id)
    clearTimeout(timer)
    this.#lingering.delete(frame.id)
    if (this.#calls.end(frame.id, this.#outcomeOf(frame)) || timer !== undefined) return
    this.#stray()
  }

  #outcomeOf({ result, error }: ReturnFrame): Outcome {
    if (error === undefined) return { value: result ?? null }
    const mapped = this.#mapStack(error)
    const ours = error.name === 'ResultError'
    const code = ours && error.code === 'RESULT_TOO_LARGE' ? 'RESULT_TOO_LARGE' : 'EXT_THREW'
    return { error: new HostError(code, { message: ours ? error.message : undefined, error: mapped }) }
  }

  #onLog({ call: id, level, text }: LogFrame): void {
    if (id === undefined) {
      this.#moduleLogLeft -= text.length
      if (this.#moduleLogLeft >= 0) this.#options.onModuleLog(this.artefact, { level, text })
      return
    }
    const call = this.#calls.get(id)
    if (call !== null) call.logLeft -= text.length
    if (call === null || call.logLeft < 0) this.#stray()
    else call.callbacks.onLog({ level, text })
  }

  async #onCallback(frame: CallbackFrame): Promise<void> {
    const call = this.#calls.withToken(frame.token)
    if (call === null || call.id !== frame.call) {
      this.#stray()
      this.#send({ t: 'cbr', id: frame.id, error: CALL_ENDED })
      return
    }
    if (overLimit(call)) {
      this.kill('EXT_PROTOCOL', 'too many callbacks at once')
      return
    }
    call.inFlight++
    const answer = await this.#answer(frame, call)
    call.inFlight--
    await this.#connection?.drained()
    if (this.#send(answer)) return
    const message = `The answer of ${frame.client}.${frame.method} is larger than ${MAX_FRAME_BYTES} bytes.`
    this.#send({ t: 'cbr', id: frame.id, error: { name: 'ResultError', code: 'too_large', message } })
  }

  async #answer(frame: CallbackFrame, call: RunningCall): Promise<KernelFrame> {
    try {
      const value = await perform(frame, call, (task) => this.#register(task, call.caller))
      return { t: 'cbr', id: frame.id, value }
    } catch (problem) {
      const { client, method } = frame
      const error = refusalOf(problem, (err) =>
        this.#options.log.error({ app_id: this.artefact.appId, client, method, err }, 'a callback failed unexpectedly'),
      )
      return { t: 'cbr', id: frame.id, error }
    }
  }

  #register(task: BackgroundTask, caller: string): RunningCall {
    const settle = (outcome: Outcome): void => {
      this.#onSettled()
      task.done('value' in outcome ? outcome : { error: wireOf(outcome.error) })
    }
    const { taskId: id, callbacks, deadline, signal } = task
    return this.#calls.add({ id, caller, callbacks, deadline, signal, settle })
  }

  #egressCall(token: string) {
    const call = this.#calls.withToken(token)
    return call === null ? null : { signal: endOf(call), allow: call.callbacks.onEgress.bind(call.callbacks) }
  }

  // A frame that belongs to no living call: harmless once, a flood of them is not.
  #stray(): void {
    if (++this.#strayFrames > MOST_STRAY_FRAMES) this.kill('EXT_PROTOCOL', 'a flood of frames of ended calls')
  }

  #abort(id: string, reason: string): void {
    this.#send({ t: 'abort', id, reason })
    const retire = (): void => {
      this.#lingering.delete(id)
      this.drain()
    }
    this.#lingering.set(id, setTimeout(retire, LINGER_MS).unref())
  }

  #onSettled(): void {
    this.#usedAt = performance.now()
    if (this.#state === 'draining' && this.inFlight === 0) this.stop()
  }

  /** Call every `TICK_MS`. */
  tick(now: number): void {
    if (this.#state !== 'ready' && this.#state !== 'draining') return
    if (this.#watchdog?.tick(now) !== true) return
    const heapKb = this.#options.runtimes.memoryMb * 1024
    // A heap at its limit collects garbage without end before it gives up.
    this.kill((this.privateDirtyKb() ?? 0) > heapKb ? 'EXT_OUT_OF_MEMORY' : 'EXT_HUNG')
  }

  /** Takes no new calls; stops when the last one has ended. */
  drain(): void {
    if (this.#state === 'stopped') return
    this.#state = 'draining'
    if (this.inFlight === 0) this.stop()
  }

  /** Ends the process on our own account. Calls in flight end as crashed. */
  stop(): void {
    this.#end(null)
  }

  /** Ends the process for a fault of its own; its calls end with that code. */
  kill(reason: HostErrorCode, detail?: string): void {
    this.#detail ??= detail
    this.#end(reason)
  }

  #end(reason: HostErrorCode | null): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#state = 'stopped'
    this.#launch?.kill()
  }

  #onGone(launch: Launch): void {
    const output = launch.output()
    const crashed = this.#reason === undefined || this.#reason === 'EXT_CRASHED'
    if (crashed) this.#reason = diedOfMemory(output) ? 'EXT_OUT_OF_MEMORY' : 'EXT_CRASHED'
    if (this.#reason === 'EXT_CRASHED' && calledExit(output)) {
      this.#detail = 'The extension called process.exit, which ends its host and every call in it.'
    }
    // A module that does not load is its author's news, told by the rejection.
    if (this.#reason !== null && this.#reason !== 'EXT_START_FAILED') this.#logEnd(output)
    this.#finish()
  }

  #logEnd(output: string): void {
    const { appId, version } = this.artefact
    const details = { app_id: appId, version, reason: this.#reason, detail: this.#detail, output: output.slice(-2000) }
    this.#options.log.warn(details, 'an extension host ended')
  }

  #endDetail(code: HostErrorCode): string | undefined {
    if (code === 'EXT_OUT_OF_MEMORY')
      return `The extension used more than the ${this.#options.runtimes.memoryMb} MB of memory that it has and was ended.`
    return code === 'EXT_CRASHED' || code === 'EXT_PROTOCOL' ? this.#detail : undefined
  }

  #finish(): void {
    this.#state = 'stopped'
    for (const timer of this.#lingering.values()) clearTimeout(timer)
    this.#connection?.close()
    const callers = this.#calls.callers()
    const code = this.#reason ?? 'EXT_CRASHED'
    this.#calls.endAll(() => new HostError(code, { message: this.#endDetail(code) }))
    this.#settleEnded({ reason: this.#reason ?? null, callers })
  }
}

function wireOf(error: HostError): WireError {
  return error.error ?? { name: error.name, code: error.code, message: error.message }
}
