import { AsyncLocalStorage } from 'node:async_hooks'
import {
  CALL_SCOPE,
  type CallScope,
  type ExtensionPort,
  type GuestCall,
  type KernelPort,
} from '@imperal/contract/guest-port'
import { DESCRIBE_PATH, MAX_RESULT_BYTES } from '@imperal/contract/host-limits'
import type { AbortFrame, CallFrame, ContextSnapshot, KernelFrame, WireError } from '@imperal/contract/host-protocol'
import { abortCall, type Call, createCall, endCall, portError, signalOfCall } from './call.ts'
import { type Channel, callbackPromise, openChannel } from './channel.ts'
import { captureConsole } from './console.ts'
import { encode } from './encode.ts'
import { captureFetch } from './fetch.ts'
import {
  apply,
  dataOf,
  defineProperty,
  freeze,
  hasOwn,
  indexOf,
  listen,
  NativePromise,
  parse,
  sliceText,
  table,
  whenSettled,
} from './intrinsics.ts'
import { failedText, findPort, readyFrame } from './load-extension.ts'
import { ownErrorText, wireErrorText } from './wire-error.ts'

declare const WebSocketPair: new () => { 0: WebSocket; 1: WebSocket & { accept(): void } }

const current = new AsyncLocalStorage<Call>()
const { run: runIn, getStore } = current
const currentCall = (): Call | null => (apply(getStore, current, []) as Call | undefined) ?? null
/** Stands for everything that happens outside a call: the evaluation of the module, timers that outlive their call. */
const outside = createCall('', '')

const calls = table<Call>()
const RESULT_CODES = { too_large: 'RESULT_TOO_LARGE', not_json: 'RESULT_NOT_JSON' } as const

/** Runs one handler under its call and answers with exactly one `ret` frame. */
function runUnder(channel: Channel, call: Call, handler: () => unknown): void {
  const done = (member: 'result' | 'error', text: string): void => {
    delete calls[call.id]
    endCall(call)
    channel.ret(call.id, member, text)
  }
  const run = () => new NativePromise((resolve) => resolve(handler()))
  whenSettled(
    apply(runIn, current, [call, run]) as Promise<unknown>,
    (value) => {
      const encoded = encode(value, MAX_RESULT_BYTES)
      if ('text' in encoded) done('result', encoded.text)
      else done('error', ownErrorText('ResultError', RESULT_CODES[encoded.problem], `The result ${encoded.reason}.`))
    },
    (reason) => done('error', wireErrorText(reason)),
  )
}

function createPort(channel: Channel, callOf: () => Call): KernelPort {
  const port: KernelPort = {
    callback: (client, method, args, asUser) =>
      callbackPromise(channel, callOf(), { client, method, args, asUser }) as ReturnType<KernelPort['callback']>,
    log: (level, text) => channel.log(callOf(), levelOf(level), `${text}`),
    background: (options, start) =>
      new NativePromise((resolve, reject) => {
        const args = [{ name: `${options.name}`, long_running: options.longRunning === true }]
        // Not a promise on the way: the answer holds the task's capability, which author code must not see.
        const started = (value: unknown): void => {
          const { task_id: id, token } = value as { task_id: string; token: string }
          const { ctx } = callOf()
          const task = openCall(channel, { id, token }, ctx === null ? null : { ...ctx, task_id: id })
          runUnder(channel, task, () => start(task.port as KernelPort, signalOfCall(task), id))
          resolve(id)
        }
        channel.callback(
          callOf(),
          { client: 'task', method: 'background', args, asUser: options.asUser },
          { resolve: started, reject },
        )
      }),
  }
  return freeze(port)
}

function levelOf(level: unknown): 'debug' | 'info' | 'warn' | 'error' {
  return level === 'debug' || level === 'warn' || level === 'error' ? level : 'info'
}

function openCall(channel: Channel, { id, token }: Pick<Call, 'id' | 'token'>, ctx: ContextSnapshot | null): Call {
  const call: Call = createCall(id, token, { port: createPort(channel, () => call), ctx })
  calls[id] = call
  return call
}

