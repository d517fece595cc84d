import { isObject, type Members } from './values.ts'

/** One call that a model proposes. */
export interface ProposedCall {
  readonly id: string
  readonly name: string
  readonly input: Members
}

const PLACEHOLDER = /^<[A-Z][A-Z0-9_]*>$/
const SHOWN_PATHS = 5
/** What lies deeper is no value that a model was asked for, and must not exhaust the stack. */
const DEEPEST = 64

/** Paths, at most five, of values such as `<USER_ID>`, at any depth: `a.b[0]` (K3.16). */
export function placeholderPaths(input: Members): string[] {
  const found: string[] = []
  const walk = (value: unknown, path: string, depth: number): void => {
    if (found.length >= SHOWN_PATHS || depth > DEEPEST) return
    if (typeof value === 'string') {
      if (PLACEHOLDER.test(value.trim())) found.push(path)
    } else if (Array.isArray(value)) {
      for (const [index, entry] of value.entries()) walk(entry, `${path}[${index}]`, depth + 1)
    } else if (isObject(value)) {
      for (const [key, member] of Object.entries(value)) walk(member, path === '' ? key : `${path}.${key}`, depth + 1)
    }
  }
  walk(input, '', 0)
  return found
}

/** Refuses arguments such as `<USER_ID>` at any depth; null when there are none (sdk.md 9.2, guard 2). */
export function checkPlaceholderArgs(call: ProposedCall): string | null {
  const paths = placeholderPaths(call.input)
  if (paths.length === 0) return null
  return `PLACEHOLDER_ARGS rejected: ${call.name} was called with placeholders instead of values at ${paths.join(', ')}. Ask the user for the real values.`
}
