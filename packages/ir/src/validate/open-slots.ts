import { cronProblem, type JsonObject, type JsonValue } from '@imperal/contract'
import { LIFECYCLE_HOOKS } from '../derive/open-slots.ts'
import { requiredParams, tokensIn } from '../derive/params-schema.ts'
import type { IrFunction } from '../document.ts'
import { isObject, shown } from '../json.ts'
import { siblings } from './calls.ts'
import type { Validation } from './context.ts'
import { checkTemplates } from './templates.ts'

const EVENT_KEYS: ReadonlySet<string> = new Set(['emits', 'subscribes'])
const AUTOMATION_KEYS: ReadonlySet<string> = new Set(['id', 'trigger', 'function', 'params', 'enabled'])
const TRIGGER_KEYS: ReadonlySet<string> = new Set(['event', 'cron'])
const LIFECYCLE_KEYS: ReadonlySet<string> = new Set(LIFECYCLE_HOOKS)
const AUTOMATION_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/
/** What only steps of a function have (ir 6.3). */
const STEP_ROOTS: ReadonlySet<string> = new Set(['steps', 'prev', 'ctx'])

function entries(value: JsonValue | undefined, path: string, { issues }: Validation): [number, JsonObject][] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    issues.error('IR1', `${path}: Input should be a valid list`, path)
    return []
  }
  return [...value.entries()].filter((entry): entry is [number, JsonObject] => {
    if (isObject(entry[1])) return true
    issues.error('IR1', `${path}.${entry[0]}: Input should be a valid dictionary`, `${path}.${entry[0]}`)
    return false
  })
}

const isEventType = (value: JsonValue | undefined): value is string => typeof value === 'string' && value !== ''

function ignored(object: JsonObject, known: ReadonlySet<string>, path: string, { issues }: Validation): void {
  for (const key of Object.keys(object))
    if (!known.has(key)) issues.warn('IR39', `${path}.${key}: not used in format 1.0`, `${path}.${key}`)
}

function find(name: JsonValue | undefined, path: string, { document, issues }: Validation): IrFunction | null {
  const fn = document.app.functions.find((candidate) => candidate.name === name)
  if (fn === undefined) issues.error('IR49', `${path}: unknown function '${shown(name)}'`, path)
  return fn ?? null
}

/** Functions that a call of one of them can reach, itself included. */
function reachable(start: IrFunction, { document }: Validation): Set<string> {
  const { app } = document
  const found = new Set<string>()
  const open = [start.name]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const fn = app.functions.find((candidate) => candidate.name === name)
    if (fn !== undefined) open.push(...siblings(fn, app.id))
  }
  return found
}

const fullName = (event: string, appId: string): string => (event.startsWith(`${appId}.`) ? event : `${appId}.${event}`)

type Reachable = (fn: IrFunction) => ReadonlySet<string>

/** `reachable` for many rows that name few functions. */
function reachableOnce(validation: Validation): Reachable {
  const known = new Map<string, ReadonlySet<string>>()
  return (fn) => {
    const found = known.get(fn.name) ?? reachable(fn, validation)
    known.set(fn.name, found)
    return found
  }
}

function checkSubscription(row: JsonObject, path: string, reach: Reachable, validation: Validation): void {
  const { issues, document, types } = validation
  const fn = find(row.function, path, validation)
  if (!isEventType(row.type)) issues.error('IR1', `${path}.type: Field required`, `${path}.type`)
  if (fn === null || !isEventType(row.type)) return
  if (types.effective(fn) === 'destructive') issues.error('IR49', `${path}: destructive call from a subscription`, path)
  const reached = reach(fn)
  const emitter = document.app.functions.find(
    (other) => reached.has(other.name) && other.event !== '' && fullName(other.event, document.app.id) === row.type,
  )
  if (emitter !== undefined)
    issues.error('IR49', `call cycle: ${fn.name} -> ${emitter.name} -> ${row.type} -> ${fn.name}`, path)
}

