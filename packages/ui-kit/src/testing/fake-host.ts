import type { JsonObject } from '@imperal/contract'
import type { CallAction, SendAction } from '@imperal/contract/ui'
import type { ActionOrigin, ActionOutcome, UiHost, UiToast } from '../host/ui-host.ts'

export interface Fired {
  readonly action: CallAction | SendAction
  readonly payload: JsonObject
  readonly origin: ActionOrigin
}

export interface FakeHost extends UiHost {
  readonly fired: Fired[]
  readonly toasts: UiToast[]
  readonly paths: string[]
  readonly opened: string[]
  /** The answer to the next actions; success until it is set. */
  answer: (fired: Fired) => ActionOutcome | Promise<ActionOutcome>
}

/** A host that remembers what a tree asked of it. */
export function fakeHost(more: Partial<UiHost> = {}): FakeHost {
  const host: FakeHost = {
    appId: 'crates',
    appName: 'Crates',
    fired: [],
    toasts: [],
    paths: [],
    opened: [],
    answer: () => ({ ok: true }),
    onAction: async (action, payload, origin) => {
      const fired = { action, payload, origin }
      host.fired.push(fired)
      return host.answer(fired)
    },
    navigate: (path) => void host.paths.push(path),
    openExternal: (url) => void host.opened.push(url),
    toast: (toast) => void host.toasts.push(toast),
    ...more,
  }
  return host
}
