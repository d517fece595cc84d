import type { CallResponse, JsonObject } from '@imperal/contract'
import { vi } from 'vitest'

/** One call that reached the server. */
export interface ReceivedCall {
  readonly function: string
  readonly params: JsonObject
  readonly key: string | null
}

type Answer = Partial<CallResponse> | ((params: JsonObject) => Partial<CallResponse> | Promise<Partial<CallResponse>>)

const BLANK: CallResponse = { status: 'success', data: null, summary: null, error: null, ui: null }

/** The server at the network's edge: answers calls and batches by function name and remembers what came. */
export class ServerStandIn {
  readonly calls: ReceivedCall[] = []
  readonly batches: (readonly string[])[] = []
  readonly confirmed: string[] = []
  readonly cancelled: string[] = []
  answers: Record<string, Answer> = {}
  confirmResult: Partial<CallResponse> = {}

  /** Takes the place of `fetch`; must happen before the client is imported. */
  install(): void {
    vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => this.#respond(url, init))
  }

  reset(): void {
    this.calls.length = 0
    this.batches.length = 0
    this.confirmed.length = 0
    this.cancelled.length = 0
    this.answers = {}
  }

  async #respond(url: string, init: RequestInit): Promise<Response> {
    const body = (typeof init.body === 'string' ? JSON.parse(init.body) : {}) as JsonObject
    const headers = init.headers as Record<string, string>
    const key = headers['idempotency-key'] ?? null
    if (url.endsWith('/batch')) {
      const calls = body.calls as { function: string; params: JsonObject }[]
      this.batches.push(calls.map((call) => call.function))
      return Response.json(await Promise.all(calls.map((call) => this.#answer({ ...call, key }))))
    }
    if (url.endsWith('/call')) {
      return Response.json(
        await this.#answer({ function: String(body.function), params: body.params as JsonObject, key }),
      )
    }
    const [, id = '', verb = ''] = /\/v1\/confirmations\/([^/]+)\/(\w+)$/.exec(url) ?? []
    if (verb === 'confirm') {
      this.confirmed.push(id)
      const results = [{ ...BLANK, ...this.confirmResult }]
      return Response.json({ confirmation_id: id, status: 'executed', results })
    }
    if (verb === 'cancel') {
      this.cancelled.push(id)
      return Response.json({ confirmation_id: id, status: 'cancelled' })
    }
    return Response.json({ error: 'not_found', message: 'Not there.', detail: null, status: 404 }, { status: 404 })
  }

  async #answer(call: ReceivedCall): Promise<CallResponse> {
    this.calls.push(call)
    const answer = this.answers[call.function]
    if (answer === undefined) return { ...BLANK, ui: text(call.function) }
    return { ...BLANK, ...(typeof answer === 'function' ? await answer(call.params) : answer) }
  }
}

/** A tree that holds one text. */
export const text = (content: string): JsonObject => ({ type: 'Text', props: { content } })
