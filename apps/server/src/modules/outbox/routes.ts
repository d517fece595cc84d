import { EventType, events, type PublishEventRequest, STREAM_TYPES, SYSTEM_USER } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import { eventMessage } from './event-message.ts'
import { openStream, type StreamParts } from './open-stream.ts'
import { encodePosition } from './position.ts'
import { publishMany, publishOne } from './publish-messages.ts'
import { issueTicket, TICKET_SECONDS } from './tickets.ts'
import type { OutboxMessage } from './types.ts'

const known: ReadonlySet<string> = new Set(STREAM_TYPES)

/** How a service's event is named on the stream (api 6.3). */
export function typeOf(event: Pick<PublishEventRequest, 'scope' | 'action'>): string {
  if (event.scope === 'panel' && event.action === 'refresh') return 'panel_refresh'
  if (known.has(event.action)) return event.action
  return [event.scope, event.action].filter((part) => part !== '').join('.')
}

const toMessage = (event: PublishEventRequest): OutboxMessage => ({
  tenantId: event.tenant_id,
  userId: event.user_id === '' ? null : event.user_id,
  type: typeOf(event),
  payload: { ...event.data, ...(event.id === '' ? {} : { id: event.id }), actor: event.actor },
})

/** What is no message of the stream itself is an event: apps of its user that subscribe to it hear of it (kernel 6.2). */
function eventsOf(event: PublishEventRequest, timestamp: string): OutboxMessage[] {
  const type = typeOf(event)
  if (event.user_id === '' || known.has(type) || !EventType.safeParse(type).success) return []
  const { message } = eventMessage({
    type,
    source: event.scope === 'rbac' ? 'rbac' : 'system',
    tenantId: event.tenant_id,
    userId: event.user_id,
    actor: event.actor === 'system' ? SYSTEM_USER : event.actor,
    data: { ...event.data, ...(event.id === '' ? {} : { id: event.id }) },
    timestamp,
  })
  return [message]
}

export function outboxHandlers(
  parts: StreamParts & { readonly db: Database; readonly clock: Clock; readonly dropped: () => number },
): MountedRoute[] {
  return [
    implement(events.stream, (request) => openStream(parts, request)),
    implement(events.ticket, async (request) => ({
      ticket: await issueTicket(parts.db, parts.clock, request.user),
      expires_in: TICKET_SECONDS,
    })),
    implement(events.stats, () => {
      const stats = parts.hub.stats()
      return { ...stats, dropped: stats.dropped + parts.dropped() }
    }),
    implement(events.publish, async (request) => {
      const message = toMessage(request.body)
      const further = eventsOf(request.body, parts.clock.iso())
      const [written] = await parts.db.atomic(message.tenantId, [
        publishOne(parts.clock, message),
        ...(further.length === 0 ? [] : [publishMany(parts.clock, further)]),
      ])
      const row: { xid: string; seq: number } = written?.rows[0]
      return {
        published: true as const,
        event_id: encodePosition({ xid: row.xid, seq: String(row.seq) }),
        receivers: parts.hub.receivers(message).size,
      }
    }),
  ]
}
