import type {} from '@fastify/multipart'
import { type AnyRoute, keyOpens, keyScopeOf } from '@imperal/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { z } from 'zod'
import { PlatformError } from '../errors.ts'
import { hexId } from '../ids.ts'
import type { Log } from '../log.ts'
import { noTelemetry, type Telemetry } from '../telemetry/index.ts'
import { withLogContext } from '../trace-context.ts'
import { keepToActingUser, type TenantOf } from './acting.ts'
import { mayAdminister, runsInstallation } from './administration.ts'
import { wholeCount } from './bare-lists.ts'
import { type FailedCredentials, openFailedCredentials } from './failed-credentials.ts'
import { HIJACKED, type MountedRoute, RouteReply, type RouteRequest, type UploadedFile } from './handler.ts'
import type { Idempotency } from './idempotency.ts'
import type { CallClaims, Principal } from './principal.ts'
import { httpErrors, RequestInvalid, toErrorAnswer } from './problem.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { readSecondsOf, readWithin } from './read-within.ts'
import { runOnce } from './run-once.ts'

export interface MountOptions {
  readonly log: Log
  authenticate(request: FastifyRequest, options: { readonly withoutAccounts: boolean }): Promise<Principal | null>
  /** Verifies the call token of a `call` route and uses it up (api.md 1.8). @throws unauthenticated */
  readonly redeemCallToken?: (authorization: string | undefined) => Promise<CallClaims>
  /** Whom services may name that act for an administrator; absent: nobody else. */
  readonly tenantOf?: TenantOf
  /** Absent: `Idempotency-Key` is ignored. */
  readonly idempotency?: Idempotency
  /** Told of every request that is answered 401 for want of a usable credential. */
  readonly onUnauthenticated?: (request: FastifyRequest, code: string) => void
  readonly limiter: RateLimiter
  /** Absent: nothing is traced. */
  readonly telemetry?: Telemetry | undefined
  /** Shared by everything that is mounted on one listener; made here when absent. */
  readonly failures?: FailedCredentials
  /** Multiplies every documented limit; 0 switches limits off. */
  readonly limitFactor: number
  /** Put before every path, for the registry under `/registry`. */
  readonly prefix?: string
  /** Checks answers against the response schema: on in development and tests. */
  readonly checkResponses: boolean
}

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/

/** The id of a request: the client's when it is well formed, else a new one. */
export function requestIdOf(headers: Readonly<Record<string, unknown>>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : hexId('req').slice(0, 28)
}

/** The scope that the caller's key would need and does not list; null: none. Applies to a key's stream ticket as well. */
function lackedScope(route: AnyRoute, principal: Principal | null): string | null {
  const scope = principal?.limitedTo === undefined ? null : keyScopeOf(route)
  return scope === null || keyOpens(principal?.limitedTo ?? [], scope) ? null : scope
}

/**
 * Keys of the registry open the registry; one of a single app opens that app there, and where a route says so, as its
 * owner. @throws HTTP_FORBIDDEN
 */
function asRegistryKey(route: AnyRoute, request: FastifyRequest, principal: Principal | null): Principal | null {
  if (principal?.credential !== 'registry_key' && principal?.credential !== 'app_key') return principal
  if (route.auth === 'optional') return null
  const { appKey } = principal
  const refuse = () => httpErrors.FORBIDDEN({ reason: 'This key opens the registry, and there only its app.' })
  if (appKey === undefined) {
    if (route.auth !== 'regkey') throw refuse()
    return principal
  }
  const named = (request.params as { app_id?: unknown }).app_id
  const fits = route.appKey === true && (named === undefined || named === appKey.appId)
  if (!fits || (appKey.scope === 'readonly' && route.method !== 'GET')) throw refuse()
  return route.auth === 'regkey' ? principal : appKey.owner
}

