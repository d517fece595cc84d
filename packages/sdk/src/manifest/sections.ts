import type { PanelDefinition, SecretSpec } from '../extension/declarations.ts'
import type { Registry } from '../extension/registry.ts'
import { membersToWire } from '../values/codec.ts'
import { fromEntries, type JsonObject } from '../values/json.ts'

const HEALTH_INTERVAL_SECONDS = 60

export function eventsSection({ eventHandlers, declaredEmits }: Registry): JsonObject | undefined {
  if (eventHandlers.length === 0 && declaredEmits.length === 0) return undefined
  return {
    subscribes: eventHandlers.map(({ eventType, handlerName }) => ({ type: eventType, handler: handlerName })),
    emits: declaredEmits.map(({ eventType, schemaRef }) => membersToWire({ type: eventType, schemaRef })),
  }
}

export function lifecycleSection({ lifecycle, healthCheckHandler }: Registry): JsonObject | undefined {
  if (lifecycle.size === 0 && healthCheckHandler === undefined) return undefined
  const upgrades = [...lifecycle.values()].flatMap(({ version }) => (version === undefined ? [] : [version]))
  return {
    ...fromEntries(HOOK_ORDER.filter((hook) => lifecycle.has(hook)).map((hook) => [hook, true])),
    ...membersToWire({
      onUpgrade: upgrades.length === 0 ? undefined : upgrades.sort(compareVersions),
      healthCheck: healthCheckHandler === undefined ? undefined : { interval_sec: HEALTH_INTERVAL_SECONDS },
    }),
  }
}

const HOOK_ORDER = ['on_install', 'on_uninstall', 'on_enable', 'on_disable']

export function lifecycleHooksSection({ lifecycle }: Registry): JsonObject | undefined {
  if (lifecycle.size === 0) return undefined
  const plain = HOOK_ORDER.filter((hook) => lifecycle.has(hook))
  const upgrades = [...lifecycle.values()]
    .filter(({ version }) => version !== undefined)
    .sort((a, b) => compareVersions(a.version ?? '', b.version ?? ''))
    .map(({ name }) => name)
  return fromEntries([...plain, ...upgrades].map((hook) => [hook, { signature: '(ctx)' }]))
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

export const secretEntry = ({ scope, envFallback, ...spec }: SecretSpec): JsonObject =>
  membersToWire({ ...spec, scope: scope === 'user' ? undefined : scope, envFallback })

export const panelEntry = ([panelId, { tree, extra, ...panel }]: [string, PanelDefinition]): JsonObject => ({
  ...membersToWire({ panelId, ...panel }),
  ...extra,
  tree: tree?.toJSON() ?? {},
})
