import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { eventMessage } from '../outbox/index.ts'
import { runIn } from './database.ts'
import type { SessionKey } from './session-id.ts'
import type { CodingOptions } from './types.ts'

/** What is done to a session from elsewhere (api.md, appendix B). */
export interface RemoteEvent {
  readonly event: 'route_changed' | 'instruction_sent' | 'stopped' | 'coding_mode_changed' | 'consent_replied'
  /** Where it came from: `terminal`, or one of the surfaces. */
  readonly source: string
  /** Facts of it; never what was said. */
  readonly data: JsonObject
}

/** Writes it into the log and tells whoever listens, together with what it tells of. */
export async function publishRemote(parts: CodingOptions, tx: Tx, key: SessionKey, what: RemoteEvent): Promise<void> {
  const { tenantId, userId, sessionId } = key
  const type = `coding-remote.${what.event}`
  const data = { ...what.data, session_id: sessionId, surface: what.source }
  const entry = {
    ...({ tenantId, actorId: userId, actorType: 'user', source: what.source } as const),
    ...{ action: type, targetType: 'coding_session', targetId: sessionId, metadata: data },
  }
  await runIn(tx, parts.audit.recording(entry))
  const event = { type, source: 'system', tenantId, userId, data, timestamp: parts.clock.iso() } as const
  await parts.outbox.publish(tx, eventMessage(event).message)
}
