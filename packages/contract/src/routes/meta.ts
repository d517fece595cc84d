import { z } from 'zod'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const openapi = (id: string, path: string) =>
  defineRoute({
    id,
    method: 'GET',
    path,
    auth: 'none',
    tag: 'meta',
    summary: 'OpenAPI 3.1 description',
    response: JsonObject,
    rateLimit: { limit: 60, windowSeconds: 60, key: 'ip' },
  })

/** Health and description of the platform (api.md 3.27). */
export const meta = {
  healthz: defineRoute({
    id: 'meta.healthz',
    surface: 'public',
    method: 'GET',
    path: '/healthz',
    auth: 'none',
    tag: 'meta',
    summary: 'Is the process alive',
    response: z.object({ status: z.literal('ok'), version: z.string(), uptime_s: z.number().int() }),
    rateLimit: { limit: 6000, windowSeconds: 60, key: 'ip' },
  }),
  readyz: defineRoute({
    id: 'meta.readyz',
    method: 'GET',
    path: '/readyz',
    auth: 'none',
    tag: 'meta',
    summary: 'Can the platform serve requests',
    response: z.object({
      status: z.enum(['ready', 'not_ready']),
      checks: z.record(z.string(), z.enum(['ok', 'failed'])),
    }),
    rateLimit: { limit: 6000, windowSeconds: 60, key: 'ip' },
  }),
  metrics: defineRoute({
    id: 'meta.metrics',
    method: 'GET',
    path: '/metrics',
    // Prometheus sends a token of its own; the route looks at it, or at an administrator's credential.
    auth: 'none',
    tag: 'meta',
    summary: 'Figures in the text format of Prometheus; 404 unless IMPERAL_METRICS is on',
    responseKind: 'bytes',
    response: z.string(),
    rateLimit: { limit: 600, windowSeconds: 60, key: 'ip' },
  }),
  openapi: openapi('meta.openapi', '/v1/openapi.json'),
  openapiGateway: openapi('meta.openapi_gateway', '/openapi/auth-gateway.json'),
  /** The surfaces that are served and not counted among the public ones (api.md 2.4). */
  openapiSurface: defineRoute({
    id: 'meta.openapi_surface',
    method: 'GET',
    path: '/openapi/{document}',
    auth: 'none',
    tag: 'meta',
    summary: 'OpenAPI 3.1 description of what is not public: internal, client, alias or meta',
    params: z.object({ document: z.string().max(64) }),
    response: JsonObject,
    rateLimit: { limit: 60, windowSeconds: 60, key: 'ip' },
  }),
  openapiRegistry: openapi('meta.openapi_registry', '/openapi/registry.json'),
}
