import type { JsonObject, JsonValue } from '@imperal/contract'
import { ABSENT, newWorkBudget, resolveText, type Scope, type Show } from '@imperal/ir'

const plain = (value: JsonValue): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** A value between other texts (K6.20): nothing is empty, an object what it says for itself, a list numbered lines. */
export const showValue: Show = (value) => {
  if (value === ABSENT || value === null) return ''
  if (Array.isArray(value)) return value.map((entry, index) => `${index + 1}. ${showOne(entry)}`).join('\n')
  return showOne(value)
}

function showOne(value: JsonValue): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plain(value)
  const { response, summary } = value
  if (typeof response === 'string' && response !== '') return response
  if (typeof summary === 'string' && summary !== '') return summary
  return Object.entries(value)
    .map(([key, entry]) => `${key}: ${plain(entry)}`)
    .join('\n')
}

/** What templates of a run read: `event`, and `steps.N` of what ran before. */
export function scopeOf(event: JsonObject, steps: JsonObject): Scope {
  return {
    event: { event, steps },
    steps,
    prev: null,
    ctx: {},
    aliases: new Map([['event', event]]),
    work: newWorkBudget(),
  }
}

/** @throws RunError IR_LIMIT when the text grows too long */
export function renderText(source: string, scope: Scope): string {
  return showValue(resolveText(source, scope, showValue))
}

const typeOf = (schema: JsonValue | undefined): JsonValue | undefined =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? schema.type : undefined

/**
 * Arguments of one call. A string that is nothing but one template takes the value as it is, so that numbers and lists
 * stay what they are; where the function wants text, it becomes text. What is missing is the empty text (K6.20).
 * @throws RunError IR_LIMIT when a text grows too long
 */
export function renderArguments(args: JsonObject, paramsSchema: JsonObject, scope: Scope): JsonObject {
  const properties = (paramsSchema.properties ?? {}) as JsonObject
  const render = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') {
      const found = resolveText(value, scope, showValue)
      return found === ABSENT ? '' : found
    }
    if (Array.isArray(value)) return value.map(render)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, render(entry)]))
  }
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const found = render(value)
      const wantsText = typeof value === 'string' && typeOf(properties[name]) === 'string'
      return [name, wantsText && typeof found !== 'string' ? showValue(found) : found]
    }),
  )
}
