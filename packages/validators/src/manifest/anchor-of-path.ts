import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Anchor } from '../issue.ts'

const ROOT_OPTIONS: Readonly<Record<string, string>> = {
  version: 'version',
  name: 'displayName',
  description: 'description',
  icon: 'icon',
  capabilities: 'capabilities',
  system: 'system',
  actions_explicit: 'actionsExplicit',
  migrations_dir: 'migrationsDir',
  config_defaults: 'configDefaults',
}

/** Manifest list → the method that registers its entries and the member that names them. */
const LISTS: Readonly<Record<string, readonly [registration: string, named: string]>> = {
  signals: ['signal', 'name'],
  schedules: ['schedule', 'name'],
  webhooks: ['webhook', 'path'],
  exposed: ['expose', 'name'],
  tray: ['tray', 'tray_id'],
  menu: ['menuItem', 'item_id'],
  secrets: ['secret', 'name'],
  file_sinks: ['fileSink', 'tool'],
  panels: ['panel', 'panel_id'],
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

const member = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined

/** What in the code wrote this place of the manifest. */
export function anchorOfPath(manifest: JsonObject, path: readonly (string | number)[]): Anchor {
  const [list, index, option] = path
  const entries = manifest[String(list)]
  const entry = typeof index === 'number' && Array.isArray(entries) ? entries[index] : undefined
  const withOption = typeof option === 'string' ? { option: camelCase(option) } : {}
  if (list === 'tools') {
    const isFunction = member(entry, 'owner_chat_tool') !== undefined
    return { registration: isFunction ? 'function' : 'tool', name: String(member(entry, 'name') ?? ''), ...withOption }
  }
  const known = LISTS[String(list)]
  if (known !== undefined) {
    return { registration: known[0], name: String(member(entry, known[1]) ?? ''), ...withOption }
  }
  const root = ROOT_OPTIONS[String(list)]
  return { registration: 'extension', ...(root === undefined ? {} : { option: root }) }
}
