import type { JsonObject, JsonValue } from '@imperal/contract'

type Scalar = string | number | boolean

const isScalar = (value: JsonValue | undefined): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
const isRecord = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const DAY = /^\d{4}-\d{2}-\d{2}/
const MOMENT = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/

// What an app may tidy without doing something else: case, blanks, the # of a tag.
const tidied = (text: string): string =>
  text.normalize('NFC').trim().replace(/^#/, '').replace(/\s+/g, ' ').toLowerCase()

function differingTexts(asked: string, answered: string): boolean {
  if (MOMENT.test(asked) && MOMENT.test(answered)) return Date.parse(asked) !== Date.parse(answered)
  // A day, or “tomorrow”, becomes a moment by rules of the app.
  if (DAY.test(answered)) return DAY.test(asked) && asked.length === 10 && answered.length === 10 && asked !== answered
  const [wanted, got] = [tidied(asked), tidied(answered)]
  if (got.endsWith('…')) return !wanted.startsWith(got.slice(0, -1).trimEnd())
  return wanted !== got
}

const member = (value: Scalar): string => (typeof value === 'string' ? tidied(value) : String(value))

/** Whether an answer says something else than was asked for; values that cannot be compared say nothing. */
function differs(asked: JsonValue | undefined, answered: JsonValue | undefined): boolean {
  // An empty wish leaves the choice to the app.
  if (asked === undefined || asked === null || asked === '') return false
  if (typeof asked === 'string' && typeof answered === 'string') return differingTexts(asked, answered)
  if (isScalar(asked) && isScalar(answered)) return typeof asked === typeof answered && asked !== answered
  if (!Array.isArray(asked) || !Array.isArray(answered)) return false
  if (!asked.every(isScalar) || !answered.every(isScalar)) return false
  const [wanted, got] = [new Set(asked.map(member)), new Set(answered.map(member))]
  return wanted.size !== got.size || [...wanted].some((value) => !got.has(value))
}

/** The record that was written: the data itself, or the only record in it, such as `{note: {…}}`. */
function recordsOf(data: JsonObject): JsonObject[] {
  const inner = Object.values(data).filter(isRecord)
  return inner.length === 1 ? [data, ...inner] : [data]
}

/**
 * Names of the parameters that the answer of a change carries under the same name with another value: what was written is not
 * what was asked for (K3.50, I-EXT-VERIFY-WRITE-REFLECTS-INTENT). An answer that does not carry a parameter says nothing of it.
 */
export function notReflected(params: JsonValue, data: JsonValue): string[] {
  if (!isRecord(params) || !isRecord(data)) return []
  const records = recordsOf(data)
  return Object.keys(params).filter((name) =>
    records.some((record) => Object.hasOwn(record, name) && differs(params[name], record[name])),
  )
}
