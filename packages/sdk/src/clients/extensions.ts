import type * as z from 'zod'
import { freeze, isObject, type JsonObject, type JsonValue, toJson } from '../values/json.ts'
import { reasonOf, type Transport } from './transport.ts'

/** A declared event type, with the shape of its payload when one was given. */
export interface EventDecl<S extends z.ZodType = z.ZodType> {
  readonly type: string
  readonly schema?: S
}

/** Calls into other extensions, and own events. */
export interface ExtensionsClient {
  /** Runs an exposed method of another app for the same user. @throws ExtensionError, NotFoundError, AuthError, CircularCallError */
  call<T = JsonValue>(appId: string, method: string, params?: JsonObject): Promise<T>
  /** Publishes an event. Never throws: a failure, a payload that does not fit included, is logged. */
  emit(eventType: string, data: JsonObject): Promise<void>
  emit<S extends z.ZodType>(event: EventDecl<S>, data: z.input<S>): Promise<void>
}

/** Key under which an exposed method's answer travels when it is no object: the wire's `data` is always one. */
export const BARE_VALUE = '__value'

export function unwrapBareValue(data: JsonValue): JsonValue {
  if (!isObject(data)) return data
  const keys = Object.keys(data)
  return keys.length === 1 && keys[0] === BARE_VALUE ? (data[BARE_VALUE] ?? null) : data
}

export function createExtensions(transport: Transport): ExtensionsClient {
  const emit = async (event: string | EventDecl, data: unknown): Promise<void> => {
    const type = typeof event === 'string' ? event : event.type
    try {
      const payload = typeof event === 'string' || event.schema === undefined ? data : event.schema.parse(data)
      await transport.call('extensions', 'emit', type, toJson(payload, 'data'))
    } catch (error) {
      transport.log('error', `event '${type}' was not published: ${reasonOf(error)}`)
    }
  }
  return freeze({
    call: async <T>(appId: string, method: string, params: JsonObject = {}) =>
      unwrapBareValue(await transport.call('extensions', 'call', appId, method, toJson(params, 'params'))) as T,
    emit,
  })
}
