import { runtimeOf } from '../context/runtime.ts'
import { type ActionFailure, ActionResult, type ErrorOptions } from '../values/action-result.ts'
import { isObject, type JsonObject, type JsonPrimitive, type JsonValue, toJson } from '../values/json.ts'

export type PlatformMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface PlatformRequestOptions {
  /** Members of the address; null and undefined ones are left out. */
  query?: Readonly<Record<string, JsonPrimitive | undefined>>
  /** Members that are undefined are left out. */
  body?: object
}

export interface PlatformAnswer<T = JsonValue> {
  readonly status: number
  /** 2xx. */
  readonly ok: boolean
  readonly body: T
  /** What the platform says is wrong, in words for people; empty when nothing is. */
  readonly problem: string
}

/** The platform's own routes, in the name of the calling user and as far as the app's capabilities go. */
export interface PlatformClient {
  /**
   * One request, such as `('GET', '/v1/notifications', { query: { limit: 20 } })`. A refusal is an answer, not an error.
   * Functions that are declared to read may change nothing.
   */
  request<T = JsonValue>(
    method: PlatformMethod,
    path: string,
    options?: PlatformRequestOptions,
  ): Promise<PlatformAnswer<T>>
}

/** One part of a path: `/v1/developer/apps/${segment(appId)}`. */
export const segment = (text: string): string => encodeURIComponent(text)

function problemOf(status: number, body: JsonValue): string {
  if (status < 400) return ''
  const detail = isObject(body) ? body.detail : body
  if (typeof detail === 'string' && detail !== '') return detail
  if (isObject(detail) && typeof detail.message === 'string') return detail.message
  const first = Array.isArray(detail) ? detail[0] : undefined
  if (isObject(first) && typeof first.msg === 'string') return first.msg
  return `The platform answered ${status}.`
}

const withoutEmpty = (query: PlatformRequestOptions['query']): JsonObject =>
  Object.fromEntries(
    Object.entries(query ?? {}).filter((entry): entry is [string, string | number | boolean] => entry[1] != null),
  )

/**
 * The platform as an app that comes with it sees it. Other apps get `ForbiddenError` from each request: they have the
 * clients of their context.
 */
export function platform(ctx: object): PlatformClient {
  const runtime = runtimeOf(ctx)
  if (runtime === undefined) throw new TypeError('ctx was copied; pass the context itself, not a spread of it')
  return {
    async request<T>(method: PlatformMethod, path: string, options: PlatformRequestOptions = {}) {
      const { query, body } = options
      const wire = await runtime.transport.call('platform', 'request', method, path, {
        query: withoutEmpty(query),
        ...(body === undefined ? {} : { body: toJson(JSON.parse(JSON.stringify(body)), 'body') }),
      })
      const { status, body: answered } = isObject(wire) ? wire : { status: 500, body: wire }
      const code = typeof status === 'number' ? status : 500
      const value = (answered ?? null) as JsonValue // JSON came in
      return { status: code, ok: code >= 200 && code < 300, body: value as T, problem: problemOf(code, value) }
    },
  }
}

/**
 * A failure that also says to programs what is wrong: people read the message. For apps that come with the platform; those
 * of others answer nothing beside their words and a code (sdk.md 4.1).
 */
export const failureWith = (message: string, data: JsonObject, options?: ErrorOptions): ActionFailure => ({
  ...ActionResult.error(message, options),
  data: data as ActionFailure['data'], // its public type says that there is none
})
