import multipart from '@fastify/multipart'
import { agentSessions, events } from '@imperal/contract'
import fastify, { type FastifyInstance, type FastifyRequest, type HTTPMethods } from 'fastify'
import {
  type FailedCredentials,
  installErrorHandling,
  installJsonBodies,
  installMalformedRequests,
  installNotFound,
  LARGEST_UPLOAD,
  type MountedRoute,
  malformedRequestOptions,
  methodsAt,
  mountRoutes,
  openFailedCredentials,
  pattern,
  readInTime,
  readSecondsOf,
  readWithin,
  requestIdOf,
} from '../../foundation/http/index.ts'
import { installCors } from './cors.ts'
import { installDrain } from './drain.ts'
import { metaRoutes } from './meta-routes.ts'
import { openInside } from './open-inside.ts'
import { installPanel } from './panel-files.ts'
import { installReference } from './reference.ts'
import type { Gateway, GatewayOptions } from './types.ts'

// Half of what stopping may take in all; whoever answers later is cut off.
const DRAIN_MS = 10_000

const CODING_STREAM = pattern(agentSessions.stream.path)
const isEventStream = (path: string | undefined): boolean => path === events.stream.path

function createApp(options: GatewayOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy: options.trustProxy ?? false,
    requestIdHeader: false,
    genReqId: (request) => requestIdOf(request.headers),
    forceCloseConnections: true,
    ...malformedRequestOptions,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply
      .header('x-request-id', request.id)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('api-version', options.version)
    if (request.is404) readInTime.call(app, request, reply, done)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    options.telemetry.observe('http.server.request.duration', reply.elapsedTime / 1000, {
      'http.request.method': request.method,
      'http.route': request.routeOptions.url ?? '',
      'http.response.status_code': reply.statusCode,
    })
    done()
  })
  installErrorHandling(app, options.log)
  installMalformedRequests(app)
  installJsonBodies(app)
  return app
}

// Browsers cannot set headers on an event stream; nowhere else may a credential stand in an address.
function streamTokenOf(request: FastifyRequest): string | undefined {
  if (!isEventStream(request.routeOptions.url)) return undefined
  const { token } = request.query as { token?: unknown }
  return typeof token === 'string' ? token : undefined
}

async function mountAll(
  app: FastifyInstance,
  routes: readonly MountedRoute[],
  options: GatewayOptions & { readonly failures: FailedCredentials; readonly servedBelow?: string },
  prefix = '',
): Promise<void> {
  const mount = {
    log: options.log,
    telemetry: options.telemetry,
    limiter: options.limiter,
    failures: options.failures,
    idempotency: options.idempotency,
    redeemCallToken: options.identity.redeemCallToken,
    tenantOf: async (userId: string) => (await options.identity.findUser(userId))?.tenantId ?? null,
    limitFactor: options.limitFactor,
    checkResponses: options.checkResponses,
    prefix,
    onUnauthenticated: (request: FastifyRequest, code: string) =>
      options.audit.refused({
        code,
        method: request.method,
        route: request.routeOptions.url ?? '',
        ip: request.ip,
        requestId: request.id,
      }),
    authenticate: (request: FastifyRequest, { withoutAccounts }: { withoutAccounts: boolean }) =>
      options.identity.authenticate(request.headers, {
        streamToken: streamTokenOf(request),
        ip: request.ip,
        withoutAccounts,
      }),
  }
  const elsewhere = options.forwarded?.routes ?? new Set()
  const here = routes.filter((mounted) => !elsewhere.has(mounted))
  mountRoutes(
    app,
    here.filter(({ route }) => route.bodyKind !== 'raw'),
    mount,
  )
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    mountRoutes(
      scope,
      here.filter(({ route }) => route.bodyKind === 'raw'),
      mount,
    )
    if (options.forwarded === null) return
    const { forward } = options.forwarded
    for (const { route } of routes.filter((mounted) => elsewhere.has(mounted))) {
      scope.route({
        method: route.method as HTTPMethods, // a method of the contract
        url: prefix + pattern(route.path),
        onRequest: readWithin(readSecondsOf(route)),
        bodyLimit: route.bodyLimit ?? (route.bodyKind === 'multipart' ? LARGEST_UPLOAD : 1024 * 1024),
        // On the listener of the registry the path lacks the prefix under which other nodes serve it.
        handler: (request, reply) => forward.send(request, reply, (options.servedBelow ?? '') + request.url),
      })
    }
  })
}

type Opened = GatewayOptions & { readonly failures: FailedCredentials }

async function openRegistryListener(options: Opened): Promise<FastifyInstance | null> {
  if (options.registryPort === null) return null
  const registry = createApp(options)
  installNotFound(registry, methodsAt(options.registryRoutes.map(({ route }) => ({ route, prefix: '' }))))
  await mountAll(registry, options.registryRoutes, { ...options, servedBelow: '/registry' })
  await registry.listen({ host: '127.0.0.1', port: options.registryPort })
  return registry
}

/**
 * Starts the public listener and the registry's loopback listener.
 * @throws the listen error of Node (`EADDRINUSE`, `EACCES`) with its port, for the caller to put into words
 */
export async function openGateway(given: GatewayOptions): Promise<Gateway> {
  const options = { ...given, failures: openFailedCredentials({ ...given, now: Date.now }) }
  const app = createApp(options)
  const drain = installDrain(app, (place) => isEventStream(place) || place === CODING_STREAM)
  installCors(app, new Set([options.publicUrl, ...options.origins]))
  await app.register(multipart, {
    limits: { fileSize: LARGEST_UPLOAD, files: 5, fields: 20, fieldSize: 2 * 1024 * 1024 },
  })
  const routes = [...metaRoutes(options), ...options.routes]
  await mountAll(app, routes, options)
  await mountAll(app, options.registryRoutes, options, '/registry')
  const at = (prefix: string) => (mounted: MountedRoute) => ({ route: mounted.route, prefix })
  const methods = methodsAt([...routes.map(at('')), ...options.registryRoutes.map(at('/registry'))])
  if (options.panelFolder === null) installNotFound(app, methods)
  else {
    await installReference(app)
    await installPanel(app, options.panelFolder, methods)
  }

  await app.listen({ host: options.host, port: options.port })
  const registry = await openRegistryListener(options).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  const inside = openInside(options, options.insideRoutes)
  const portOf = (server: FastifyInstance) => (server.server.address() as { port: number }).port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${portOf(app)}`,
    port: portOf(app),
    registryPort: registry === null ? null : portOf(registry),
    inside: inside.request,
    async close() {
      await drain.finish(DRAIN_MS)
      await Promise.all([app.close(), registry?.close(), inside.close()])
    },
  }
}