/** What the extension gets of a call. Its signal is made for the first that asks: most calls need none. */
class HandlerRequest implements GuestCall {
  readonly id: string
  readonly kind: GuestCall['kind']
  readonly name: string
  readonly params: GuestCall['params']
  readonly ctx: ContextSnapshot
  readonly #call: Call

  constructor({ id, kind, name, params, ctx }: CallFrame, call: Call) {
    this.id = id
    this.kind = kind
    this.name = name
    this.params = params
    this.ctx = ctx
    this.#call = call
  }

  get signal(): AbortSignal {
    return signalOfCall(this.#call)
  }
}
freeze(HandlerRequest.prototype)

function onCall(channel: Channel, extension: ExtensionPort, frame: CallFrame): void {
  const call = openCall(channel, frame, frame.ctx)
  const request = freeze(new HandlerRequest(frame, call))
  runUnder(channel, call, () => extension.invoke(request, call.port as KernelPort))
}

function onAbort(frame: AbortFrame): void {
  const call = calls[frame.id]
  if (call !== undefined) abortCall(call, frame.reason)
}

function answerError(frame: { error?: WireError | undefined }): Error | null {
  if (!hasOwn(frame, 'error') || frame.error === undefined) return null
  const { name, code, message } = frame.error
  const error = portError(name, code, message) as Error & { detail?: unknown; retryable?: unknown }
  if (hasOwn(frame.error, 'detail')) error.detail = frame.error.detail
  if (hasOwn(frame.error, 'retryable')) error.retryable = frame.error.retryable
  return error
}

function onFrame(channel: Channel, extension: () => ExtensionPort | null, frame: KernelFrame): void {
  const port = extension()
  if (frame.t === 'ping') channel.pong(frame.n)
  else if (frame.t === 'abort') onAbort(frame)
  else if (frame.t === 'call' && port !== null) onCall(channel, port, frame)
  else if (frame.t === 'cbr') {
    channel.answered(frame.id, hasOwn(frame, 'value') ? frame.value : null, answerError(frame))
  }
}

/** Lets code without a ctx find its call; put there before author code exists, so that nothing takes its place. */
function offerScope(): void {
  const scope: CallScope = freeze({
    current() {
      const call = currentCall()
      return call?.port && call.ctx ? { port: call.port, ctx: call.ctx } : null
    },
  })
  defineProperty(globalThis, CALL_SCOPE, { __proto__: null, value: scope } as PropertyDescriptor)
}

function serve(socket: WebSocket, described: boolean): void {
  const channel = openChannel(socket)
  let extension: ExtensionPort | null = null
  captureConsole(channel, () => currentCall() ?? outside)
  captureFetch(currentCall)
  offerScope()
  listen(socket, 'message', (event) => {
    const text = dataOf(event as MessageEvent) as string
    for (let start = 0; start < text.length; ) {
      const found = indexOf(text, '\n', start)
      const end = found === -1 ? text.length : found
      onFrame(channel, () => extension, parse(sliceText(text, start, end)))
      start = end + 1
    }
  })
  // Evaluated only now, when every built-in that the guest needs is in its own hands.
  whenSettled(
    import('./extension.js' as string),
    (module) => {
      let text: string
      try {
        extension = findPort(module as Record<string, unknown>)
        text = readyFrame(extension, described)
      } catch (problem) {
        text = failedText(wireErrorText(problem))
      }
      channel.ready(text)
    },
    (problem) => channel.ready(failedText(wireErrorText(problem))),
  )
}

let taken = false

/** The one door of the process. It opens once, for the kernel, before author code exists. */
export default {
  fetch(request: Request): Response {
    if (taken || request.headers.get('upgrade') !== 'websocket') return new Response(null, { status: 409 })
    taken = true
    const pair = new WebSocketPair()
    pair[1].accept()
    serve(pair[1], new URL(request.url).pathname === DESCRIBE_PATH)
    return new Response(null, { status: 101, webSocket: pair[0] } as ResponseInit)
  },
}
