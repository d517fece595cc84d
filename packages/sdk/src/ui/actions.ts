import type { JsonObject } from '@imperal/contract'
import { confirm as confirmWire, members, sparse, UIBuildError } from './emit.ts'
import type { Action, CallAction, CallTarget, Confirm, NavigateAction, OpenAction, SendAction } from './types.ts'

type Confirmable = { readonly confirm?: Confirm }

/** The name that a call carries: a function's own, or `__panel__<id>` for a panel. */
export function targetName<I extends object>(target: CallTarget<I>): string {
  if (typeof target === 'string') return target
  return 'panelId' in target ? `__panel__${target.panelId}` : target.functionName
}

function finish<A extends Action>(action: A, { confirm }: Confirmable): A {
  return Object.freeze(confirm === undefined ? action : { ...action, confirm: confirmWire(confirm) })
}

/**
 * Runs a function of this app, or opens a panel of it, without the language model.
 * What the control holds (a field's value, the chosen row) is added to `params` when it fires.
 */
export function Call<I extends object>(
  target: CallTarget<I>,
  params: Partial<I> | JsonObject = {},
  options: Confirmable = {},
): CallAction {
  const name = targetName(target)
  if (name === '') throw new UIBuildError('Call', 'function', 'A function name is required.')
  const plain = members('Call', { params: sparse('params') }, { params }).params as JsonObject // params is an object
  return finish({ action: 'call', function: name, params: plain }, options)
}

/** Goes to a path of the shell, such as `/ext/notes/secrets`. */
export function Navigate(path: `/${string}`, options: Confirmable = {}): NavigateAction {
  return finish({ action: 'navigate', path }, options)
}

/** Says something in the chat in the user's name. */
export function Send(message: string, options: Confirmable = {}): SendAction {
  return finish({ action: 'send', message }, options)
}

/** Opens an https URL in a new tab. */
export function Open(url: string, options: Confirmable = {}): OpenAction {
  return finish({ action: 'open', url }, options)
}
