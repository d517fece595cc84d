import type { JsonObject, JsonValue } from '@imperal/contract'
import { storableText } from './check-input.ts'
import { storeErrors } from './errors.ts'

/** `where` as the statements take it: what containment can say, and the rest for `store.matches`. Null: no condition. */
export interface Conditions {
  readonly contained: string | null
  readonly others: string | null
}

const isContainer = (value: JsonValue): value is JsonValue[] | JsonObject => typeof value === 'object' && value !== null

function operatorOf(field: string, value: JsonObject): JsonObject | null {
  const operators = Object.keys(value).filter((key) => key.startsWith('$'))
  if (operators.length === 0) return null
  const wanted = value.$contains
  if (Object.keys(value).length !== 1 || wanted === undefined) {
    throw storeErrors.BAD_QUERY({ reason: `"${field}" uses ${operators.join(', ')}; the only operator is $contains` })
  }
  if (isContainer(wanted)) {
    throw storeErrors.BAD_QUERY({ reason: `$contains of "${field}" takes a text, a number or a boolean` })
  }
  return { contains: wanted }
}

/**
 * Equality of top-level fields, all must hold: null also means "missing", lists and objects are equal as a whole.
 * `{"$contains": text}` finds a part of a text (case does not matter) or a member of a list.
 * @throws STORE_BAD_QUERY
 */
export function conditionsOf(where: JsonObject | null | undefined): Conditions {
  const contained: JsonObject = {}
  const others: JsonObject = {}
  for (const [field, value] of Object.entries(where ?? {})) {
    if (isContainer(value)) {
      others[field] = (Array.isArray(value) ? null : operatorOf(field, value)) ?? { equals: value }
    } else if (value === null) others[field] = { equals: null }
    else contained[field] = value
  }
  const text = (part: JsonObject) => (Object.keys(part).length === 0 ? null : storableText(part))
  return { contained: text(contained), others: text(others) }
}
