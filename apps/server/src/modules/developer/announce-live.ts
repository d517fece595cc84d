import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { publishAppEvent } from './announce-app.ts'
import type { DeveloperParts } from './open-developer.ts'

/** Panels that show the app draw themselves anew: its owner's while it is a draft, those of every tenant after that. */
export async function announceLive(parts: DeveloperParts, tx: Tx, app: AppRecord, version: string): Promise<void> {
  await publishAppEvent(parts, tx, { app, type: 'app.deployed', data: { version } })
  const isPublic = app.status === 'active'
  const audience = isPublic
    ? (await parts.registry.tenantsOf(app.appId)).map((tenantId) => ({ tenantId, userId: null }))
    : app.ownerId === null
      ? []
      : [{ tenantId: app.ownerTenantId, userId: app.ownerId }]
  for (const to of audience) {
    const updated = { app_id: app.appId, change: 'updated' }
    await parts.outbox.publish(tx, { ...to, type: 'extensions_changed', payload: updated })
    await parts.outbox.publish(tx, { ...to, type: 'panel_refresh', payload: { app_id: app.appId, panels: [] } })
  }
}
