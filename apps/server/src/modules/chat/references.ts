import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Fact } from './messages.ts'

export class UnresolvedReference extends Error {
  readonly reference: string
  constructor(reference: string) {
    super(`The reference ${reference} points to nothing.`)
    this.name = 'UnresolvedReference'
    this.reference = reference
  }
}

const MOST_REFERENCES = 20
const REFERENCE = /\$REF:(?:prior_turn\[-(\d+)\]\.)?([a-z0-9][a-z0-9-]*)(?:\[(\d+)\])?\.([A-Za-z0-9_.[\]-]+)/g

export interface ReferenceSources {
  /** Results of this plan's calls so far. */
  readonly calls: readonly Fact[]
  /** Facts of earlier turns, newest first; index 0 is one turn ago. */
  readonly turns: readonly (readonly Fact[])[]
}

function walk(data: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = data
  for (const part of path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((piece) => piece !== '')) {
    if (Array.isArray(value)) value = value[Number(part)]
    else if (value !== null && typeof value === 'object' && Object.hasOwn(value, part)) value = value[part]
    else return undefined
  }
  return value
}

function lookUp(match: RegExpMatchArray, sources: ReferenceSources): JsonValue {
  const [whole, turnsAgo, appId, index, path = ''] = match
  const facts = turnsAgo === undefined ? sources.calls : (sources.turns[Number(turnsAgo) - 1] ?? [])
  const fact = facts.filter((entry) => entry.app_id === appId)[Number(index ?? 0)]
  const value = fact === undefined ? undefined : walk(fact.data, path)
  if (value === undefined) throw new UnresolvedReference(whole)
  return value
}

const asText = (value: JsonValue): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.map((item) => `- ${typeof item === 'object' ? JSON.stringify(item) : item}`).join('\n')
      : JSON.stringify(value)

/**
 * Puts the values of earlier calls in the place of `$REF:app[n].path` and `$REF:prior_turn[-n].app.path` (K2.26).
 * A whole-value reference keeps its type; inside longer text it becomes text. At most 20 references.
 * @throws UnresolvedReference
 */
export function resolveReferences(args: JsonObject, sources: ReferenceSources): JsonObject {
  let count = 0
  const resolve = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(resolve)
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]))
    if (typeof value !== 'string' || !value.includes('$REF:')) return value
    const matches = [...value.matchAll(REFERENCE)]
    count += matches.length
    if (count > MOST_REFERENCES)
      throw new UnresolvedReference(`number ${count} (at most ${MOST_REFERENCES} are possible)`)
    const [first] = matches
    if (first && first[0] === value) return lookUp(first, sources)
    return value.replaceAll(REFERENCE, (...parts) => asText(lookUp(parts as unknown as RegExpMatchArray, sources)))
  }
  return resolve(args) as JsonObject
}
