import { runtimeOf } from '../context/runtime.ts'
import { byteLength } from '../encoding.ts'
import { entries, fromEntries, isObject, type JsonObject, type JsonValue, toJson } from '../values/json.ts'
import { isNode, nodeToWire } from '../values/ui-output.ts'
import type { PanelDefinition } from './declarations.ts'

const MAX_PANEL_BYTES = 262_144

/** `{ui, ...ids}` for a node, anything else unchanged. */
export function wrapUi(value: unknown, ids: JsonObject): JsonValue {
  return isNode(value) ? { ui: nodeToWire(value), ...ids } : toJson(value, 'ui')
}

/** As `wrapUi`; nothing at all becomes an Empty node, and a tree above 256 KB an Error node that names its size. */
export function wrapPanel(ctx: object, panelId: string, value: unknown): JsonValue {
  const warn = (text: string) => runtimeOf(ctx)?.port.log('warn', text)
  if (value === null || value === undefined) {
    warn(`panel '${panelId}' returned nothing`)
    return { ui: { type: 'Empty', props: { message: 'Nothing to show' } }, panel_id: panelId }
  }
  const wrapped = wrapUi(value, { panel_id: panelId })
  const size = byteLength(JSON.stringify(wrapped))
  if (size <= MAX_PANEL_BYTES) return wrapped
  const message = `This panel is ${Math.ceil(size / 1024)} KB, more than the ${MAX_PANEL_BYTES / 1024} KB that a panel may have. Show its list in pages.`
  warn(`panel '${panelId}': ${message}`)
  return { ui: { type: 'Error', props: { message, title: 'Panel too large' } }, panel_id: panelId }
}

const KNOWN_PANEL_OPTIONS: ReadonlySet<string> = new Set([
  'slot',
  'title',
  'icon',
  'refresh',
  'centerOverlay',
  'defaultWidth',
  'minWidth',
  'maxWidth',
  'tree',
  'params',
  'refreshSeconds',
  'refresh_seconds',
])

/** Options of a panel that the SDK gives no meaning to; they travel as metadata. */
export function extraPanelOptions(options: object): PanelDefinition['extra'] {
  const extra = entries(options).filter(([key]) => !KNOWN_PANEL_OPTIONS.has(key))
  const json = toJson(fromEntries(extra), 'options')
  return isObject(json) ? (json as JsonObject) : {}
}
