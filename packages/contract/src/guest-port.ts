import type { ContextSnapshot, HandlerKind } from './host-protocol.ts'
import type { JsonObject, JsonValue } from './json.ts'

/**
 * How the guest program drives an extension, whatever SDK version is inside its bundle.
 * A bundle exports (as `default`, as `ext`, or under any name) one object that carries this port under `EXTENSION_PORT`.
 */
export const EXTENSION_PORT = Symbol.for('imperal.extension.v1')

export interface GuestCall {
  readonly id: string
  readonly kind: HandlerKind
  readonly name: string
  readonly params: JsonValue
  readonly ctx: ContextSnapshot
  readonly signal: AbortSignal
}

/** What the guest offers to an extension during one call. */
export interface KernelPort {
  /** Sends a callback frame in the name of this call. Rejects with an error whose `name`, `code` and `detail` are those of the frame. */
  callback(client: string, method: string, args: readonly JsonValue[], asUser?: string): Promise<JsonValue>
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void
  /**
   * Starts the detached part of a background task; the kernel gives it its own id, capability and deadline.
   * `asUser` (through `asUser` of a schedule) makes the task that user's.
   */
  background(
    options: { name: string; longRunning: boolean; asUser?: string },
    run: (port: KernelPort, signal: AbortSignal, taskId: string) => Promise<JsonValue>,
  ): Promise<string>
}

/** A call that runs, as far as code without a ctx needs it. */
export interface RunningCall {
  readonly port: KernelPort
  readonly ctx: ContextSnapshot
}

/**
 * Where code without a ctx finds the call that it runs for: a property of the global object that the guest, or a test
 * kit, puts there. Used by `getLlmProvider`.
 */
export const CALL_SCOPE = Symbol.for('imperal.call-scope.v1')
export interface CallScope {
  /** Null outside of calls. */
  current(): RunningCall | null
  /** Runs work in the name of a call. A host does so by itself and has no such method. */
  run?<T>(call: RunningCall, work: () => T): T
}

export interface ExtensionPort {
  readonly appId: string
  readonly version: string
  /** The manifest as the code declares it, without the fields that only a file on disk knows. */
  manifest(): JsonObject
  /** Runs one handler. The value is already in wire form; a throw becomes the frame's `error`. */
  invoke(call: GuestCall, kernel: KernelPort): Promise<JsonValue>
}
