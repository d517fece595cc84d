import { APIError } from '../errors.ts'
import { isObject, type JsonObject, stringOr } from '../values/json.ts'
import { CompletionResult } from '../values/results.ts'
import type { Transport } from './transport.ts'
import { withSignal } from './with-signal.ts'

/** An answer that comes piece by piece: iterate it for its text, and await `result` for the whole. */
export interface CompletionStream extends AsyncIterable<string> {
  /** The whole answer once it has come. Reads what has not been read. */
  readonly result: Promise<CompletionResult>
}

/** Pulls the pieces from the kernel as they are wanted; leaving the loop early stops the model. */
export class PulledStream implements CompletionStream {
  readonly #transport: Transport
  readonly #request: JsonObject
  readonly #signal: AbortSignal | undefined
  readonly #pieces: string[] = []
  #id: Promise<string> | undefined
  #ended: CompletionResult | undefined
  #pull: Promise<void> | undefined

  constructor(transport: Transport, request: JsonObject, signal: AbortSignal | undefined) {
    this.#transport = transport
    this.#request = request
    this.#signal = signal
  }

  get result(): Promise<CompletionResult> {
    return this.#drain()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<string> {
    let next = 0
    let finished = false
    try {
      for (;;) {
        while (next < this.#pieces.length) yield this.#pieces[next++] ?? ''
        if (this.#ended !== undefined) break
        await this.#advance()
      }
      finished = true
    } finally {
      if (!finished) await this.#stop()
    }
  }

  async #drain(): Promise<CompletionResult> {
    for (;;) {
      if (this.#ended !== undefined) return this.#ended
      await this.#advance()
    }
  }

  /** One pull at a time, whoever waits for it. */
  #advance(): Promise<void> {
    this.#pull ??= this.#next().finally(() => {
      this.#pull = undefined
    })
    return this.#pull
  }

  async #next(): Promise<void> {
    const wire = await withSignal(this.#transport.call('ai', 'next', await this.#opened()), this.#signal).catch(
      async (error: unknown) => {
        await this.#stop()
        throw error
      },
    )
    const step = isObject(wire) ? wire : {}
    const text = stringOr(step.text, '')
    if (text !== '') this.#pieces.push(text)
    if (isObject(step.result)) this.#ended = CompletionResult.fromWire(step.result)
    else if (text === '') throw new APIError('The model layer answered neither text nor an end', 502)
  }

  async #opened(): Promise<string> {
    this.#signal?.throwIfAborted()
    this.#id ??= this.#transport.call('ai', 'stream', this.#request).then(String)
    return this.#id
  }

  async #stop(): Promise<void> {
    if (this.#id === undefined || this.#ended !== undefined) return
    const id = await this.#id.catch(() => undefined) // what never opened needs no stop
    if (id !== undefined) await this.#transport.call('ai', 'stop', id).catch(() => {}) // the end of the call stops it too
  }
}
