import { reasonOf } from '../clients/transport.ts'
import { NotFoundError } from '../errors.ts'
import type { EventHandlerDefinition } from '../extension/declarations.ts'
import { eventFromWire } from '../values/event.ts'
import { isObject, type JsonValue } from '../values/json.ts'
import type { Invocation } from './handlers.ts'

/**
 * Runs the handlers that a name means: one by its handler name, or all of an event type. A failing one is logged and
 * does not keep the others from running; the first failure is thrown in the end, for the record of the call.
 */
export async function runEventHandlers({ extension, call, ctx, runtime }: Invocation): Promise<JsonValue> {
  const handlers = handlersOf(extension.eventHandlers, call.name, call.params)
  if (handlers.length === 0) throw new NotFoundError('event handler', call.name)
  const failures: unknown[] = []
  for (const { handlerName, handler } of handlers) {
    try {
      await handler(ctx, call.params)
    } catch (error) {
      runtime.port.log('error', `event handler ${handlerName} failed: ${reasonOf(error)}`)
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return null
}

function handlersOf(
  all: readonly EventHandlerDefinition[],
  name: string,
  envelope: JsonValue,
): readonly EventHandlerDefinition[] {
  const types = new Set([name, eventFromWire(envelope).eventType, ...aliasesOf(envelope)])
  const byName = all.filter((handler) => handler.handlerName === name)
  if (byName.length === 0) return all.filter((handler) => handler.eventType === name)
  // One function may subscribe to several types; the envelope tells which subscription is meant.
  const ofType = byName.filter((handler) => types.has(handler.eventType))
  // Nameless handlers of one type share its name: all of them are meant.
  return ofType.length > 0 ? ofType : byName.slice(0, 1)
}

function aliasesOf(envelope: JsonValue): string[] {
  return isObject(envelope) && Array.isArray(envelope.aliases) ? envelope.aliases.map(String) : []
}
