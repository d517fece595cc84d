import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../encoding.ts'
import { refuse } from '../refuse.ts'
import {
  entries,
  freeze,
  fromEntries,
  isObject,
  type JsonObject,
  type JsonValue,
  numberOr,
  stringOr,
  toJson,
} from './json.ts'

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const
export type HttpMethod = (typeof HTTP_METHODS)[number]

/** An HTTP request that reached `ext.webhook`. `headers` finds a name whatever its letter case. */
export interface WebhookRequest {
  readonly method: HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly rawBody: Uint8Array
  readonly queryParams: Readonly<Record<string, string>>
  text(): string
  json<T = JsonValue>(): T
  header(name: string): string | undefined
}

/** The members of a request that a caller may leave out. */
export interface WebhookRequestParts {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly rawBody: Uint8Array
  readonly queryParams?: Readonly<Record<string, string>> | undefined
}

function anyCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const lower = fromEntries(entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const key = (name: string | symbol) => (typeof name === 'string' ? name.toLowerCase() : name)
  return new Proxy(freeze(lower), {
    get: (target, name) => Reflect.get(target, key(name)),
    has: (target, name) => Reflect.has(target, key(name)),
  })
}

export function createWebhookRequest(parts: WebhookRequestParts): WebhookRequest {
  const headers = anyCase(parts.headers ?? {})
  const body = fromUtf8(parts.rawBody)
  return freeze({
    method: HTTP_METHODS.find((method) => method === parts.method) ?? 'POST',
    headers,
    body,
    rawBody: parts.rawBody,
    queryParams: freeze({ ...parts.queryParams }),
    text: () => body,
    json: <T>() => JSON.parse(body) as T,
    header: (name: string) => headers[name],
  })
}

/** Reads `{method, headers, body_base64, query_params}`. */
export function webhookRequestFromWire(wire: unknown): WebhookRequest {
  const request = isObject(wire) ? wire : {}
  return createWebhookRequest({
    method: stringOr(request.method, 'POST'),
    headers: texts(request.headers),
    rawBody: fromBase64Url(stringOr(request.body_base64, '')),
    queryParams: texts(request.query_params),
  })
}

function texts(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  return fromEntries(entries(value).map(([name, text]) => [name, String(text)]))
}

/** An HTTP answer of a webhook. A text body is sent as it is, anything else as JSON. */
export interface WebhookResponse {
  readonly statusCode: number
  readonly body: JsonValue
  readonly headers: Readonly<Record<string, string>>
}

function response(statusCode: number, body: JsonValue, headers: Record<string, string> = {}): WebhookResponse {
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) {
    refuse('status', `An HTTP status is between 100 and 599, not ${statusCode}`)
  }
  return freeze({ statusCode, body, headers: freeze(headers) })
}

export const WebhookResponse = freeze({
  ok: (body: JsonValue = 'OK'): WebhookResponse => response(200, body),
  error: (message: string, status = 400): WebhookResponse => response(status, { error: message }),
  redirect: (location: string, status: 302 | 303 | 307 = 302): WebhookResponse => response(status, '', { location }),
})

/** What a webhook handler may return: a response, the JSON body of a 200 answer, a text body, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler may simply end
export type WebhookAnswer = WebhookResponse | JsonObject | string | void

function isResponse(value: Record<string, unknown>): value is Record<string, unknown> & WebhookResponse {
  return typeof value.statusCode === 'number' && 'body' in value && isObject(value.headers)
}

/** Reads what a handler returned: a response, an object (its control keys `status_code`, `headers`, `body`), a text, or nothing. */
export function toWebhookResponse(value: unknown): WebhookResponse {
  if (value === undefined || value === null) return response(200, '')
  if (!isObject(value)) return response(200, typeof value === 'string' ? value : toJson(value, 'body'))
  if (isResponse(value)) return response(value.statusCode, toJson(value.body, 'body'), texts(value.headers))
  const { status_code: status, headers, body, ...rest } = value
  return response(numberOr(status, 200), toJson(body === undefined ? rest : body, 'body'), texts(headers))
}

/** The `WebhookReply` of the contract. */
export function webhookResponseToWire({ statusCode, body, headers }: WebhookResponse): JsonObject {
  const lower = fromEntries(entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  return {
    status_code: statusCode,
    headers: text === '' ? lower : { 'content-type': type, ...lower },
    body_base64: toBase64Url(utf8(text)),
  }
}

/** The other way round, for tests that read a reply. */
export function webhookResponseFromWire(wire: JsonObject): WebhookResponse {
  const headers = texts(wire.headers)
  const text = fromUtf8(fromBase64Url(stringOr(wire.body_base64, '')))
  const isJson = headers['content-type']?.includes('json') === true
  return response(numberOr(wire.status_code, 200), isJson ? (JSON.parse(text) as JsonValue) : text, headers)
}
