import type { JsonObject, JsonValue } from '@imperal/contract/json'
import { toBase64Url } from '../encoding.ts'

export type { JsonObject, JsonValue }

// Short names, because they occur in every second line of what an extension carries of this package.
export const { freeze, entries, fromEntries } = Object
export type JsonPrimitive = string | number | boolean | null
export type MaybePromise<T> = T | Promise<T>

/** Something that writes itself as JSON: a `ui` node, a stored document, a date. */
interface Serialisable {
  toJSON(key?: string): unknown
}

function isSerialisable(value: object): value is Serialisable {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

/**
 * Any author value as JSON: dates become ISO strings, bytes base64url, members that are undefined disappear.
 * @throws TypeError naming the path of a value that JSON cannot hold (a function, a bigint, a cycle).
 */
export function toJson(value: unknown, path = 'value', above: readonly object[] = []): JsonValue {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw new TypeError(`${path} is ${value}, which JSON cannot hold`)
    case 'object':
      return objectToJson(value, path, above)
    default:
      throw new TypeError(`${path} is a ${typeof value}, which JSON cannot hold`)
  }
}

function objectToJson(value: object, path: string, above: readonly object[]): JsonValue {
  if (above.includes(value)) throw new TypeError(`${path} contains itself, which JSON cannot hold`)
  const here = [...above, value]
  if (value instanceof Uint8Array) return toBase64Url(value)
  if (isSerialisable(value)) return toJson(value.toJSON(), path, here)
  if (Array.isArray(value)) return value.map((entry, index) => toJson(entry, `${path}[${index}]`, here))
  const result: JsonObject = {}
  for (const [key, member] of entries(value)) {
    if (member !== undefined) result[key] = toJson(member, `${path}.${key}`, here)
  }
  return result
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Freezes a value and everything inside it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}

export const stringOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback)
export const numberOr = (value: unknown, fallback: number): number => (typeof value === 'number' ? value : fallback)

/** The members of an object that are numbers. */
export function numbersOf(value: unknown): Record<string, number> {
  if (!isObject(value)) return {}
  return fromEntries(entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
