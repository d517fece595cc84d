import { expect, test } from 'vitest'
import { rankFunctions } from '../../apps/server/src/modules/kernel/index.ts'
import { functionsOf, utterances } from '../../bench/retrieval-set.ts'

const TOP = 10
const keyOf = (entry: { readonly appId: string; readonly name: string }): string => `${entry.appId}.${entry.name}`

function recallAt(size: number): { readonly all: number; readonly byLanguage: Readonly<Record<string, number>> } {
  const catalog = functionsOf(size)
  const known = new Set(catalog.map(keyOf))
  const asked = utterances().filter(({ wanted }) => known.has(wanted))
  const found = new Set(
    asked.filter(({ text, wanted }) =>
      rankFunctions(catalog, text)
        .slice(0, TOP)
        .some((entry) => keyOf(entry.function) === wanted),
    ),
  )
  const share = (list: typeof asked) => list.filter((one) => found.has(one)).length / list.length
  const languages = Map.groupBy(asked, ({ language }) => language)
  return {
    all: share(asked),
    byLanguage: Object.fromEntries([...languages].map(([name, list]) => [name, share(list)])),
  }
}

test('[K2.2] the labelled set is large enough, and of several languages', () => {
  const known = new Set(functionsOf(1000).map(keyOf))
  const asked = utterances().filter(({ wanted }) => known.has(wanted))
  expect(functionsOf(1000)).toHaveLength(1000)
  expect(asked.length).toBeGreaterThanOrEqual(300)
  expect(new Set(asked.map(({ language }) => language)).size).toBeGreaterThanOrEqual(5)
})

// Floors below what `npm run bench -- retrieval` prints: a change of the search that loses more than a few of them is seen here.
test.each([
  [100, 0.97, 0.9],
  [1000, 0.96, 0.94],
])(
  '[K2.2] among %i functions words alone find %d of the wanted ones in the first ten, in each language %d',
  (size, least, each) => {
    const { all, byLanguage } = recallAt(size)
    expect(all).toBeGreaterThanOrEqual(least)
    for (const [language, share] of Object.entries(byLanguage)) expect(share, language).toBeGreaterThanOrEqual(each)
  },
)
