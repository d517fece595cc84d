import type { JsonObject, JsonValue } from '@imperal/contract'
import { safePattern } from '../forms/pattern.ts'
import { dayProblem } from '../forms/validate.ts'
import { say } from '../words.ts'
import type { SchemaField } from './fields.ts'

/** What is in the inputs: text, ticks and lists, by `path.join('.')`. */
export type Drafts = Readonly<Record<string, string | boolean | readonly string[]>>
type Messages = Record<string, string>

/** The key of a field's draft and message. */
export function fieldKey(field: SchemaField): string {
  return field.path.join('.')
}

const leaves = (fields: readonly SchemaField[]): readonly SchemaField[] =>
  fields.flatMap((field) => (field.kind === 'object' ? leaves(field.children) : [field]))

/** First drafts: initial values, else the schema's defaults. */
export function startDrafts(fields: readonly SchemaField[], initial: Readonly<JsonObject>): Drafts {
  return Object.fromEntries(
    leaves(fields).map((field) => [
      fieldKey(field),
      draftOf(field, valueAt(initial, field.path) ?? field.schema.default),
    ]),
  )
}

function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (at, key) => (typeof at === 'object' && at !== null && !Array.isArray(at) ? at[key] : undefined),
    value,
  )
}

function draftOf(field: SchemaField, value: JsonValue | undefined): string | boolean | readonly string[] {
  if (field.kind === 'boolean') return value === true
  if (field.kind === 'strings') return Array.isArray(value) ? value.map(String) : []
  if (value === undefined || value === null) return ''
  if (field.kind === 'datetime') return String(value).slice(0, 16)
  return field.kind === 'json' ? JSON.stringify(value, null, 2) : String(value)
}

/** The values to send, or what is wrong by field. Optional inputs that are empty are left out. */
export function readDrafts(
  fields: readonly SchemaField[],
  drafts: Drafts,
): { readonly values: JsonObject; readonly errors: Messages } {
  const values: JsonObject = {}
  const errors: Messages = {}
  for (const field of leaves(fields)) {
    const read = readDraft(field, drafts[fieldKey(field)] ?? '')
    if ('error' in read) errors[fieldKey(field)] = read.error
    else if (read.value !== undefined) put(values, field.path, read.value)
  }
  return { values, errors }
}

function put(target: JsonObject, path: readonly string[], value: JsonValue): void {
  const [first = '', ...rest] = path
  if (rest.length === 0) {
    target[first] = value
    return
  }
  const inner = target[first]
  const group = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {}
  target[first] = group
  put(group, rest, value)
}

type Read = { readonly value: JsonValue | undefined } | { readonly error: string }

function readDraft(field: SchemaField, draft: string | boolean | readonly string[]): Read {
  if (typeof draft === 'boolean') return { value: draft }
  if (typeof draft !== 'string') {
    if (draft.length === 0) return field.required ? { error: say('Add at least one.') } : { value: undefined }
    return { value: [...draft] }
  }
  if (draft.trim() === '') return field.required ? { error: say('This is needed.') } : { value: undefined }
  switch (field.kind) {
    case 'choice':
      return { value: field.choices.find((choice) => choice.value === draft)?.json ?? draft }
    case 'number':
    case 'integer':
      return readNumber(field, draft)
    case 'json':
      return readJson(draft)
    case 'datetime': {
      const time = new Date(draft)
      return Number.isNaN(time.getTime()) ? { error: say('Write a date and a time.') } : { value: time.toISOString() }
    }
    default:
      return readText(field, draft)
  }
}

function readNumber({ kind, schema }: SchemaField, draft: string): Read {
  const value = Number(draft.replace(',', '.'))
  if (!Number.isFinite(value)) return { error: say('Write a number.') }
  if (kind === 'integer' && !Number.isInteger(value)) return { error: say('Write a whole number.') }
  if (typeof schema.minimum === 'number' && value < schema.minimum)
    return { error: say('The smallest is {limit}.', { limit: schema.minimum }) }
  if (typeof schema.exclusiveMinimum === 'number' && value <= schema.exclusiveMinimum)
    return { error: say('More than {limit}.', { limit: schema.exclusiveMinimum }) }
  if (typeof schema.maximum === 'number' && value > schema.maximum)
    return { error: say('The largest is {limit}.', { limit: schema.maximum }) }
  return { value }
}

function readJson(draft: string): Read {
  try {
    return { value: JSON.parse(draft) as JsonValue } // JSON.parse makes JSON values
  } catch {
    return { error: say('This is not valid JSON.') }
  }
}

function readText({ kind, schema }: SchemaField, draft: string): Read {
  const value = kind === 'area' || kind === 'password' ? draft : draft.trim()
  const { minLength, maxLength, pattern } = schema
  if (typeof minLength === 'number' && value.length < minLength)
    return { error: say('At least {count} characters.', { count: minLength }) }
  if (typeof maxLength === 'number' && value.length > maxLength)
    return { error: say('At most {count} characters.', { count: maxLength }) }
  if (kind === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
    return { error: say('Write a full address, such as name@example.com.') }
  if (kind === 'url' && !URL.canParse(value))
    return { error: say('Write a full address, such as https://example.com.') }
  if (kind === 'color' && !/^#[0-9a-fA-F]{6}$/.test(value)) return { error: say('Write a colour such as #2453c4.') }
  const problem = kind === 'date' ? dayProblem(value, '', '') : ''
  if (problem !== '') return { error: problem }
  const shape = typeof pattern === 'string' ? safePattern(pattern) : null
  return shape === null || shape.test(value) ? { value } : { error: say('This does not have the expected form.') }
}
