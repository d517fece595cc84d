import { type EventEnvelope, hasScope, type JsonObject, type JsonValue, type Manifest } from '@imperal/contract'
import type { KernelParts } from '../parts.ts'

const MASKED = '[masked]'
const SCOPE = 'events:pii'
/** Families of roles that tell of a person: who it is, how to reach it, where it is (sdk.md 2.23). */
const PERSONAL = /^(?:people|geo)\./
const DEEPEST = 8

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const isPersonal = (schema: JsonObject): boolean =>
  schema['x-pii'] === true || (typeof schema['x-sdl-role'] === 'string' && PERSONAL.test(schema['x-sdl-role']))

/** The value without what its schema marks as personal; what the schema does not know stays. */
export function maskByRole(value: JsonValue, schema: JsonObject, depth = 0): JsonValue {
  if (depth > DEEPEST) return value
  if (isPersonal(schema) && value !== null) return MASKED
  let masked = value
  for (const branch of [...listOf(schema.anyOf), ...listOf(schema.oneOf), ...listOf(schema.allOf)])
    masked = maskByRole(masked, branch, depth + 1)
  const { items, properties } = schema
  if (Array.isArray(masked))
    return isObject(items) ? masked.map((entry) => maskByRole(entry, items, depth + 1)) : masked
  if (!isObject(masked) || !isObject(properties)) return masked
  return Object.fromEntries(
    Object.entries(masked).map(([name, entry]) => {
      const known = properties[name]
      return [name, isObject(known) ? maskByRole(entry, known, depth + 1) : entry]
    }),
  )
}

/** Schemas of what the functions of an app publish under this name. */
const schemasOf = (manifest: Manifest, type: string): JsonObject[] =>
  manifest.tools.flatMap(({ event, return_schema: schema }) => {
    if (event === undefined || event === '' || schema === undefined) return []
    return event === type || `${manifest.app_id}.${event}` === type ? [schema] : []
  })

/**
 * The event as one app may see it: another app's fields with a personal role are masked, unless the app declares the
 * capability `events:pii` (K6.2).
 */
export async function asSeenBy(parts: KernelParts, event: EventEnvelope, appId: string): Promise<EventEnvelope> {
  const source = event.event_type.slice(0, event.event_type.search(/[.:]/))
  if (source === appId) return event
  const [from, to] = await Promise.all([parts.registry.liveVersion(source), parts.registry.liveVersion(appId)])
  if (from === null || hasScope(to?.manifest.capabilities ?? [], SCOPE)) return event
  let data: JsonValue = event.data
  for (const schema of schemasOf(from.manifest, event.event_type)) data = maskByRole(data, schema)
  return { ...event, data: isObject(data) ? data : event.data }
}
