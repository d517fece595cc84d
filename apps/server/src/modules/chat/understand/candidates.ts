import { createHash } from 'node:crypto'
import { type CatalogFunction, rankFunctions } from '../../kernel/index.ts'
import type { Embedder } from '../../llm/index.ts'

// So many functions fit into a prompt whole; above it the best candidates go in.
const WHOLE_CATALOG = 60
const CANDIDATES = 40
/** Candidates that each way of searching may name. */
const EACH = 24
const AT_ONCE = 128

export const describedFor = (entry: CatalogFunction): string =>
  `${entry.appName}: ${entry.name.replaceAll('_', ' ')}. ${entry.description}`

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0
  let one = 0
  let other = 0
  for (let at = 0; at < a.length; at++) {
    const x = a[at] as number // inside the length
    const y = b[at] as number
    dot += x * y
    one += x * x
    other += y * y
  }
  return one === 0 || other === 0 ? 0 : dot / Math.sqrt(one * other)
}

const MOST_VECTORS = 50_000

/** Vectors of function descriptions, kept by their text: a new function costs one embedding, and the same one none. */
export class VectorCache {
  readonly #embedder: Embedder
  readonly #vectors = new Map<string, Float32Array>()
  constructor(embedder: Embedder) {
    this.#embedder = embedder
  }

  async of(functions: readonly CatalogFunction[]): Promise<(Float32Array | undefined)[]> {
    const keys = functions.map((entry) => createHash('sha256').update(describedFor(entry)).digest('base64url'))
    const unknown = [...new Set(keys.flatMap((key, at) => (this.#vectors.has(key) ? [] : [at])))]
    for (let from = 0; from < unknown.length; from += AT_ONCE) {
      const batch = unknown.slice(from, from + AT_ONCE)
      const texts = batch.map((at) => describedFor(functions[at] as CatalogFunction)) // an index of its own list
      const vectors = await this.#embedder.embed(texts)
      for (const [index, at] of batch.entries()) {
        const vector = vectors[index]
        if (vector !== undefined) this.#vectors.set(keys[at] ?? '', vector)
      }
    }
    while (this.#vectors.size > MOST_VECTORS) this.#vectors.delete(this.#vectors.keys().next().value ?? '')
    return keys.map((key) => this.#vectors.get(key))
  }

  async query(text: string): Promise<Float32Array | undefined> {
    return (await this.#embedder.embed([text]))[0]
  }
}

/** Functions by the nearness of their meaning, the nearest first. */
export async function rankByMeaning(
  cache: VectorCache,
  catalog: readonly CatalogFunction[],
  text: string,
): Promise<CatalogFunction[]> {
  const [vectors, query] = await Promise.all([cache.of(catalog), cache.query(text)])
  if (query === undefined) return []
  return catalog
    .map((entry, at) => ({ entry, score: vectors[at] === undefined ? -1 : cosine(query, vectors[at]) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, EACH)
    .map(({ entry }) => entry)
}

/** Takes from the lists in turn, so that neither way of searching crowds the other out. */
export function interleave<T>(lists: readonly (readonly T[])[], most: number): T[] {
  const found = new Set<T>()
  const longest = Math.max(0, ...lists.map((list) => list.length))
  for (let at = 0; at < longest && found.size < most; at++)
    for (const list of lists) if (at < list.length && found.size < most) found.add(list[at] as T) // inside the list
  return [...found]
}

export interface CandidateInput {
  readonly catalog: readonly CatalogFunction[]
  readonly text: string
  /** What was said just before, for follow-ups. */
  readonly recent: string
  /** Apps that the person looks at or used last: all of their functions are candidates. */
  readonly near: readonly string[]
  readonly vectors?: VectorCache | undefined
  onFailure?(error: unknown): void
}

/**
 * The functions that the classifier reads in full: all of a small catalog, else the best by words and, where a provider makes
 * vectors, by meaning. A choice of what is shown, never of what may be called (K2.2).
 */
export async function chooseCandidates(input: CandidateInput): Promise<CatalogFunction[]> {
  const { catalog, text, recent, near, vectors } = input
  if (catalog.length <= WHOLE_CATALOG) return [...catalog]
  const byWords = rankFunctions(catalog, text)
    .slice(0, EACH)
    .map((entry) => entry.function)
  const byRecent =
    recent === ''
      ? []
      : rankFunctions(catalog, recent)
          .slice(0, EACH / 4)
          .map((entry) => entry.function)
  let byMeaning: CatalogFunction[] = []
  if (vectors !== undefined) {
    try {
      byMeaning = await rankByMeaning(vectors, catalog, text)
    } catch (error) {
      // A search that is away costs candidates, not the turn.
      input.onFailure?.(error)
    }
  }
  const chosen = new Set(interleave([byWords, byMeaning, byRecent], CANDIDATES))
  for (const entry of catalog) if (near.includes(entry.appId)) chosen.add(entry)
  return [...chosen]
}
