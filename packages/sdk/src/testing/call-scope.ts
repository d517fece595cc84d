import { AsyncLocalStorage } from 'node:async_hooks'
import { CALL_SCOPE, type CallScope, type RunningCall } from '@imperal/contract/guest-port'

const running = new AsyncLocalStorage<RunningCall>()
const scope: CallScope = {
  current: () => running.getStore() ?? null,
  run: (call, work) => running.run(call, work),
}

/** Keeps track of calls in tests, as a host does for its own. A scope that is there already stays. */
export function offerCallScope(): void {
  const holder = globalThis as { [CALL_SCOPE]?: CallScope }
  holder[CALL_SCOPE] ??= scope
}
