import { z } from 'zod'
import { CatalogEvent, StreamMessage } from '../event.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

/** Message types that are their own stream type; anything else that is published is named `scope.action` (api 6.2, 6.3). */
export const STREAM_TYPES = [
  'chat_message',
  'chat_delta',
  'task_update',
  'notification',
  'notification_read',
  'panel_refresh',
  'confirmation',
  'wallet_update',
  'extensions_changed',
  'deploy_update',
  'app_status',
  'session_revoked',
  'state_changed',
  'event',
] as const

/** Names of the platform's own frames, which no filter hides. */
export const STREAM_CONTROL_TYPES = ['resync', 'stream_end'] as const

export const PublishEventRequest = z
  .object({
    tenant_id: z.string().min(1).max(64).default('default'),
    scope: z.string().max(128).default(''),
    action: z.string().max(128).default(''),
    id: z.string().max(256).default(''),
    actor: z.string().max(128).default('system'),
    user_id: z.string().max(64).default(''),
    data: JsonObject.nullish().transform((data) => data ?? {}),
  })
  .refine((event) => event.scope !== '' || event.action !== '', {
    path: ['action'],
    message: 'An event needs an action, a scope or both.',
  })
export type PublishEventRequest = z.infer<typeof PublishEventRequest>

export const events = {
  stream: defineRoute({
    id: 'events.stream',
    method: 'GET',
    path: '/v1/events/stream',
    auth: 'user',
    tag: 'Events',
    summary: 'Everything that happens to the signed-in user, as server-sent events',
    query: z.object({
      /** An access token or a single-use ticket, for readers that cannot set headers. */
      token: z.string().max(16_384).optional(),
      tenant_id: z.string().max(64).optional(),
      /** Comma-separated message types; without it every type is sent. */
      types: z.string().max(2_000).optional(),
      last_event_id: z.string().max(128).optional(),
    }),
    response: StreamMessage,
    responseKind: 'stream',
    errors: ['OUTBOX_TENANT_MISMATCH', 'OUTBOX_TOO_MANY_STREAMS'],
  }),
  ticket: defineRoute({
    id: 'events.ticket',
    surface: 'client',
    method: 'POST',
    path: '/v1/events/ticket',
    auth: 'user',
    // A ticket only reads.
    keyScope: 'events:read',
    tag: 'Events',
    summary: 'A single-use ticket that opens the event stream within 30 seconds',
    response: z.object({ ticket: z.string(), expires_in: z.number().int() }),
  }),
  catalog: defineRoute({
    id: 'events.catalog',
    method: 'GET',
    path: '/v1/events/catalog',
    auth: 'user',
    surface: 'client',
    tag: 'Events',
    summary: 'What can happen for the signed-in user: events of the installed apps and of the platform',
    response: z.object({ events: z.array(CatalogEvent), count: z.number().int() }),
  }),
  stats: defineRoute({
    id: 'events.stats',
    method: 'GET',
    path: '/v1/events/stats',
    auth: 'svc',
    tag: 'Events',
    summary: 'Open event streams of this node',
    response: z.object({
      channels: z.number().int(),
      clients: z.number().int(),
      by_tenant: z.record(z.string(), z.number().int()),
      dropped: z.number().int(),
    }),
  }),
  publish: defineRoute({
    id: 'events.publish',
    method: 'POST',
    path: '/v1/internal/events/publish',
    auth: 'svc',
    tag: 'Events',
    summary: 'Publishes one message to a user or to a whole tenant',
    body: PublishEventRequest,
    response: z.object({ published: z.literal(true), event_id: z.string(), receivers: z.number().int() }),
  }),
} as const
