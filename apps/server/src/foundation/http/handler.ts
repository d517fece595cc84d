import type { Readable } from 'node:stream'
import type { AnyRoute, Route, RouteBody, RouteParams, RouteQuery, RouteResponseInput } from '@imperal/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CallClaims, Principal } from './principal.ts'

export interface UploadedFile {
  readonly filename: string
  readonly mime: string
  readonly content: Buffer
}

/** What a handler gets: values that are already validated, and the caller. */
export interface RouteRequest<T> {
  readonly params: RouteParams<T>
  readonly query: RouteQuery<T>
  readonly body: RouteBody<T>
  /** Files of a multipart body by field name; text fields are in `body`. */
  readonly files: Readonly<Record<string, UploadedFile>>
  /** Raw bytes of a `raw` body. */
  readonly raw: Buffer
  /** The caller; for `none` and anonymous `optional` routes it is null. */
  readonly principal: Principal | null
  /** What the call token of a `call` route was made for. Throws on routes of other kinds. */
  readonly callClaims: CallClaims
  /** The signed-in user of a `user`, `dev`, `admin`… route. Throws for anonymous and service callers without an acting user. */
  readonly user: Principal & { readonly userId: string }
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly ip: string
  readonly requestId: string
  readonly signal: AbortSignal
  /** Only for routes that stream: the framework's own objects. */
  readonly http: { readonly request: FastifyRequest; readonly reply: FastifyReply }
}

/** An answer with its own status or headers; plain return values are sent with the route's status. */
export class RouteReply<T> {
  readonly status: number
  readonly body: T
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, body: T, headers: Readonly<Record<string, string>> = {}) {
    this.status = status
    this.body = body
    this.headers = headers
  }
}
export const reply = <T>(status: number, body: T, headers?: Readonly<Record<string, string>>): RouteReply<T> =>
  new RouteReply(status, body, headers)

/** A handler that took over the socket (`reply.hijack()`) returns this. */
export const HIJACKED = Symbol('hijacked')

export interface MountedRoute {
  readonly route: AnyRoute
  // biome-ignore lint/suspicious/noExplicitAny: existential over the route's schemas
  readonly handle: (request: RouteRequest<any>) => Promise<unknown>
  /**
   * Whose limit a request without a credential counts against, where its body names a user; null: its address. The body is
   * as it came.
   */
  readonly countsFor?: ((body: unknown) => Promise<string | null>) | undefined
  /** `WWW-Authenticate` of its 401, where a client learns more from it than that a bearer token is wanted. */
  readonly challenge?: string | undefined
}

type Answer<T> =
  | RouteResponseInput<T>
  | RouteReply<RouteResponseInput<T>>
  | RouteReply<Buffer | string | Readable>
  | typeof HIJACKED

/** Joins a route of the contract with its handler. The value is checked against the response schema in development and tests. */
// biome-ignore lint/suspicious/noExplicitAny: any route fits
export function implement<T extends Route<any, any, any, any>>(
  route: T,
  handle: (request: RouteRequest<T>) => Promise<Answer<T>> | Answer<T>,
  more: Pick<MountedRoute, 'countsFor' | 'challenge'> = {},
): MountedRoute {
  return { route, handle: async (request) => handle(request as RouteRequest<T>), ...more }
}
