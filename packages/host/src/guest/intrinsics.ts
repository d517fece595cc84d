/**
 * Every built-in that the guest uses, taken before the extension's module is evaluated. Author code shares the isolate
 * and may replace any prototype later; the guest never looks a method up on a prototype that author code can reach.
 */
const { apply, getOwnPropertyDescriptor } = Reflect
export const { defineProperty } = Object
const bindThis = Function.prototype.bind
const callWith = Function.prototype.call

// A bound `call` looks nothing up when it runs: `uncurry(Map.prototype.get)(map, key)`.
// biome-ignore lint/suspicious/noExplicitAny: the signature of the method becomes that of the function
function uncurry<This, Args extends any[], Result>(
  method: (this: This, ...args: Args) => Result,
): (self: This, ...args: Args) => Result {
  return apply(bindThis, callWith, [method])
}

function getter<This extends object, Key extends keyof This>(prototype: This, key: Key): (self: This) => This[Key] {
  const read = getOwnPropertyDescriptor(prototype, key)?.get
  if (read === undefined) throw new TypeError(`The runtime has no accessor ${String(key)}`)
  return uncurry(read as (this: This) => This[Key])
}

export { apply }
export const NativeError = Error
export const NativePromise = Promise
export const NativeRequest = Request
export const NativeAbortController = AbortController
export const parse = JSON.parse
export const stringify = JSON.stringify
export const isArray = Array.isArray
export const isView = ArrayBuffer.isView
export const freeze = Object.freeze
export const hasOwn = Object.hasOwn
export const keysOf = Object.keys
export const toText = String
export const whenSettled = uncurry(
  Promise.prototype.then as (
    this: Promise<unknown>,
    fulfilled: (value: unknown) => void,
    rejected: (reason: unknown) => void,
  ) => Promise<void>,
)
export const sliceText = uncurry(String.prototype.slice)
export const indexOf = uncurry(String.prototype.indexOf)
/** Runs after the code of this turn, as `queueMicrotask` does; that one makes a native function for each job. */
export async function afterThisTurn(work: () => void): Promise<void> {
  await undefined
  work()
}
export const charCodeAt = uncurry(String.prototype.charCodeAt)
export const abortWith = uncurry(AbortController.prototype.abort)
export const signalOf = getter(AbortController.prototype, 'signal')
export const headersOf = getter(Request.prototype, 'headers')
export const headersOfResponse = getter(Response.prototype, 'headers')
export const setHeader = uncurry(Headers.prototype.set)
export const getHeader = uncurry(Headers.prototype.get)
export const listen = uncurry(
  EventTarget.prototype.addEventListener as (this: EventTarget, type: string, listener: (event: Event) => void) => void,
)
export const sendText = uncurry(WebSocket.prototype.send as (this: WebSocket, text: string) => void)
/** The runtime gives each message its `data` as an own member, where no prototype comes between. */
export const dataOf = (event: MessageEvent): unknown => event.data
export const nativeFetch = fetch

/** A table that inherits nothing, so that no prototype decides what it holds. */
export function table<Value>(): Record<string, Value> {
  return { __proto__: null } as unknown as Record<string, Value>
}
