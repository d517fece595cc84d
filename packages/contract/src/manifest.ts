import * as z from 'zod'
import { scheduleProblem } from './cron.ts'
import { AppId, Cron, Scope, SecretName, SemanticVersion, ToolName, WebhookPath } from './identifiers.ts'
import { JsonObject, type JsonValue } from './json.ts'
import { PANEL_SLOTS } from './panel-slots.ts'

/** Manifest `imperal.json`, schema version 3 (sdk.md 5). Every object is closed unless it says otherwise. */
export const MANIFEST_SCHEMA_VERSION = 3

/** Names that start with `__` are callable by the platform but never listed, counted or offered to a model. */
export const SYNTHETIC_PREFIX = '__'
export const PANEL_TOOL_PREFIX = '__panel__'
export const WIDGET_TOOL_PREFIX = '__widget__'
export const TRAY_TOOL_PREFIX = '__tray__'
export const MENU_TOOL_PREFIX = '__menu__'
export const WEBHOOK_TOOL_PREFIX = '__webhook__'
export const SKELETON_REFRESH_PREFIX = 'skeleton_refresh_'
export const SKELETON_ALERT_PREFIX = 'skeleton_alert_'

export { PANEL_SLOTS } from './panel-slots.ts'
export const TRAY_ZONES = ['status', 'actions', 'system'] as const
export const MENU_SECTIONS = ['main', 'admin'] as const
export const OAUTH_PROVIDERS = ['google', 'microsoft', 'yahoo'] as const
export const SECRET_MAX_BYTES = 65_536

const UiId = z.string().regex(/^[a-z][a-z0-9_-]+$/)
const EventName = z.string().min(1)
const PARAMETER_TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const

/** One argument of a plain tool. Open: unknown keys describe it further. */
export const ManifestParameter = z.looseObject({
  type: z.enum(PARAMETER_TYPES).default('string'),
  required: z.boolean(),
})
export type ManifestParameter = z.infer<typeof ManifestParameter>

/** A plain tool has `parameters`; a chat function has the typed members instead (sdk.md 5.2). */
export const ManifestTool = z.strictObject({
  name: ToolName,
  description: z.string().default(''),
  action_type: z.enum(['read', 'write', 'destructive']).optional(),
  chain_callable: z.boolean().optional(),
  effects: z.array(z.string()).optional(),
  id_projection: z.string().optional(),
  params_schema: JsonObject.optional(),
  return_schema: JsonObject.optional(),
  event: z.string().optional(),
  background: z.boolean().optional(),
  long_running: z.boolean().optional(),
  /** Doing it again has no further effect: a background call that a lost node had begun is run anew (kernel 4.7). */
  idempotent: z.boolean().optional(),
  scopes: z.array(Scope).default([]),
  parameters: z.record(z.string(), ManifestParameter).optional(),
  owner_chat_tool: z.string().optional(),
  synthetic: z.boolean().optional(),
})
export type ManifestTool = z.infer<typeof ManifestTool>

export const ManifestSignal = z.strictObject({ name: z.string().min(1), description: z.string().optional() })
export type ManifestSignal = z.infer<typeof ManifestSignal>

export const ManifestSchedule = z
  .strictObject({
    name: z.string().min(1),
    cron: Cron,
    description: z.string().optional(),
  })
  .superRefine(({ name, cron }, context) => {
    const message = Cron.safeParse(cron).success ? scheduleProblem(name, cron) : null
    if (message !== null) context.addIssue({ code: 'custom', path: ['cron'], message })
  })
export type ManifestSchedule = z.infer<typeof ManifestSchedule>

export const ManifestWebhook = z.strictObject({
  path: WebhookPath,
  method: z.enum(['POST', 'GET', 'PUT', 'DELETE']).default('POST'),
  secret_header: z.string().default(''),
  /** Header with the sender's id of a delivery: one that was taken is not handed over again for a day (K7.10). */
  delivery_header: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/)
    .optional(),
})
export type ManifestWebhook = z.infer<typeof ManifestWebhook>

export const ManifestOAuth = z.strictObject({
  provider: z.enum(OAUTH_PROVIDERS),
  collection: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .optional(),
  scopes: z.array(z.string()).default([]),
  has_hook: z.boolean().default(false),
})
export type ManifestOAuth = z.infer<typeof ManifestOAuth>

