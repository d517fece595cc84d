import type { JsonObject, JsonValue } from '@imperal/contract'

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The words that messages use for types (ir 10.2): a boolean is neither an integer nor a number. */
export type TypeWord = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null'

export function typeWord(value: JsonValue | undefined): TypeWord {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'object') return 'object'
  return typeof value as 'string' | 'boolean' // nothing else is left of JSON
}

/** Whether a value may stand where a type word is asked for; every integer is a number. */
export function isOfType(value: JsonValue, expected: TypeWord): boolean {
  const word = typeWord(value)
  return word === expected || (expected === 'number' && word === 'integer')
}

const UNREACHABLE: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor'])

/** An own member of an object; the three names that lead to the language itself are never found (I6.5). */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  if (UNREACHABLE.has(key) || !Object.hasOwn(object, key)) return undefined
  return object[key]
}

/** An object without a prototype, so that no key of a document means anything to the language. */
export const bareObject = (entries: Iterable<readonly [string, JsonValue]> = []): JsonObject => {
  const object: JsonObject = Object.create(null)
  for (const [key, value] of entries) object[key] = value
  return object
}

/** Compact JSON with sorted keys: the text form of lists and objects (ir 6.5), and what hashes are taken of. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`)
  return `{${members.join(',')}}`
}

/** Any value in a message: texts as they are, everything else as JSON. */
export const shown = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null).slice(0, 200)
