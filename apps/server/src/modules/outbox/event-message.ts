import type { EventEnvelope, JsonObject } from '@imperal/contract'
import { uuidv7 } from '../../foundation/ids.ts'
import type { OutboxMessage } from './types.ts'

/** Something that happened, as whoever publishes it knows it. */
export interface Happening {
  /** `<scope>.<action>`: an app and its event, or a name of the platform. */
  readonly type: string
  /** Further names under which subscribers find it. */
  readonly aliases?: readonly string[]
  readonly source: EventEnvelope['source']
  readonly tenantId: string
  readonly userId: string
  /** The user, unless somebody else did it. */
  readonly actor?: string
  readonly data: JsonObject
  /** ISO 8601. */
  readonly timestamp: string
  readonly traceId?: string | undefined
  readonly causation?: readonly string[]
}

const MAX_EVENT_BYTES = 65_536
// A chain that is longer has been stopped by its depth long before.
const MOST_CAUSES = 50

/** `notes.created` → `notes`, `created`. The platform's own names may have a colon. */
function partsOf(type: string): { scope: string; action: string } {
  const at = type.search(/[.:]/)
  return at < 0 ? { scope: type, action: '' } : { scope: type.slice(0, at), action: type.slice(at + 1) }
}

/** What is too large for an event is told by where to find it (K6.2). */
const referenceTo = ({ traceId }: Happening, eventId: string): JsonObject => ({
  truncated: true,
  event_id: eventId,
  ...(traceId === undefined ? {} : { trace_id: traceId }),
})

/** Envelope of kernel 6.1 as decision 11 puts it on the stream, under a fresh id that sorts by time. */
export function eventMessage(happening: Happening): { message: OutboxMessage; eventId: string } {
  const { type, tenantId, userId, data, aliases = [], causation = [] } = happening
  const eventId = uuidv7()
  const isTooLarge = Buffer.byteLength(JSON.stringify(data)) > MAX_EVENT_BYTES
  const envelope: EventEnvelope = {
    event_type: type,
    event_id: eventId,
    source: happening.source,
    data: isTooLarge ? referenceTo(happening, eventId) : data,
    timestamp: happening.timestamp,
    user_id: userId,
    tenant_id: tenantId,
    schema_version: 1,
    ...(aliases.length === 0 ? {} : { aliases: [...aliases] }),
    type,
    ...partsOf(type),
    actor: happening.actor ?? userId,
    causation: causation.slice(-MOST_CAUSES),
    ...(happening.traceId === undefined ? {} : { trace_id: happening.traceId }),
  }
  const payload = envelope as unknown as JsonObject // an envelope is JSON; its type only lacks the index signature
  return { eventId, message: { tenantId, userId, type: 'event', payload } }
}
