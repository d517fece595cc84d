import type { JsonObject, JsonValue, Manifest } from '@imperal/contract'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { HandlerDefinition } from '../handlers/handler-definition.ts'
import { safeSchema } from './safe-schema.ts'

export interface CheckedArguments {
  /** A copy with defaults filled in; the caller's object is left alone. */
  readonly params: JsonObject
  readonly errors: readonly ErrorObject[]
}

export type ArgumentCheck = (params: JsonObject) => CheckedArguments

const compile = (schema: JsonObject): ValidateFunction => {
  // An instance per schema: foreign schemas must not see one another's definitions, and go away with their version.
  const ajv = new Ajv2020({ strict: false, useDefaults: true, allErrors: true, addUsedSchema: false, logger: false })
  formats.default(ajv, { mode: 'fast' })
  return ajv.compile(safeSchema(schema) as JsonObject)
}

const free: ArgumentCheck = (params) => ({ params, errors: [] })

function checkOf(schema: JsonObject | null): ArgumentCheck {
  if (schema === null || Object.keys(schema).length === 0) return free
  const validate = compile(schema)
  return (given) => {
    const params = structuredClone(given)
    const valid = validate(params as JsonValue)
    return { params, errors: valid ? [] : (validate.errors ?? []) }
  }
}

/**
 * The argument check of each function, compiled once per version.
 * @throws what the compiler says when the schema of the manifest is not a JSON Schema
 */
export function createArgumentChecks(): (manifest: Manifest, handler: HandlerDefinition) => ArgumentCheck {
  const known = new WeakMap<Manifest, Map<string, ArgumentCheck>>()
  return (manifest, handler) => {
    let checks = known.get(manifest)
    if (checks === undefined) {
      checks = new Map()
      known.set(manifest, checks)
    }
    const key = `${handler.kind} ${handler.functionName}`
    let check = checks.get(key)
    if (check === undefined) {
      check = checkOf(handler.paramsSchema)
      checks.set(key, check)
    }
    return check
  }
}
