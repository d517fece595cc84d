import type { Manifest as ManifestFields } from '@imperal/contract/manifest'
import type { Registry } from '../extension/registry.ts'
import type { JsonObject, JsonValue } from '../values/json.ts'
import { SDK_VERSION } from '../version.ts'
import { configDefaults } from './config-defaults.ts'
import { iconSize } from './icon-size.ts'
import {
  eventsSection,
  given,
  lifecycleHooksSection,
  lifecycleSection,
  panelEntry,
  secretEntry,
  whenAny,
} from './sections.ts'
import { manifestTools, plainTools } from './tools.ts'

/** A generated manifest, schema version 3. */
export interface Manifest {
  readonly manifest_schema_version: 3
  readonly app_id: string
  readonly version: string
  readonly [field: string]: unknown
}

/**
 * The manifest that the code declares (sdk.md 5): same code, same bytes. With `root` (the extension folder) it also
 * holds the icon's size.
 * @throws DeclarationError when a schema cannot be expressed as JSON Schema
 */
export function generateManifest(extension: Registry, options: { root?: string } = {}): Manifest {
  return manifestFields(extension, iconSize(options.root, extension.icon)) as unknown as Manifest // the fields are written literally below
}

/** The same as plain JSON, for the wire. */
export function manifestFields(extension: Registry, iconBytes?: number): JsonObject {
  const { appId, version, displayName, description, icon } = extension
  const fields: Record<keyof ManifestFields, JsonValue | undefined> = {
    manifest_schema_version: 3,
    sdk_version: SDK_VERSION,
    app_id: appId,
    version,
    name: displayName.trim() === '' ? appId : displayName,
    description,
    icon,
    actions_explicit: extension.actionsExplicit,
    system: extension.system,
    capabilities: [...extension.capabilities],
    tools: manifestTools(extension),
    signals: [...extension.signals.keys()].map((name) => ({ name })),
    schedules: [...extension.schedules.values()].map(({ name, cron }) => ({ name, cron })),
    required_scopes: [...new Set(plainTools(extension).flatMap((tool) => tool.scopes))].sort(),
    icon_size_bytes: iconBytes,
    ...optionalSections(extension),
    migrations_dir: extension.migrationsDir,
    config_defaults: configDefaults(extension),
    secrets: whenAny([...extension.secrets.values()].map(secretEntry)),
    file_sinks: whenAny(
      [...extension.fileSinks.values()].map(({ tool, accepts, arg, argKind, description: text }) => {
        return { tool, accepts: [...accepts], arg, arg_kind: argKind, description: text }
      }),
    ),
    panels: [...extension.panels].map(panelEntry),
    ...FROM_DISK,
  }
  return given(fields)
}

const FROM_DISK = {
  author: undefined,
  license: undefined,
  homepage: undefined,
  category: undefined,
  tags: undefined,
  marketplace: undefined,
  pricing: undefined,
  hidden_in_sidebar: undefined,
} as const

function optionalSections(extension: Registry) {
  const { webhooks, oauthProviders, exposed, trayItems, menuItems } = extension
  return {
    webhooks: whenAny(
      [...webhooks.values()].map(({ path, method, secretHeader }) => ({ path, method, secret_header: secretHeader })),
    ),
    oauth: whenAny(
      [...oauthProviders.values()].map(({ provider, collection, scopes }) =>
        given({ provider, collection, scopes: [...scopes], has_hook: false }),
      ),
    ),
    events: eventsSection(extension),
    exposed: whenAny([...exposed.values()].map(({ name, actionType }) => ({ name, action_type: actionType }))),
    lifecycle: lifecycleSection(extension),
    lifecycle_hooks: lifecycleHooksSection(extension),
    tray: whenAny(
      [...trayItems.values()].map(({ trayId, icon, tooltip, zone, order }) => {
        return given({ tray_id: trayId, icon, tooltip, ...nonDefault({ zone, order }, { zone: 'status', order: 100 }) })
      }),
    ),
    menu: whenAny([...menuItems.values()].map(({ itemId, ...item }) => ({ item_id: itemId, ...item }))),
  }
}

/** Members that differ from what their absence means. */
function nonDefault(values: JsonObject, defaults: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== defaults[key]))
}
