import type { JsonObject, JsonValue, Manifest } from '@imperal/contract'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { HandlerDefinition } from '../handlers/handler-definition.ts'
import { isCheap, isLargerThan, stepsOf } from './check-cost.ts'
import { safeSchema } from './safe-schema.ts'
import { OutOfTime, withinTime } from './within-time.ts'

export interface CheckedArguments {
  /** A copy with defaults filled in; the caller's object is left alone. */
  readonly params: JsonObject
  readonly errors: readonly ErrorObject[]
}

/** Never throws: arguments that cannot be checked have an error that says so. */
export type ArgumentCheck = (params: JsonObject) => CheckedArguments

// Schemas are foreign, and so are the values: both run in the process that serves everybody.
const LARGEST_SCHEMA = 10_000
const COMPILE_MS = 5_000
const CHECK_MS = 200
// After work that took too long the next calls of that function are refused for so many times as long.
const REST = 10

const compile = (schema: JsonValue): ValidateFunction => {
  // An instance per schema: foreign schemas must not see one another's definitions, and go away with their version.
  const ajv = new Ajv2020({ strict: false, useDefaults: true, allErrors: true, logger: false })
  formats.default(ajv, { mode: 'fast' })
  return ajv.compile(schema as JsonObject)
}

const uncheckable = (message: string): ErrorObject => ({
  instancePath: '',
  schemaPath: '',
  keyword: 'uncheckable',
  params: {},
  message,
})
const UNUSABLE = uncheckable('cannot be checked: what the app says about them is no usable schema')
const TOO_SLOW = uncheckable('cannot be checked in time; send less, or try again in a moment')

const free: ArgumentCheck = (params) => ({ params, errors: [] })

interface Compiled {
  readonly validate: ValidateFunction
  readonly steps: number
}

function compiled(schema: JsonObject): Compiled | null {
  if (isLargerThan(schema, LARGEST_SCHEMA)) return null
  try {
    return withinTime(COMPILE_MS, () => {
      const safe = safeSchema(schema)
      return { validate: compile(safe), steps: stepsOf(safe) }
    })
  } catch (error) {
    if (error instanceof OutOfTime) throw error
    return null // not a JSON Schema; each call is told so
  }
}

function checkOf(schema: JsonObject | null): ArgumentCheck {
  if (schema === null || Object.keys(schema).length === 0) return free
  let usable: Compiled | null | undefined
  let restsUntil = 0
  return (given) => {
    if (performance.now() < restsUntil) return { params: given, errors: [TOO_SLOW] }
    try {
      usable ??= usable === null ? null : compiled(schema)
      if (usable === null) return { params: given, errors: [UNUSABLE] }
      const { validate, steps } = usable
      const check = (): CheckedArguments => {
        // Arguments are JSON, of which this is the quickest copy.
        const params: JsonObject = JSON.parse(JSON.stringify(given))
        return { params, errors: validate(params) ? [] : (validate.errors ?? []) }
      }
      return isCheap(steps, given) ? check() : withinTime(CHECK_MS, check)
    } catch (error) {
      // Anything else is a value nested deeper than the stack: the next one may be fine.
      if (error instanceof OutOfTime)
        restsUntil = performance.now() + REST * (usable === undefined ? COMPILE_MS : CHECK_MS)
      return { params: given, errors: [TOO_SLOW] }
    }
  }
}

/** The argument check of each function, compiled once per version. */
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
