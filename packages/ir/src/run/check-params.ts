import type { JsonObject, JsonValue } from '@imperal/contract'
import { bareObject, isObject, isOfType, ownMember, type TypeWord, typeWord } from '../json.ts'
import { textOf } from '../template/text.ts'
import { RunError } from './run-error.ts'

const TYPE_WORDS: ReadonlySet<string> = new Set(['string', 'integer', 'number', 'boolean', 'array', 'object', 'null'])
const typesOf = (schema: JsonObject): TypeWord[] =>
  (Array.isArray(schema.type) ? schema.type : [schema.type]).filter(
    (type): type is TypeWord => typeof type === 'string' && TYPE_WORDS.has(type),
  )

/** `"5"` for an integer, `"true"` for a boolean: texts that can mean one thing only (I6.10). */
function coerce(value: JsonValue, types: readonly TypeWord[]): JsonValue {
  if (typeof value !== 'string' || types.length === 0 || types.includes('string')) return value
  if (types.includes('integer') && /^[+-]?\d{1,15}$/.test(value)) return Number(value)
  if (types.includes('number') && /^[+-]?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})$/.test(value)) return Number(value)
  if (types.includes('boolean') && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

const wrong = (field: string, problem: string) =>
  new RunError('VALIDATION_TYPE_ERROR', `“${field}” ${problem}.`, { field, problem })

function checkBounds(field: string, value: JsonValue, schema: JsonObject): void {
  const size = typeof value === 'string' ? [...value].length : typeof value === 'number' ? value : null
  if (size === null) return
  const [least, most] =
    typeof value === 'string' ? [schema.minLength, schema.maxLength] : [schema.minimum, schema.maximum]
  const unit = typeof value === 'string' ? ' characters' : ''
  if (typeof least === 'number' && size < least) throw wrong(field, `must be at least ${least}${unit}`)
  if (typeof most === 'number' && size > most) throw wrong(field, `must be at most ${most}${unit}`)
}

function checkAny(field: string, value: JsonValue, options: readonly JsonValue[]): JsonValue {
  let first: unknown
  for (const option of options) {
    try {
      return isObject(option) ? checkValue(field, value, option) : value
    } catch (error) {
      first ??= error
    }
  }
  throw first
}

function checkValue(field: string, given: JsonValue, schema: JsonObject): JsonValue {
  if (Array.isArray(schema.anyOf) && schema.anyOf.length > 0) return checkAny(field, given, schema.anyOf)
  const types = typesOf(schema)
  const value = coerce(given, types)
  if (types.length > 0 && !types.some((type) => isOfType(value, type)))
    throw wrong(field, `must be ${types.join(' or ')}, not ${typeWord(value)}`)
  if (Array.isArray(schema.enum) && !schema.enum.some((option) => textOf(option) === textOf(value)))
    throw wrong(field, `must be one of: ${schema.enum.map(textOf).join(', ')}`)
  checkBounds(field, value, schema)
  if (Array.isArray(value) && isObject(schema.items)) {
    const items = schema.items
    return value.map((entry, index) => checkValue(`${field}.${index}`, entry, items))
  }
  return isObject(value) && isObject(schema.properties) ? checkMembers(value, schema, `${field}.`) : value
}

function checkMembers(given: JsonObject, schema: JsonObject, prefix: string): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  const isOpen = schema.additionalProperties === true
  const members = bareObject(Object.entries(given).filter(([name]) => isOpen || Object.hasOwn(properties, name)))
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue
    if (members[name] === undefined && property.default !== undefined) members[name] = property.default
  }
  const missing = required.filter((name) => typeof name === 'string' && members[name] === undefined).map(textOf)
  if (missing.length > 0)
    throw new RunError(
      'VALIDATION_MISSING_FIELD',
      `Still needed: ${missing.map((name) => prefix + name).join(', ')}.`,
      {
        missing_fields: missing.map((name) => prefix + name),
      },
    )
  for (const [name, value] of Object.entries(members)) {
    const property = properties[name]
    if (isObject(property)) members[name] = checkValue(prefix + name, value, property)
  }
  return members
}

/**
 * The params of a call against the full object schema of its function: defaults, unambiguous texts, missing, types;
 * what is not declared is removed (I6.10). Patterns are the corridor's business. @throws RunError
 */
export const checkParams = (params: JsonObject, schema: JsonObject): JsonObject => checkMembers(params, schema, '')

function fitValue(value: JsonValue, schema: JsonObject): JsonValue {
  const fitted = coerce(value, typesOf(schema))
  if (Array.isArray(fitted) && isObject(schema.items)) {
    const { items } = schema
    return fitted.map((entry) => fitValue(entry, items))
  }
  return isObject(fitted) && isObject(schema.properties) ? fitParams(fitted, schema) : fitted
}

/**
 * Params as their schema means them: unambiguous texts become numbers and booleans, undeclared members go (I6.10).
 * Judges nothing: whoever checks the schema afterwards does.
 */
export function fitParams(given: JsonObject, schema: JsonObject): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const fitted: JsonObject = {}
  for (const [name, value] of Object.entries(given)) {
    const property = ownMember(properties, name)
    if (property === undefined && schema.additionalProperties !== true) continue
    fitted[name] = isObject(property) ? fitValue(value, property) : value
  }
  return fitted
}
