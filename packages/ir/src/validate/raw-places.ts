import type { JsonValue } from '@imperal/contract'
import { byteLength } from '../limits.ts'

const isNode = (value: JsonValue | undefined): value is JsonValue & object =>
  typeof value === 'object' && value !== null
const join = (path: readonly string[]): string => path.join('.')

/** The first value that stands deeper than so many levels; for a document that has one. */
export function deepPlace(raw: JsonValue, most: number): string {
  const open: { readonly value: JsonValue; readonly path: readonly string[] }[] = [{ value: raw, path: [] }]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.path.length > most) return join(at.path)
    if (!isNode(at.value)) continue
    // Backwards, so that the first of the members is looked at first.
    for (const [key, value] of Object.entries(at.value).reverse()) open.push({ value, path: [...at.path, key] })
  }
  return ''
}

const sizeOf = (value: JsonValue): number => byteLength(JSON.stringify(value) ?? '')

/** The innermost member that alone has more than so many bytes: what makes a document large. */
export function largePlace(raw: JsonValue, bytes: number): string {
  const path: string[] = []
  let node: JsonValue | undefined = raw
  while (isNode(node)) {
    const large: [string, JsonValue] | undefined = Object.entries(node).find(([, value]) => sizeOf(value) > bytes)
    if (large === undefined) break
    path.push(large[0])
    node = large[1]
  }
  return join(path)
}

/** Where a document names `__proto__`. */
export function protoPlaces(raw: JsonValue, path: readonly string[] = []): string[] {
  if (!isNode(raw)) return []
  return Object.entries(raw).flatMap(([key, value]) => {
    if (key === '__proto__') return [join([...path, key])]
    return protoPlaces(value, [...path, key])
  })
}
