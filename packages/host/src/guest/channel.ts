import { MAX_CALLBACKS_IN_FLIGHT, MAX_FRAME_BYTES, MAX_LOG_BYTES } from '@imperal/contract/host-limits'
import { type Call, portError, type Waiting } from './call.ts'
import { type Encoded, encode } from './encode.ts'
import { afterThisTurn, NativePromise, sendText, sliceText, stringify, table } from './intrinsics.ts'

const FRAME_ROOM = 4096
const LONGEST_BATCH = 256 * 1024

interface Pending {
  readonly call: Call
  readonly waiting: Waiting
}

/** Sends frames as text that it writes itself, so that no `toJSON` of a polluted prototype sees or changes one. */
export interface Channel {
  ret(id: string, member: 'result' | 'error', text: string): void
  log(call: Call, level: string, text: string): void
  pong(n: number): void
  ready(text: string): void
  /** The value goes to `resolve` as it was parsed; `resolve` and `reject` are the guest's own or a promise's. */
  callback(call: Call, request: CallbackRequest, settle: Pick<Waiting, 'resolve' | 'reject'>): void
  /** The kernel's answer to callback `id`. */
  answered(id: number, value: unknown, error: Error | null): void
}

export interface CallbackRequest {
  readonly client: string
  readonly method: string
  readonly args: unknown
  readonly asUser?: string | undefined
}

export function openChannel(socket: WebSocket): Channel {
  const pending = table<Pending>()
  let sequence = 0

  let queued = ''

  const flush = (): void => {
    const text = queued
    queued = ''
    try {
      sendText(socket, text)
    } catch {
      // The kernel closed the socket; it ends this process, so there is nobody left to tell.
    }
  }

  // Frames of one turn leave as one message, a line each: a message costs far more than a frame.
  const send = (text: string): void => {
    if (queued === '') {
      queued = text
      void afterThisTurn(flush)
      return
    }
    if (queued.length + text.length > LONGEST_BATCH) {
      // What is left goes with the flush that this turn ends with anyway: an empty message is no frame.
      flush()
      queued = text
    } else queued += `\n${text}`
  }

  function start(call: Call, waiting: Waiting): void {
    const id = ++sequence
    call.inFlight++
    pending[id] = { call, waiting }
    send(`{"t":"cb","id":${id},"call":${stringify(call.id)},"token":${stringify(call.token)},${waiting.payload}}`)
  }

  function enqueue(call: Call, waiting: Waiting): void {
    if (call.inFlight < MAX_CALLBACKS_IN_FLIGHT) {
      start(call, waiting)
      return
    }
    if (call.lastWaiting === null) call.firstWaiting = waiting
    else call.lastWaiting.next = waiting
    call.lastWaiting = waiting
  }

  function startNext(call: Call): void {
    const waiting = call.firstWaiting
    if (waiting === null) return
    call.firstWaiting = waiting.next
    if (call.firstWaiting === null) call.lastWaiting = null
    start(call, waiting)
  }

  return {
    ret: (id, member, text) => send(`{"t":"ret","id":${stringify(id)},"${member}":${text}}`),
    pong: (n) => send(`{"t":"pong","n":${n}}`),
    ready: (text) => send(text),

    log(call, level, text) {
      if (call.logLeft <= 0) return
      const cut = sliceText(text, 0, MAX_LOG_BYTES)
      call.logLeft -= cut.length + 1
      const shown = call.logLeft > 0 ? cut : 'This call has logged too much; its further lines are dropped.'
      const owner = call.id === '' ? '' : `"call":${stringify(call.id)},`
      send(`{"t":"log",${owner}"level":"${level}","text":${stringify(shown)}}`)
    },

    callback(call, request, settle) {
      const args = encode(request.args, MAX_FRAME_BYTES - FRAME_ROOM)
      const refusal = call.ended === null ? refusalOf(request, args) : call.ended()
      if (refusal !== null || 'problem' in args) {
        settle.reject(refusal)
        return
      }
      const user = request.asUser === undefined ? '' : `,"as_user":${stringify(request.asUser)}`
      const target = `"client":${stringify(request.client)},"method":${stringify(request.method)}`
      enqueue(call, {
        payload: `${target},"args":${args.text}${user}`,
        resolve: settle.resolve,
        reject: settle.reject,
        next: null,
      })
    },

    answered(id, value, error) {
      const entry = pending[id]
      if (entry === undefined) return
      delete pending[id]
      entry.call.inFlight--
      startNext(entry.call)
      if (error === null) entry.waiting.resolve(value)
      else entry.waiting.reject(error)
    },
  }
}

function refusalOf(request: CallbackRequest, args: Encoded): Error | null {
  if ('text' in args) return null
  const name = `The argument of ${request.client}.${request.method}`
  return portError('ValidationError', 'validation_error', `${name} ${args.reason}.`)
}

/** A callback as a promise, for author code. */
export function callbackPromise(channel: Channel, call: Call, request: CallbackRequest): Promise<unknown> {
  return new NativePromise((resolve, reject) => {
    channel.callback(call, request, { resolve, reject })
  })
}
