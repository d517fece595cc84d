import type { JsonObject } from '@imperal/contract'
import { newId } from '@imperal/ui-kit'
import { type GoOptions, go } from '../navigation.ts'

const LONGEST_QUERY = 2_048
const MOST_KEPT = 200
// Params that an address cannot hold live as long as this window; its history names them (ui 5.5).
const kept = new Map<string, JsonObject>()

function keep(params: JsonObject): string {
  const id = newId()
  kept.set(id, params)
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string)
  return id
}

/** The part of params that may stand in an address: scalars of the author, never what a field held. */
function queryOf(params: JsonObject, typed: ReadonlySet<string>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (typed.has(name) || !['string', 'number', 'boolean'].includes(typeof value)) continue
    query.set(name, String(value))
    if (query.toString().length > LONGEST_QUERY) query.delete(name)
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Opens the address of a center panel; `typed` names params that came from a field or a row. */
export function goToCenter(
  place: { readonly appId: string; readonly panelId: string; readonly params: JsonObject },
  typed: ReadonlySet<string>,
  options: GoOptions = {},
): void {
  const path = `/ext/${encodeURIComponent(place.appId)}/${encodeURIComponent(place.panelId)}${queryOf(place.params, typed)}`
  go(path, { ...options, state: { panelParams: keep(place.params) } })
}

/** The params that an address stands for: those of this window's history, else the values of the query. */
export function paramsOfAddress(search: Readonly<Record<string, unknown>>, state: unknown): JsonObject {
  const id = (state as { panelParams?: unknown } | null)?.panelParams
  const remembered = typeof id === 'string' ? kept.get(id) : undefined
  if (remembered) return remembered
  const entries = Object.entries(search).filter(([name]) => !name.startsWith('__'))
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

export const clearAddresses = (): void => kept.clear()
