import { type EventEnvelope, type JsonObject, type JsonValue, SYSTEM_USER } from '@imperal/contract'
import { eventMessage, type OutboxMessage } from '../../outbox/index.ts'
import type { Pass, VerifiedCall } from '../corridor/stages.ts'
import type { CallSource } from '../types.ts'

const EVENT_SOURCE: Partial<Record<CallSource, EventEnvelope['source']>> = {
  automation: 'automation',
  mcp: 'mcp',
  webhook: 'webhook',
  schedule: 'system',
  signal: 'system',
  lifecycle: 'system',
  skeleton: 'system',
  health: 'system',
  event: 'system',
}

/** Events of the platform: no app can make another name an alias of one of these (K6.3). */
const PLATFORM_NAMESPACES: ReadonlySet<string> = new Set([
  'email',
  'system',
  'automation',
  'extension',
  'task',
  'confirmation',
  'billing',
  'rbac',
  'secret',
  'health',
])

export interface EventName {
  readonly type: string
  readonly aliases: readonly string[]
}

/**
 * K3.52: `<app>.<event>`; a dotted name without the own prefix stays reachable as an alias, unless it speaks for the
 * platform or for another app.
 */
export function eventName(appId: string, event: string, isOtherApp: (id: string) => boolean): EventName {
  if (event.startsWith(`${appId}.`)) return { type: event, aliases: [] }
  const type = `${appId}.${event}`
  const first = /^([^.:]+)[.:]/.exec(event)?.[1]
  if (first === undefined || PLATFORM_NAMESPACES.has(first) || isOtherApp(first)) return { type, aliases: [] }
  return { type, aliases: [event] }
}

/** An event that a call publishes: its names, who did it, and what led to it. */
export function appEvent(
  pass: Pass,
  name: EventName,
  event: { readonly userId: string; readonly data: JsonObject; readonly timestamp: string },
): { message: OutboxMessage; eventId: string } {
  const { intent, actor, traceId, callId } = pass
  return eventMessage({
    ...name,
    ...event,
    source: EVENT_SOURCE[intent.source] ?? 'user',
    tenantId: actor.tenantId,
    actor: actor.userId,
    traceId,
    causation: [...(intent.causation ?? []), callId],
  })
}

/** An event of the platform itself (K6.3). */
export const platformEvent = (
  type: string,
  data: JsonObject,
  facts: { readonly tenantId: string; readonly userId: string; readonly timestamp: string },
): OutboxMessage => eventMessage({ type, data, source: 'system', actor: SYSTEM_USER, ...facts }).message

const objectOf = (value: JsonValue): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }

const changes = (call: VerifiedCall): boolean =>
  call.verdict.status === 'success' && call.executed.confirmed.handler.actionType !== 'read'

/** The event that a successful write or destructive call declared; null for every other call (K3.51). */
export function callEvent(
  call: VerifiedCall,
  isOtherApp: (id: string) => boolean,
  timestamp: string,
): { name: EventName; message: OutboxMessage; eventId: string } | null {
  const { pass, handler, use } = call.executed.confirmed
  if (handler.event === '' || !changes(call)) return null
  const name = eventName(use.app.appId, handler.event, isOtherApp)
  const event = { userId: pass.actor.userId, data: objectOf(call.verdict.data), timestamp }
  return { name, ...appEvent(pass, name, event) }
}

/**
 * A result that names no panels means all of them, but only after a change: a read that refreshed its own panel would
 * never end. A client that called directly knows it from the answer; the others hear of it here.
 */
const refreshesAll = (call: VerifiedCall): boolean => {
  const { source } = call.executed.confirmed.pass.intent
  return changes(call) && source !== 'panel' && source !== 'api'
}

/** What live clients hear of a call: `state_changed` after each change (K3.54), and which panels to fetch again. */
export function clientMessages(call: VerifiedCall, timestamp: string, resultPreview: string | null): OutboxMessage[] {
  const { pass, handler, use } = call.executed.confirmed
  if (pass.actor.kind !== 'user') return []
  const to = { tenantId: pass.actor.tenantId, userId: pass.actor.userId }
  const appId = use.app.appId
  const messages: OutboxMessage[] = []
  if (changes(call))
    messages.push({
      ...to,
      type: 'state_changed',
      payload: {
        type: 'state_changed',
        scope: appId,
        action: handler.functionName,
        id: `${appId}/${handler.functionName}`,
        actor: pass.actor.userId,
        tenant_id: to.tenantId,
        user_id: to.userId,
        timestamp,
        data: { app_id: appId, tool_name: handler.functionName, message: '', response_preview: resultPreview ?? '' },
      },
    })
  const panels = call.verdict.refreshPanels
  if (call.verdict.status === 'success' && (panels === undefined ? refreshesAll(call) : panels.length > 0))
    messages.push({ ...to, type: 'panel_refresh', payload: { app_id: appId, panels: [...(panels ?? [])] } })
  return messages
}
