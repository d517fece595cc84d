import type { FastifyInstance } from 'fastify'

const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS'
const ALLOWED = 'Authorization, Content-Type, x-api-key, Idempotency-Key, Last-Event-ID, X-Request-Id'
const EXPOSED = 'X-Request-Id, X-Total-Count, Link, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset'
const OPEN =
  /^\/(v1\/auth\/\.well-known\/jwks\.json|v1\/openapi\.json|openapi\/[\w-]+\.json|healthz|v1\/marketplace\/.*)$/
const CLOSED = /^\/v1\/(webhooks\/|ext\/[^/]+\/webhook)|\/internal\//

/** Cross-origin rules of api.md 1.14: tokens travel in headers, so credentials mode stays off. */
export function installCors(app: FastifyInstance, origins: ReadonlySet<string>): void {
  app.addHook('onRequest', (request, reply, done) => {
    const origin = request.headers.origin
    if (origin === undefined) return done()
    const path = request.url.split('?', 1)[0] ?? ''
    if (CLOSED.test(path)) return done()
    const open = OPEN.test(path) && (request.method === 'GET' || request.method === 'OPTIONS')
    if (!open && !origins.has(origin)) return done()
    reply.header('access-control-allow-origin', open ? '*' : origin).header('access-control-expose-headers', EXPOSED)
    if (!open) reply.header('vary', 'Origin')
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      reply
        .header('access-control-allow-methods', open ? 'GET, OPTIONS' : METHODS)
        .header('access-control-allow-headers', ALLOWED)
        .header('access-control-max-age', '600')
      reply.code(204).send()
      return
    }
    done()
  })
}
