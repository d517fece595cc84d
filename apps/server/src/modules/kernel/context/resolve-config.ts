import type { JsonObject, JsonValue } from '@imperal/contract'
import type { AppInUse } from '../corridor/stages.ts'

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

/** Parts of the app's configuration that are for the platform, not for the extension. */
const PLATFORM_KEYS: ReadonlySet<string> = new Set(['access_policy', 'http_allowed_hosts', 'skeleton'])

const known = new WeakMap<JsonObject, { defaults: JsonObject | undefined; config: JsonObject }>()

/** `ctx.config` (K8.35): the defaults of the manifest under the configuration that operators gave the app. */
export function resolveConfig({ app, version }: AppInUse): JsonObject {
  const defaults = version.manifest.config_defaults
  const before = known.get(app.config)
  if (before !== undefined && before.defaults === defaults) return before.config
  const merged = mergeConfig(defaults ?? {}, app.config)
  const config = Object.fromEntries(Object.entries(merged).filter(([key]) => !PLATFORM_KEYS.has(key)))
  known.set(app.config, { defaults, config })
  return config
}
