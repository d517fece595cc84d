import type { JsonObject, JsonValue } from '@imperal/contract'

interface Property {
  readonly type?: string
  readonly enum?: readonly JsonValue[]
  readonly format?: string
  readonly default?: JsonValue
}

const QUOTED = /["“”«»„]([^"“”«»„]+)["“”«»„]|'([^']{2,})'/g
const DATE = /\b(\d{4}-\d{2}-\d{2})(T[\d:.Z+-]+)?\b/
const ID = /\b((?:doc|note|task|msg|list|folder)_[A-Za-z0-9_-]{6,})\b/

function valueFor(name: string, property: Property, text: string, quoted: string[]): JsonValue | undefined {
  const options = property.enum?.filter((option): option is string => typeof option === 'string')
  if (options)
    return options.find((option) => new RegExp(`\\b${option.replaceAll(/[^\w]/g, '\\$&')}\\b`, 'i').test(text))
  if (name.endsWith('_id') || name === 'id') return ID.exec(text)?.[1]
  if (property.format === 'date' || property.format === 'date-time' || /date|due/.test(name))
    return DATE.exec(text)?.[0]
  if (property.type === 'integer' || property.type === 'number') {
    const number = /(?<![\w-])-?\d+(?:\.\d+)?(?![\w-])/.exec(text.replace(DATE, ' '))?.[0]
    return number === undefined ? undefined : Number(number)
  }
  if (property.type === 'string') return quoted.shift()
  return undefined
}

/**
 * Reads parameters from free text by schema alone: quoted strings, numbers, dates, ids and the words of an enumeration (kernel 2.9).
 * `complete` tells whether every required one was found.
 */
export function extractParams(schema: JsonObject, text: string): { params: JsonObject; complete: boolean } {
  const properties = (schema.properties ?? {}) as unknown as Record<string, Property>
  const required = (schema.required ?? []) as string[]
  const quoted = [...text.matchAll(QUOTED)].map((match) => (match[1] ?? match[2] ?? '').trim())
  const params: JsonObject = {}
  // Required ones first: they get the first quoted string.
  const names = Object.keys(properties).sort((a, b) => Number(required.includes(b)) - Number(required.includes(a)))
  for (const name of names) {
    const value = valueFor(name, properties[name] ?? {}, text, quoted)
    if (value !== undefined) params[name] = value
  }
  return { params, complete: required.every((name) => Object.hasOwn(params, name)) }
}
