import type { JsonObject, JsonValue } from './json.ts'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Defaults of a manifest with those of its settings (sdk 2.17) below them: a setting that nobody touched has its default in
 * `ctx.config` under its own id.
 */
export function withSettingDefaults(configDefaults: Readonly<JsonObject>): Readonly<JsonObject> {
  const ui = configDefaults.ui
  if (!isObject(ui) || !Array.isArray(ui.settings)) return configDefaults
  const declared = ui.settings.flatMap((one): [string, JsonValue][] =>
    isObject(one) && typeof one.id === 'string' && one.type !== 'secret' && one.default != null
      ? [[one.id, one.default]]
      : [],
  )
  return { ...Object.fromEntries(declared), ...configDefaults }
}