function admit(route: AnyRoute, principal: Principal | null): void {
  const kind = route.auth
  if (kind === 'none' || kind === 'optional') return
  if (!principal) throw httpErrors.UNAUTHENTICATED()
  const service = principal.kind === 'service'
  const forbid = (reason: string) => httpErrors.FORBIDDEN({ reason })
  const lacked = lackedScope(route, principal)
  if (lacked !== null) throw forbid(`This API key does not have the scope ${lacked}, which this address needs.`)
  if (kind === 'svc' || kind === 'call') {
    if (!service) throw forbid('This address is for services of the platform.')
    return
  }
  // A service alone is enough; the user that it names must be an administrator.
  if (kind === 'svc-or-admin' && service && principal.userId === null) return
  if (kind === 'admin' || kind === 'svc-or-admin') {
    if (principal.role !== 'admin' || (service && principal.userId === null))
      throw forbid('This needs an administrator.')
    if (!mayAdminister(principal)) throw forbid('An API key opens this only when it lists an admin scope.')
    if (route.platformOnly === true && !runsInstallation(principal))
      throw forbid('This needs an administrator of the installation.')
    return
  }
  if (kind === 'regkey') {
    const byKey = principal.credential === 'api_key' || principal.credential === 'app_key'
    if (!service && principal.role !== 'admin' && !byKey) throw forbid('This needs a registry key.')
    return
  }
  if (kind === 'svc-or-user' && service) return
  if (principal.userId === null) throw forbid('Name the acting user in X-Acting-User.')
  if (kind === 'user-jwt' && principal.credential === 'api_key') throw forbid('An API key may not do that; sign in.')
  if (kind === 'panel-or-svc' && service) return
  if ((kind === 'panel' || kind === 'panel-or-svc') && (principal.credential !== 'jwt' || principal.tokenUse !== null))
    throw httpErrors.PANEL_REQUIRED()
  if (kind === 'dev' && !principal.isDeveloper && principal.role !== 'admin') throw forbid('not a registered developer')
}

/** The caller whom this route lets in; null for nobody where that is allowed. */
async function callerOf(
  route: AnyRoute,
  request: FastifyRequest,
  options: MountOptions & { readonly failures: FailedCredentials },
): Promise<Principal | null> {
  // A public address must not answer 401 for a stale token, or for a credential that is meant for somebody else.
  if (route.auth === 'none') return null
  const wait = options.failures.waitOf(request.ip)
  if (wait !== null) throw httpErrors.RATE_LIMITED({ retryAfter: wait })
  try {
    const given = await options.authenticate(request, { withoutAccounts: route.withoutAccounts === true })
    const sender = asRegistryKey(route, request, given)
    // What is open to everybody stays open to a key that may not look at its owner's side of it.
    const principal = route.auth === 'optional' && lackedScope(route, sender) !== null ? null : sender
    admit(route, principal)
    return principal
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'unauthenticated') {
      options.onUnauthenticated?.(request, error.code)
      await options.failures.note(request.ip, error.code)
    }
    throw error
  }
}

function parse(schema: z.ZodType | undefined, value: unknown, place: string): unknown {
  if (!schema) return {}
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new RequestInvalid(
    parsed.error.issues.map((issue) => ({
      loc: [place, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))],
      msg: issue.message,
      type: issue.code,
    })),
  )
}

async function readMultipart(
  request: FastifyRequest,
  fileSize: number | undefined,
): Promise<{ fields: Record<string, string>; files: Record<string, UploadedFile> }> {
  if (!request.isMultipart()) return { fields: (request.body ?? {}) as Record<string, string>, files: {} }
  const fields: Record<string, string> = {}
  const files: Record<string, UploadedFile> = {}
  try {
    for await (const part of request.parts(fileSize === undefined ? {} : { limits: { fileSize } })) {
      if (part.type === 'file') {
        files[part.fieldname] = { filename: part.filename, mime: part.mimetype, content: await part.toBuffer() }
      } else {
        fields[part.fieldname] = String(part.value)
      }
    }
  } catch (error) {
    // What the parser has to complain about has no code; limits do.
    if (/LIMIT|TOO_LARGE/.test(String((error as { code?: unknown } | null)?.code ?? ''))) throw error
    throw httpErrors.BAD_FORM({}, error)
  }
  return { fields, files }
}