export const ManifestEvents = z.strictObject({
  subscribes: z.array(z.strictObject({ type: EventName, handler: z.string().min(1) })).default([]),
  emits: z.array(z.strictObject({ type: EventName, schema_ref: z.string().optional() })).default([]),
})
export type ManifestEvents = z.infer<typeof ManifestEvents>

export const ManifestExposed = z.strictObject({
  name: ToolName,
  action_type: z.enum(['read', 'write']).default('read'),
})
export type ManifestExposed = z.infer<typeof ManifestExposed>

export const ManifestLifecycle = z.strictObject({
  on_install: z.literal(true).optional(),
  on_uninstall: z.literal(true).optional(),
  on_enable: z.literal(true).optional(),
  on_disable: z.literal(true).optional(),
  on_upgrade: z.array(SemanticVersion).optional(),
  /** Seconds between two health checks; the kernel's own interval is 60. */
  health_check: z.strictObject({ interval_sec: z.number().int().min(30) }).optional(),
})
export type ManifestLifecycle = z.infer<typeof ManifestLifecycle>

/** Keys `on_install`, `on_uninstall`, `on_enable`, `on_disable` and `on_upgrade:<version>`. */
export const ManifestLifecycleHooks = z.record(
  z.string().regex(/^on_(?:install|uninstall|enable|disable|upgrade:\d+\.\d+\.\d+(?:[.-][A-Za-z0-9.-]+)?)$/),
  z.strictObject({ signature: z.string() }),
)

export const ManifestTray = z.strictObject({
  tray_id: UiId,
  icon: z.string().optional(),
  tooltip: z.string().optional(),
  zone: z.enum(TRAY_ZONES).optional(),
  order: z.number().int().optional(),
})
export type ManifestTray = z.infer<typeof ManifestTray>

export const ManifestMenuItem = z.strictObject({
  item_id: UiId,
  label: z.string(),
  icon: z.string().default(''),
  section: z.enum(MENU_SECTIONS).default('main'),
  path: z.string().default(''),
  order: z.number().int().default(100),
  danger: z.boolean().default(false),
})
export type ManifestMenuItem = z.infer<typeof ManifestMenuItem>

export const ManifestSecret = z.strictObject({
  name: SecretName,
  description: z.string().regex(/\S/),
  required: z.boolean().default(false),
  write_mode: z.enum(['user', 'extension', 'both']).default('user'),
  max_bytes: z.number().int().min(1).max(SECRET_MAX_BYTES).default(4096),
  rotation_hint_days: z.number().int().min(1).optional(),
  scope: z.enum(['user', 'app']).optional(),
  env_fallback: z
    .string()
    .regex(/^IMPERAL_APPSECRET_/)
    .optional(),
})
export type ManifestSecret = z.infer<typeof ManifestSecret>

export const ManifestFileSink = z.strictObject({
  tool: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  accepts: z.array(z.string().min(1)).min(1),
  arg: z.string().min(1),
  arg_kind: z.enum(['text', 'file_id', 'bytes_ref']).default('text'),
  description: z.string().max(200).default(''),
})
export type ManifestFileSink = z.infer<typeof ManifestFileSink>

/** Open: further options of the declaration are kept as they were given. The built-in `secrets` panel is one of them. */
export const ManifestPanel = z.looseObject({
  panel_id: z.string().min(1),
  slot: z.enum(PANEL_SLOTS).default('center'),
  title: z.string().default(''),
  icon: z.string().optional(),
  refresh: z.string().optional(),
  center_overlay: z.boolean().optional(),
  /** `false` for a panel that has nothing to show without a parameter: it is not offered by its name. */
  listed: z.boolean().optional(),
  default_width: z.number().int().optional(),
  min_width: z.number().int().optional(),
  max_width: z.number().int().optional(),
  /** A static tree, `{}` without one. */
  tree: JsonObject.default({}),
})
export type ManifestPanel = z.infer<typeof ManifestPanel>

