import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrStep, Verb } from '../document.ts'
import { bareObject, isObject, isOfType, typeWord } from '../json.ts'
import { byteLength, IR_LIMITS } from '../limits.ts'
import { resolveText, resolveToText, resolveValue } from '../template/resolve.ts'
import { ABSENT, type Scope } from '../template/scope.ts'
import { VERB_ARGS } from '../verbs.ts'
import { RunError } from './run-error.ts'

/** Places that show text to a person or a model: an absent value there is no text, not an error (ir 6.6). */
const TEXTS: ReadonlySet<string> = new Set(['send.message', 'ai.complete.prompt'])
/** Places whose absence would widen or misdirect a write (I5.2). */
const STRICT: ReadonlySet<string> = new Set([
  'store.update.id',
  'store.update.ids',
  'store.update.where',
  'store.update.if_match',
  'store.delete.id',
  'store.delete.ids',
  'store.delete.where',
  'store.list.ids',
])

function missing(place: string): never {
  throw new RunError('IR_MISSING_VALUE', `There is no value for “${place}”.`, { field: place })
}

function resolveArg(verb: Verb, name: string, source: JsonValue, scope: Scope) {
  const place = `${verb}.${name}`
  if (TEXTS.has(place) && typeof source === 'string') return resolveToText(source, scope)
  if (STRICT.has(place)) return resolveValue(source, scope, missing, name)
  return typeof source === 'string' ? resolveText(source, scope) : resolveValue(source, scope)
}

function checked(name: string, value: JsonValue, expected: Parameters<typeof isOfType>[1]): JsonValue {
  // Ids and texts that were typed as numbers are the commonest slip of callers; they are unambiguous.
  if (!isOfType(value, expected))
    throw new RunError('IR_TEMPLATE_TYPE', `“${name}” must be ${expected}, not ${typeWord(value)}.`, { field: name })
  if (typeof value === 'string' && byteLength(value) > IR_LIMITS.resolvedStringBytes)
    throw new RunError('IR_LIMIT', `“${name}” is longer than ${IR_LIMITS.resolvedStringBytes} bytes.`, { field: name })
  return value
}

/** The args of a step with their templates resolved and their types checked again (ir 6.8). @throws RunError */
export function readArgs(step: IrStep, verb: Exclude<Verb, 'conditional'>, scope: Scope): JsonObject {
  const args = bareObject()
  for (const [name, spec] of Object.entries(VERB_ARGS[verb])) {
    const source = isObject(step.params) ? step.params[name] : undefined
    const value = source === undefined ? ABSENT : resolveArg(verb, name, source, scope)
    if (value === ABSENT || value === null) {
      if (spec.required === true) missing(name)
      continue
    }
    args[name] = checked(name, value, spec.type)
  }
  return args
}
