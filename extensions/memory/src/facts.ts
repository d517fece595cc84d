import type { Document, StoreClient } from '@imperal/sdk'
import * as z from 'zod'
import { LANGUAGES, type Word, wordIn, wordsOf } from './word-forms.ts'

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

/** How well a known word answers an asked one: itself, another form of it, or a word that begins with it. */
function likeness(asked: Word, known: Word): number {
  if (asked.itself === known.itself) return 3
  if ([...asked.stems].some((stem) => known.stems.has(stem))) return 2
  return asked.itself.length > 3 && known.itself.startsWith(asked.itself) ? 1 : 0
}

function foundIn(facts: readonly FactDocument[], query: string, languages: readonly string[]): FactDocument[] {
  const asked = [...new Set(wordsOf(query))].map((word) => wordIn(word, languages))
  const score = ({ data }: FactDocument) => {
    const known = wordsOf(`${data.text} ${data.topic}`).map((word) => wordIn(word, languages))
    return asked.reduce((sum, one) => sum + Math.max(0, ...known.map((other) => likeness(one, other))), 0)
  }
  return facts
    .map((fact) => ({ fact, found: score(fact) }))
    .filter(({ found }) => found > 0)
    .sort((one, other) => other.found - one.found)
    .map(({ fact }) => fact)
}

/**
 * Facts that share words with the question in any of their forms, those with most of them first. Forms are those of the
 * person's language and of English, and of the others that are known when these find nothing: a stranger's endings
 * make words alike that are not.
 */
export function findFacts(facts: readonly FactDocument[], query: string, language: string): FactDocument[] {
  const near = foundIn(facts, query, [...new Set(['en', language.slice(0, 2).toLowerCase()])])
  return near.length > 0 ? near : foundIn(facts, query, LANGUAGES)
}
