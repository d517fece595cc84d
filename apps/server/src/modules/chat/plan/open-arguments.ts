import type { JsonObject, JsonValue } from '@imperal/contract'
import { type PlanStep, targetParameter } from './plan.ts'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Free text of several words: a mail body, a note; no id, address, or choice. */
function isText(schema: JsonValue | undefined, value: JsonValue): boolean {
  const isFree =
    isObject(schema) && schema.type === 'string' && schema.enum === undefined && schema.format === undefined
  return isFree && typeof value === 'string' && /\s/.test(value.trim())
}

/**
 * The arguments of a bound call that a model may word before it runs (K2.28): texts that a reference filled with what earlier
 * steps found, up to `longest` characters, so that a model never shortens what it could not read whole. Everything else is
 * settled: it is what the plan says, or exactly what was found.
 */
export function openArguments(step: PlanStep, args: JsonObject, longest: number): string[] {
  const target = targetParameter(step.function)
  const properties = (step.function.paramsSchema.properties ?? {}) as JsonObject
  const isReferred = (planned: JsonValue | undefined) => typeof planned === 'string' && planned.startsWith('$REF:')
  return Object.entries(args)
    .filter(([name, value]) => name !== target && isReferred(step.args[name]) && isText(properties[name], value))
    .filter(([, value]) => String(value).length <= longest)
    .map(([name]) => name)
}

/** A bound call with the texts that were answered for its open arguments; whatever else was answered is left out. */
export function withTexts(args: JsonObject, open: readonly string[], answer: JsonObject): JsonObject {
  const texts = open.flatMap((name) => {
    const text = answer[name]
    return typeof text === 'string' && text.trim() !== '' ? [[name, text] as const] : []
  })
  return { ...args, ...Object.fromEntries(texts) }
}
