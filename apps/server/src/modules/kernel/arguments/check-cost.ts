import type { JsonObject, JsonValue } from '@imperal/contract'

// One step of a cheap check takes some tens of nanoseconds.
const CHEAP_STEPS = 100_000
const TEXT_OF_ONE_STEP = 64

// Their time is not bounded by schema times value: a reference repeats its target, uniqueness compares each with each.
const UNBOUNDED: ReadonlySet<string> = new Set(['$ref', 'uniqueItems', 'unevaluatedProperties', 'unevaluatedItems'])
// Tried at each place of a text it still takes a bounded number of steps.
const isFixedPattern = (pattern: JsonValue): boolean =>
  typeof pattern === 'string' && pattern.length <= 100 && !/[*+?|(]|\{\d*,/.test(pattern.replace(/\\./g, 'x'))

/** Steps that a schema takes for one value; infinite when the schema does not tell. */
export function stepsOf(schema: JsonValue): number {
  if (typeof schema !== 'object' || schema === null) return 1
  if (Array.isArray(schema)) return schema.reduce<number>((sum, entry) => sum + stepsOf(entry), 1)
  let sum = 1
  for (const [key, value] of Object.entries(schema)) {
    if (UNBOUNDED.has(key) || (key === 'pattern' && !isFixedPattern(value))) return Number.POSITIVE_INFINITY
    sum += stepsOf(value)
  }
  return sum
}

/** Whether a value has more than so many entries, at all levels together. */
export function isLargerThan(value: JsonValue, most: number): boolean {
  let left = most
  const count = (entry: JsonValue): boolean =>
    --left < 0 || (typeof entry === 'object' && entry !== null && Object.values(entry).some(count))
  return count(value)
}

/** Whether checking these arguments takes a few milliseconds at the most, whatever is in them. */
export function isCheap(steps: number, params: JsonObject): boolean {
  let left = CHEAP_STEPS / steps
  const count = (value: JsonValue): void => {
    left -= typeof value === 'string' ? 1 + value.length / TEXT_OF_ONE_STEP : 1
    if (left < 0 || typeof value !== 'object' || value === null) return
    for (const entry of Array.isArray(value) ? value : Object.values(value)) {
      count(entry)
      if (left < 0) return
    }
  }
  count(params)
  return left >= 0
}
