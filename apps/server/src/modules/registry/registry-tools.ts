import type { RegistryTool, SkeletonDescriptor } from '@imperal/contract'
import {
  type JsonObject,
  type JsonValue,
  type Manifest,
  SKELETON_ALERT_PREFIX,
  SKELETON_REFRESH_PREFIX,
  SYNTHETIC_PREFIX,
} from '@imperal/contract'
import type { z } from 'zod'
import type { StoredVersion } from './types.ts'

export const ACTIVITY_PREFIX = 'tool_'

type WireTool = z.input<typeof RegistryTool> & { name: string }

/** The tools of a version as the registry gives them: manifest members, then what an older client pushed beside them. */
export function toRegistryTools(version: Pick<StoredVersion, 'manifest' | 'extras'>): WireTool[] {
  return version.manifest.tools
    .filter((tool) => !tool.name.startsWith(SYNTHETIC_PREFIX))
    .map((tool) => ({
      activity: `${ACTIVITY_PREFIX}${tool.name}`,
      action_type: null,
      params_schema: {},
      return_schema: {},
      domains: [],
      required_scopes: tool.scopes,
      chain_callable: null,
      effects: [],
      event: '',
      id_projection: '',
      background: false,
      ...tool,
      ...version.extras[tool.name],
      name: tool.name,
    }))
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/** Overrides by section name: from the manifest's `config_defaults.skeleton`, then from the app's settings. */
function overrides(manifest: Manifest, settings: JsonObject): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  const declared = manifest.config_defaults?.skeleton
  for (const [name, value] of Object.entries(isObject(declared) ? declared : {})) {
    if (isObject(value)) found.set(name, value)
  }
  const pushed = isObject(settings.skeleton) ? settings.skeleton.sections : undefined
  for (const value of Array.isArray(pushed) ? pushed : []) {
    const name = isObject(value) ? (text(value.section_name) ?? text(value.name)) : undefined
    if (isObject(value) && name !== undefined) found.set(name, { ...found.get(name), ...value })
  }
  return found
}

function descriptor(name: string, tools: ReadonlySet<string>, override: JsonObject): SkeletonDescriptor {
  const alert = `${SKELETON_ALERT_PREFIX}${name}`
  return {
    section_name: name,
    name,
    refresh_activity: text(override.refresh_activity) ?? `${ACTIVITY_PREFIX}${SKELETON_REFRESH_PREFIX}${name}`,
    alert_activity: text(override.alert_activity) ?? (tools.has(alert) ? `${ACTIVITY_PREFIX}${alert}` : null),
    ttl: typeof override.ttl === 'number' ? override.ttl : 300,
    alert_on_change: override.alert_on_change === true || (override.alert_on_change === undefined && tools.has(alert)),
  }
}

/** Skeleton sections of a manifest: one per `skeleton_refresh_*` tool, with overrides from configuration (sdk.md 5.5). */
export function skeletonSections(manifest: Manifest, settings: JsonObject): SkeletonDescriptor[] {
  const tools = new Set(manifest.tools.map((tool) => tool.name))
  const named = overrides(manifest, settings)
  const names = new Set([
    ...[...tools]
      .filter((name) => name.startsWith(SKELETON_REFRESH_PREFIX))
      .map((name) => name.slice(SKELETON_REFRESH_PREFIX.length)),
    ...[...named].filter(([, value]) => text(value.refresh_activity) !== undefined).map(([name]) => name),
  ])
  return [...names].map((name) => descriptor(name, tools, named.get(name) ?? {}))
}
