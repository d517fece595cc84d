import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { NoticedCache } from '../../foundation/noticed-cache.ts'
import { type LayersByApp, readPlatform, readTenantOrUser } from './read-layers.ts'
import type { ConfigLayer, ConfigPlace, ConfigReader, Configuration, LayersAround } from './types.ts'
import { CONFIG_CHANNEL, changeLayer, keyOf, readLayer } from './write-layer.ts'

const LIFE_MS = 300_000
/** Tenants and users of whom a node remembers what is set for them; mostly nothing. */
const MOST = 50_000

const NOTHING: LayersAround = { below: [], above: [] }
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is set for all apps, then what is for this one. */
const ofApp = (layers: LayersByApp, appId: string): ConfigLayer[] => ['', appId].flatMap((id) => layers.get(id) ?? [])

export function openConfiguration(options: {
  readonly db: Database
  readonly bus: Bus
  readonly clock: Clock
}): Configuration {
  const { db } = options
  const known = new NoticedCache<LayersByApp>(options.clock, { lifeMs: LIFE_MS, most: MOST })
  const unsubscribe = options.bus.subscribe(CONFIG_CHANNEL, (key) => (key === '' ? known.clear() : known.drop(key)))
  const tenantOf = (place: ConfigPlace) => (place.scope === 'platform' ? EVERY_TENANT : place.tenantId)

  const layersOf = async (place: ConfigPlace): Promise<LayersByApp> => {
    const key = keyOf(place)
    const read = () =>
      db.tenant(tenantOf(place), (tx) => (place.scope === 'platform' ? readPlatform(tx) : readTenantOrUser(tx, place)))
    return known.peek(key) ?? (await known.read(key, read)) ?? new Map()
  }

  return {
    async around({ tenantId, user, appId }: ConfigReader) {
      const [platform, tenant, own] = await Promise.all([
        layersOf({ scope: 'platform', appId: null }),
        layersOf({ scope: 'tenant', tenantId, appId: null }),
        user === null ? null : layersOf({ scope: 'user', tenantId, userId: user.userId, appId: null }),
      ])
      if (platform.size === 0 && tenant.size === 0 && (own === null || own.size === 0)) return NOTHING
      const ofTenant = ofApp(tenant, appId)
      const ofRole = (layer: ConfigLayer) => (user === null ? undefined : layer.roleDefaults[user.role])
      return {
        below: [
          ...ofApp(platform, appId).map(({ config }) => config),
          ...ofTenant.map(({ config }) => config),
          ...ofTenant.map(ofRole).filter(isObject),
        ],
        above: [
          ...(own === null ? [] : ofApp(own, appId).map(({ config }) => config)),
          ...ofTenant.map(({ enforced }) => enforced),
        ],
      }
    },
    read: (place) => db.tenant(tenantOf(place), (tx) => readLayer(tx, place)),
    change: changeLayer,
    forget: (place) => known.drop(keyOf(place)),
    close() {
      unsubscribe()
      known.clear()
    },
  }
}
