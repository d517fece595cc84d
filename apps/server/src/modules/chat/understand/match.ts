import type { JsonObject, PickListItem } from '@imperal/contract'
import { termsOf } from '../../../foundation/words.ts'
import { type CatalogFunction, type Ranked, rankFunctions } from '../../kernel/index.ts'
import { type Plan, planOf } from '../plan/plan.ts'
import { speaksOfRemoval, withoutQuotes } from '../words/removal.ts'
import { extractParams } from './extract-params.ts'

export type Match =
  | { readonly kind: 'run'; readonly plan: Plan }
  | {
      readonly kind: 'pick'
      readonly items: PickListItem[]
      /** None of them is about the message: "create a note" where only automations can be created. */
      readonly isWeak: boolean
    }

const MOST = 5
// The best candidate runs, if it may, when it is this much better than the second.
const LEAD = 1.25
// It is offered alone when it is this much better: the list is then one open form. Its whole name, said, makes up for less.
const CLEAR_LEAD = 1.5

/** A function as a form of a pick list, with what is known already. */
export const pickItem = (entry: CatalogFunction, params: JsonObject): PickListItem => ({
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

const times = (terms: readonly string[], term: string): number => terms.filter((one) => one === term).length

/** Whether a text says all words of a function's name, of two at least and each as often; what stands in quotes is data. */
function namedIn(text: string): (entry: CatalogFunction) => boolean {
  const said = termsOf(withoutQuotes(text))
  return ({ name }) => {
    const terms = termsOf(name.replaceAll('_', ' '))
    return terms.length > 1 && terms.every((term) => times(said, term) >= times(terms, term))
  }
}

const VERBS: ReadonlySet<string> = new Set(termsOf('create delete search update complete list send open get need want'))

// They say how or when, and never what.
const BESIDE: ReadonlySet<string> = new Set(
  termsOf(
    'about called named titled saying says from by as next last every each again today tomorrow yesterday tonight morning noon afternoon evening night day week month year monday tuesday wednesday thursday friday saturday sunday',
  ),
)

/** The words of a message that are no verb of a function, nor of time: what it is about. */
export function subjectOf(text: string, catalog: readonly CatalogFunction[]): string[] {
  const verbs = new Set(catalog.flatMap(({ name }) => termsOf(name.replaceAll('_', ' ')).slice(0, 1)))
  return [...new Set(termsOf(withoutQuotes(text)))].filter(
    (term) => term.length > 2 && !verbs.has(term) && !VERBS.has(term) && !BESIDE.has(term),
  )
}

/** So much of what a message is about has to stand in a description, when the names of function and app say none of it. */
const MOSTLY = 2 / 3

/**
 * How much of what a message is about a function is about: `all` when names or most of the description say so, or when there
 * is no telling; `some` when its description happens to have a word of it; `nothing` when only the verb fits.
 */
function aboutness(entry: CatalogFunction, subject: readonly string[]): 'all' | 'some' | 'nothing' {
  const [, ...things] = termsOf(entry.name.replaceAll('_', ' '))
  if (things.length === 0 || subject.length === 0) return 'all'
  const names = new Set([...things, ...termsOf(`${entry.appId} ${entry.appName}`)])
  if (subject.some((term) => names.has(term))) return 'all'
  const described = new Set(termsOf(entry.description))
  const found = subject.filter((term) => described.has(term)).length
  if (found === 0) return 'nothing'
  return found >= subject.length * MOSTLY ? 'all' : 'some'
}

/** Those that are about the message; without any, those that at least touch it. */
function offered(ranked: readonly Ranked[], subject: readonly string[]) {
  const by = Map.groupBy(ranked, (entry) => aboutness(entry.function, subject))
  const isWeak = !by.has('all')
  return { isWeak, entries: by.get(isWeak ? 'some' : 'all') ?? [] }
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
  const found = exact.length > 0 ? exact : rank(true)
  const isNamed = namedIn(text)
  const named = found.filter((entry) => isNamed(entry.function))
  // "list my tasks" is `list_tasks`, however often the others speak of lists.
  const isOnlyOneNamed = named.length === 1
  const ranked = isOnlyOneNamed ? [...named, ...found.filter((entry) => entry !== named[0])] : found
  const [first, second] = ranked
  const leads = (by: number) => first !== undefined && first.score >= (second?.score ?? 0) * by
  if (exact.length > 0 && first?.function.actionType === 'read' && (isOnlyOneNamed || leads(LEAD))) {
    const { params, complete } = paramsOf(first.function, text)
    if (complete) return { kind: 'run', plan: planOf(first.function, params, true) }
  }
  const { isWeak, entries } = offered(ranked, subjectOf(text, catalog))
  const [best, next] = entries
  const isClear = best !== undefined && best.score >= (next?.score ?? 0) * (isOnlyOneNamed ? LEAD : CLEAR_LEAD)
  return {
    kind: 'pick',
    isWeak,
    items: entries
      .slice(0, isClear ? 1 : MOST)
      .map((entry) => pickItem(entry.function, paramsOf(entry.function, text).params)),
  }
}
