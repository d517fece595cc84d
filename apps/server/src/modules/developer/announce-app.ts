import type { EventEnvelope, JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { AppRecord } from '../registry/index.ts'
import type { DeveloperParts } from './open-developer.ts'

type Announcing = Pick<DeveloperParts, 'outbox' | 'clock'>
type Owned = Pick<AppRecord, 'appId' | 'ownerId' | 'ownerTenantId'>

/** A message on the stream of the app's owner; visible with `tx`. Apps of the platform have no owner to tell. */
export async function tellOwner(
  parts: Announcing,
  tx: Tx,
  message: { app: Owned; type: string; payload: JsonObject },
): Promise<void> {
  const { ownerId, ownerTenantId } = message.app
  if (ownerId === null) return
  const { type, payload } = message
  await parts.outbox.publish(tx, { tenantId: ownerTenantId, userId: ownerId, type, payload })
}

/** A platform event about an app, on behalf of its owner. */
export async function publishAppEvent(
  parts: Announcing,
  tx: Tx,
  event: { app: Owned; type: string; data: JsonObject },
): Promise<void> {
  const envelope: EventEnvelope = {
    event_type: event.type,
    event_id: orderedId('evt'),
    source: 'system',
    data: { app_id: event.app.appId, ...event.data },
    timestamp: parts.clock.iso(),
    user_id: event.app.ownerId ?? '__system__',
    tenant_id: event.app.ownerTenantId,
    schema_version: 1,
  }
  await tellOwner(parts, tx, { app: event.app, type: 'event', payload: { ...envelope } as JsonObject })
}
