import type { Registry } from '../extension/registry.ts'
import { membersToWire } from '../values/codec.ts'
import type { JsonObject } from '../values/json.ts'
import { SDK_VERSION } from '../version.ts'
import { configDefaults } from './config-defaults.ts'
import { iconSize } from './icon-size.ts'
import { eventsSection, lifecycleHooksSection, lifecycleSection, panelEntry, secretEntry } from './sections.ts'
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

/** Root fields in the order of sdk.md 5.1, by their names in code; those that only a file on disk has are not among them. */
type Fields = { readonly [name: string]: unknown }

/** The same as plain JSON, for the wire. */
export function manifestFields(extension: Registry, iconBytes?: number): JsonObject {
  const { appId, version, displayName, description, icon } = extension
  const fields: Fields = {
    manifestSchemaVersion: 3,
    sdkVersion: SDK_VERSION,
    appId,
    version,
    name: displayName.trim() === '' ? appId : displayName,
    description,
    icon,
    actionsExplicit: extension.actionsExplicit,
    system: extension.system,
    capabilities: extension.capabilities,
    tools: manifestTools(extension),
    signals: [...extension.signals.keys()].map((name) => ({ name })),
    schedules: [...extension.schedules.values()].map(({ name, cron }) => ({ name, cron })),
    requiredScopes: [...new Set(plainTools(extension).flatMap((tool) => tool.scopes))].sort(),
    iconSizeBytes: iconBytes,
    ...optionalSections(extension),
    migrationsDir: extension.migrationsDir,
    configDefaults: configDefaults(extension),
    secrets: entries(extension.secrets, secretEntry),
    fileSinks: entries(extension.fileSinks),
    panels: [...extension.panels].map(panelEntry),
  }
  return membersToWire(fields)
}

/** The definitions of one kind; undefined when there is none, for such sections are only written when there is something. */
function entries<T extends object>(
  registered: ReadonlyMap<string, T>,
  toEntry: (definition: T) => JsonObject = membersToWire,
): JsonObject[] | undefined {
  return registered.size === 0 ? undefined : [...registered.values()].map(toEntry)
}

function optionalSections(extension: Registry): Fields {
  return {
    webhooks: entries(extension.webhooks),
    oauth: entries(extension.oauthProviders, (definition) => ({ ...membersToWire(definition), has_hook: false })),
    events: eventsSection(extension),
    exposed: entries(extension.exposed, ({ name, actionType }) => ({ name, action_type: actionType })),
    lifecycle: lifecycleSection(extension),
    lifecycleHooks: lifecycleHooksSection(extension),
    tray: entries(extension.trayItems, ({ zone, order, ...item }) =>
      membersToWire({
        ...item,
        zone: zone === 'status' ? undefined : zone,
        order: order === 100 ? undefined : order,
      }),
    ),
    menu: entries(extension.menuItems),
  }
}
