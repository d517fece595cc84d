import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../encoding.ts'
import { isObject, type JsonObject, type JsonValue, stringOr } from '../values/json.ts'
import type { HttpMethod } from '../values/webhook.ts'
import type { MemoryClock } from './memory-clock.ts'
import { portError } from './port-error.ts'

export type HttpPattern = string | RegExp | ((url: string) => boolean)
export type HttpAnswer = JsonValue | Uint8Array | ((request: { url: string; body: unknown }) => JsonValue | Uint8Array)
export interface HttpCall {
  method: string
  url: string
  body: unknown
  headers: Record<string, string>
}

interface Rule {
  readonly method: string
  readonly pattern: HttpPattern
  readonly answer: HttpAnswer
  readonly status: number
  readonly headers: Record<string, string>
}

/** The network of a test: the first rule that fits answers, everything else is 404. Redirects are followed. */
export class MemoryHttp {
  readonly calls: HttpCall[] = []
  readonly #rules: Rule[] = []
  readonly #clock: MemoryClock
  #recent: number[] = []

  constructor(clock: MemoryClock) {
    this.#clock = clock
  }

  mock(
    method: HttpMethod | 'PATCH' | '*',
    pattern: HttpPattern,
    answer: HttpAnswer,
    options: { status?: number; headers?: Record<string, string> } = {},
  ): void {
    const { status = 200, headers = {} } = options
    this.#rules.push({ method, pattern, answer, status, headers })
  }

  request(request: JsonObject, hops = 0): JsonObject {
    const call = readCall(request)
    if (!URL.canParse(call.url)) throw portError('validation_error', 'The address is not a URL.', { field: 'url' })
    if (hops === 0) this.#takeRequest()
    this.calls.push(call)
    const rule = this.#rules.find(
      ({ method, pattern }) => (method === '*' || method === call.method) && matches(pattern, call.url),
    )
    if (rule === undefined) return answerToWire(404, { error: 'No mock registered' }, {})
    const { answer, status, headers } = rule
    const location = Object.entries(headers).find(([name]) => name.toLowerCase() === 'location')?.[1]
    if (REDIRECTS.has(status) && location !== undefined) {
      if (hops >= MOST_REDIRECTS)
        throw portError('api_error', `Redirected more than ${MOST_REDIRECTS} times.`, { status_code: 502 })
      return this.request({ ...request, url: new URL(location, call.url).href }, hops + 1)
    }
    const body = typeof answer === 'function' ? answer({ url: call.url, body: call.body }) : answer
    return { ...answerToWire(status, body, headers), url: call.url }
  }

  /** The platform's allowance of an app in a tenant, on the test's clock. */
  #takeRequest(): void {
    const now = this.#clock.now()
    this.#recent = this.#recent.filter((at) => at > now - MINUTE)
    if (this.#recent.length >= PER_MINUTE) {
      const wait = Math.ceil(((this.#recent[0] ?? now) + MINUTE - now) / 1000)
      throw portError('rate_limited', `More than ${PER_MINUTE} requests in a minute.`, { retry_after: wait })
    }
    this.#recent.push(now)
  }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const MOST_REDIRECTS = 5
const PER_MINUTE = 100
const MINUTE = 60_000

function matches(pattern: HttpPattern, url: string): boolean {
  if (typeof pattern === 'string') return url.includes(pattern)
  return pattern instanceof RegExp ? pattern.test(url) : pattern(url)
}

function readCall(request: JsonObject): HttpCall {
  const headers = isObject(request.headers) ? (request.headers as Record<string, string>) : {}
  return {
    method: stringOr(request.method, ''),
    url: stringOr(request.url, ''),
    body: typeof request.body_base64 === 'string' ? readBody(fromUtf8(fromBase64Url(request.body_base64))) : null,
    headers,
  }
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // a form or plain text is recorded as it was sent
  }
}

function answerToWire(status: number, body: JsonValue | Uint8Array, headers: Record<string, string>): JsonObject {
  if (body instanceof Uint8Array)
    return {
      status_code: status,
      headers: { 'content-type': 'application/octet-stream', ...headers },
      body_base64: toBase64Url(body),
    }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  return {
    status_code: status,
    headers: { 'content-type': type, ...headers },
    body_base64: toBase64Url(utf8(text)),
  }
}
