import type { JsonObject, JsonValue } from '@imperal/contract'

const MAX_DEPTH = 40
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Whether a pattern is tried in linear time for sure. The kernel runs patterns of foreign manifests on foreign values in
 * its own process, so a repeated group that itself repeats, a look-around or a back-reference is left to the extension.
 */
export function isPlainPattern(pattern: string): boolean {
  if (pattern.length > 500 || /\\[1-9k]|\(\?/.test(pattern.replaceAll('(?:', '('))) return false
  const withoutClasses = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  const repeated = /[*+]|\{\d+,\d*\}/
  // Each optional part may double the program that V8 makes of the pattern, and nothing breaks that work off.
  if ((withoutClasses.match(/[?|]/g) ?? []).length > 12) return false
  if (/\)(?:[*+?]|\{)/.test(withoutClasses)) return false
  // `a*a*b` is polynomial: with more than a few open repetitions a long value takes long.
  return (withoutClasses.match(new RegExp(repeated, 'g')) ?? []).length <= 3
}

/** A copy that is safe to compile: no remote references, no identities, no patterns that could hang the process. */
export function safeSchema(schema: JsonValue, depth = 0): JsonValue {
  if (depth > MAX_DEPTH) return true
  if (Array.isArray(schema)) return schema.map((entry) => safeSchema(entry, depth + 1))
  if (!isObject(schema)) return schema
  const copy: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$schema' || key === '$id' || key === '$async' || key === '$dynamicRef') continue
    if (key === '$ref' && (typeof value !== 'string' || !value.startsWith('#'))) continue
    if (key === 'pattern' && (typeof value !== 'string' || 'format' in schema || !isPlainPattern(value))) continue
    if (key === 'patternProperties') continue
    copy[key] = key === 'const' || key === 'enum' || key === 'default' ? value : safeSchema(value, depth + 1)
  }
  return copy
}
