import { randomBytes } from 'node:crypto'
import type { JsonValue } from '@imperal/contract'
import fastify, { type FastifyInstance } from 'fastify'
import {
  httpErrors,
  installErrorHandling,
  installJsonBodies,
  installNotFound,
  type MountedRoute,
  methodsAt,
  mountRoutes,
  openFailedCredentials,
  type Principal,
} from '../../foundation/http/index.ts'
import type { GatewayOptions } from './types.ts'

/** A request of an app of the platform, in the name of its caller. */
export interface InsideRequest {
  readonly principal: Principal
  readonly method: string
  /** Begins with `/v1/`; parameters filled in, without a query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: JsonValue | undefined
  /** False: only routes that change nothing. */
  readonly mayChange: boolean
}

export interface InsideAnswer {
  readonly status: number
  readonly body: JsonValue
}

/** The platform's own routes for apps of the platform. No socket listens here. */
export interface Inside {
  request(request: InsideRequest): Promise<InsideAnswer>
  close(): Promise<void>
}

// Credentials, consent, and calls that would come in through a second door stay with people (and with the corridor).
const CLOSED =
  /^\/v1\/(?:auth|confirmations|extensions|internal|keys|chat|events|ext|webhooks|secrets|openapi)(?:\/|$)|\/internal\//
const OPEN_TO: ReadonlySet<string> = new Set([
  ...['none', 'optional', 'user', 'user-jwt', 'dev', 'svc-or-user', 'admin', 'svc-or-admin'],
])
// What moves money is there for a call that a person released at the panel, and for nobody else.
const isMoney = ({ route }: MountedRoute): boolean =>
  route.id.startsWith('billing.') && (route.auth === 'panel' || route.auth === 'panel-or-svc')
const NONCE = 'x-imperal-inside'

function isOpen(mounted: MountedRoute): boolean {
  const { route } = mounted
  if (CLOSED.test(route.path) || !route.path.startsWith('/v1/')) return false
  if (!OPEN_TO.has(route.auth) && !isMoney(mounted)) return false
  return (route.bodyKind ?? 'json') === 'json' && (route.responseKind ?? 'json') === 'json'
}

/** Where a person has to sign in, an app needs the scope of the route instead: it holds no session. */
function forApps(mounted: MountedRoute): MountedRoute {
  if (!isMoney(mounted)) return mounted.route.auth === 'user-jwt' ? asUser(mounted) : mounted
  return {
    ...asUser(mounted),
    handle: (request) => {
      if (request.principal?.releasesMoney !== true) throw httpErrors.PANEL_REQUIRED()
      return mounted.handle(request)
    },
  }
}
const asUser = (mounted: MountedRoute): MountedRoute => ({ ...mounted, route: { ...mounted.route, auth: 'user' } })

/** Callers whose function is declared to change something. */
const MAY_CHANGE = new WeakSet<Principal>()

function mountAll(
  options: GatewayOptions,
  routes: readonly MountedRoute[],
  passes: Map<string, Principal>,
): FastifyInstance {
  const app = fastify({ logger: false, routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 } })
  installErrorHandling(app, options.log)
  installJsonBodies(app)
  const open = routes.filter(isOpen).map(forApps)
  installNotFound(app, methodsAt(open.map(({ route }) => ({ route, prefix: '' }))))
  const changing = new Set(open.filter(({ route }) => route.method !== 'GET' && route.reads !== true))
  const guarded = open.map((mounted): MountedRoute => {
    if (!changing.has(mounted)) return mounted
    return {
      route: mounted.route,
      handle: (request) => {
        if (request.principal === null || !MAY_CHANGE.has(request.principal))
          throw httpErrors.FORBIDDEN({ reason: 'A function that only reads may change nothing.' })
        return mounted.handle(request)
      },
    }
  })
  mountRoutes(app, guarded, {
    log: options.log,
    limiter: options.limiter,
    failures: openFailedCredentials({ ...options, now: Date.now }),
    limitFactor: options.limitFactor,
    checkResponses: options.checkResponses,
    async authenticate(request) {
      const nonce = request.headers[NONCE]
      if (typeof nonce !== 'string') return null
      const caller = passes.get(nonce) ?? null
      passes.delete(nonce)
      return caller
    },
  })
  return app
}

const parsed = (text: string): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    // Every open route answers JSON; what does not is the text of a failure.
    return text
  }
}

/** Mounts on first use: a process whose apps never ask pays nothing. */
export function openInside(options: GatewayOptions, routes: readonly MountedRoute[]): Inside {
  const passes = new Map<string, Principal>()
  let app: FastifyInstance | undefined
  return {
    async request({ principal, method, path, query, body, mayChange }) {
      if (CLOSED.test(path)) throw httpErrors.FORBIDDEN({ reason: 'Apps may not ask here.' })
      app ??= mountAll(options, routes, passes)
      const nonce = randomBytes(32).toString('base64url')
      const caller = { ...principal }
      if (mayChange) MAY_CHANGE.add(caller)
      passes.set(nonce, caller)
      try {
        const answer = await app.inject({
          method: method as 'GET', // one of the contract's; anything else has no route
          url: path,
          query: { ...query },
          headers: { [NONCE]: nonce },
          ...(body === undefined ? {} : { payload: body as object }),
        })
        return { status: answer.statusCode, body: answer.payload === '' ? null : parsed(answer.payload) }
      } finally {
        passes.delete(nonce)
      }
    },
    async close() {
      await app?.close()
    },
  }
}
