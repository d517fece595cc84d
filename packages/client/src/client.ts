import type { AnyRoute, RouteBodyInput, RouteParams, RouteQueryInput, RouteResponse } from '@imperal/contract'
import { ApiError, apiErrorOf } from './api-error.ts'
import type { CallTokenClaims } from './call-token.ts'

export interface ClientOptions {
  /** Without a trailing slash; `''` for the page's own origin. */
  readonly baseUrl: string
  readonly fetch?: typeof fetch
  /** The current access token, or null when signed out. Asked for every request. */
  readonly token?: () => string | null | Promise<string | null>
  /** Called after a 401; true means that a new token is there and the request is sent once more. */
  readonly refresh?: () => Promise<boolean>
  readonly headers?: Readonly<Record<string, string>>
  /** Makes the call token of a request to a route that takes one, beside the service token of `headers`: a new one for each. */
  readonly callToken?: (claims: CallTokenClaims) => Promise<string>
}

export interface RequestOptions<T> {
  readonly params?: Partial<RouteParams<T>> | Readonly<Record<string, string>>
  readonly query?: Partial<RouteQueryInput<T>>
  readonly body?: RouteBodyInput<T> | FormData
  readonly signal?: AbortSignal
  readonly idempotencyKey?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Client {
  readonly baseUrl: string
  /** Sends one operation of the contract. @throws ApiError for every answer that is not 2xx and for network failures */
  send<T extends AnyRoute>(route: T, options?: RequestOptions<T>): Promise<RouteResponse<T>>
  /** The same, with the response itself: for streams, bytes and headers. */
  raw<T extends AnyRoute>(route: T, options?: RequestOptions<T>): Promise<Response>
}

/** Fills `{name}` parameters; every value is escaped, except the rest parameter `{name*}`, which keeps its slashes. */
export function pathOf(route: AnyRoute, params: Readonly<Record<string, unknown>> = {}): string {
  return route.path.replace(/\{(\w+)(\*?)\}/g, (_match: string, name: string, rest: string) => {
    const value = params[name]
    if (value === undefined) throw new TypeError(`The path ${route.path} needs the parameter ${name}.`)
    const parts = rest ? String(value).split('/') : [String(value)]
    return parts.map(encodeURIComponent).join('/')
  })
}

export function queryOf(query: Readonly<Record<string, unknown>> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

export function createClient(options: ClientOptions): Client {
  const doFetch = options.fetch ?? fetch

  const attempt = async (route: AnyRoute, request: RequestOptions<AnyRoute>): Promise<Response> => {
    const token = (await options.token?.()) ?? null
    const form = request.body instanceof FormData
    const headers: Record<string, string> = { ...options.headers, ...request.headers }
    if (token !== null) headers.authorization = `Bearer ${token}`
    if (route.auth === 'call' && options.callToken) {
      const { app_id: appId, user_id: userId } = request.params as Readonly<Record<string, string>>
      const claims = { appId: String(appId), userId: String(userId), toolType: route.callTool ?? ('tool' as const) }
      headers.authorization = `ImperalCallToken ${await options.callToken(claims)}`
    }
    if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey
    if (request.body !== undefined && !form) headers['content-type'] = 'application/json'
    const url =
      options.baseUrl +
      pathOf(route, request.params as Record<string, unknown>) +
      queryOf(request.query as Record<string, unknown>)
    try {
      return await doFetch(url, {
        method: route.method,
        headers,
        ...(request.body === undefined
          ? {}
          : { body: form ? (request.body as FormData) : JSON.stringify(request.body) }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      })
    } catch (cause) {
      if (request.signal?.aborted) throw cause
      throw new ApiError({
        status: 0,
        code: 'network',
        message: `The server at ${options.baseUrl || 'this address'} does not answer.`,
        cause,
      })
    }
  }

  const raw = async (route: AnyRoute, request: RequestOptions<AnyRoute> = {}): Promise<Response> => {
    let response = await attempt(route, request)
    if (response.status === 401 && options.refresh && (await options.refresh()))
      response = await attempt(route, request)
    if (!response.ok) throw await apiErrorOf(response)
    return response
  }

  return {
    baseUrl: options.baseUrl,
    raw: raw as Client['raw'],
    send: (async (route: AnyRoute, request?: RequestOptions<AnyRoute>) =>
      (await raw(route, request)).json()) as Client['send'],
  }
}
