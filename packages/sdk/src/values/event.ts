import { isObject, type JsonObject, numberOr, stringOr } from './json.ts'

const SOURCES = ['user', 'system', 'automation', 'rbac', 'mcp', 'webhook'] as const

/** An event as `onEvent` handlers get it (sdk.md 4.5). */
export interface PlatformEvent<D = JsonObject> {
  readonly eventType: string
  readonly eventId: string
  /** ISO 8601 in UTC. */
  readonly timestamp: string
  readonly userId: string
  readonly tenantId: string
  readonly data: D
  readonly source: (typeof SOURCES)[number]
  readonly schemaVersion: number
}

/** Reads envelope v1, and v2 whose type is `<scope>.<action>`. */
export function eventFromWire(wire: unknown): PlatformEvent {
  const event = isObject(wire) ? wire : {}
  return Object.freeze({
    eventType: eventTypeOf(event),
    eventId: stringOr(event.event_id, ''),
    timestamp: stringOr(event.timestamp, ''),
    userId: stringOr(event.user_id, ''),
    tenantId: stringOr(event.tenant_id, ''),
    data: isObject(event.data) ? (event.data as JsonObject) : {},
    source: SOURCES.find((source) => source === event.source) ?? 'system',
    schemaVersion: numberOr(event.schema_version, 1),
  })
}

function eventTypeOf(event: Record<string, unknown>): string {
  if (typeof event.event_type === 'string') return event.event_type
  if (typeof event.scope === 'string' && typeof event.action === 'string') return `${event.scope}.${event.action}`
  return stringOr(event.type, '')
}

export function eventToWire(event: PlatformEvent): JsonObject {
  return {
    event_type: event.eventType,
    event_id: event.eventId,
    timestamp: event.timestamp,
    user_id: event.userId,
    tenant_id: event.tenantId,
    data: event.data,
    source: event.source,
    schema_version: event.schemaVersion,
  }
}
