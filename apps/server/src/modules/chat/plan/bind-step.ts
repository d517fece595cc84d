import type { JsonObject, JsonValue } from '@imperal/contract'
import type { AssistantLimits } from '../limits.ts'
import type { Fact } from '../messages.ts'
import { listIn, toMarkdown } from './markdown.ts'
import { stepData } from './pages.ts'
import { type Plan, type PlanStep, targetParameter } from './plan.ts'
import { type CallRecord, succeeded } from './records.ts'
import { type ReferenceSources, resolveReferences, UnresolvedReference } from './references.ts'

export type Bound =
  | { readonly kind: 'calls'; readonly items: readonly JsonObject[] }
  /** The step's target is nothing, or more than one thing where one was meant. */
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly choices: readonly string[] }
  | { readonly kind: 'too_many'; readonly count: number; readonly most: number }
  | { readonly kind: 'unresolved'; readonly code: UnresolvedReference['code']; readonly message: string }

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The id of one thing: under the name of the parameter, as `id`, or the only member that is an id. */
export function idOf(value: JsonValue, parameter: string): JsonValue | undefined {
  if (!isObject(value)) return value
  if (Object.hasOwn(value, parameter)) return value[parameter]
  if (Object.hasOwn(value, 'id')) return value.id
  const ids = Object.keys(value).filter((key) => key.endsWith('_id'))
  return ids.length === 1 ? value[ids[0] ?? ''] : undefined
}

const titleOf = (value: JsonValue): string => {
  if (!isObject(value)) return String(value)
  const title = value.title ?? value.name ?? value.subject ?? value.text ?? value.id
  return typeof title === 'string' ? title.slice(0, 80) : JSON.stringify(value).slice(0, 80)
}

const schemaOf = (step: PlanStep, name: string): JsonObject => {
  const found = ((step.function.paramsSchema.properties ?? {}) as JsonObject)[name]
  return isObject(found) ? found : {}
}
const takesLists = (schema: JsonObject): boolean =>
  schema.type === 'array' || (Array.isArray(schema.type) && schema.type.includes('array'))

/** Structured data that a reference puts into a parameter for text becomes Markdown (K2.27). What was planned as such stays. */
function asContent(step: PlanStep, args: JsonObject, limits: AssistantLimits): JsonObject {
  const target = targetParameter(step.function)
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const planned = step.args[name]
      const isReferred = typeof planned === 'string' && planned.startsWith('$REF:') && name !== target
      const isData = typeof value === 'object' && value !== null
      const isText = schemaOf(step, name).type === 'string'
      return [name, isReferred && isData && isText ? toMarkdown(value, limits.list_truncate_items) : value]
    }),
  )
}

/** What the step before found, for a step that names no target of its own (K2.19). */
function projected(parameter: string, found: Fact | null | undefined): Bound | JsonValue {
  if (found == null) return { kind: 'none' }
  const list = listIn(found.data)
  const own = idOf(found.data, parameter)
  if (own !== undefined && !isObject(own) && !Array.isArray(own)) return own
  if (list === null || list.length === 0) return { kind: 'none' }
  if (list.length > 1) return { kind: 'ambiguous', choices: list.slice(0, 10).map(titleOf) }
  return idOf(list[0] as JsonValue, parameter) ?? { kind: 'none' }
}

const isBound = (value: unknown): value is Bound => typeof value === 'object' && value !== null && 'kind' in value

function fanOut(args: JsonObject, parameter: string, limits: AssistantLimits): Bound {
  const set = args[parameter] as JsonValue[]
  const ids = set.map((entry) => idOf(entry, parameter))
  if (ids.length === 0) return { kind: 'none' }
  if (ids.length > limits.fanout_max) return { kind: 'too_many', count: ids.length, most: limits.fanout_max }
  if (ids.some((id) => id === undefined)) return { kind: 'none' }
  return { kind: 'calls', items: [...new Set(ids)].map((id) => ({ ...args, [parameter]: id as JsonValue })) }
}

/** The arguments of each call that a step makes now: references resolved, target projected, a set expanded (kernel 2.7). */
export function bindStep(
  plan: Plan,
  step: PlanStep,
  known: {
    readonly records: readonly CallRecord[]
    readonly turns: ReferenceSources['turns']
    readonly limits: AssistantLimits
  },
): Bound {
  const calls = stepData(plan, known.records)
  let args: JsonObject
  try {
    args = resolveReferences(step.args, { ...known, calls, apps: plan.steps.map((one) => one.function.appId) })
  } catch (error) {
    if (!(error instanceof UnresolvedReference)) throw error
    return { kind: 'unresolved', code: error.code, message: error.message }
  }
  args = asContent(step, args, known.limits)
  const parameter = targetParameter(step.function)
  if (parameter === null) return { kind: 'calls', items: [args] }
  const value = args[parameter]
  if (Array.isArray(value) && !takesLists(schemaOf(step, parameter))) return fanOut(args, parameter, known.limits)
  if (isObject(value)) {
    const id = idOf(value, parameter)
    return id === undefined ? { kind: 'none' } : { kind: 'calls', items: [{ ...args, [parameter]: id }] }
  }
  if (value !== undefined || step.dependsOn.length === 0) return { kind: 'calls', items: [args] }
  const required = (step.function.paramsSchema.required ?? []) as string[]
  if (!required.includes(parameter)) return { kind: 'calls', items: [args] }
  const source = plan.steps.findLastIndex(
    (one, at) =>
      step.dependsOn.includes(one.stepId) && known.records.some((record) => record.stepNo === at && succeeded(record)),
  )
  const target = projected(parameter, calls[source])
  return isBound(target) ? target : { kind: 'calls', items: [{ ...args, [parameter]: target }] }
}
