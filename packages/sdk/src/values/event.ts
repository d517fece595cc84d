import { codec, figure, oneOf, text } from './codec.ts'
import { isObject, type JsonObject } from './json.ts'

const source = oneOf('system', 'user', 'automation', 'rbac', 'mcp', 'webhook')

/** An event as `onEvent` handlers get it (sdk.md 4.5). */
export interface PlatformEvent<D = JsonObject> {
  readonly eventType: string
  readonly eventId: string
  /** ISO 8601 in UTC. */
  readonly timestamp: string
  readonly userId: string
  readonly tenantId: string
  readonly data: D
  readonly source: ReturnType<typeof source>
  readonly schemaVersion: number
}

const envelope = codec<PlatformEvent>({
  eventType: text,
  eventId: text,
  timestamp: text,
  userId: text,
  tenantId: text,
  data: (value) => (isObject(value) ? (value as JsonObject) : {}),
  source,
  schemaVersion: (value) => figure(value) || 1,
})

/** Reads envelope v1, and v2 whose type is `<scope>.<action>`. */
export function eventFromWire(wire: unknown): PlatformEvent {
  const event = isObject(wire) ? wire : {}
  return envelope.fromWire({ ...event, event_type: eventTypeOf(event) })
}

function eventTypeOf(event: Record<string, unknown>): string {
  if (typeof event.event_type === 'string') return event.event_type
  if (typeof event.scope === 'string' && typeof event.action === 'string') return `${event.scope}.${event.action}`
  return text(event.type)
}

export const eventToWire = envelope.toWire
