import type { JsonObject, JsonValue } from '@imperal/contract'
import { COMPARATORS } from '../document.ts'
import { isObject } from '../json.ts'
import { resolveValue } from '../template/resolve.ts'
import { ABSENT, type Absent, type Scope, spend } from '../template/scope.ts'
import { textOf } from '../template/text.ts'

const DECIMAL = /^[ \t\r\n]*([+-]?(?:\d+(?:\.\d*)?|\.\d+))[ \t\r\n]*$/

/** A finite number, a boolean as 1 or 0, or a text that is entirely a decimal number; else null (ir 7). */
function numberOf(value: JsonValue | Absent): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return null
  const found = DECIMAL.exec(value)?.[1]
  return found === undefined ? null : Number(found)
}

const isThere = (value: JsonValue | Absent): boolean => value !== ABSENT && value !== null && value !== ''

function contains(field: JsonValue | Absent, value: JsonValue | Absent, scope: Scope): boolean {
  const wanted = textOf(value)
  if (Array.isArray(field)) {
    return field.some((entry) => {
      const text = textOf(entry)
      spend(scope, text.length)
      return text === wanted
    })
  }
  if (typeof field === 'string') return field.includes(wanted)
  return isObject(field) && Object.hasOwn(field, wanted)
}

function compare(field: JsonValue | Absent, value: JsonValue | Absent, comparator: string, scope: Scope): boolean {
  if (comparator === 'exists') return isThere(field) === (value === true || value === 'true')
  if (comparator === 'in') return contains(field, value, scope)
  if (comparator === 'eq' || comparator === 'neq') {
    const [one, other] = [textOf(field), textOf(value)]
    spend(scope, one.length + other.length)
    return (one === other) === (comparator === 'eq')
  }
  const [one, other] = [numberOf(field), numberOf(value)]
  if (one === null || other === null) return false
  return comparator === 'gt' ? one > other : one < other
}

/** Evaluates an `if` object. With several comparators the first of the fixed order counts, with none it is false (I7.2). */
export function holds(condition: JsonObject, scope: Scope): boolean {
  const comparator = COMPARATORS.find((name) => Object.hasOwn(condition, name))
  if (comparator === undefined) return false
  const field = resolveValue(condition.field ?? null, scope)
  return compare(field, resolveValue(condition[comparator] ?? null, scope), comparator, scope)
}
