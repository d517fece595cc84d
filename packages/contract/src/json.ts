import * as z from 'zod'

/** Any value that survives JSON unchanged. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }
export type JsonObject = { [key: string]: JsonValue }

export const JsonValue: z.ZodType<JsonValue> = z.json()
export const JsonObject: z.ZodType<JsonObject> = z.record(z.string(), JsonValue)

/** Deepest nesting of a manifest. What recurses over JSON would run out of stack far beyond it. */
export const MAX_MANIFEST_DEPTH = 200

/** True when objects and lists nest deeper than `levels`. Walks without recursion, so no value is too deep for it. */
export function nestsDeeperThan(value: unknown, levels: number): boolean {
  let layer: unknown[] = [value]
  for (let depth = 0; layer.length > 0; depth += 1) {
    if (depth > levels) return true
    layer = layer.flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : []))
  }
  return false
}
