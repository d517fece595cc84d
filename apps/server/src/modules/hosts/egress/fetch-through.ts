import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Egress } from './create-egress.ts'

/** The platform's own `fetch` for addresses that a user chose: every hop passes the egress checks. */
export function fetchThrough(egress: Pick<Egress, 'open'>): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const headers = Object.fromEntries(request.headers)
    // As a whole: servers of local models often refuse a body without a length.
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer())
    const answer = await egress.open({
      method: request.method,
      url: request.url,
      headers,
      body,
      timeoutMs: 180_000,
      signal: request.signal,
    })
    const kept = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const item of Array.isArray(value) ? value : [value]) kept.append(name, item)
    }
    const empty = answer.statusCode === 204 || answer.statusCode === 304
    return new Response(empty ? null : (Readable.toWeb(answer.body) as ReadableStream as never), {
      status: answer.statusCode,
      headers: kept,
    })
  }
}
