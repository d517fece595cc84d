import { z } from 'zod'
import { AppId } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute, type HttpMethod } from '../route.ts'

const webhook = (method: HttpMethod) =>
  defineRoute({
    id: `ingress.webhook_${method.toLowerCase()}`,
    // The documents know GET and POST; the others are for senders that need them.
    surface: method === 'GET' || method === 'POST' ? 'public' : 'client',
    method,
    path: '/v1/ext/{app_id}/webhook/{path*}',
    auth: 'none',
    tag: 'ingress',
    summary: 'A webhook of an extension; the extension answers',
    params: z.object({ app_id: AppId, '*': z.string().max(512) }),
    query: z.record(z.string(), z.unknown()),
    bodyKind: 'raw',
    bodyLimit: 1024 * 1024,
    readSeconds: 10,
    response: z.unknown(),
    responseKind: 'bytes',
    errors: ['KERNEL_WEBHOOK_NOT_FOUND', 'KERNEL_WEBHOOK_LIMITED'],
    // Per address; the kernel also counts per app and path (api.md 1.13).
    rateLimit: { limit: 600, windowSeconds: 60, key: 'ip' },
  })

/** Requests from outside that extensions answer themselves (api.md 3.20). */
export const ingress = {
  webhookGet: webhook('GET'),
  webhookPost: webhook('POST'),
  webhookPut: webhook('PUT'),
  webhookDelete: webhook('DELETE'),
  health: defineRoute({
    id: 'ingress.health',
    method: 'GET',
    path: '/v1/ext/{app_id}/health',
    auth: 'user',
    tag: 'ingress',
    summary: 'Last health check of an extension',
    params: z.object({ app_id: AppId }),
    response: z.object({
      app_id: z.string(),
      status: z.enum(['ok', 'degraded', 'down', 'unknown']),
      checked_at: z.string().nullable(),
      latency_ms: z.number().int().nullable(),
      details: JsonObject,
    }),
    errors: ['KERNEL_APP_NOT_FOUND'],
  }),
}
