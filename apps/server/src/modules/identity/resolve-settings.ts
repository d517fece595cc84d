import type { JsonObject, JsonValue } from '@imperal/contract'
import type { ConfirmationPolicy, UserSettings } from './types.ts'

/** Defaults of every setting that a user may change (kernel 9.4a, K3.21). */
const DEFAULTS: JsonObject = {
  confirmation_enabled: false,
  confirmation_skip_read: true,
  confirmation_actions: { write: true, destructive: true, all: false },
  confirmation_overrides: {},
  confirmation_ttl: null,
  kav_max_retries: 2,
  routing_context: 20,
  max_tool_rounds: 10,
  max_response_tokens: 1024,
  notifications: { enabled: true, default: ['bell'], apps: {} },
  language: null,
  timezone: null,
  llm: null,
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Members that hold several choices: a layer adds to them. The others are replaced as a whole. */
const MERGED = new Set(['confirmation_actions', 'confirmation_overrides'])

/** `changes` over `base`; `null` removes a member, so that the layer below shows again. */
export function mergeSettings(base: JsonObject, changes: JsonObject): JsonObject {
  const merged = { ...base }
  for (const [member, value] of Object.entries(changes)) {
    if (value === null) delete merged[member]
    else if (MERGED.has(member) && isObject(value)) {
      const before = merged[member]
      merged[member] = mergeSettings(isObject(before) ? before : {}, value)
    } else merged[member] = value
  }
  return merged
}

export interface SettingsLayers {
  readonly tenant: JsonObject
  readonly policy: ConfirmationPolicy
  readonly user: JsonObject
  readonly hasKey: boolean
}

function enabled(policy: ConfirmationPolicy, chosen: JsonValue | undefined): boolean {
  if (policy === 'enforced') return true
  if (policy === 'disabled') return false
  return typeof chosen === 'boolean' ? chosen : policy === 'default_on'
}

/** The settings as everybody reads them: platform ← tenant ← role ← user, and the own model without its key. */
export function resolveSettings(layers: SettingsLayers): UserSettings {
  const chosen = mergeSettings(layers.tenant, layers.user)
  const settings = mergeSettings(DEFAULTS, chosen)
  return {
    ...settings,
    confirmation_enabled: enabled(layers.policy, chosen.confirmation_enabled),
    role_confirmation_policy: layers.policy,
    llm: isObject(settings.llm) ? { ...settings.llm, has_key: layers.hasKey } : null,
  } as UserSettings // DEFAULTS holds every member of the interface
}
