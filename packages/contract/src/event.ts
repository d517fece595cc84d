import * as z from 'zod'
import { ActionType } from './action-result.ts'
import { JsonObject } from './json.ts'

export const EventSource = z.enum(['user', 'system', 'automation', 'rbac', 'mcp', 'webhook'])

/**
 * Event envelope (sdk.md 4.5, kernel 6.1), the payload of stream messages of type `event` (decisions: ui 5.4). The
 * optional members are those of envelope v2; `scope` and `action` are the two parts of `event_type`.
 */
export const EventEnvelope = z.object({
  event_type: z.string(),
  event_id: z.string(),
  source: EventSource,
  data: JsonObject,
  timestamp: z.string(),
  user_id: z.string(),
  tenant_id: z.string(),
  schema_version: z.number().int().min(1),
  aliases: z.array(z.string()).optional(),
  type: z.string().optional(),
  scope: z.string().optional(),
  action: z.string().optional(),
  /** Who did it: a user, `__system__`, `__webhook__`. */
  actor: z.string().optional(),
  /** What led here, oldest first: calls (`cal_…`), events and rules. */
  causation: z.array(z.string()).optional(),
  trace_id: z.string().optional(),
})
export type EventEnvelope = z.infer<typeof EventEnvelope>

/** Something that can happen for a user, for rules to choose from (kernel K6.4). */
export const CatalogEvent = z.object({
  event_type: z.string(),
  /** Null for events of the platform. */
  app_id: z.string().nullable(),
  /** The function that publishes it; null when the app says so by itself. */
  function: z.string().nullable(),
  action_type: ActionType.nullable(),
  description: z.string().max(150),
})
export type CatalogEvent = z.infer<typeof CatalogEvent>

/** One message of `GET /v1/events/stream`, in the `data:` line (api.md 6). */
export const StreamMessage = z.object({ type: z.string(), payload: JsonObject, ts: z.string() })
export type StreamMessage = z.infer<typeof StreamMessage>
