import * as z from 'zod'
import type { JsonObject } from '../values/json.ts'
import { WIRE_TYPES, type WireTypeName } from './wire-types.ts'

/** One problem of a wire object: rule `<prefix>1` to `<prefix>5` (sdk.md 4) and the dotted place. */
export interface WireIssue {
  readonly rule: string
  readonly where: string
  readonly message: string
}

/** 1 not an object, 2 missing key, 3 unknown key, 4 wrong value, 5 something inside a nested value. */
function kindOf(issue: z.core.$ZodIssue): 1 | 2 | 3 | 4 | 5 {
  if (issue.path.length === 0 && issue.code === 'invalid_type') return 1
  if (issue.path.length > 1) return 5
  if (issue.code === 'unrecognized_keys') return issue.path.length === 0 ? 3 : 5
  return issue.code !== 'custom' && issue.input === undefined ? 2 : 4
}

function issuesOf(issue: z.core.$ZodIssue, prefix: string): WireIssue[] {
  const rule = `${prefix}${kindOf(issue)}`
  const place = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return [{ rule, where: place || '<root>', message: issue.message }]
  return issue.keys.map((key) => {
    return { rule, where: place === '' ? key : `${place}.${key}`, message: `'${key}' is not a key of this object` }
  })
}

function validate(name: WireTypeName, value: unknown): readonly WireIssue[] {
  const { prefix, schema } = WIRE_TYPES[name]
  const parsed = (schema as z.ZodType).safeParse(value, { reportInput: true })
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => issuesOf(issue, prefix))
}

export const validateActionResult = (value: unknown) => validate('ActionResult', value)
export const validateEvent = (value: unknown) => validate('Event', value)
export const validateFunctionCall = (value: unknown) => validate('FunctionCall', value)
export const validateChatResult = (value: unknown) => validate('ChatResult', value)
export const validateDocument = (value: unknown) => validate('Document', value)
export const validateCompletionResult = (value: unknown) => validate('CompletionResult', value)
export const validateLimitsResult = (value: unknown) => validate('LimitsResult', value)
export const validateSubscriptionInfo = (value: unknown) => validate('SubscriptionInfo', value)
export const validateBalanceInfo = (value: unknown) => validate('BalanceInfo', value)
export const validateFileInfo = (value: unknown) => validate('FileInfo', value)
export const validateHttpResponse = (value: unknown) => validate('HttpResponse', value)

/** JSON Schema (draft 2020-12) of one wire type; the files of `packages/sdk/schemas` are these. */
export function getWireSchema(name: WireTypeName): JsonObject {
  const { $schema, ...schema } = z.toJSONSchema(WIRE_TYPES[name].schema, { io: 'input' }) as JsonObject
  return {
    ...($schema === undefined ? {} : { $schema }),
    $id: `https://imperal.io/schemas/${fileNameOf(name)}`,
    title: name,
    ...schema,
  }
}

/** `ActionResult` gives `action-result.schema.json`. */
export function fileNameOf(name: WireTypeName): string {
  return `${name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.schema.json`
}

export { WIRE_TYPES, type WireTypeName } from './wire-types.ts'
