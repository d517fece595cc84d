import type { JsonObject, JsonValue } from '@imperal/contract'

export type FieldKind =
  | 'text'
  | 'area'
  | 'password'
  | 'email'
  | 'url'
  | 'color'
  | 'date'
  | 'datetime'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'choice'
  | 'strings'
  | 'object'
  | 'json'

/** One input of a generated form. `path` leads to its value, such as `['address', 'city']`. */
export interface SchemaField {
  readonly path: readonly string[]
  readonly kind: FieldKind
  readonly label: string
  readonly description: string
  readonly required: boolean
  readonly schema: JsonObject
  readonly choices: readonly { readonly value: string; readonly label: string; readonly json: JsonValue }[]
  /** Inputs of an object that is drawn as a group. */
  readonly children: readonly SchemaField[]
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const LONG_NAMES = /(?:^|_)(?:content|body|text|description|notes?|markdown|message|prompt)$/i
/** Objects inside objects beyond this level are edited as JSON. */
const GROUP_DEPTH = 1

/** The inputs for an object schema, required ones first. What is `readOnly` there is for programs, and nobody is asked for it. */
export function schemaFields(schema: unknown, prefix: readonly string[] = [], root: unknown = schema): SchemaField[] {
  const resolved = resolve(schema, root)
  const properties = isObject(resolved.properties) ? resolved.properties : {}
  const required = new Set(Array.isArray(resolved.required) ? resolved.required.map(String) : [])
  const fields = Object.entries(properties)
    .map(([name, member]) => [name, resolve(member, root)] as const)
    .filter(([, member]) => member.readOnly !== true)
    .map(([name, member]) => fieldOf([...prefix, name], member, required.has(name), root))
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)]
}

function fieldOf(path: readonly string[], schema: JsonObject, required: boolean, root: unknown): SchemaField {
  const name = path.at(-1) ?? ''
  const choices = choicesOf(schema)
  const kind = kindOf(name, schema, choices.length > 0, path.length)
  return {
    path,
    kind,
    label: textOf(schema.title) || humanName(name),
    description: textOf(schema.description),
    required: required && schema.default === undefined,
    schema,
    choices,
    children: kind === 'object' ? schemaFields(schema, path, root) : [],
  }
}

function kindOf(name: string, schema: JsonObject, hasChoices: boolean, depth: number): FieldKind {
  if (hasChoices) return 'choice'
  switch (typeOf(schema)) {
    case 'boolean':
      return 'boolean'
    case 'integer':
      return 'integer'
    case 'number':
      return 'number'
    case 'string':
      return textKind(name, schema)
    case 'array':
      return typeOf(isObject(schema.items) ? schema.items : {}) === 'string' ? 'strings' : 'json'
    case 'object':
      return isObject(schema.properties) && depth <= GROUP_DEPTH ? 'object' : 'json'
    default:
      return 'json'
  }
}

function textKind(name: string, schema: JsonObject): FieldKind {
  const format = textOf(schema.format)
  if (format === 'password' || schema.writeOnly === true) return 'password'
  if (format === 'email') return 'email'
  if (format === 'uri' || format === 'url') return 'url'
  if (format === 'color') return 'color'
  if (format === 'date') return 'date'
  if (format === 'date-time') return 'datetime'
  const roomy = typeof schema.maxLength === 'number' && schema.maxLength > 300
  return roomy || format === 'textarea' || LONG_NAMES.test(name) ? 'area' : 'text'
}

function typeOf(schema: JsonObject): string {
  const type = schema.type
  return textOf(Array.isArray(type) ? type.find((one) => one !== 'null') : type)
}

/** The members of `oneOf` when all of them are single values, which then have labels: `{const: 'a', title: 'First'}`. */
function labelledValues(schema: JsonObject): readonly JsonObject[] {
  const list = Array.isArray(schema.oneOf) ? schema.oneOf.filter(isObject) : []
  return list.length > 0 && list.every((one) => one.const !== undefined) ? list : []
}

function choicesOf(schema: JsonObject): SchemaField['choices'] {
  const labelled = labelledValues(schema)
  if (labelled.length > 0)
    return labelled.map((one) => ({
      value: String(one.const),
      label: textOf(one.title) || String(one.const),
      json: one.const ?? null,
    }))
  const list = Array.isArray(schema.enum) ? schema.enum : schema.const !== undefined ? [schema.const] : []
  return list
    .filter((value) => value !== null && typeof value !== 'object')
    .map((value) => ({
      value: String(value),
      label: typeof value === 'string' ? humanChoice(value) : String(value),
      json: value,
    }))
}

/** Follows local references, and reads `anyOf: [T, null]` and `allOf: [T]` as T. */
function resolve(schema: unknown, root: unknown, hops = 0): JsonObject {
  if (!isObject(schema) || hops > 16) return {}
  if (labelledValues(schema).length > 0) return schema
  const { $ref: ref, anyOf, oneOf, allOf, ...own } = schema
  if (typeof ref === 'string') return { ...resolve(follow(ref, root), root, hops + 1), ...own }
  const options = [anyOf, oneOf, allOf].find((list) => Array.isArray(list)) ?? []
  const real = (options as JsonValue[]).filter((one) => isObject(one) && one.type !== 'null') // arrays by the line above
  return real.length === 1 ? { ...resolve(real[0], root, hops + 1), ...own } : own
}

function follow(ref: string, root: unknown): unknown {
  if (!ref.startsWith('#/')) return undefined
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
      return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
    }, root)
}

/** `note_id` and `noteId` read "Note id". */
export function humanName(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function humanChoice(value: string): string {
  return /^[a-z0-9_]+$/.test(value) ? humanName(value) : value
}

/** What a text field may hold, by its key, with words for people: the names of things in the place of their ids. */
export type FieldChoices = Readonly<Record<string, readonly { readonly value: string; readonly label: string }[]>>

/** Fields that have choices become lists to choose from, and lose the word "id" in their label. */
export function withChoices(fields: readonly SchemaField[], given: FieldChoices): readonly SchemaField[] {
  return fields.map((field) => {
    const choices = given[field.path.join('.')] ?? []
    if (field.kind !== 'text' || choices.length === 0) return field
    const label = field.label.replace(/ id$/, '')
    return {
      ...field,
      kind: 'choice',
      label,
      description: '',
      choices: choices.map((one) => ({ ...one, json: one.value })),
    }
  })
}
