import { type JsonObject, type JsonValue, Manifest } from '@imperal/contract'

const DECLARES_NOTHING = Manifest.parse({ app_id: 'nothing', version: '0.0.0' })
const TOOL_DEFAULTS = { description: '', scopes: [] }

type Issues = NonNullable<ReturnType<typeof Manifest.safeParse>['error']>['issues']

function at(value: JsonValue | undefined, path: readonly PropertyKey[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, JsonValue>)[key] : undefined,
    value,
  )
}

/** Without the keys that no rule of today knows. */
function pruned(stored: JsonObject, issues: Issues): JsonObject {
  const copy = structuredClone(stored)
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const holder = at(copy, issue.path)
    if (holder === null || typeof holder !== 'object') continue
    for (const key of issue.keys) delete (holder as JsonObject)[key]
  }
  return copy
}

/**
 * A manifest as the database keeps it, perhaps since an older release: what came later takes its default, and keys that are
 * gone are left out. What a rule of today would refuse goes on running as it is; its next publish meets the rule (K10.43).
 */
export function readStoredManifest(stored: JsonObject): Manifest {
  const first = Manifest.safeParse(stored)
  if (first.success) return first.data
  const known = pruned(stored, first.error.issues)
  const second = Manifest.safeParse(known)
  if (second.success) return second.data
  const kept = { ...DECLARES_NOTHING, ...(known as unknown as Manifest) }
  return { ...kept, tools: kept.tools.map((tool) => ({ ...TOOL_DEFAULTS, ...tool })) }
}
