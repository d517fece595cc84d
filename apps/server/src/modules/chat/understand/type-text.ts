type Schema = Readonly<Record<string, unknown>>

/** How much of a type is written. */
export interface TypeTextOptions {
  /** Levels of objects inside objects that are written out; deeper ones are `object`. */
  readonly depth?: number
  /** Limits, defaults and descriptions of fields, as a caller needs them. */
  readonly notes?: boolean
}

interface Writing {
  readonly definitions: Schema
  readonly notes: boolean
  readonly depth: number
  /** Definitions that are being written: one that comes again holds itself. */
  readonly within: readonly string[]
  /** What may still be written: definitions that each name the next one twice would never end. */
  readonly budget: { parts: number }
}

const MOST_PARTS = 2000

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const line = (text: string): string => text.replace(/\s+/g, ' ').trim()
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const schemas = (value: unknown): unknown[] | null => (Array.isArray(value) && value.length > 0 ? value : null)

/** `1..20 characters`, `at least 1`, `at most 20`. Bounds that say nothing (those of a safe integer) are left out. */
function range(least: number | null, most: number | null, unit: string): string {
  const low = least === null || Math.abs(least) >= Number.MAX_SAFE_INTEGER ? null : least
  const high = most === null || Math.abs(most) >= Number.MAX_SAFE_INTEGER ? null : most
  if (low !== null && high !== null) return `${low}..${high}${unit}`
  if (high !== null) return `at most ${high}${unit}`
  return low !== null && !(low === 0 && unit !== '') ? `at least ${low}${unit}` : ''
}

const limits = (schema: Schema): string[] => [
  range(numberOf(schema.minimum), numberOf(schema.maximum), ''),
  numberOf(schema.exclusiveMinimum) === null ? '' : `above ${schema.exclusiveMinimum}`,
  numberOf(schema.exclusiveMaximum) === null ? '' : `below ${schema.exclusiveMaximum}`,
  numberOf(schema.multipleOf) === null ? '' : `in steps of ${schema.multipleOf}`,
  schema.minLength === 1 && schema.maxLength === undefined
    ? 'not empty'
    : range(numberOf(schema.minLength), numberOf(schema.maxLength), ' characters'),
  range(numberOf(schema.minItems), numberOf(schema.maxItems), ' entries'),
  typeof schema.format === 'string' ? schema.format : '',
  // A format says the same in a word; its pattern is long.
  typeof schema.pattern === 'string' && typeof schema.format !== 'string' ? `like ${schema.pattern}` : '',
]

function noteOf(schema: Schema): string {
  const items = isSchema(schema.items) && schema.type === 'array' ? limits(schema.items) : []
  const said = typeof schema.description === 'string' ? schema.description : ''
  const words = [limits(schema).filter(Boolean).join(', '), items.filter(Boolean).join(', '), said].filter(Boolean)
  // Nothing inside a note may end it.
  return words.length === 0 ? '' : ` /* ${line(words.join('; ')).replaceAll('*/', '* /')} */`
}

const union = (parts: readonly string[]): string => [...new Set(parts)].join(' | ')
/** As a part of another type. */
const element = (text: string, schema: unknown): string =>
  /[|&]/.test(text) && !(isSchema(schema) && (schema.type === 'object' || schema.type === 'array')) ? `(${text})` : text

function fieldsOf(schema: Schema, writing: Writing): string {
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  if (writing.depth === 0 && Object.keys(properties).length > 0) return 'object'
  const inner = { ...writing, depth: writing.depth - 1 }
  const fields = Object.entries(properties).map(([name, value]) => {
    const field = isSchema(value) ? value : {}
    const optional = !required.has(name) || (writing.notes && field.default !== undefined)
    const fallback = writing.notes && field.default !== undefined ? ` = ${JSON.stringify(field.default)}` : ''
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    return `${key}${optional ? '?' : ''}: ${write(value, inner)}${fallback}${writing.notes ? noteOf(field) : ''}`
  })
  if (isSchema(schema.additionalProperties)) fields.push(`[key: string]: ${write(schema.additionalProperties, inner)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

/** Every kind of value in one recursive union is simply JSON. */
const isAnyJson = (schema: unknown): boolean =>
  isSchema(schema) &&
  Array.isArray(schema.anyOf) &&
  ['string', 'number', 'boolean', 'null', 'array', 'object'].every((type) =>
    (schema.anyOf as unknown[]).some((part) => isSchema(part) && part.type === type),
  )

function referred(reference: string, writing: Writing): string {
  const name = (reference.split('/').at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~')
  const target = Object.hasOwn(writing.definitions, name) ? writing.definitions[name] : undefined
  if (isAnyJson(target)) return 'JSON'
  if (target === undefined || writing.within.includes(name)) return 'unknown'
  return write(target, { ...writing, within: [...writing.within, name] })
}

function ofType(type: unknown, schema: Schema, writing: Writing): string {
  switch (type) {
    case 'array': {
      const tuple = schemas(schema.prefixItems)
      if (tuple !== null) return `[${tuple.map((part) => write(part, writing)).join(', ')}]`
      return `${element(write(schema.items, writing), schema.items)}[]`
    }
    case 'object':
      return fieldsOf(schema, writing)
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return type
    default:
      return schema.properties === undefined ? 'unknown' : fieldsOf(schema, writing)
  }
}

function write(schema: unknown, writing: Writing): string {
  if (schema === false) return 'never'
  if (!isSchema(schema) || --writing.budget.parts < 0) return 'unknown'
  if (typeof schema.$ref === 'string') return referred(schema.$ref, writing)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const choices = schemas(schema.enum)
  if (choices !== null) return union(choices.map((choice) => JSON.stringify(choice)))
  const either = schemas(schema.anyOf) ?? schemas(schema.oneOf)
  if (either !== null) return isAnyJson(schema) ? 'JSON' : union(either.map((part) => write(part, writing)))
  const all = schemas(schema.allOf)
  if (all !== null) return [...new Set(all.map((part) => element(write(part, writing), part)))].join(' & ')
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => ofType(type, schema, writing)))
  return ofType(schema.type, schema, writing)
}

/**
 * A JSON Schema as a TypeScript type on one line, which takes a model a fraction of the tokens. Beyond TypeScript: `integer`,
 * `JSON` for any value, `= value` for a default, and notes with limits and descriptions. What a schema says beyond that is left
 * out; the arguments are checked against the schema itself.
 */
export function typeText(schema: unknown, { depth = 12, notes = true }: TypeTextOptions = {}): string {
  const definitions = isSchema(schema) && isSchema(schema.$defs) ? schema.$defs : {}
  return write(schema, { definitions, notes, depth, within: [], budget: { parts: MOST_PARTS } })
}
