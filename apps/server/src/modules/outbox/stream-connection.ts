import type { ServerResponse } from 'node:http'
import { drained, type Principal } from '../../foundation/http/index.ts'

/** One message as it goes over the wire. `id` is empty for messages that cannot be resumed from. */
export interface Frame {
  readonly id: string
  readonly type: string
  readonly text: string
}

export type EndReason = 'token_expired' | 'shutdown' | 'revoked' | 'slow_consumer'

/** What may wait for a slow reader before it is cut off (api 6.1). */
export interface BufferLimit {
  readonly messages: number
  readonly bytes: number
}
export const BUFFER: BufferLimit = { messages: 256, bytes: 1024 * 1024 }

// A reader that does not even take the farewell is dropped after so long.
const FAREWELL_MS = 2_000

export const messageText = (message: { type: string; payload: unknown; ts: string }): string =>
  `data: ${JSON.stringify({ type: message.type, payload: message.payload, ts: message.ts })}\n\n`

/**
 * One open stream. Messages are held until `goLive`, so that what happens during a resume comes after it.
 * A reader that falls behind the buffer gets `stream_end` and comes back with its last id.
 */
export class StreamConnection {
  readonly userId: string
  readonly tenantId: string
  readonly bearer: Principal
  /** Unix milliseconds. */
  readonly expiresAt: number
  readonly #types: ReadonlySet<string> | null
  readonly #limit: BufferLimit
  readonly #onEnd: (connection: StreamConnection, reason: EndReason | 'closed') => void
  #raw: ServerResponse | null = null
  #live = false
  #ended = false
  #after = ''
  #waiting: Frame[] = []
  #bytes = 0

  constructor(options: {
    readonly bearer: Principal & { readonly userId: string }
    readonly expiresAt: number
    readonly types: ReadonlySet<string> | null
    readonly limit: BufferLimit
    readonly onEnd: (connection: StreamConnection, reason: EndReason | 'closed') => void
  }) {
    this.userId = options.bearer.userId
    this.tenantId = options.bearer.tenantId
    this.bearer = options.bearer
    this.expiresAt = options.expiresAt
    this.#types = options.types
    this.#limit = options.limit
    this.#onEnd = options.onEnd
  }

  /** Connects the response; nothing but `first` is written yet. */
  attach(raw: ServerResponse, first: string): void {
    this.#raw = raw
    raw.once('close', () => this.#finish('closed'))
    raw.on('error', () => this.#finish('closed')) // a reset while writing
    if (this.#ended) raw.end()
    else if (raw.destroyed) this.#finish('closed')
    else raw.write(first)
  }

  wants(type: string): boolean {
    return this.#types === null || this.#types.has(type)
  }

  /** Writes frames of the past at the reader's own pace. */
  async replay(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) {
      if (this.#ended || this.#raw === null) return
      if (!this.#write(frame)) await drained(this.#raw)
    }
  }

  /** Sends what was held and is newer than `lastId`; from now on messages go out as they come. */
  goLive(lastId: string): void {
    this.#live = true
    this.#after = lastId
    this.#waiting = this.#waiting.filter((frame) => this.#isNew(frame))
    this.#bytes = this.#waiting.reduce((sum, frame) => sum + frame.text.length, 0)
    this.#raw?.on('drain', () => this.#drain())
    this.#drain()
  }

  send(frame: Frame): void {
    // The relay may be behind what a resume has read, so old messages can come even now.
    if (this.#ended || !this.#isNew(frame)) return
    if (this.#live && this.#waiting.length === 0 && !this.#blocked()) {
      this.#write(frame)
      return
    }
    this.#waiting.push(frame)
    this.#bytes += frame.text.length
    if (this.#waiting.length > this.#limit.messages || this.#bytes > this.#limit.bytes) this.end('slow_consumer')
  }

  ping(): void {
    if (this.#live && !this.#ended && !this.#blocked()) this.#raw?.write(': ping\n\n')
  }

  /** Says why and closes. The farewell has no id: what was not delivered can be resumed. */
  end(reason: EndReason): void {
    const raw = this.#raw
    if (this.#ended) return
    this.#finish(reason)
    if (raw === null) return
    raw.end(messageText({ type: 'stream_end', payload: { reason }, ts: new Date().toISOString() }))
    setTimeout(() => raw.destroy(), FAREWELL_MS).unref()
  }

  #isNew(frame: Frame): boolean {
    return frame.id === '' || frame.id > this.#after
  }

  #blocked(): boolean {
    return this.#raw === null || this.#raw.writableNeedDrain
  }

  #write(frame: Frame): boolean {
    return this.#raw?.write(frame.id === '' ? frame.text : `id: ${frame.id}\n${frame.text}`) ?? false
  }

  #drain(): void {
    while (this.#waiting.length > 0 && !this.#ended && !this.#blocked()) {
      const frame = this.#waiting.shift()
      if (frame === undefined) return
      this.#bytes -= frame.text.length
      this.#write(frame)
    }
  }

  #finish(reason: EndReason | 'closed'): void {
    if (this.#ended) return
    this.#ended = true
    this.#waiting = []
    this.#onEnd(this, reason)
  }
}
