import type { JsonObject, JsonValue } from '@imperal/contract'

const ID_FIELDS = ['message_id', 'thread_id', 'email_id', 'msg_id'] as const
const INVENTED = /^[a-z][a-z0-9]*-[a-z][a-z0-9]*-\d+$/

/** K3.10: an id whose shape no provider makes; models invent them. */
export function inventedId(params: JsonObject): { field: string; value: string } | null {
  for (const field of ID_FIELDS) {
    const value = params[field]
    if (typeof value === 'string' && INVENTED.test(value)) return { field, value }
  }
  return null
}

const PLACEHOLDER = /^<[A-Z][A-Z0-9_]*>$/
const MOST_PATHS = 5
const MAX_DEPTH = 64

/** K3.16: paths (at most five) whose value is a placeholder such as `<NOTE_ID>` instead of a value. */
export function placeholderPaths(params: JsonObject): string[] {
  const found: string[] = []
  const walk = (value: JsonValue, path: string, depth: number): void => {
    if (found.length >= MOST_PATHS || depth > MAX_DEPTH) return
    if (typeof value === 'string') {
      if (PLACEHOLDER.test(value.trim())) found.push(path)
    } else if (Array.isArray(value)) {
      for (const [index, entry] of value.entries()) walk(entry, `${path}.${index}`, depth + 1)
    } else if (value !== null && typeof value === 'object') {
      for (const [key, entry] of Object.entries(value)) walk(entry, path === '' ? key : `${path}.${key}`, depth + 1)
    }
  }
  walk(params, '', 0)
  return found
}
