import { CALL_SCOPE, type CallScope, type RunningCall } from '@imperal/contract/guest-port'

const scope = (): CallScope | undefined => (globalThis as { [CALL_SCOPE]?: CallScope })[CALL_SCOPE]

/** The call that the running code belongs to; null outside of calls, and where nobody keeps track of them. */
export const currentCall = (): RunningCall | null => scope()?.current() ?? null

/** Runs work in the name of a call. In a host that is so already; a test kit keeps track by itself. */
export function inCall<T>(call: RunningCall, work: () => T): T {
  const run = scope()?.run
  return run === undefined ? work() : run(call, work)
}
