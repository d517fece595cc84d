import type { PanelDefinition, SecretSpec } from '../extension/declarations.ts'
import type { Registry } from '../extension/registry.ts'
import type { JsonObject, JsonValue } from '../values/json.ts'

const HEALTH_INTERVAL_SECONDS = 60

/** An object without its undefined members. */
export function given(members: Record<string, JsonValue | undefined>): JsonObject {
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(members)) if (value !== undefined) result[key] = value
  return result
}

/** A list, or undefined when it is empty: such sections are only written when there is something. */
export function whenAny(list: JsonObject[]): JsonObject[] | undefined {
  return list.length === 0 ? undefined : list
}

export function eventsSection({ eventHandlers, declaredEmits }: Registry): JsonObject | undefined {
  if (eventHandlers.length === 0 && declaredEmits.length === 0) return undefined
  return {
    subscribes: eventHandlers.map(({ eventType, handlerName }) => ({ type: eventType, handler: handlerName })),
    emits: declaredEmits.map(({ eventType, schemaRef }) => given({ type: eventType, schema_ref: schemaRef })),
  }
}

export function lifecycleSection({ lifecycle, healthCheckHandler }: Registry): JsonObject | undefined {
  if (lifecycle.size === 0 && healthCheckHandler === undefined) return undefined
  const upgrades = [...lifecycle.values()].flatMap(({ version }) => (version === undefined ? [] : [version]))
  const has = (hook: string) => (lifecycle.has(hook) ? true : undefined)
  return given({
    on_install: has('on_install'),
    on_uninstall: has('on_uninstall'),
    on_enable: has('on_enable'),
    on_disable: has('on_disable'),
    on_upgrade: upgrades.length === 0 ? undefined : upgrades.sort(compareVersions),
    health_check: healthCheckHandler === undefined ? undefined : { interval_sec: HEALTH_INTERVAL_SECONDS },
  })
}

const HOOK_ORDER = ['on_install', 'on_uninstall', 'on_enable', 'on_disable']

export function lifecycleHooksSection({ lifecycle }: Registry): JsonObject | undefined {
  if (lifecycle.size === 0) return undefined
  const plain = HOOK_ORDER.filter((hook) => lifecycle.has(hook))
  const upgrades = [...lifecycle.values()]
    .filter(({ version }) => version !== undefined)
    .sort((a, b) => compareVersions(a.version ?? '', b.version ?? ''))
    .map(({ name }) => name)
  return Object.fromEntries([...plain, ...upgrades].map((hook) => [hook, { signature: '(ctx)' }]))
}

/** Semantic order; a pre-release comes before its release. */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = versionParts(a)
  const [coreB, preB] = versionParts(b)
  for (let part = 0; part < 3; part += 1) {
    const difference = (coreA[part] ?? 0) - (coreB[part] ?? 0)
    if (difference !== 0) return difference
  }
  if (preA === preB) return 0
  if (preA === '' || preB === '') return preA === '' ? 1 : -1
  return preA.localeCompare(preB, 'en', { numeric: true })
}

function versionParts(version: string): [number[], string] {
  const [, core = '', pre = ''] = /^(\d+\.\d+\.\d+)(?:[.-](.*))?$/.exec(version) ?? []
  return [core.split('.').map(Number), pre]
}

export function secretEntry(spec: SecretSpec): JsonObject {
  return given({
    name: spec.name,
    description: spec.description,
    required: spec.required,
    write_mode: spec.writeMode,
    max_bytes: spec.maxBytes,
    rotation_hint_days: spec.rotationHintDays,
    scope: spec.scope === 'user' ? undefined : spec.scope,
    env_fallback: spec.envFallback,
  })
}

export function panelEntry([panelId, panel]: [string, PanelDefinition]): JsonObject {
  return given({
    panel_id: panelId,
    slot: panel.slot,
    title: panel.title,
    icon: panel.icon,
    refresh: panel.refresh,
    center_overlay: panel.centerOverlay,
    default_width: panel.defaultWidth,
    min_width: panel.minWidth,
    max_width: panel.maxWidth,
    ...panel.extra,
    tree: panel.tree?.toJSON() ?? {},
  })
}
