import type { KernelPort } from '@imperal/contract/guest-port'
import { MAX_CALL_LOG_BYTES } from '@imperal/contract/host-limits'
import type { ContextSnapshot } from '@imperal/contract/host-protocol'
import { abortWith, NativeAbortController, NativeError, signalOf } from './intrinsics.ts'

/** A callback that waits for its turn on the wire, or for its answer. `payload` is the frame without its number. */
export interface Waiting {
  readonly payload: string
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  next: Waiting | null
}

/** One call, or one background task, that runs in this host. Known to the guest only: author code never sees it. */
export interface Call {
  readonly id: string
  readonly token: string
  /** Aborts when the call ends early. Made for the first that asks with `signalOfCall`: most calls need none. */
  controller: AbortController | null
  readonly port: KernelPort | null
  /** Who the caller is, for code that has no ctx of its own. */
  readonly ctx: ContextSnapshot | null
  /** Makes the error for whatever is still tried in its name; `null` while the call runs. */
  ended: (() => Error) | null
  /** Why it was ended early; `null` when it was not. */
  aborted: Error | null
  inFlight: number
  firstWaiting: Waiting | null
  lastWaiting: Waiting | null
  logLeft: number
}

export function createCall(
  id: string,
  token: string,
  { port, ctx }: Pick<Call, 'port' | 'ctx'> = { port: null, ctx: null },
): Call {
  return {
    id,
    token,
    controller: null,
    port,
    ctx,
    ended: null,
    aborted: null,
    inFlight: 0,
    firstWaiting: null,
    lastWaiting: null,
    logLeft: MAX_CALL_LOG_BYTES,
  }
}

/** The signal of a call. Of one that was aborted before anybody asked it is aborted from the start. */
export function signalOfCall(call: Call): AbortSignal {
  if (call.controller === null) {
    call.controller = new NativeAbortController()
    if (call.aborted !== null) abortWith(call.controller, call.aborted)
  }
  return signalOf(call.controller)
}

/** An error as the SDK expects it: `name`, `code` and `detail` are those of the frame. */
export function portError(name: string, code: string, message: string): Error & { code: string; detail?: unknown } {
  const error = new NativeError(message) as Error & { code: string }
  error.name = name
  error.code = code
  return error
}

/** Ends a call early: its signal aborts with the reason, and callbacks that wait for their turn are refused. */
export function abortCall(call: Call, reason: string): void {
  const error =
    reason === 'cancelled'
      ? portError('TaskCancelled', 'task_cancelled', 'The task was cancelled.')
      : portError('CallAborted', 'call_aborted', `The call was ended by the platform: ${reason}.`)
  endCall(call, () => error)
  call.aborted ??= error
  if (call.controller !== null) abortWith(call.controller, error)
}

/** From here on the call's capability is dead: nothing more is sent in its name. */
export function endCall(call: Call, why: () => Error = callEnded): void {
  call.ended ??= why
  for (let waiting = call.firstWaiting; waiting !== null; waiting = waiting.next) waiting.reject(call.ended())
  call.firstWaiting = null
  call.lastWaiting = null
}

const callEnded = (): Error =>
  portError('CallEnded', 'call_ended', 'The call has ended; nothing more can be done in its name.')
