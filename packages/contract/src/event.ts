import { z } from 'zod'
import { JsonObject } from './json.ts'

export const EventSource = z.enum(['user', 'system', 'automation', 'rbac', 'mcp', 'webhook'])

/** Event envelope v1 (sdk.md 4.5), the payload of stream messages of type `event` (decisions: ui 5.4). */
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
})
export type EventEnvelope = z.infer<typeof EventEnvelope>

/** One message of `GET /v1/events/stream`, in the `data:` line (api.md 6). */
export const StreamMessage = z.object({ type: z.string(), payload: JsonObject, ts: z.string() })
export type StreamMessage = z.infer<typeof StreamMessage>
