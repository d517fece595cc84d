import { entries, isObject, type JsonObject, type JsonValue } from '../values/json.ts'

/** One call that a model proposes. */
export interface ProposedCall {
  readonly id: string
  readonly name: string
  readonly input: JsonObject
}

const PLACEHOLDER = /^<[A-Z][A-Z0-9_]*>$/
const SHOWN_PATHS = 5

/** Refuses arguments such as `<USER_ID>` at any depth; null when there are none (sdk.md 9.2, guard 2). */
export function checkPlaceholderArgs(call: ProposedCall): string | null {
  const paths = placeholderPaths(call.input, '')
  if (paths.length === 0) return null
  const shown = paths.slice(0, SHOWN_PATHS).join(', ')
  return `PLACEHOLDER_ARGS rejected: ${call.name} was called with placeholders instead of values at ${shown}. Ask the user for the real values.`
}

function placeholderPaths(value: JsonValue, path: string): string[] {
  if (typeof value === 'string') return PLACEHOLDER.test(value.trim()) ? [path] : []
  if (Array.isArray(value)) return value.flatMap((entry, index) => placeholderPaths(entry, `${path}[${index}]`))
  if (!isObject(value)) return []
  return entries(value as JsonObject).flatMap(([key, member]) =>
    placeholderPaths(member, path === '' ? key : `${path}.${key}`),
  )
}
