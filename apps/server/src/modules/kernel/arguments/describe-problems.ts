import type { JsonObject } from '@imperal/contract'
import { problemReasons } from '@imperal/contract/guards'
import type { ErrorObject } from 'ajv'

export interface ArgumentProblem {
  /** Dotted path of the field; `""` for the arguments as a whole. */
  readonly field: string
  /** For people. */
  readonly problem: string
  /** For a model that is to repair its call (sdk.md 9.5). */
  readonly reason: string
  readonly missing: boolean
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'empty',
}

const nounOf = (type: unknown): string =>
  (Array.isArray(type) ? type : String(type).split(',')).map((one) => NOUNS[String(one)] ?? String(one)).join(' or ')

function given(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return NOUNS[typeof value] ?? typeof value
}

const pathOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')

const valueAt = (params: JsonObject, field: string): unknown =>
  field === ''
    ? params
    : field.split('.').reduce<unknown>((value, part) => (value as JsonObject | undefined)?.[part], params)

type Phrase = (error: ErrorObject, params: JsonObject) => string

const LIMITS: Readonly<Record<string, Phrase>> = {
  type: (error, params) =>
    `must be ${nounOf(error.params.type)}, but it is ${given(valueAt(params, pathOf(error.instancePath)))}`,
  enum: (error) => `must be one of ${(error.params.allowedValues as unknown[]).map(String).join(', ')}`,
  const: (error) => `must be ${JSON.stringify(error.params.allowedValue)}`,
  minLength: (error) =>
    error.params.limit === 1 ? 'must not be empty' : `must have at least ${error.params.limit} characters`,
  maxLength: (error) => `must have at most ${error.params.limit} characters`,
  minimum: (error) => `must be at least ${error.params.limit}`,
  maximum: (error) => `must be at most ${error.params.limit}`,
  exclusiveMinimum: (error) => `must be more than ${error.params.limit}`,
  exclusiveMaximum: (error) => `must be less than ${error.params.limit}`,
  minItems: (error) => `must have at least ${error.params.limit} entries`,
  maxItems: (error) => `must have at most ${error.params.limit} entries`,
  format: (error) => `must be a valid ${error.params.format}`,
  pattern: () => 'does not have the expected form',
  uniqueItems: () => 'must not repeat an entry',
  multipleOf: (error) => `must be a multiple of ${error.params.multipleOf}`,
}

// Their branches report the same problem in more detail, or nothing that helps a person.
const NOISE: ReadonlySet<string> = new Set(['if', 'not', 'allOf', 'propertyNames'])

function reasonOf(error: ErrorObject, value: unknown): string | undefined {
  if (error.keyword === 'format' && error.params.format === 'date-time') return problemReasons.datetime(value)
  return error.keyword === 'type' ? problemReasons.type(String(error.params.type), value) : undefined
}

function toProblem(error: ErrorObject, params: JsonObject): ArgumentProblem | null {
  const place = pathOf(error.instancePath)
  const inside = (name: unknown) => (place === '' ? String(name) : `${place}.${String(name)}`)
  if (error.keyword === 'required')
    return {
      field: inside(error.params.missingProperty),
      problem: 'is required',
      reason: problemReasons.missing,
      missing: true,
    }
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    const name = error.params.additionalProperty ?? error.params.unevaluatedProperty
    const problem = 'is not known here; leave it out'
    return { field: inside(name), problem, reason: problemReasons.unknown, missing: false }
  }
  if (NOISE.has(error.keyword)) return null
  const problem =
    error.keyword === 'anyOf' || error.keyword === 'oneOf'
      ? 'has none of the accepted forms'
      : (LIMITS[error.keyword]?.(error, params) ?? error.message ?? 'is not valid')
  return { field: place, problem, reason: reasonOf(error, valueAt(params, place)) ?? problem, missing: false }
}

const MOST_PROBLEMS = 20

/** What is wrong with the arguments, each field once, in the order of the check. */
export function describeProblems(errors: readonly ErrorObject[], params: JsonObject): ArgumentProblem[] {
  const found = new Map<string, ArgumentProblem>()
  for (const error of errors) {
    const problem = toProblem(error, params)
    if (problem !== null && !found.has(problem.field)) found.set(problem.field, problem)
    if (found.size >= MOST_PROBLEMS) break
  }
  return [...found.values()]
}

/** One readable sentence per problem. */
export const sentences = (problems: readonly ArgumentProblem[]): string =>
  problems
    .map(({ field, problem }) => (field === '' ? `The arguments ${problem}.` : `“${field}” ${problem}.`))
    .join(' ')
