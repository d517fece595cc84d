import { connect, type Socket } from 'node:net'
import { MAX_FRAME_BYTES } from '@imperal/contract'
import WebSocket from 'ws'

const HIGH_WATER_BYTES = 8 * 1024 * 1024
const LONGEST_BATCH = 256 * 1024
const HANDSHAKE_TIMEOUT_MS = 10_000

export interface ConnectionListener {
  message(text: string): void
  failed(problem: Error): void
  closed(): void
}

/** The one connection of a host process: texts in order, in both directions. */
export interface Connection {
  /** Texts that are sent in one turn of the event loop leave in one write. */
  send(text: string): void
  /** Resolves at once unless the guest has left a lot unread; then when it has read on, or is gone. */
  drained(): Promise<void>
  close(): void
}

export interface Address {
  /** Of the unix socket. */
  readonly socket: string
  /** What the connection is for: `/` to run calls, `DESCRIBE_PATH` to read the manifest. */
  readonly path: string
}

/** Opens the connection on a unix socket. The first message may come before this resolves. */
export function openConnection(address: Address, listener: ConnectionListener): Promise<Connection> {
  const socket = connect(address.socket)
  const webSocket = new WebSocket(`ws://host${address.path}`, {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // Masking protects proxies on the way; here is none, and an empty mask is not applied.
    generateMask: () => {},
  })
  return new Promise((resolve, reject) => {
    // Listeners stand before the handshake ends: the first frame may come in the same packet.
    webSocket.on('message', (data) => {
      for (const text of String(data).split('\n')) listener.message(text)
    })
    webSocket.once('error', reject)
    webSocket.once('open', () => {
      webSocket.off('error', reject).on('error', (problem) => listener.failed(problem))
      webSocket.once('close', () => listener.closed())
      resolve(createConnection(webSocket, socket))
    })
  })
}

function createConnection(webSocket: WebSocket, socket: Socket): Connection {
  let queued: string[] = []
  let length = 0
  const flush = (): void => {
    if (length === 0) return
    const text = queued.join('\n')
    queued = []
    length = 0
    if (webSocket.readyState === WebSocket.OPEN) webSocket.send(text)
  }
  return {
    send(text) {
      if (length + text.length > LONGEST_BATCH) flush()
      if (length === 0) setImmediate(flush)
      queued.push(text)
      length += text.length
    },
    async drained() {
      while (webSocket.bufferedAmount > HIGH_WATER_BYTES && webSocket.readyState === WebSocket.OPEN) {
        await readOn(socket)
      }
    },
    close: () => webSocket.terminate(),
  }
}

function readOn(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done)
      resolve()
    }
    socket.once('drain', done).once('close', done)
  })
}
