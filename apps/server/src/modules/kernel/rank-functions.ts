import { soughtTerms } from '../../foundation/thesaurus.ts'
import { termsOf } from '../../foundation/words.ts'
import { type NearTerms, nearTerms } from './near-terms.ts'
import type { CatalogFunction } from './types.ts'

type Described = Pick<CatalogFunction, 'appId' | 'appName' | 'name' | 'description'>

export interface Ranked<Entry extends Described = CatalogFunction> {
  readonly function: Entry
  readonly score: number
}

interface Indexed {
  readonly weights: ReadonlyMap<string, number>
  readonly length: number
  /** Terms of the function's name, and of its app's. */
  readonly name: readonly string[]
  readonly app: readonly string[]
}

const cache = new WeakMap<readonly Described[], { entries: Indexed[]; rarity: Map<string, number>; near: NearTerms }>()

function indexOf(catalog: readonly Described[]) {
  const known = cache.get(catalog)
  if (known) return known
  const rarity = new Map<string, number>()
  const entries = catalog.map((entry): Indexed => {
    const weights = new Map<string, number>()
    const count = (text: string, weight: number) => {
      for (const term of termsOf(text)) weights.set(term, (weights.get(term) ?? 0) + weight)
    }
    // The name says most: its words count three times, the app's name twice.
    count(entry.name.replaceAll('_', ' '), 3)
    count(`${entry.appId} ${entry.appName}`, 2)
    count(entry.description, 1)
    for (const term of weights.keys()) rarity.set(term, (rarity.get(term) ?? 0) + 1)
    return {
      name: termsOf(entry.name.replaceAll('_', ' ')),
      app: [...new Set(termsOf(`${entry.appId} ${entry.appName}`))],
      weights,
      length: [...weights.values()].reduce((sum, weight) => sum + weight, 0),
    }
  })
  const index = { entries, rarity, near: nearTerms(rarity.keys()) }
  cache.set(catalog, index)
  return index
}

/** How much more a function counts whose app was named. */
const APP_SHARE = 0.25

const covered = (name: readonly string[], terms: ReadonlyMap<string, number>): number =>
  name.length === 0 ? 0 : name.reduce((sum, term) => sum + (terms.get(term) ?? 0), 0) / name.length

/**
 * BM25 over names and descriptions; with `byLikeness` words count as those that mean the same as well, and words that no
 * function has as those that are written like them.
 * Chooses candidates; never decides that something may not be called (K2.2).
 */
export function rankFunctions<Entry extends Described>(
  catalog: readonly Entry[],
  text: string,
  { byLikeness = true }: { readonly byLikeness?: boolean } = {},
): Ranked<Entry>[] {
  const { entries, rarity, near } = indexOf(catalog)
  const average = entries.reduce((sum, entry) => sum + entry.length, 0) / Math.max(1, entries.length)
  const terms = byLikeness ? soughtTerms(text) : new Map(termsOf(text).map((term) => [term, 1]))
  // A word that no function knows counts as those that are written like it, for less.
  const sought = [...terms].flatMap(([term, likeness]) =>
    rarity.has(term) ? [{ term, likeness }] : byLikeness ? near.of(term) : [],
  )
  const scored = catalog.flatMap((described, position) => {
    const entry = entries[position] as Indexed // one for each
    let score = 0
    for (const { term, likeness } of sought) {
      const weight = entry.weights.get(term)
      if (weight === undefined) continue
      const rare = Math.log(1 + (entries.length - (rarity.get(term) ?? 0) + 0.5) / ((rarity.get(term) ?? 0) + 0.5))
      score += (likeness * rare * weight * 2.2) / (weight + 1.2 * (0.25 + (0.75 * entry.length) / average))
    }
    if (score === 0) return []
    // "show my notes" means list_notes and not list_folders, whose description speaks of notes as well.
    // And an app whose whole name was said fits better than one with more words in its name.
    return {
      function: described,
      score: score * (1 + covered(entry.name, terms)) * (1 + APP_SHARE * covered(entry.app, terms)),
    }
  })
  return scored.sort((a, b) => b.score - a.score)
}
