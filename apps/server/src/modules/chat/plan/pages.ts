import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Fact } from '../messages.ts'
import { listIn } from './markdown.ts'
import type { Plan, PlanStep } from './plan.ts'
import { type CallRecord, type Succeeded, succeeded } from './records.ts'

/** Parameters by which a function that lists is asked for its next page. */
const PAGING = ['cursor', 'page', 'offset'] as const

const dataOf = ({ outcome }: Succeeded): JsonObject => (outcome.response.data ?? {}) as JsonObject

const takes = (step: PlanStep, name: string): boolean =>
  Object.hasOwn((step.function.paramsSchema.properties ?? {}) as JsonObject, name)

/** Whether a call asks for a further page of what the first one listed: all else in its arguments is the same. */
const isPageOf = (first: CallRecord, record: CallRecord): boolean => {
  const names = new Set([...Object.keys(first.args), ...Object.keys(record.args)])
  const other = [...names].filter((name) => JSON.stringify(first.args[name]) !== JSON.stringify(record.args[name]))
  return other.length > 0 && other.every((name) => (PAGING as readonly string[]).includes(name))
}

/** Arguments of the page behind one; null: it says that there is none, or the function cannot be asked for it. */
export function nextPage(record: Succeeded): JsonObject | null {
  const data = dataOf(record)
  const { step, args } = record
  if (data.has_more !== true) return null
  const cursor = data.next_cursor ?? data.cursor
  if (typeof cursor === 'string' && cursor !== '' && takes(step, 'cursor')) return { ...args, cursor }
  const shown = listIn(data)?.length ?? 0
  if (shown === 0) return null
  if (takes(step, 'page')) return { ...args, page: Number(data.page ?? args.page ?? 1) + 1 }
  return takes(step, 'offset') ? { ...args, offset: Number(args.offset ?? 0) + shown } : null
}

/** Pages of one list as if it had come whole; null: the calls are no pages of one list. */
export function joinPages(records: readonly CallRecord[]): JsonObject | null {
  const pages = records.filter(succeeded)
  const [first, ...more] = pages
  if (first === undefined || more.length === 0 || !more.every((record) => isPageOf(first, record))) return null
  const data = dataOf(first)
  const list = listIn(data)
  const key = Object.keys(data).find((name) => data[name] === list)
  if (list === null || key === undefined) return null
  const items: JsonValue[] = pages.flatMap((page) => listIn(dataOf(page)) ?? [])
  const last = dataOf(pages.at(-1) ?? first)
  return { ...data, [key]: items, has_more: last.has_more ?? false }
}

/** Entries that the pages of a step hold so far. */
export const listed = (records: readonly CallRecord[]): number =>
  records.filter(succeeded).reduce((sum, record) => sum + (listIn(dataOf(record))?.length ?? 0), 0)

/** The data of each step, in the order of the plan; pages are one list, and a fan-out is `{items}`. Null: it gave none. */
export const stepData = (plan: Plan, records: readonly CallRecord[]): (Fact | null)[] =>
  plan.steps.map((step, stepNo) => {
    const own = records.filter((record) => record.stepNo === stepNo)
    const results = own.filter(succeeded).map(({ outcome }) => (outcome.response.data ?? {}) as JsonObject)
    const [first] = results
    if (first === undefined) return null
    const data = results.length === 1 ? first : (joinPages(own) ?? { items: results, total: results.length })
    return { app_id: step.function.appId, function: step.function.name, data }
  })