function requestFor(
  route: AnyRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal | null,
): RouteRequest<AnyRoute> {
  const abort = new AbortController()
  request.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort()
  })
  return {
    params: parse(route.params, request.params, 'path') as never,
    query: parse(route.query, request.query, 'query') as never,
    body: {} as never,
    files: {},
    raw: Buffer.alloc(0),
    principal,
    get callClaims(): CallClaims {
      throw new Error(`${route.id} takes no call token`)
    },
    get user() {
      if (principal?.userId == null) throw httpErrors.UNAUTHENTICATED()
      return principal as Principal & { userId: string }
    },
    headers: request.headers,
    ip: request.ip,
    requestId: request.id,
    signal: abort.signal,
    http: { request, reply },
  }
}

async function withBody(
  route: AnyRoute,
  request: FastifyRequest,
  base: RouteRequest<AnyRoute>,
): Promise<RouteRequest<AnyRoute>> {
  if (route.bodyKind === 'raw')
    return Object.assign(base, { raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) })
  if (!route.body) return base
  if (route.bodyKind === 'multipart') {
    const { fields, files } = await readMultipart(request, route.fileLimit)
    return Object.assign(base, { body: parse(route.body, fields, 'body'), files })
  }
  return Object.assign(base, { body: parse(route.body, request.body ?? {}, 'body') })
}

/** What the call token opens; which that must be stands in the path. Null on routes that take none. */
async function redeem(route: AnyRoute, request: FastifyRequest, options: MountOptions): Promise<CallClaims | null> {
  if (route.auth !== 'call') return null
  const { authorization } = request.headers
  if (options.redeemCallToken === undefined) throw httpErrors.UNAUTHENTICATED()
  const claims = await options.redeemCallToken(typeof authorization === 'string' ? authorization : undefined)
  const path = request.params as Readonly<Record<string, unknown>>
  const fits =
    path.app_id === claims.appId &&
    path.user_id === claims.userId &&
    (route.callTool === undefined || route.callTool === claims.toolType)
  if (!fits) throw httpErrors.FORBIDDEN({ reason: 'This call token was made for another app, user or kind of call.' })
  return claims
}

async function limit(
  { route, countsFor }: MountedRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal | null,
  options: MountOptions,
): Promise<void> {
  if (options.limitFactor === 0 || principal?.kind === 'service') return
  const rule = route.rateLimit ?? {
    limit: principal ? 300 : 60,
    windowSeconds: 60,
    key: principal ? ('user' as const) : ('ip' as const),
  }
  const user = rule.key === 'ip' ? null : (principal?.userId ?? (await countsFor?.(request.body)) ?? null)
  const who = user ?? request.ip
  const name = route.rateLimit ? route.id : 'default'
  const verdict = await options.limiter.take(
    `${name}:${rule.key}:${who}`,
    rule.limit * options.limitFactor,
    rule.windowSeconds,
  )
  reply
    .header('ratelimit-limit', verdict.limit)
    .header('ratelimit-remaining', verdict.remaining)
    .header('ratelimit-reset', verdict.reset)
  if (!verdict.allowed) throw httpErrors.RATE_LIMITED({ retryAfter: verdict.reset })
}

// A busy route does not pay for every answer: what a thousand of them did not show, samples will.
const ALWAYS_CHECKED = 1_000
const CHECKED_ONE_IN = 16
const answered = new WeakMap<AnyRoute, number>()
function isChecked(route: AnyRoute): boolean {
  const before = answered.get(route) ?? 0
  answered.set(route, before + 1)
  return before < ALWAYS_CHECKED || before % CHECKED_ONE_IN === 0
}

function send(route: AnyRoute, value: unknown, reply: FastifyReply, options: MountOptions): FastifyReply {
  const answer = value instanceof RouteReply ? value : new RouteReply(route.status ?? 200, value)
  reply.code(answer.status).headers(answer.headers)
  const whole = reply.hasHeader('x-total-count') ? null : wholeCount(route, answer.body)
  if (whole !== null) reply.header('x-total-count', whole)
  const json =
    (route.responseKind ?? 'json') === 'json' && !Buffer.isBuffer(answer.body) && !reply.hasHeader('content-type')
  if (!json) return reply.send(answer.body)
  if (options.checkResponses && answer.status < 300 && isChecked(route)) {
    const checked = route.response.safeParse(answer.body)
    if (!checked.success) {
      options.log.error(
        { route: route.id, issues: checked.error.issues.slice(0, 5) },
        'an answer does not match its documented shape',
      )
    }
  }
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(answer.body ?? {}))
}

