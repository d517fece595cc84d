import type { JsonObject, JsonValue } from '@imperal/contract'
import { requiredParams } from '../derive/params-schema.ts'
import type { IrFunction } from '../document.ts'
import { isObject, shown } from '../json.ts'
import { siblings } from './calls.ts'
import type { Validation } from './context.ts'

const EVENT_KEYS: ReadonlySet<string> = new Set(['emits', 'subscribes'])
const AUTOMATION_KEYS: ReadonlySet<string> = new Set(['id', 'trigger', 'function', 'params', 'enabled'])
const LIFECYCLE_KEYS: ReadonlySet<string> = new Set(['on_install', 'on_uninstall'])

const entries = (value: JsonValue | undefined): [number, JsonObject][] =>
  Array.isArray(value) ? [...value.entries()].filter((entry): entry is [number, JsonObject] => isObject(entry[1])) : []

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
  if (fn === null || typeof row.type !== 'string') return
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
  for (const [index, row] of entries(events.emits)) {
    const path = `app.events.emits.${index}.type`
    if (typeof row.type !== 'string') issues.error('IR1', `${path}: Field required`, path)
    else if (!row.type.startsWith(`${id}.`))
      issues.error('IR1', `${path}: Value error, an event of this app starts with '${id}.'`, path)
  }
  const reach = reachableOnce(validation)
  for (const [index, row] of entries(events.subscribes))
    checkSubscription(row, `app.events.subscribes.${index}`, reach, validation)
}

function checkAutomations(validation: Validation): void {
  const { issues, types } = validation
  for (const [index, row] of validation.document.app.automations.entries()) {
    const path = `app.automations.${index}`
    ignored(row, AUTOMATION_KEYS, path, validation)
    const fn = find(row.function, path, validation)
    if (fn !== null && types.effective(fn) === 'destructive')
      issues.error('IR49', `${path}: destructive call from an automation`, path)
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
