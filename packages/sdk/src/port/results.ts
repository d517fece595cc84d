import { BARE_VALUE } from '../clients/extensions.ts'
import { ExtensionError } from '../errors.ts'
import { ActionResult } from '../values/action-result.ts'
import { isObject, type JsonObject, type JsonValue, toJson } from '../values/json.ts'

/** What a plain tool returned as an ActionResult on the wire: an object is its data, a text its summary. */
export function toolResult(value: unknown): JsonObject {
  if (ActionResult.is(value)) return ActionResult.toWire(value)
  if (value === undefined || value === null) return ActionResult.toWire(ActionResult.success())
  if (typeof value === 'string') return ActionResult.toWire(ActionResult.success({}, value))
  return ActionResult.toWire(ActionResult.success(dataOf(value)))
}

/** What an exposed method returned; values that are no objects travel under a key that the caller's SDK takes off again. */
export function exposedResult(value: unknown): JsonObject {
  return ActionResult.toWire(ActionResult.is(value) ? value : ActionResult.success(dataOf(value)))
}

function dataOf(value: unknown): JsonObject {
  const json = toJson(value, 'data')
  return isObject(json) ? (json as JsonObject) : { [BARE_VALUE]: json }
}

/** Schedules, signals, events, hooks: their ActionResult, or nothing. */
export function optionalResult(value: unknown): JsonValue {
  return ActionResult.is(value) ? ActionResult.toWire(value) : null
}

/** An alert's answer: a truthy one is the notification. */
export function alertResult(value: unknown): JsonValue {
  return value ? toolResult(value === true ? undefined : value) : null
}

/** The section of `{response: {...}}` or of a successful result. @throws ExtensionError for anything else */
export function skeletonSection(appId: string, section: string, value: unknown): JsonObject {
  if (ActionResult.is(value) && value.status === 'error') throw new ExtensionError(appId, value.error)
  const data = ActionResult.is(value) ? value.data : isObject(value) ? value.response : undefined
  const json = toJson(data, 'response')
  if (isObject(json)) return json as JsonObject
  throw new ExtensionError(appId, `Skeleton '${section}' returned neither {response: {...}} nor a result`)
}
