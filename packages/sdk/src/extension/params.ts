import type * as z from 'zod'
import { ValidationError } from '../errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../values/json.ts'

/** Params of the wire as the schema's output. Without a schema: the object as it came. @throws ValidationError */
export function parseParams(schema: z.ZodObject | undefined, params: JsonValue | undefined): Record<string, unknown> {
  const raw: JsonObject = isObject(params) ? (params as JsonObject) : {}
  if (schema === undefined) return raw
  const parsed = schema.safeParse(raw, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new ArgumentsError(parsed.error)
}

/** Arguments do not fit the params schema. `missing` names the top-level fields that were not given at all. */
export class ArgumentsError extends ValidationError {
  readonly missing: readonly string[]

  constructor(error: z.ZodError) {
    super(error.issues[0]?.path.join('.') ?? '', error.issues.map(sentence).join('; '))
    this.missing = [...new Set(error.issues.filter(isMissing).map((issue) => String(issue.path[0])))]
  }
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0
}

function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? '<root>' : issue.path.join('.')
  return `'${where}': ${isMissing(issue) ? 'required field is missing' : issue.message}`
}
