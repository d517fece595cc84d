import type { Registry } from '../extension/registry.ts'
import { fromEntries, type JsonObject } from '../values/json.ts'

/** What a section without a time of its own has, in seconds. */
const USUAL_TTL = 300

/**
 * The author's defaults, with them under `skeleton` the sections that want another rhythm (sdk.md 5.5), where what the
 * author wrote wins, and under `ui` the widgets (2.17). Undefined when there is nothing to say.
 */
export function configDefaults(extension: Registry): JsonObject | undefined {
  const own = structuredClone(extension.configDefaults) as JsonObject
  const written = (own.skeleton ?? {}) as JsonObject // by section
  const sections = [...extension.skeletons.values()]
    .filter(({ ttl }) => ttl !== USUAL_TTL)
    .map(({ section, ttl }) => [section, { ttl, ...(written[section] as JsonObject) }] as const) // an object, or nothing
  if (sections.length > 0) own.skeleton = { ...written, ...fromEntries(sections) }
  const widgets = [...extension.widgets.values()]
  if (widgets.length > 0) own.ui = { ...(own.ui as JsonObject), widgets } as unknown as JsonObject // an object, or nothing to spread
  return Object.keys(own).length === 0 ? undefined : own
}
