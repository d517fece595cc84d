import type { JsonObject, JsonValue } from '@imperal/contract'
import type { AssistantLimits } from '../limits.ts'
import { EXCEEDS_CAP } from '../memory/facts.ts'
import type { Fact } from '../messages.ts'

/** A reference that gives nothing. `code` is permanent (K2.26, K2.8). */
export class UnresolvedReference extends Error {
  readonly code: 'UNRESOLVED_REFS' | 'REF_COUNT_EXCEEDS_CAP' | 'cross_turn_data_exceeds_cap'
  readonly reference: string
  constructor(reference: string, code: UnresolvedReference['code'] = 'UNRESOLVED_REFS', why = 'points to nothing') {
    super(`The reference ${reference} ${why}.`)
    this.name = 'UnresolvedReference'
    this.code = code
    this.reference = reference
  }
}

const REFERENCE = /\$REF:(?:prior_turn\[-(\d+)\]\.)?([a-z0-9][a-z0-9-]*)(?:\[(\d+)\])?\.([A-Za-z0-9_.[\]-]+)/g

export interface ReferenceSources {
  /** Data of this plan's steps in its order; null where a step gave none. */
  readonly calls: readonly (Fact | null)[]
  /** Apps of the steps, in the same order. */
  readonly apps: readonly string[]
  /** Facts of earlier turns, newest first; index 0 is one turn ago. */
  readonly turns: readonly (readonly Fact[])[]
  readonly limits: Pick<AssistantLimits, 'chain_max_refs_per_args' | 'cross_turn_max_refs'>
}

/** One reference of an argument, taken apart. */
export interface Reference {
  readonly text: string
  /** Null: of this plan. */
  readonly turnsAgo: number | null
  readonly appId: string
  readonly index: number
  readonly path: string
}

const toReference = ([text, turnsAgo, appId = '', index, path = '']: RegExpMatchArray): Reference => ({
  text,
  turnsAgo: turnsAgo === undefined ? null : Number(turnsAgo),
  appId,
  index: Number(index ?? 0),
  path,
})

/** Every reference in arguments, at any depth. */
export function referencesIn(value: JsonValue): Reference[] {
  if (typeof value === 'string') return [...value.matchAll(REFERENCE)].map(toReference)
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(referencesIn) : []
}

/** `a.items[0].id` → `['a', 'items', '0', 'id']`. */
export const pathParts = (path: string): string[] =>
  path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((piece) => piece !== '')

function walk(data: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = data
  for (const part of pathParts(path)) {
    if (Array.isArray(value)) value = value[Number(part)]
    else if (value !== null && typeof value === 'object' && Object.hasOwn(value, part)) value = value[part]
    else return undefined
  }
  return value
}

/** Place in the plan of the step that a reference of this plan means; -1 for none. */
export function stepMeant(reference: Pick<Reference, 'appId' | 'index'>, apps: readonly string[]): number {
  let seen = 0
  return apps.findIndex((appId) => appId === reference.appId && seen++ === reference.index)
}

function factMeant(reference: Reference, sources: ReferenceSources): Fact | null | undefined {
  if (reference.turnsAgo === null) return sources.calls[stepMeant(reference, sources.apps)]
  const most = sources.limits.cross_turn_max_refs
  if (reference.turnsAgo > most)
    throw new UnresolvedReference(reference.text, 'UNRESOLVED_REFS', `goes back more than ${most} turns`)
  const facts = sources.turns[reference.turnsAgo - 1] ?? []
  return facts.filter((fact) => fact.app_id === reference.appId)[reference.index]
}

function lookUp(reference: Reference, sources: ReferenceSources): JsonValue {
  const fact = factMeant(reference, sources)
  if (fact != null && EXCEEDS_CAP in fact.data)
    throw new UnresolvedReference(
      reference.text,
      'cross_turn_data_exceeds_cap',
      'means a result that was too large to keep',
    )
  const value = fact == null ? undefined : walk(fact.data, reference.path)
  if (value === undefined) throw new UnresolvedReference(reference.text)
  return value
}

const asText = (value: JsonValue): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.map((item) => `- ${typeof item === 'object' ? JSON.stringify(item) : item}`).join('\n')
      : JSON.stringify(value)

/**
 * Puts the values of earlier calls in the place of `$REF:app[n].path` (the n-th call of that app in this plan) and
 * `$REF:prior_turn[-n].app.path` (K2.26). A whole-value reference keeps its type; inside longer text it becomes text.
 * @throws UnresolvedReference
 */
export function resolveReferences(args: JsonObject, sources: ReferenceSources): JsonObject {
  const most = sources.limits.chain_max_refs_per_args
  const count = referencesIn(args).length
  if (count > most)
    throw new UnresolvedReference(
      `number ${most + 1}`,
      'REF_COUNT_EXCEEDS_CAP',
      `is too many (at most ${most} are possible)`,
    )
  const resolve = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(resolve)
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]))
    if (typeof value !== 'string' || !value.includes('$REF:')) return value
    const [first] = referencesIn(value)
    if (first && first.text === value) return lookUp(first, sources)
    return value.replaceAll(REFERENCE, (...parts) =>
      asText(lookUp(toReference(parts.slice(0, 5) as unknown as RegExpMatchArray), sources)),
    )
  }
  return resolve(args) as JsonObject
}
