import type { z } from 'zod'

/** Auth kinds of api.md 1.3; `optional` accepts an anonymous caller and a signed-in one. */
export type AuthKind =
  | 'none'
  | 'optional'
  | 'user'
  | 'user-jwt'
  | 'panel'
  | 'panel-or-svc'
  | 'admin'
  | 'dev'
  | 'svc'
  | 'svc-or-user'
  | 'regkey'
  | 'svc-or-admin'
  | 'call'

/**
 * Who a route is for (api.md 2.4). `public`: the 134 documented paths. `client`: for our own panel, terminal and packages.
 * `alias`: an older spelling. `internal`: for services of the platform. `registry`: the registry's own surface.
 */
export type Surface = 'public' | 'client' | 'alias' | 'internal' | 'registry' | 'meta'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** How a body travels when it is not JSON. */
export type BodyKind = 'json' | 'multipart' | 'raw' | 'none'

type Shape = z.ZodType | undefined
type Out<S extends Shape> = S extends z.ZodType ? z.output<S> : Record<string, never>
type In<S extends Shape> = S extends z.ZodType ? z.input<S> : undefined

/** One REST operation as data: the handler, OpenAPI, the typed client and the docs table all come from it. */
export interface Route<
  P extends Shape = Shape,
  Q extends Shape = Shape,
  B extends Shape = Shape,
  R extends z.ZodType = z.ZodType,
> {
  readonly id: string
  readonly method: HttpMethod
  /** With `{name}` parameters, as the documents print it. */
  readonly path: string
  readonly auth: AuthKind
  /**
   * The scope that a narrowed API key must list to come in here; unless said otherwise that of `keyScopeOf`. Null: any
   * key comes in, because the handler itself holds what the key lists against what is asked for.
   */
  readonly keyScope?: string | null
  readonly summary: string
  readonly tag: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly bodyKind?: BodyKind
  /** Status of success, 200 unless said otherwise. */
  readonly status?: number
  readonly response: R
  /** `json` unless the route streams, serves bytes or answers what a handler returned. */
  readonly responseKind?: 'json' | 'stream' | 'bytes'
  readonly errors?: readonly string[]
  /** Changes nothing although it is no GET: what it is asked does not fit into an address. */
  readonly reads?: true
  /** The only kind of call whose token opens a `call` route; absent: any (api.md 1.8). */
  readonly callTool?: 'skeleton'
  /** A key of the app that the path names opens it, too (api.md 1.7). */
  readonly appKey?: boolean
  /** Beside an administration kind: not for administrators of single tenants (api.md 7.2). */
  readonly platformOnly?: boolean
  /** Answers while accounts cannot be read: a token that was signed here and has not expired then counts by what it says. */
  readonly withoutAccounts?: true
  /** Path of what took its place (api.md 1.15): the route still answers, and says so in a header and in the document. */
  readonly deprecated?: string
  /** Which description lists it; unless said otherwise that of `surfaceOf`. */
  readonly surface?: Surface
  /** Seconds within which the whole body has to arrive, else 408. Absent: 30, and one more for each 64 KiB beyond 1 MiB that it may have. */
  readonly readSeconds?: number
  /** Largest body in bytes; 1 MiB unless said otherwise. */
  readonly bodyLimit?: number
  /** Largest single file of a multipart body in bytes; 12 MiB unless said otherwise. */
  readonly fileLimit?: number
  /** Requests per window for one key, in production figures (api.md 1.13). */
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number; readonly key: 'ip' | 'user' | 'app' }
}

// Variance: a concrete route must be usable where any route is expected.
// biome-ignore lint/suspicious/noExplicitAny: existential over four schemas
export type AnyRoute = Route<any, any, any, any>
export type RouteParams<T> = T extends Route<infer P, infer _Q, infer _B, infer _R> ? Out<P> : never
export type RouteQuery<T> = T extends Route<infer _P, infer Q, infer _B, infer _R> ? Out<Q> : never
export type RouteBody<T> = T extends Route<infer _P, infer _Q, infer B, infer _R> ? Out<B> : never
export type RouteQueryInput<T> = T extends Route<infer _P, infer Q, infer _B, infer _R> ? In<Q> : never
export type RouteBodyInput<T> = T extends Route<infer _P, infer _Q, infer B, infer _R> ? In<B> : never
export type RouteResponse<T> = T extends Route<infer _P, infer _Q, infer _B, infer R> ? z.output<R> : never
export type RouteResponseInput<T> = T extends Route<infer _P, infer _Q, infer _B, infer R> ? z.input<R> : never

// Signed-in people, and services in their name. Administration asks for an admin scope by a rule of its own, and a sign-in is no key.
const FOR_KEYS: ReadonlySet<AuthKind> = new Set(['optional', 'user', 'dev', 'svc-or-user', 'regkey'])

/**
 * What an API key that was made for certain scopes (not for `*`) must list to open a route of the kinds `user`, `dev`,
 * `svc-or-user` and `regkey` (api.md 1.7): `<area>:read` for GET and `<area>:write` for every other method, the area
 * being the first part of the route's id; `*`, `<area>:*` or exactly this. Where the kind is `optional`, a key without it
 * counts as nobody. Null: the kind knows no such scope, or the handler checks the key itself.
 */
export function keyScopeOf(route: Pick<AnyRoute, 'id' | 'method' | 'auth' | 'keyScope'>): string | null {
  if (!FOR_KEYS.has(route.auth)) return null
  if (route.keyScope !== undefined) return route.keyScope
  return `${route.id.split('.', 1)[0]}:${route.method === 'GET' ? 'read' : 'write'}`
}

/** Whether a key with these scopes opens what asks for `scope`. Unlike for functions of apps, `extensions:…` covers only its own area. */
export const keyOpens = (listed: readonly string[], scope: string): boolean =>
  listed.includes('*') || listed.includes(scope) || listed.includes(scope.replace(/:.*/, ':*'))

/** The surface of a route: said by itself, else read off its path and area. */
export function surfaceOf(route: Pick<AnyRoute, 'id' | 'path' | 'surface'>): Surface {
  if (route.surface !== undefined) return route.surface
  if (route.path.includes('/internal/')) return 'internal'
  if (route.id.startsWith('registry.')) return 'registry'
  return route.id.startsWith('meta.') ? 'meta' : 'public'
}

export function defineRoute<
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends Shape = undefined,
  R extends z.ZodType = z.ZodType,
>(route: Route<P, Q, B, R>): Route<P, Q, B, R> {
  return Object.freeze(route)
}
