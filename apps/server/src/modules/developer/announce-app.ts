import { type JsonObject, SYSTEM_USER } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { eventMessage } from '../outbox/index.ts'
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
  const { message } = eventMessage({
    type: event.type,
    source: 'system',
    tenantId: event.app.ownerTenantId,
    userId: event.app.ownerId ?? SYSTEM_USER,
    data: { app_id: event.app.appId, ...event.data },
    timestamp: parts.clock.iso(),
  })
  await tellOwner(parts, tx, { app: event.app, type: 'event', payload: message.payload })
}
