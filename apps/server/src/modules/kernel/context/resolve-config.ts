import { configOfApp, type JsonObject } from '@imperal/contract'
import type { AppInUse } from '../corridor/stages.ts'

const known = new WeakMap<JsonObject, { defaults: JsonObject | undefined; config: JsonObject }>()

/** `ctx.config` (K8.35): the defaults of the manifest under the configuration that operators gave the app. */
export function resolveConfig({ app, version }: AppInUse): JsonObject {
  const defaults = version.manifest.config_defaults
  const before = known.get(app.config)
  if (before !== undefined && before.defaults === defaults) return before.config
  const config = configOfApp(defaults ?? {}, app.config)
  known.set(app.config, { defaults, config })
  return config
}
