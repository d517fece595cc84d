import type { Registry } from '../extension/registry.ts'
import { fromEntries, isObject, type JsonObject } from '../values/json.ts'

/** What a section without a time of its own has, in seconds. */
const USUAL_TTL = 300

/**
 * The author's defaults, and with them under `skeleton` the sections that want another rhythm (sdk.md 5.5); what the
 * author wrote there wins. Undefined when there is nothing to say.
 */
export function configDefaults(extension: Registry): JsonObject | undefined {
  const own = structuredClone(extension.configDefaults) as JsonObject
  const written = isObject(own.skeleton) ? (own.skeleton as JsonObject) : {}
  const sections = [...extension.skeletons.values()]
    .filter(({ ttl }) => ttl !== USUAL_TTL)
    .map(({ section, ttl }) => {
      const more = written[section]
      return [section, { ttl, ...(isObject(more) ? (more as JsonObject) : {}) }] as const
    })
  if (sections.length > 0) own.skeleton = { ...written, ...fromEntries(sections) }
  return Object.keys(own).length === 0 ? undefined : own
}
