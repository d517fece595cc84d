import type { JsonObject, JsonValue } from './json.ts'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Later wins; objects are merged, everything else is replaced. */
export function mergeConfig(base: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key]
    merged[key] = isObject(before) && isObject(value) ? mergeConfig(before, value) : value
  }
  return merged
}

/** Parts of an app's configuration that are for the platform, not for the extension. */
const PLATFORM_KEYS: ReadonlySet<string> = new Set(['access_policy', 'http_allowed_hosts', 'skeleton'])

/** What `ctx.config` holds (K8.35): the defaults that the app declares under what operators set. */
export const configOfApp = (defaults: Readonly<JsonObject>, set: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(mergeConfig(defaults, set)).filter(([key]) => !PLATFORM_KEYS.has(key)))
