import { charCodeAt, freeze, isArray, isView, keysOf, stringify } from './intrinsics.ts'

const DEEPEST = 400

export type Encoded =
  | { readonly text: string }
  | { readonly problem: 'too_large' | 'not_json'; readonly reason: string }

/** Bytes of UTF-8; stops counting soon after `limit`. */
function bytesOf(text: string, limit: number): number {
  if (text.length > limit || text.length * 3 <= limit) return text.length
  let bytes = 0
  for (let at = 0; at < text.length && bytes <= limit; at++) {
    const unit = charCodeAt(text, at)
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}

interface Measure {
  left: number
  readonly limit: number
  problem: 'too_large' | 'not_json' | null
}

// Serialising a huge value would exhaust the heap before its size could be seen, so the value is weighed first.
function weigh(value: unknown, measure: Measure, depth: number): void {
  if (measure.problem !== null) return
  measure.left -= typeof value === 'string' ? value.length + 2 : 2
  if (measure.left < 0) measure.problem = 'too_large'
  if (typeof value !== 'object' || value === null || measure.problem !== null) return
  if (depth > DEEPEST) {
    measure.problem = 'not_json'
    return
  }
  if (isView(value)) {
    measure.left -= (value as Uint8Array).byteLength
    if (measure.left < 0) measure.problem = 'too_large'
    return
  }
  if (isArray(value)) {
    for (let at = 0; at < value.length && measure.problem === null; at++) weigh(value[at], measure, depth + 1)
    return
  }
  const keys = keysOf(value)
  for (let at = 0; at < keys.length && measure.problem === null; at++) {
    const key = keys[at] as string
    measure.left -= key.length
    weigh((value as Record<string, unknown>)[key], measure, depth + 1)
  }
}

const NOT_JSON = freeze({
  problem: 'not_json' as const,
  reason: `is not plain data: it refers to itself, is nested more than ${DEEPEST} levels deep or holds a value without a JSON form`,
})

/** The JSON text of an author's value, at most `limit` bytes. Never throws; `undefined` becomes `null`. */
export function encode(value: unknown, limit: number): Encoded {
  const measure: Measure = { left: limit, limit, problem: null }
  try {
    weigh(value, measure, 0)
    if (measure.problem === 'not_json') return NOT_JSON
    const text = measure.problem === null ? (stringify(value) ?? 'null') : ''
    if (measure.problem === 'too_large' || bytesOf(text, limit) > limit) {
      return { problem: 'too_large', reason: `is larger than ${limit} bytes` }
    }
    return { text }
  } catch {
    return NOT_JSON
  }
}
