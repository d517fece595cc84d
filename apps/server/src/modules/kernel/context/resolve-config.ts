import { configOfApp, type JsonObject } from '@imperal/contract'
import type { LayersAround } from '../../configuration/index.ts'
import type { AppInUse } from '../corridor/stages.ts'
import type { KernelParts } from '../parts.ts'
import type { ActingUser } from './acting-user.ts'

type Own = { readonly settings: JsonObject; readonly defaults: JsonObject | undefined; readonly config: JsonObject }
const known = new WeakMap<JsonObject, Own>()

/** Without anything around, it is the same for everybody, so it is put together once. */
function sharedConfig({ app, version }: AppInUse): JsonObject {
  const defaults = version.manifest.config_defaults
  const before = known.get(app.config)
  if (before !== undefined && before.defaults === defaults && before.settings === app.settings) return before.config
  const config = configOfApp({ defaults: defaults ?? {}, app: [app.settings, app.config] })
  known.set(app.config, { defaults, settings: app.settings, config })
  return config
}

/** The layers put together around those of the app. */
export function mergeAround(use: AppInUse, { below, above }: LayersAround): JsonObject {
  const { app, version, install } = use
  const ofInstall = Object.keys(install?.config ?? {}).length === 0 ? [] : [install?.config ?? {}]
  if (below.length === 0 && above.length === 0 && ofInstall.length === 0) return sharedConfig(use)
  return configOfApp({
    defaults: version.manifest.config_defaults ?? {},
    below,
    app: [app.settings, app.config],
    // What was given with the install is the user's, and what is set later wins over it.
    above: [...ofInstall, ...above],
  })
}

/**
 * `ctx.config` (K8.35): the author's defaults, then platform, tenant, role, app, user, and what the tenant enforces. Calls of
 * nobody have neither role nor user.
 */
export async function resolveConfig(parts: KernelParts, use: AppInUse, actor: ActingUser): Promise<JsonObject> {
  const user = actor.kind === 'user' ? { userId: actor.userId, role: actor.role } : null
  const around = await parts.configuration.around({ tenantId: actor.tenantId, user, appId: use.app.appId })
  return mergeAround(use, around)
}
