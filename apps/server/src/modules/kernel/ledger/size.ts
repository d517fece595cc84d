import type { JsonValue } from '@imperal/contract'

/** Whether a value is longer than so many bytes as JSON. Stops at the limit, so a huge value costs no more than a long one. */
export function exceeds(value: JsonValue, bytes: number): boolean {
  let left = bytes
  const count = (one: JsonValue): void => {
    if (left < 0) return
    if (typeof one === 'string') left -= Buffer.byteLength(one) + 2
    else if (Array.isArray(one)) {
      left -= one.length + 1
      for (const entry of one) count(entry)
    } else if (typeof one === 'object' && one !== null) {
      left -= 2
      for (const key in one) {
        left -= Buffer.byteLength(key) + 4
        count(one[key] as JsonValue)
        if (left < 0) return
      }
    } else left -= 5
  }
  count(value)
  return left < 0
}