/** `/v1/a/{b}` → `/v1/a/:b`; a last `{path*}` takes the rest with slashes. */
export const pattern = (path: string): string => path.replace(/\{(\w+)\*\}$/, '*').replace(/\{(\w+)\}/g, ':$1')

/** Where the trace of the caller goes on. */
const parentOf = ({ headers }: FastifyRequest): string | undefined =>
  typeof headers.traceparent === 'string' ? headers.traceparent : undefined

const challengeWith =
  (challenge: string) =>
  async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (reply.statusCode === 401) reply.header('www-authenticate', challenge)
  }

/** Turns routes of the contract into fastify routes. No route can skip authentication: `auth` is a required member. */
export function mountRoutes(app: FastifyInstance, routes: readonly MountedRoute[], options: MountOptions): void {
  const failures = options.failures ?? openFailedCredentials({ ...options, now: Date.now })
  const telemetry = options.telemetry ?? noTelemetry()
  const answer = async (
    mounted: MountedRoute,
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  ) => {
    const { route, handle } = mounted
    const principal = await callerOf(route, request, { ...options, failures })
    if (route.auth !== 'none') reply.header('cache-control', 'no-store')
    if (route.deprecated !== undefined)
      reply.header('deprecation', 'true').header('link', `<${route.deprecated}>; rel="successor-version"`)
    await limit(mounted, request, reply, principal, options)
    const claims = await redeem(route, request, options)
    const base = requestFor(route, request, reply, principal)
    const bare = claims === null ? base : Object.create(base, { callClaims: { value: claims } })
    const full = await withBody(route, request, bare)
    await keepToActingUser(route, full, options.tenantOf ?? (async () => null))
    const value = await runOnce(route, full, { ...options, handle: () => handle(full) })
    return value === HIJACKED ? reply : send(route, value, reply, options)
  }
  for (const mounted of routes) {
    const { route } = mounted
    const config: Readonly<Record<string, string>> = { bodyKind: route.bodyKind ?? 'json' }
    app.route({
      method: route.method as HTTPMethods,
      url: (options.prefix ?? '') + pattern(route.path),
      bodyLimit: route.bodyLimit ?? 1024 * 1024,
      config,
      onRequest: readWithin(readSecondsOf(route)),
      ...(mounted.challenge === undefined ? {} : { onSend: challengeWith(mounted.challenge) }),
      handler: (request, reply) =>
        telemetry.span(
          `${route.method} ${route.path}`,
          { attributes: { 'http.request.method': route.method, 'http.route': route.path }, parent: parentOf(request) },
          () => withLogContext({ request: request.id }, () => answer(mounted, { request, reply })),
        ),
    })
  }
}

/** Answers everything that was thrown in the documented error body, and logs what nobody expected. */
export function installErrorHandling(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const answer = toErrorAnswer(translate(error), request.id)
    if (answer.status >= 500)
      log.error({ err: error, request: request.id, path: request.routeOptions.url }, 'request failed')
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  })
}

/** fastify's own refusals, in our words. */
function translate(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return httpErrors.WRONG_MEDIA_TYPE()
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
    case 'FST_FILES_LIMIT':
    case 'FST_PARTS_LIMIT':
    case 'FST_FIELDS_LIMIT':
      return httpErrors.TOO_LARGE()
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return httpErrors.BAD_JSON()
    // A path that leads out of the panel's folder, or into none of its files.
    case 'FST_STATIC_FORBIDDEN_PATH':
      return httpErrors.NOT_FOUND()
    case 'ERR_INVALID_ARG_VALUE':
      return /null bytes/.test(String((error as Error).message)) ? httpErrors.NOT_FOUND() : error
    default:
      return error instanceof SyntaxError ? httpErrors.BAD_JSON() : error
  }
}