/** Root fields in the order in which the generator writes them (sdk.md 5.1). */
const ManifestRoot = z.strictObject({
  manifest_schema_version: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
  sdk_version: z.string().optional(),
  app_id: AppId,
  version: SemanticVersion,
  name: z.string().optional(),
  description: z.string().optional(),
  icon: z.string().optional(),
  actions_explicit: z.boolean().optional(),
  system: z.boolean().optional(),
  capabilities: z.array(Scope).default([]),
  tools: z.array(ManifestTool).default([]),
  signals: z.array(ManifestSignal).default([]),
  schedules: z.array(ManifestSchedule).default([]),
  required_scopes: z.array(Scope).default([]),
  icon_size_bytes: z.number().int().min(0).optional(),
  webhooks: z.array(ManifestWebhook).optional(),
  oauth: z.array(ManifestOAuth).optional(),
  events: ManifestEvents.optional(),
  exposed: z.array(ManifestExposed).optional(),
  lifecycle: ManifestLifecycle.optional(),
  lifecycle_hooks: ManifestLifecycleHooks.optional(),
  tray: z.array(ManifestTray).optional(),
  menu: z.array(ManifestMenuItem).optional(),
  migrations_dir: z.string().optional(),
  config_defaults: JsonObject.optional(),
  secrets: z.array(ManifestSecret).optional(),
  file_sinks: z.array(ManifestFileSink).optional(),
  panels: z.array(ManifestPanel).optional(),
  author: z.string().optional(),
  license: z.string().optional(),
  homepage: z.string().optional(),
  category: z.string().optional(),
  tags: z.array(z.string()).optional(),
  marketplace: JsonObject.optional(),
  pricing: JsonObject.optional(),
  hidden_in_sidebar: z.boolean().optional(),
})

/** The whole file. Only a system app may hide itself from the sidebar. */
export const Manifest = ManifestRoot.refine(
  (manifest) => manifest.hidden_in_sidebar !== true || manifest.system === true,
  { path: ['hidden_in_sidebar'], error: 'only a system app may be hidden in the sidebar' },
)
export type Manifest = z.infer<typeof Manifest>

/** Fields that only the generator writes; everything else that the schema knows survives a rebuild (sdk.md 5.4). */
export const GENERATED_MANIFEST_FIELDS: ReadonlySet<string> = new Set([
  'manifest_schema_version',
  'sdk_version',
  'app_id',
  'version',
  'actions_explicit',
  'system',
  'capabilities',
  'tools',
  'signals',
  'schedules',
  'required_scopes',
  'icon_size_bytes',
  'webhooks',
  'oauth',
  'events',
  'exposed',
  'lifecycle',
  'lifecycle_hooks',
  'tray',
  'menu',
  'migrations_dir',
  'config_defaults',
  'secrets',
  'panels',
  'file_sinks',
])

/** JSON Schema (draft 2020-12) of the manifest, for editors and for validators in other languages. */
export function manifestJsonSchema(): JsonObject {
  const { $schema, ...schema } = z.toJSONSchema(Manifest, { io: 'input' }) as JsonObject
  return {
    ...($schema === undefined ? {} : { $schema }),
    $id: 'https://imperal.io/schemas/imperal.schema.json',
    title: 'Imperal Extension Manifest',
    ...schema,
  }
}

/**
 * Joins a generated manifest with the file on disk: generated fields win where the generator owns them, every other
 * field that the schema knows is kept from disk, unknown ones are dropped (sdk.md 5.4). Keys come in schema order.
 */
export function mergeManifest(onDisk: JsonObject, generated: JsonObject): JsonObject {
  const merged: JsonObject = {}
  for (const field of Object.keys(ManifestRoot.shape)) {
    const value = mergedField(field, onDisk, generated)
    if (value !== undefined) merged[field] = value
  }
  return merged
}

function mergedField(field: string, onDisk: JsonObject, generated: JsonObject): JsonValue | undefined {
  if (GENERATED_MANIFEST_FIELDS.has(field)) return generated[field]
  return onDisk[field] ?? generated[field]
}

const WRITING_WORDS = /send|create|delete|update|archive|reply|forward|remove|move|trash/i

/** The action type that the platform acts on: a "read" whose name promises a change counts as a write (sdk.md 2.2.4). */
export function effectiveActionType(
  name: string,
  declared: 'read' | 'write' | 'destructive',
): 'read' | 'write' | 'destructive' {
  return declared === 'read' && WRITING_WORDS.test(name) ? 'write' : declared
}
