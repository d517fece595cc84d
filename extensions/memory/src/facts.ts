import type { Document, StoreClient } from '@imperal/sdk'
import * as z from 'zod'

export const Fact = z.object({ text: z.string(), topic: z.string() })
export type FactDocument = Document<z.infer<typeof Fact>>
export const factsOf = (store: StoreClient) => store.collection('facts', Fact)

/** Everything is searched and shown, so there is an end to it. */
export const MOST_FACTS = 1000

export async function allFacts(store: StoreClient): Promise<FactDocument[]> {
  const facts: FactDocument[] = []
  for await (const fact of await factsOf(store).query({ orderBy: '-created_at', limit: 500 })) {
    facts.push(fact)
    if (facts.length >= MOST_FACTS) break
  }
  return facts
}

const wordsOf = (text: string): string[] =>
  (
    text
      .toLowerCase()
      .normalize('NFKD')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).filter((word) => word.length > 1)

/** Facts that share words with the question, those with most of them first. */
export function findFacts(facts: readonly FactDocument[], query: string): FactDocument[] {
  const asked = new Set(wordsOf(query))
  const score = ({ data }: FactDocument) => {
    const known = wordsOf(`${data.text} ${data.topic}`)
    return known.filter((word) => asked.has(word) || [...asked].some((one) => one.length > 3 && word.startsWith(one)))
      .length
  }
  return facts
    .map((fact) => ({ fact, found: score(fact) }))
    .filter(({ found }) => found > 0)
    .sort((one, other) => other.found - one.found)
    .map(({ fact }) => fact)
}
