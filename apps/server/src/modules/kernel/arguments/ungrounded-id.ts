import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Evidence } from '../types.ts'

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
