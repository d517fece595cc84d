/**
 * `npm run bench -- retrieval`: how often the wanted function is among the ten best candidates, and how long the search takes, at
 * 100, 1,000 and 10,000 functions, by words alone and, where IMPERAL_EMBEDDING_MODEL is set, by words and meaning together. The
 * set is made from tables (retrieval-set.ts): compare figures with one another, not with those of real people.
 */
import { readSettings } from '../apps/server/src/foundation/config/index.ts'
import { embeddingOf } from '../apps/server/src/foundation/start/index.ts'
import { interleave, rankByMeaning, VectorCache } from '../apps/server/src/modules/chat/understand/candidates.ts'
import { type CatalogFunction, rankFunctions } from '../apps/server/src/modules/kernel/index.ts'
import { openEmbedder } from '../apps/server/src/modules/llm/index.ts'
import { functionsOf, type Utterance, utterances } from './retrieval-set.ts'

const SIZES = [100, 1_000, 10_000]
const TOP = 10

type Search = (catalog: readonly CatalogFunction[], text: string) => Promise<readonly CatalogFunction[]>

const byWords: Search = async (catalog, text) =>
  rankFunctions(catalog, text)
    .slice(0, TOP)
    .map((entry) => entry.function)

const keyOf = (entry: CatalogFunction): string => `${entry.appId}.${entry.name}`
const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`)
const quantile = (times: readonly number[], at: number): string => {
  const sorted = [...times].sort((a, b) => a - b)
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? 0).toFixed(2)} ms`
}

async function measure(name: string, catalog: readonly CatalogFunction[], search: Search): Promise<void> {
  const known = new Set(catalog.map(keyOf))
  const asked = utterances().filter((one) => known.has(one.wanted))
  await search(catalog, asked[0]?.text ?? '') // builds the index
  const times: number[] = []
  const found: Utterance[] = []
  for (const one of asked) {
    const started = performance.now()
    const candidates = await search(catalog, one.text)
    times.push(performance.now() - started)
    if (candidates.some((entry) => keyOf(entry) === one.wanted)) found.push(one)
  }
  const languages = (['en', 'de', 'es', 'fr', 'ru'] as const).map((language) => {
    const of = (list: readonly Utterance[]) => list.filter((one) => one.language === language).length
    return `${language} ${percent(of(found), of(asked))}`
  })
  process.stdout.write(
    `${String(catalog.length).padStart(6)} functions  ${name.padEnd(18)} recall@${TOP} ${percent(found.length, asked.length).padStart(5)} of ${asked.length}  (${languages.join(', ')})  p50 ${quantile(times, 0.5)}  p99 ${quantile(times, 0.99)}\n`,
  )
}

const embedder = openEmbedder(embeddingOf(readSettings(process.env)), fetch)
for (const size of SIZES) {
  const catalog = functionsOf(size)
  await measure('words', catalog, byWords)
  if (embedder === null) continue
  const vectors = new VectorCache(embedder)
  await measure('words and meaning', catalog, async (all, text) =>
    interleave([await byWords(all, text), await rankByMeaning(vectors, all, text)], TOP),
  )
}
if (embedder === null) process.stdout.write('No IMPERAL_EMBEDDING_MODEL is set: searched by words alone.\n')
