import * as z from 'zod'
import { DeclarationError } from '../errors.ts'
import { fromEntries, isObject, type JsonObject, type JsonValue } from '../values/json.ts'

/**
 * JSON schema for the manifest: without `$schema`, a root `$ref` inlined, and without the safe-integer bounds that Zod
 * adds to plain integers.
 * @throws DeclarationError naming the place of something that JSON Schema cannot say
 */
export function manifestSchemaOf(schema: z.ZodType, io: 'input' | 'output', what: string): JsonObject {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: ({ path, message }) => {
      const where = path.filter((part) => part !== 'properties').join('.') || '<root>'
      throw new DeclarationError(
        `${what}: ${where} cannot be described in JSON Schema (${message}). Use an ISO string for dates and a number or a string for big integers.`,
      )
    },
  }) as JsonObject
  const { $schema: _draft, ...rest } = json
  const cleaned = withoutSafeIntegerBounds(inlineRoot(rest))
  return isObject(cleaned) ? (cleaned as JsonObject) : {}
}

function inlineRoot(schema: JsonObject): JsonObject {
  const { $ref, $defs, ...rest } = schema
  if (typeof $ref !== 'string' || !isObject($defs)) return schema
  const name = $ref.slice('#/$defs/'.length)
  const { [name]: root, ...others } = $defs as JsonObject
  if (!isObject(root)) return schema
  const recursive = JSON.stringify(root).includes(`"${$ref}"`)
  const kept = recursive ? ($defs as JsonObject) : others
  return { ...rest, ...(root as JsonObject), ...(Object.keys(kept).length === 0 ? {} : { $defs: kept }) }
}

function withoutSafeIntegerBounds(node: JsonValue): JsonValue {
  if (Array.isArray(node)) return node.map(withoutSafeIntegerBounds)
  if (!isObject(node)) return node
  const entries = Object.entries(node).filter(([key, value]) => !isSafeIntegerBound(key, value))
  return fromEntries(entries.map(([key, value]) => [key, withoutSafeIntegerBounds(value as JsonValue)]))
}

function isSafeIntegerBound(key: string, value: unknown): boolean {
  return (
    (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) || (key === 'maximum' && value === Number.MAX_SAFE_INTEGER)
  )
}
