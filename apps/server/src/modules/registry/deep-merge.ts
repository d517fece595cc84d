import type { JsonObject, JsonValue } from '@imperal/contract'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `patch` over `base`, objects member by member; lists and plain values are replaced. Neither argument changes. */
export function deepMerge(base: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...base }
  for (const [name, value] of Object.entries(patch)) {
    if (name === '__proto__') continue
    const before = merged[name]
    merged[name] = isObject(before) && isObject(value) ? deepMerge(before, value) : value
  }
  return merged
}
