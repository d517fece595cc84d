import type { JsonObject, JsonValue } from '@imperal/contract'
import { checkIdShape, mentionsCode, placeholderPaths } from '@imperal/contract/guards'
import type { Evidence } from '../types.ts'

// The rules are those that authors try with the SDK; the kernel only says them in its own words.
export { placeholderPaths }

/** K3.10: an id whose shape no provider makes; models invent them. */
export function inventedId(params: JsonObject): { field: string; value: string } | null {
  const found = checkIdShape(params)
  return found === null ? null : { field: found.field, value: found.value }
}

const MAX_DEPTH = 64

/** Every text in the arguments, with its dotted path. */
function* textsOf(value: JsonValue, path = '', depth = 0): Generator<[path: string, text: string]> {
  if (depth > MAX_DEPTH) return
  if (typeof value === 'string') yield [path, value]
  else if (Array.isArray(value))
    for (const [index, entry] of value.entries()) yield* textsOf(entry, `${path}.${index}`, depth + 1)
  else if (value !== null && typeof value === 'object')
    for (const [key, entry] of Object.entries(value))
      yield* textsOf(entry, path === '' ? key : `${path}.${key}`, depth + 1)
}

/** K3.17: the path of a value that carries the code of an earlier failure into what is written. */
export function bledCode(params: JsonObject, { failedCodes }: Evidence): { path: string; code: string } | null {
  if (failedCodes.length === 0) return null
  for (const [path, text] of textsOf(params)) {
    const code = failedCodes.find((one) => mentionsCode(text, one))
    if (code !== undefined) return { path, code }
  }
  return null
}

const ID_NAME = /(?:^|_)ids?$/

interface Known {
  readonly idProjection: string
  readonly paramsSchema: JsonObject | null
}

const isDeclared = (schema: JsonValue | undefined, value: string): boolean => {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false
  const { enum: options, const: fixed, default: preset } = schema
  return (Array.isArray(options) && options.includes(value)) || fixed === value || preset === value
}

/**
 * K3.11: a parameter that holds an id which nothing in the turn ever named. Only the parameter of `id_projection` and those
 * that are named as ids count; a value that the schema itself offers is no invention.
 */
export function ungroundedId(
  params: JsonObject,
  evidence: Evidence,
  handler: Known,
): { field: string; value: string } | null {
  const properties = (handler.paramsSchema?.properties ?? {}) as JsonObject
  for (const [field, value] of Object.entries(params)) {
    if (field !== handler.idProjection && !ID_NAME.test(field)) continue
    for (const one of Array.isArray(value) ? value : [value]) {
      if ((typeof one !== 'string' && typeof one !== 'number') || one === '') continue
      const id = String(one)
      if (!isDeclared(properties[field], id) && !evidence.knows(id)) return { field, value: id }
    }
  }
  return null
}
