import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { ConfigLayer, ConfigPlace } from './types.ts'
import './tables.ts'

export const EMPTY: ConfigLayer = { config: {}, enforced: {}, roleDefaults: {} }

/** What is set for one tenant, user or the platform, by app; the empty id is for all apps. */
export type LayersByApp = ReadonlyMap<string, ConfigLayer>

interface Row {
  readonly app_id: string
  readonly config: JsonObject
  readonly enforced: JsonObject
  readonly role_defaults: JsonObject
}

const byApp = (rows: readonly Row[]): LayersByApp =>
  new Map(
    rows.map(({ app_id, config, enforced, role_defaults }) => [
      app_id,
      { config, enforced, roleDefaults: role_defaults },
    ]),
  )

export async function readPlatform(tx: Tx): Promise<LayersByApp> {
  const rows = await tx.selectFrom('configuration.platform').select(['app_id', 'config']).execute()
  return byApp(rows.map((row) => ({ ...row, enforced: {}, role_defaults: {} })))
}

export async function readTenantOrUser(
  tx: Tx,
  place: Exclude<ConfigPlace, { scope: 'platform' }>,
): Promise<LayersByApp> {
  const rows = await tx
    .selectFrom('configuration.layer')
    .select(['app_id', 'config', 'enforced', 'role_defaults'])
    .where('tenant_id', '=', place.tenantId)
    .where('scope', '=', place.scope)
    .where('scope_id', '=', place.scope === 'user' ? place.userId : place.tenantId)
    .execute()
  return byApp(rows)
}
