import type { JsonObject } from '@imperal/contract'
import { checkIdShape, placeholderPaths } from '@imperal/contract/guards'

// The rules are those that authors try with the SDK; the kernel only says them in its own words.
export { placeholderPaths }

/** K3.10: an id whose shape no provider makes; models invent them. */
export function inventedId(params: JsonObject): { field: string; value: string } | null {
  const found = checkIdShape(params)
  return found === null ? null : { field: found.field, value: found.value }
}
