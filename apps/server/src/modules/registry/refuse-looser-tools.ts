import type { JsonValue, ManifestTool, RegistryTool } from '@imperal/contract'
import { canonicalJson } from './canonical-json.ts'
import { registryErrors } from './errors.ts'
import { canonicalName } from './push-tools.ts'
import type { StoredVersion } from './types.ts'

/** What decides about rights, confirmations and arguments, and therefore comes with the code alone. */
const DECIDED_BY_CODE = [
  'action_type',
  'chain_callable',
  'effects',
  'scopes',
  'params_schema',
  'return_schema',
  'parameters',
  'event',
  'id_projection',
  'background',
  'idempotent',
  'long_running',
  'owner_chat_tool',
  'synthetic',
] as const satisfies readonly (keyof ManifestTool & keyof RegistryTool)[]

const pushed = (tool: RegistryTool, member: (typeof DECIDED_BY_CODE)[number]): unknown =>
  member === 'scopes' ? (tool.scopes ?? (tool.required_scopes.length > 0 ? tool.required_scopes : null)) : tool[member]

function* differences(tool: RegistryTool, before: ManifestTool | undefined): Generator<string> {
  for (const member of DECIDED_BY_CODE) {
    const value = pushed(tool, member) ?? null
    if (value === null) continue
    const known = (before as Readonly<Record<string, JsonValue>> | undefined)?.[member] ?? null
    if (canonicalJson(value) !== canonicalJson(known)) yield member
  }
}

/**
 * A developer's push of the tool list is no way around the comparison with the code and the review: for a version with
 * code it may leave out, rename and describe, but not say anything else than the code did of what a function may do. A
 * function that the code does not declare can be pushed only untyped, and is destructive then.
 * @throws REGISTRY_TOOLS_DIFFER
 */
export function refuseLooserTools(current: StoredVersion, tools: readonly RegistryTool[]): void {
  if (current.artefactHash === null) return
  const known = new Map(current.manifest.tools.map((tool) => [tool.name, tool]))
  const problems = tools.flatMap((tool) => {
    const members = [...differences(tool, known.get(canonicalName(tool)))]
    return members.length === 0 ? [] : [`${canonicalName(tool)} (${members.join(', ')})`]
  })
  if (problems.length > 0) throw registryErrors.TOOLS_DIFFER({ tools: problems.slice(0, 10).join('; ') })
}
