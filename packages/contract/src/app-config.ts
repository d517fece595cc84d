import type { JsonObject, JsonValue } from './json.ts'
import { withSettingDefaults } from './setting-defaults.ts'

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

/** A stored layer after a change: objects are merged, everything else is replaced, and `null` deletes. */
export function changeConfig(stored: JsonObject, change: JsonObject): JsonObject {
  const changed: JsonObject = { ...stored }
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete changed[key]
    else if (isObject(value)) {
      const before = changed[key]
      changed[key] = changeConfig(isObject(before) ? before : {}, value)
    } else changed[key] = value
  }
  return changed
}

const SECRET_NAME =
  /(?:^|[_-])(?:password|passphrase|passwd|secret|credentials?|api[_-]?key|private[_-]?key|(?:access|refresh|bearer)[_-]?token)$/i
const withUnderscores = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')

/** Path of a text whose name says that it is a credential: those belong to `ctx.secrets` (K8.35). Null: there is none. */
export function credentialIn(config: JsonValue, path: readonly string[] = []): string | null {
  if (typeof config === 'string')
    return config !== '' && SECRET_NAME.test(withUnderscores(path.at(-1) ?? '')) ? path.join('.') : null
  if (typeof config !== 'object' || config === null) return null
  for (const [key, value] of Object.entries(config)) {
    const found = credentialIn(value, [...path, key])
    if (found !== null) return found
  }
  return null
}

/** Where an app that stands for an MCP server keeps its address. */
export const MCP_URL_SETTING = 'mcp_url'

/** Parts of an app's configuration that are for the platform, not for the extension. */
const PLATFORM_KEYS: ReadonlySet<string> = new Set(['access_policy', 'http_allowed_hosts', 'skeleton'])

/** Layers of the cascade, the weakest first. */
export interface ConfigLayers {
  /** What the author declared: holds where nobody set anything. */
  readonly defaults: Readonly<JsonObject>
  /** Platform, tenant, and the tenant's defaults for the role. */
  readonly below?: readonly JsonObject[] | undefined
  /** What was set for the app. */
  readonly app: readonly JsonObject[]
  /** The user's, and what the tenant enforces. */
  readonly above?: readonly JsonObject[] | undefined
}

/** What `ctx.config` holds (K8.35): later layers win, and nothing is in it that is the platform's own business. */
export function configOfApp({ defaults, below = [], app, above = [] }: ConfigLayers): JsonObject {
  let merged: JsonObject = { ...withSettingDefaults(defaults) }
  for (const layer of [...below, ...app, ...above]) merged = mergeConfig(merged, layer)
  return Object.fromEntries(Object.entries(merged).filter(([key]) => !PLATFORM_KEYS.has(key)))
}
