import type { JsonObject, PickListItem } from '@imperal/contract'
import { termsOf } from '../../../foundation/words.ts'
import { type CatalogFunction, type Ranked, rankFunctions } from '../../kernel/index.ts'
import { type Plan, planOf } from '../plan/plan.ts'
import { speaksOfRemoval, withoutQuotes } from '../words/removal.ts'
import { extractParams } from './extract-params.ts'

export type Match =
  | { readonly kind: 'run'; readonly plan: Plan }
  | { readonly kind: 'pick'; readonly items: PickListItem[] }

const MOST = 5
// The best candidate runs, if it may, when it is this much better than the second.
const LEAD = 1.25
// It is offered alone when it is this much better: the list is then one open form. Its whole name, said, makes up for less.
const CLEAR_LEAD = 1.5

const item = (entry: CatalogFunction, params: JsonObject): PickListItem => ({
  app_id: entry.appId,
  app_name: entry.appName,
  function: entry.name,
  description: entry.description,
  action_type: entry.actionType,
  params_schema: entry.paramsSchema,
  params,
})

const paramsOf = (entry: CatalogFunction, text: string) =>
  extractParams(entry.paramsSchema, text, { names: [entry.name, entry.appId, entry.appName] })

/** Whether a text says all words of a function's name, of two at least; what stands in quotes is data. */
function namedIn(text: string): (entry: CatalogFunction) => boolean {
  const said = new Set(termsOf(withoutQuotes(text)))
  return ({ name }) => {
    const terms = termsOf(name.replaceAll('_', ' '))
    return terms.length > 1 && terms.every((term) => said.has(term))
  }
}

/** A destructive function is nothing to offer unless the message speaks of removing something or calls it by its whole name. */
function withoutUnasked(ranked: readonly Ranked[], text: string): readonly Ranked[] {
  if (speaksOfRemoval(text)) return ranked
  const isNamed = namedIn(text)
  return ranked.filter((entry) => entry.function.actionType !== 'destructive' || isNamed(entry.function))
}

/** Of functions that fit as well as each other, those of the app that the person looks at come first. */
const nearFirst = (ranked: readonly Ranked[], openApp: string | null): readonly Ranked[] =>
  ranked.toSorted(
    (a, b) => b.score * (b.function.appId === openApp ? LEAD : 1) - a.score * (a.function.appId === openApp ? LEAD : 1),
  )

/**
 * Understanding without a model (kernel 2.9): a single reading function whose parameters are all in the text runs;
 * everything else becomes a list of at most five functions with forms, of one alone when it is clearly meant.
 */
export function matchWithoutModel(
  text: string,
  catalog: readonly CatalogFunction[],
  openApp: string | null = null,
): Match {
  const rank = (byLikeness: boolean) =>
    nearFirst(withoutUnasked(rankFunctions(catalog, text, { byLikeness }), text), openApp)
  const exact = rank(false)
  // A likeness is enough to offer something, and never to run it.
  const ranked = exact.length > 0 ? exact : rank(true)
  const [first, second] = ranked
  if (
    exact.length > 0 &&
    first &&
    first.function.actionType === 'read' &&
    (!second || first.score >= second.score * LEAD)
  ) {
    const { params, complete } = paramsOf(first.function, text)
    if (complete) return { kind: 'run', plan: planOf(first.function, params, true) }
  }
  const isNamed = namedIn(text)
  const isOnlyOneNamed = first !== undefined && isNamed(first.function) && !(second && isNamed(second.function))
  const isClear = first !== undefined && first.score >= (second?.score ?? 0) * (isOnlyOneNamed ? LEAD : CLEAR_LEAD)
  return {
    kind: 'pick',
    items: ranked
      .slice(0, isClear ? 1 : MOST)
      .map((entry) => item(entry.function, paramsOf(entry.function, text).params)),
  }
}
