import type { ContextSnapshot, HandlerKind, JsonObject, JsonValue, WireError } from '@imperal/contract'
import type { HostErrorCode } from './errors.ts'
import type { IsolationReport } from './isolation/choose-wrapper.ts'

/** One deployed version: its bundle and source map, under the hash of their content. */
export interface HostArtefact {
  readonly appId: string
  readonly version: string
  readonly hash: string
  readonly bundle: string
  readonly sourceMap: string | null
}

export interface HostTarget {
  readonly artefact: HostArtefact
  /** Calls with the same key share a process (one key for all, per tenant or per user), until one of them crashes it. */
  readonly shareKey: string
}

export interface HostCall {
  readonly id: string
  readonly kind: HandlerKind
  readonly name: string
  readonly params: JsonValue
  readonly ctx: ContextSnapshot
  /** Against whom a crash of this call counts. */
  readonly caller: string
  /** Unix milliseconds. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface HostCallback {
  readonly client: string
  readonly method: string
  readonly args: readonly JsonValue[]
  readonly asUser: string | null
}

export interface BackgroundOptions {
  readonly name: string
  readonly longRunning: boolean
  /** Whose task it is, when the author chose a user. */
  readonly asUser: string | null
}

export interface BackgroundTask {
  readonly taskId: string
  /** Unix milliseconds. */
  readonly deadline: number
  /** Called exactly once, when the task ended, was cut off or lost its process. */
  readonly done: (result: { value?: JsonValue; error?: WireError }) => void
  readonly callbacks: HostCallbacks
  /** Cancels the task: its `ctx.signal` aborts with `TaskCancelled`. */
  readonly signal?: AbortSignal | undefined
}

/** What the kernel does for one call while it runs. Only frames that carry the call's own capability get here. */
export interface HostCallbacks {
  /** A `CallbackError` or a `PlatformError` that it throws reaches the author; anything else becomes `internal`. */
  onCallback(frame: HostCallback): Promise<JsonValue>
  onLog(entry: { readonly level: LogLevel; readonly text: string }): void
  /** Asked before each plain `fetch()`; false refuses it. Its address is checked separately, on connection. */
  onEgress(request: { readonly method: string; readonly host: string }): Promise<boolean> | boolean
  onBackground?: (options: BackgroundOptions) => Promise<BackgroundTask>
}

export type HostState = 'starting' | 'ready' | 'draining' | 'stopped' | 'disabled'

export interface HostStatus {
  readonly appId: string
  readonly version: string
  readonly hash: string
  readonly shareKey: string
  /** The one whom this process serves, after a crash that may have been theirs; else null. */
  readonly apart: string | null
  readonly state: HostState
  readonly pid: number | null
  /** From when the process was needed to its `ready` frame. */
  readonly startedMs: number | null
  /** Calls and background tasks in flight. */
  readonly calls: number
  readonly privateDirtyKb: number | null
  /** How often this host crashed since it was deployed. */
  readonly restarts: number
  readonly lastError: HostErrorCode | null
}

/** Runs extensions, each in a process of its own. */
export interface Hosts {
  /** Starts the host if need be and runs one handler. @throws HostError */
  call(target: HostTarget, call: HostCall, callbacks: HostCallbacks): Promise<JsonValue>
  /** Loads the code in a host that is thrown away and returns the manifest that it declares. @throws HostError */
  describe(artefact: HostArtefact): Promise<JsonObject>
  /** A redeploy: hosts of other versions finish what they run and stop; crashes of the app are forgotten. */
  drain(appId: string, keepHash: string | null): void
  status(): readonly HostStatus[]
  isolation(): IsolationReport
  close(): Promise<void>
}
