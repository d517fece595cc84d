import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrFunction, IrStep } from '../document.ts'
import { isObject } from '../json.ts'
import { hasToken, scanTemplate, type Token } from '../template/scan.ts'
import { ROOTS } from '../template/scope.ts'

const SCHEMA_KEYS = ['type', 'properties', 'required', '$defs']

/** A bare map of properties, in which `required: true` stands inside a property, as an object schema (I6.7). */
function fromPropertyMap(map: JsonObject): JsonObject {
  const properties: JsonObject = {}
  const required: string[] = []
  for (const [name, property] of Object.entries(map)) {
    if (!isObject(property)) continue
    const { required: isRequired, ...rest } = property
    properties[name] = Array.isArray(isRequired) ? property : rest
    if (isRequired === true) required.push(name)
  }
  return { type: 'object', properties, required }
}

function declared(schema: JsonObject): JsonObject {
  const isMap = !SCHEMA_KEYS.some((key) => Object.hasOwn(schema, key)) && Object.values(schema).every(isObject)
  if (isMap) return fromPropertyMap(schema)
  return {
    ...schema,
    type: 'object',
    properties: isObject(schema.properties) ? schema.properties : {},
    required: Array.isArray(schema.required) ? schema.required : [],
  }
}

/** Every token of every string in a value, outside object keys. */
export function* tokensIn(value: JsonValue | undefined): Generator<Token> {
  if (typeof value === 'string') {
    if (hasToken(value)) yield* scanTemplate(value).parts.filter((part) => typeof part !== 'string')
  } else if (Array.isArray(value)) for (const entry of value) yield* tokensIn(entry)
  else if (isObject(value)) for (const entry of Object.values(value)) yield* tokensIn(entry)
}

/** The places of a step in which templates are read (I6.1). */
export function* templatesOf(step: IrStep): Generator<JsonValue> {
  for (const part of [step.params, step.if, step.result, step.summary, step.ui]) if (part !== undefined) yield part
}

/** The call param that a path begins with; null: another root. */
export function paramOf(path: readonly string[], aliases: ReadonlySet<string> = new Set()): string | null {
  const [root = '', second] = path
  if (aliases.has(root)) return null
  if (root === 'event' || root === 'args' || root === 'params') return second ?? null
  return ROOTS.has(root) ? null : root
}

function aliasesIn(value: JsonValue | undefined, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const entry of value) aliasesIn(entry, found)
  else if (isObject(value)) {
    if (Object.hasOwn(value, '$repeat')) {
      const alias = typeof value.as === 'string' ? value.as : 'item'
      found.add(alias).add(`${alias}_index`)
    }
    for (const entry of Object.values(value)) aliasesIn(entry, found)
  }
  return found
}

/** Params that bindings use, in the order in which they are first named. */
export function usedParams(steps: readonly IrStep[]): string[] {
  const names = new Set<string>()
  for (const step of steps) {
    const aliases = aliasesIn(step.ui)
    for (const part of templatesOf(step))
      for (const token of tokensIn(part)) {
        const name = token.kind === 'literal' ? null : paramOf(token.path, aliases)
        if (name !== null) names.add(name)
      }
  }
  return [...names]
}

const kept = new WeakMap<IrFunction, JsonObject>()

/** The full object schema of a function's params: what is declared, and untyped the params that only bindings name (I6.9). */
export function fullSchema(fn: IrFunction): JsonObject {
  let schema = kept.get(fn)
  if (schema === undefined) {
    schema = declared(fn.params_schema)
    const properties = { ...(schema.properties as JsonObject) } // `declared` makes it an object
    for (const name of usedParams(fn.steps)) if (!Object.hasOwn(properties, name)) properties[name] = {}
    schema = { ...schema, properties }
    kept.set(fn, schema)
  }
  return schema
}

/** The only required param that names an id; else none (I9.6). */
export function idProjectionOf(schema: JsonObject): string {
  const required = Array.isArray(schema.required) ? schema.required : []
  const ids = required.filter((name) => typeof name === 'string' && /(?:^|_)id$/.test(name))
  return ids.length === 1 ? String(ids[0]) : ''
}

/** Names of the params without which a function cannot be called. */
export function requiredParams(fn: IrFunction): string[] {
  const { required } = fullSchema(fn)
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}
