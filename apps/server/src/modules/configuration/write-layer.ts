import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { EMPTY, readPlatform, readTenantOrUser } from './read-layers.ts'
import type { ConfigLayer, ConfigPlace } from './types.ts'

/** Channel on which every node hears which place changed. */
export const CONFIG_CHANNEL = 'configuration_changed'

/** Names a place in notices and in memory; what holds for one app lies with what holds for all. */
export function keyOf(place: ConfigPlace): string {
  if (place.scope === 'platform') return 'platform'
  return place.scope === 'tenant' ? `tenant\n${place.tenantId}` : `user\n${place.tenantId}\n${place.userId}`
}

export async function readLayer(tx: Tx, place: ConfigPlace): Promise<ConfigLayer> {
  const layers = place.scope === 'platform' ? await readPlatform(tx) : await readTenantOrUser(tx, place)
  return layers.get(place.appId ?? '') ?? EMPTY
}

async function store(
  tx: Tx,
  place: ConfigPlace,
  layer: ConfigLayer,
  about: { readonly by: string; readonly now: string },
): Promise<void> {
  const app_id = place.appId ?? ''
  const [config, enforced, role_defaults] = [layer.config, layer.enforced, layer.roleDefaults].map((one) =>
    JSON.stringify(one),
  )
  const stamp = { updated_by: about.by, updated_at: about.now }
  if (place.scope === 'platform') {
    await tx
      .insertInto('configuration.platform')
      .values({ app_id, config, ...stamp })
      .onConflict((row) => row.column('app_id').doUpdateSet({ config, ...stamp }))
      .execute()
    return
  }
  const { tenantId: tenant_id, scope } = place
  const scope_id = place.scope === 'user' ? place.userId : tenant_id
  const values = { config, enforced, role_defaults, ...stamp }
  await tx
    .insertInto('configuration.layer')
    .values({ tenant_id, scope, scope_id, app_id, ...values })
    .onConflict((row) => row.columns(['tenant_id', 'scope', 'scope_id', 'app_id']).doUpdateSet(values))
    .execute()
}

/** Changes what one place holds; two changes at once follow each other, so that neither is lost. */
export async function changeLayer(
  tx: Tx,
  place: ConfigPlace,
  change: (before: ConfigLayer) => ConfigLayer,
  about: { readonly by: string; readonly now: string },
): Promise<ConfigLayer> {
  const key = keyOf(place)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`configuration ${key}`}, 0))`.execute(tx)
  const layer = change(await readLayer(tx, place))
  await store(tx, place, layer, about)
  await sql`select pg_notify(${CONFIG_CHANNEL}, ${key})`.execute(tx)
  return layer
}
