import type * as z from 'zod'
import { fromBase64Url, fromStrictUtf8, fromUtf8, toBase64Url, utf8 } from '../encoding.ts'
import { HttpStatusError, ValidationError } from '../errors.ts'
import { refuse } from '../refuse.ts'
import { entries, freeze, fromEntries, isObject, type JsonValue, numberOr, stringOr, toJson } from '../values/json.ts'
import type { Transport } from './transport.ts'
import { withSignal } from './with-signal.ts'

/** An answer of `ctx.http`. JSON content types come parsed, other text as text, the rest as bytes, nothing as `""`. */
export interface HttpResponse {
  readonly statusCode: number
  /** 200 to 299. */
  readonly ok: boolean
  readonly headers: Readonly<Record<string, string>>
  /** The address that answered, after redirects; empty where the platform does not say. */
  readonly url: string
  readonly body: JsonValue | Uint8Array
  readonly text: string
  /** @throws ValidationError when the body is not JSON */
  json<T = JsonValue>(): T
  /** The JSON body, checked. @throws z.ZodError */
  parse<S extends z.ZodType>(schema: S): z.output<S>
  bytes(): Uint8Array
  /** @throws HttpStatusError from 400 up */
  raiseForStatus(): this
}

export interface HttpRequestOptions {
  headers?: Record<string, string>
  params?: Record<string, string | number | boolean>
  json?: unknown
  form?: Record<string, string>
  content?: string | Uint8Array
  /** Seconds: 30 unless told, 180 at most. */
  timeout?: number
  signal?: AbortSignal
}

/** Outbound HTTP; the platform refuses private networks and follows at most 5 redirects. */
export interface HttpClient {
  get(url: string, options?: Omit<HttpRequestOptions, 'json' | 'form' | 'content'>): Promise<HttpResponse>
  post(url: string, options?: HttpRequestOptions): Promise<HttpResponse>
  put(url: string, options?: HttpRequestOptions): Promise<HttpResponse>
  patch(url: string, options?: HttpRequestOptions): Promise<HttpResponse>
  delete(url: string, options?: HttpRequestOptions): Promise<HttpResponse>
}

const DEFAULT_TIMEOUT_SECONDS = 30
const MAX_TIMEOUT_SECONDS = 180

export function createHttp(transport: Transport): HttpClient {
  const request = async (method: string, url: string, options: HttpRequestOptions = {}): Promise<HttpResponse> => {
    const timeout = checkedTimeout(options.timeout)
    const { headers, body } = requestBody(options)
    const answer = transport.call('http', 'request', {
      method,
      url: withParams(url, options.params),
      headers,
      body_base64: body === null ? null : toBase64Url(body),
      timeout,
    })
    return responseFromWire(await withSignal(answer, options.signal))
  }
  const by = (method: string) => (url: string, options?: HttpRequestOptions) => request(method, url, options)
  return freeze({ get: by('GET'), post: by('POST'), put: by('PUT'), patch: by('PATCH'), delete: by('DELETE') })
}

function checkedTimeout(timeout = DEFAULT_TIMEOUT_SECONDS): number {
  if (timeout > MAX_TIMEOUT_SECONDS) {
    refuse(
      'timeout',
      `ctx.http timeout ${timeout}s exceeds federal cap (${MAX_TIMEOUT_SECONDS}s); move longer work to ctx.backgroundTask`,
    )
  }
  if (timeout > 0) return timeout
  refuse('timeout', `ctx.http timeout must be more than 0 s, not ${timeout}`)
}

function withParams(url: string, params: HttpRequestOptions['params']): string {
  if (typeof url !== 'string' || !URL.canParse(url)) refuse('url', 'The address is not a URL')
  if (params === undefined) return url
  const target = new URL(url)
  for (const [name, value] of entries(params)) target.searchParams.set(name, String(value))
  return target.href
}

interface RequestBody {
  headers: Record<string, string>
  body: Uint8Array | null
}

function requestBody({ headers = {}, json, form, content }: HttpRequestOptions): RequestBody {
  if ([json, form, content].filter((value) => value !== undefined).length > 1) {
    refuse('content', 'A request has one body: json, form or content')
  }
  if (json !== undefined) return typed(headers, 'application/json', JSON.stringify(toJson(json, 'json')))
  if (form !== undefined)
    return typed(headers, 'application/x-www-form-urlencoded', new URLSearchParams(form).toString())
  if (content === undefined) return { headers, body: null }
  return typeof content === 'string' ? typed(headers, 'text/plain; charset=utf-8', content) : { headers, body: content }
}

function typed(headers: Record<string, string>, type: string, text: string): RequestBody {
  const has = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return { headers: has ? headers : { ...headers, 'content-type': type }, body: utf8(text) }
}

/** Reads `{status_code, headers, body_base64, url}`. */
export function responseFromWire(wire: unknown): HttpResponse {
  const answer = isObject(wire) ? wire : {}
  const headers = isObject(answer.headers)
    ? fromEntries(entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
    : {}
  return new ReceivedResponse(answer, headers, fromBase64Url(stringOr(answer.body_base64, '')))
}

class ReceivedResponse implements HttpResponse {
  readonly statusCode: number
  readonly ok: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
  readonly body: JsonValue | Uint8Array
  readonly #bytes: Uint8Array

  constructor(wire: Readonly<Record<string, unknown>>, headers: Record<string, string>, bytes: Uint8Array) {
    const status = numberOr(wire.status_code, 0)
    this.statusCode = status
    this.url = stringOr(wire.url, '')
    this.ok = status >= 200 && status <= 299
    this.headers = freeze(headers)
    this.#bytes = bytes
    this.body = readBody(headers['content-type'] ?? '', bytes)
  }

  get text(): string {
    return fromUtf8(this.#bytes)
  }

  json<T = JsonValue>(): T {
    try {
      return JSON.parse(this.text) as T
    } catch (cause) {
      throw Object.assign(new ValidationError('body', `The answer (HTTP ${this.statusCode}) is not JSON`), { cause })
    }
  }

  parse<S extends z.ZodType>(schema: S): z.output<S> {
    return schema.parse(this.json())
  }

  bytes(): Uint8Array {
    return this.#bytes
  }

  raiseForStatus(): this {
    if (this.statusCode < 400) return this
    throw new HttpStatusError(this.statusCode, this.body instanceof Uint8Array ? this.text : this.body)
  }
}

function readBody(contentType: string, bytes: Uint8Array): JsonValue | Uint8Array {
  if (bytes.length === 0) return ''
  const text = fromStrictUtf8(bytes)
  if (text === undefined) return bytes
  if (!/[/+]json\b/i.test(contentType)) return text
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text // announced as JSON but is not: the author sees what came
  }
}
