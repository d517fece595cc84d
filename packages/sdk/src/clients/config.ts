import { refuse } from '../refuse.ts'
import { freeze, isObject, type JsonObject, type JsonValue } from '../values/json.ts'

/** Read-only settings, resolved by the platform before the call. Never for credentials. */
export interface ConfigClient {
  /** A dotted path. */
  get<T = JsonValue>(key: string): T | undefined
  get<T>(key: string, fallback: T): T
  /** A copy; `{}` when there is no such object. */
  getSection(section: string): JsonObject
  /** @throws ValidationError when the value is missing or null */
  require<T = JsonValue>(key: string): T
  all(): JsonObject
}

export function createConfig(values: JsonObject): ConfigClient {
  const at = (key: string): unknown =>
    key
      .split('.')
      .reduce<unknown>((node, part) => (isObject(node) && Object.hasOwn(node, part) ? node[part] : undefined), values)
  const get = (key: string, fallback?: unknown): unknown => structuredClone(at(key)) ?? fallback ?? at(key)
  return freeze({
    get: get as ConfigClient['get'], // one function serves both overloads
    getSection: (section: string) => {
      const value = at(section)
      return isObject(value) ? (structuredClone(value) as JsonObject) : {}
    },
    require: <T>(key: string) => {
      const value = at(key)
      if (value === undefined || value === null) refuse(key, `Setting '${key}' is not configured`)
      return structuredClone(value) as T
    },
    all: () => structuredClone(values),
  })
}
