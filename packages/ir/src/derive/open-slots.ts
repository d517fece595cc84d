import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrDocument } from '../document.ts'
import { isObject } from '../json.ts'
import { scanTemplate, type Token } from '../template/scan.ts'

export const LIFECYCLE_HOOKS = ['on_install', 'on_uninstall'] as const
export type LifecycleHook = (typeof LIFECYCLE_HOOKS)[number]

/** An automation that a document offers to everybody who installs it (ir 3.7), as a rule of one step is written. */
export interface DeclaredAutomation {
  readonly id: string
  /** Exactly one of the two. Cron: five fields, in the time zone of whoever has the rule. */
  readonly event: string | null
  readonly cron: string | null
  readonly function: string
  /** The function's params, with templates as rules read them: `{{event.data.title}}` is a member of the event's data. */
  readonly args: JsonObject
}

const rows = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** Which function of the document hears which event; an event and a function that are named twice count once. */
export function subscriptionsOf({ app }: IrDocument): { type: string; handler: string }[] {
  const all = rows(app.events?.subscribes).map((row) => ({ type: text(row.type), handler: text(row.function) }))
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
}

/** The function that a hook of the lifecycle runs. */
export function hookOf({ app }: IrDocument, hook: LifecycleHook): string | null {
  const name = app.lifecycle?.[hook]
  return typeof name === 'string' ? name : null
}

const quoted = (value: string): string => (value.includes("'") ? `"${value}"` : `'${value}'`)
const valueText = (value: JsonValue): string => (typeof value === 'string' ? quoted(value) : JSON.stringify(value))

const EVENT_ROOTS: ReadonlySet<string> = new Set(['event', 'args', 'params'])

/** Documents see an event's data as `event` (ir 6.3), rules its envelope. */
const path = (segments: readonly string[]): string =>
  ['event', 'data', ...(EVENT_ROOTS.has(segments[0] ?? '') ? segments.slice(1) : segments)].join('.')

function tokenText(token: Token): string {
  if (token.kind === 'literal') return `{{${quoted(token.text)}}}`
  if (token.kind === 'count') return `{{count(${path(token.path)})}}`
  const { filter } = token
  if (filter === null) return `{{${path(token.path)}}}`
  if (filter.name === 'count') return `{{count(${path(token.path)})}}`
  if (filter.name === 'default') return `{{${path(token.path)} | default:${valueText(filter.value)}}}`
  const { thousands, decimals, kind } = filter.format
  return `{{${path(token.path)} | format:'${thousands ? ',' : ''}${decimals === null ? '' : `.${decimals}`}${kind}'}}`
}

function forRules(value: JsonValue): JsonValue {
  if (typeof value === 'string')
    return scanTemplate(value)
      .parts.map((part) => (typeof part === 'string' ? part : tokenText(part)))
      .join('')
  if (Array.isArray(value)) return value.map(forRules)
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, forRules(member)]))
    : value
}

/** The automations of a valid document. */
export const automationsOf = ({ app }: IrDocument): DeclaredAutomation[] =>
  app.automations.map((row) => {
    const trigger = isObject(row.trigger) ? row.trigger : {}
    return {
      id: text(row.id),
      event: typeof trigger.event === 'string' ? trigger.event : null,
      cron: typeof trigger.cron === 'string' ? trigger.cron : null,
      function: text(row.function),
      args: isObject(row.params) ? (forRules(row.params) as JsonObject) : {}, // an object stays one
    }
  })
