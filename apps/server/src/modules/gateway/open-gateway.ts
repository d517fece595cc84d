import multipart from '@fastify/multipart'
import { events } from '@imperal/contract'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import {
  type FailedCredentials,
  installErrorHandling,
  installJsonBodies,
  installMalformedRequests,
  installNotFound,
  type MountedRoute,
  malformedRequestOptions,
  methodsAt,
  mountRoutes,
  openFailedCredentials,
  requestIdOf,
} from '../../foundation/http/index.ts'
import { installCors } from './cors.ts'
import { installDrain } from './drain.ts'
import { metaRoutes } from './meta-routes.ts'
import { installPanel } from './panel-files.ts'
import type { Gateway, GatewayOptions } from './types.ts'

const LARGEST_UPLOAD = 12 * 1024 * 1024
// Half of what stopping may take in all; whoever answers later is cut off.
const DRAIN_MS = 10_000

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
  app.addHook('onRequest', async (request, reply) => {
    reply
      .header('x-request-id', request.id)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('api-version', options.version)
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
  options: GatewayOptions & { readonly failures: FailedCredentials },
  prefix = '',
): Promise<void> {
  const mount = {
    log: options.log,
    limiter: options.limiter,
    failures: options.failures,
    idempotency: options.idempotency,
    redeemCallToken: options.identity.redeemCallToken,
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
    authenticate: (request: FastifyRequest) =>
      options.identity.authenticate(request.headers, { streamToken: streamTokenOf(request) }),
  }
  mountRoutes(
    app,
    routes.filter(({ route }) => route.bodyKind !== 'raw'),
    mount,
  )
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    mountRoutes(
      scope,
      routes.filter(({ route }) => route.bodyKind === 'raw'),
      mount,
    )
  })
}

/**
 * Starts the public listener and the registry's loopback listener.
 * @throws the listen error of Node (`EADDRINUSE`, `EACCES`) with its port, for the caller to put into words
 */
export async function openGateway(given: GatewayOptions): Promise<Gateway> {
  const options = { ...given, failures: openFailedCredentials({ ...given, now: Date.now }) }
  const app = createApp(options)
  const drain = installDrain(app, isEventStream)
  installCors(app, new Set([options.publicUrl, ...options.origins]))
  await app.register(multipart, {
    limits: { fileSize: LARGEST_UPLOAD, files: 5, fields: 20, fieldSize: 2 * 1024 * 1024 },
  })
  const routes = [...metaRoutes(options), ...options.routes]
  await mountAll(app, routes, options)
  await mountAll(app, options.registryRoutes, options, '/registry')
  const at = (prefix: string) => (mounted: MountedRoute) => ({ route: mounted.route, prefix })
  const methods = methodsAt([...routes.map(at('')), ...options.registryRoutes.map(at('/registry'))])
  await installPanel(app, options.panelFolder, methods)

  const registry = createApp(options)
  installNotFound(registry, methodsAt(options.registryRoutes.map(at(''))))
  await mountAll(registry, options.registryRoutes, options)

  await app.listen({ host: options.host, port: options.port })
  try {
    await registry.listen({ host: '127.0.0.1', port: options.registryPort })
  } catch (error) {
    await app.close()
    throw error
  }
  const portOf = (server: FastifyInstance) => (server.server.address() as { port: number }).port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${portOf(app)}`,
    port: portOf(app),
    registryPort: portOf(registry),
    async close() {
      await drain.finish(DRAIN_MS)
      await Promise.all([app.close(), registry.close()])
    },
  }
}