function checkEvents(validation: Validation): void {
  const { events, id } = validation.document.app
  const { issues } = validation
  if (events === null) return
  ignored(events, EVENT_KEYS, 'app.events', validation)
  for (const [index, row] of entries(events.emits, 'app.events.emits', validation)) {
    const path = `app.events.emits.${index}.type`
    if (typeof row.type !== 'string') issues.error('IR1', `${path}: Field required`, path)
    else if (!row.type.startsWith(`${id}.`))
      issues.error('IR1', `${path}: Value error, an event of this app starts with '${id}.'`, path)
  }
  const reach = reachableOnce(validation)
  for (const [index, row] of entries(events.subscribes, 'app.events.subscribes', validation))
    checkSubscription(row, `app.events.subscribes.${index}`, reach, validation)
}

function triggerProblem({ event, cron }: JsonObject): string | null {
  if ((event === undefined) === (cron === undefined)) return "exactly one of 'event' and 'cron' is needed"
  if (event !== undefined) return isEventType(event) ? null : "'event' is the name of an event"
  const wrong = typeof cron === 'string' ? cronProblem(cron) : 'it is no text'
  return wrong === null ? null : `'cron' is no recurring time: ${wrong}`
}

function checkTrigger(trigger: JsonValue | undefined, path: string, validation: Validation): void {
  const { issues } = validation
  if (!isObject(trigger)) {
    issues.error('IR1', `${path}: Field required`, path)
    return
  }
  ignored(trigger, TRIGGER_KEYS, path, validation)
  const problem = triggerProblem(trigger)
  if (problem !== null) issues.error('IR1', `${path}: Value error, ${problem}`, path)
}

function checkAutomationTemplates(params: JsonObject, path: string, validation: Validation): void {
  checkTemplates(params, { who: path, path: `${path}.params` }, validation)
  for (const token of tokensIn(params)) {
    const root = token.kind === 'literal' ? '' : (token.path[0] ?? '')
    if (!STEP_ROOTS.has(root)) continue
    const message = `${path}: an automation has no '${root}'; its params read the event's data`
    validation.issues.error('IR43', message, `${path}.params`)
  }
}

function checkAutomationParams(row: JsonObject, fn: IrFunction | null, path: string, validation: Validation): void {
  const { issues } = validation
  const params = row.params ?? {}
  if (!isObject(params)) {
    issues.error('IR1', `${path}.params: Input should be a valid dictionary`, path)
    return
  }
  const missing = fn === null ? [] : requiredParams(fn).filter((name) => !Object.hasOwn(params, name))
  if (missing.length > 0) issues.error('IR49', `${path}: '${fn?.name}' needs params (${missing.join(', ')})`, path)
  checkAutomationTemplates(params, path, validation)
}

function checkAutomations(validation: Validation): void {
  const { issues, types } = validation
  const ids = new Set<string>()
  for (const [index, row] of validation.document.app.automations.entries()) {
    const path = `app.automations.${index}`
    ignored(row, AUTOMATION_KEYS, path, validation)
    if (typeof row.id !== 'string' || !AUTOMATION_ID.test(row.id))
      issues.error('IR1', `${path}.id: Value error, an automation has an id of letters, digits, '_' and '-'`, path)
    else if (ids.has(row.id)) issues.error('IR30', `duplicate automation '${row.id}'`, path)
    else ids.add(row.id)
    const fn = find(row.function, path, validation)
    if (fn !== null && types.effective(fn) === 'destructive')
      issues.error('IR49', `${path}: destructive call from an automation`, path)
    checkTrigger(row.trigger, `${path}.trigger`, validation)
    checkAutomationParams(row, fn, path, validation)
  }
}

function checkLifecycle(validation: Validation): void {
  const { lifecycle } = validation.document.app
  if (lifecycle === null) return
  ignored(lifecycle, LIFECYCLE_KEYS, 'app.lifecycle', validation)
  for (const hook of LIFECYCLE_KEYS) {
    if (lifecycle[hook] === undefined) continue
    const path = `app.lifecycle.${hook}`
    const fn = find(lifecycle[hook], path, validation)
    const needs = fn === null ? [] : requiredParams(fn)
    if (needs.length > 0)
      validation.issues.error('IR49', `${path}: '${fn?.name}' needs params (${needs.join(', ')})`, path)
  }
}

/** The open slots `events`, `automations`, `lifecycle`: checked and kept (ir 3.7). */
export function checkOpenSlots(validation: Validation): void {
  checkEvents(validation)
  checkAutomations(validation)
  checkLifecycle(validation)
}
