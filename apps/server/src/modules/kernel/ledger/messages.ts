import type { EventEnvelope, JsonObject, JsonValue } from '@imperal/contract'
import { uuidv7 } from '../../../foundation/ids.ts'
import type { OutboxMessage } from '../../outbox/index.ts'
import type { VerifiedCall } from '../corridor/stages.ts'
import type { CallSource } from '../types.ts'
import { exceeds } from './size.ts'

const MAX_EVENT_BYTES = 65_536
const EVENT_SOURCE: Partial<Record<CallSource, EventEnvelope['source']>> = {
  automation: 'automation',
  mcp: 'mcp',
  webhook: 'webhook',
  schedule: 'system',
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

export interface EventFacts {
  readonly tenantId: string
  readonly userId: string
  readonly source: CallSource
  readonly timestamp: string
}

/** Envelope of kernel 6.1 as decision 11 puts it on the stream. */
export function eventMessage(
  name: EventName,
  data: JsonObject,
  facts: EventFacts,
): { message: OutboxMessage; eventId: string } {
  const eventId = uuidv7()
  const envelope: EventEnvelope = {
    event_type: name.type,
    event_id: eventId,
    source: EVENT_SOURCE[facts.source] ?? 'user',
    data: exceeds(data, MAX_EVENT_BYTES) ? { truncated: true, event_id: eventId } : data,
    timestamp: facts.timestamp,
    user_id: facts.userId,
    tenant_id: facts.tenantId,
    schema_version: 1,
    ...(name.aliases.length === 0 ? {} : { aliases: [...name.aliases] }),
  }
  return {
    eventId,
    message: {
      tenantId: facts.tenantId,
      userId: facts.userId,
      type: 'event',
      payload: envelope as unknown as JsonObject,
    },
  }
}

/** An event of the platform itself (K6.3). Those about no person go to the handlers of nobody: only streams hear of them. */
export const platformEvent = (
  type: string,
  data: JsonObject,
  facts: { readonly tenantId: string; readonly userId: string; readonly timestamp: string },
): OutboxMessage => eventMessage({ type, aliases: [] }, data, { ...facts, source: 'lifecycle' }).message

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
  const facts = { tenantId: pass.actor.tenantId, userId: pass.actor.userId, source: pass.intent.source, timestamp }
  return { name, ...eventMessage(name, objectOf(call.verdict.data), facts) }
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
