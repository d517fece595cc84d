import type { JsonObject, JsonValue } from '@imperal/contract'
import { bareObject, isObject } from '../json.ts'
import { byteLength, IR_LIMITS } from '../limits.ts'
import { RunError } from '../run/run-error.ts'
import { type Filter, hasToken, scanTemplate, type Template, type Token } from './scan.ts'
import { ABSENT, type Absent, lookUp, type Scope, spend } from './scope.ts'
import { countOf, formatNumber, textOf } from './text.ts'

// Templates of a document are short and used often; longer texts cost little beside what is done with them.
const LONGEST_KEPT = 2048
/** Bytes, roughly, that the kept templates may take in all. */
const MOST_KEPT = 4 * 1024 * 1024
const PART_BYTES = 128
const kept = new Map<string, Template>()
let keptBytes = 0

/** Roughly what a template takes: its text, twice with the parts, and an object for each part. */
const bytesOf = ({ source, parts, problems }: Template): number =>
  4 * source.length + PART_BYTES * (1 + parts.length + problems.length)

/** The template of a document's string; short ones are read once. */
export function templateOf(source: string): Template {
  if (source.length > LONGEST_KEPT) return scanTemplate(source)
  let template = kept.get(source)
  if (template === undefined) {
    template = scanTemplate(source)
    const bytes = bytesOf(template)
    if (keptBytes + bytes > MOST_KEPT) {
      kept.clear()
      keptBytes = 0
    }
    kept.set(source, template)
    keptBytes += bytes
  }
  return template
}

function filtered(value: JsonValue | Absent, filter: Filter | null): JsonValue | Absent {
  if (filter === null) return value
  if (filter.name === 'count') return countOf(value)
  if (filter.name === 'default') return value === ABSENT || value === null || value === '' ? filter.value : value
  if (value === ABSENT || value === null) return ''
  if (typeof value !== 'number')
    throw new RunError('IR_TEMPLATE_TYPE', 'A value that should be shown as a number is none.')
  return formatNumber(value, filter.format)
}

const TOKEN_COST = 32

function tokenValue(token: Token, scope: Scope): JsonValue | Absent {
  spend(scope, TOKEN_COST)
  if (token.kind === 'literal') return token.text
  const value = lookUp(scope, token.path)
  const counts = token.kind === 'count' || token.filter?.name === 'count'
  if (counts && typeof value === 'string') spend(scope, value.length)
  return token.kind === 'count' ? countOf(value) : filtered(value, token.filter)
}

function tooLong(): never {
  throw new RunError('IR_LIMIT', `A text grew beyond ${IR_LIMITS.resolvedStringBytes} bytes.`)
}

/** How a value is put between other texts. */
export type Show = (value: JsonValue | Absent) => string

/** Joined with an eye on the length, so that a short template cannot make a huge text first. */
function join(parts: readonly (string | Token)[], scope: Scope, show: Show): string {
  let text = ''
  for (const part of parts) {
    const next = typeof part === 'string' ? part : show(tokenValue(part, scope))
    spend(scope, next.length)
    text += next
    if (text.length > IR_LIMITS.resolvedStringBytes) tooLong()
  }
  // A UTF-16 unit has at most three bytes in UTF-8; most texts need no count.
  if (text.length * 3 > IR_LIMITS.resolvedStringBytes && byteLength(text) > IR_LIMITS.resolvedStringBytes) tooLong()
  return text
}

/**
 * One pass over one string: the raw value for a whole match, else text (ir 6.2). What is put in is never read again.
 * `show` is for whoever has other rules for values between texts.
 */
export function resolveText(source: string, scope: Scope, show: Show = textOf): JsonValue | Absent {
  if (!hasToken(source)) return source
  if (source.length > LONGEST_KEPT) spend(scope, source.length)
  const { whole, parts } = templateOf(source)
  if (whole !== null) return tokenValue(whole, scope)
  return join(parts, scope, show)
}

/** Where an absent value is an error instead of a member that is left out (ir 6.6). */
export type Missing = 'drop' | ((place: string) => never)

/** Every string inside a value, templates resolved; members and elements whose value is absent are left out. */
export function resolveValue(
  value: JsonValue,
  scope: Scope,
  missing: Missing = 'drop',
  place = '',
): JsonValue | Absent {
  if (typeof value === 'string') {
    const resolved = resolveText(value, scope)
    return resolved === ABSENT && missing !== 'drop' ? missing(place) : resolved
  }
  if (Array.isArray(value)) {
    const resolved = value.map((entry, index) => resolveValue(entry, scope, missing, `${place}.${index}`))
    return resolved.filter((entry) => entry !== ABSENT)
  }
  return isObject(value) ? resolveObject(value, scope, missing, place) : value
}

export function resolveObject(value: JsonObject, scope: Scope, missing: Missing = 'drop', place = ''): JsonObject {
  const resolved = bareObject()
  for (const [key, entry] of Object.entries(value)) {
    const found = resolveValue(entry, scope, missing, place === '' ? key : `${place}.${key}`)
    if (found !== ABSENT) resolved[key] = found
  }
  return resolved
}

/** A place that always shows text: absent and null are the empty one. */
export function resolveToText(source: JsonValue, scope: Scope): string {
  const text = textOf(resolveValue(source, scope))
  spend(scope, text.length)
  return text.length > IR_LIMITS.resolvedStringBytes ? tooLong() : text
}
