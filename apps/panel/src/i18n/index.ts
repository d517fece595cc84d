import { speakWith } from '@imperal/ui-kit/words'
import { setupI18n } from '@lingui/core'
import type { Countable } from '../pages/parts/figures.ts'
import type { Catalog, Counts, Sentence } from './catalog.ts'
import { en } from './en.ts'
import { chosenLanguage, directionOf, type Language } from './language.ts'

/** What the panel speaks until it is loaded again. */
export const LANGUAGE = chosenLanguage()
export const DIRECTION = directionOf(LANGUAGE)

/** English is written where it is said; only what it counts has a catalog. */
const CATALOGS: Readonly<Record<Language, () => Promise<Counts<never> & Partial<Catalog<never>>>>> = {
  en: async () => en,
  de: async () => (await import('./de.ts')).de,
  ar: async () => (await import('./ar.ts')).ar,
}
const TAGS: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de', ar: 'ar' }
/** How dates and numbers are written: as in the region of the browser where it speaks the same language. */
export const LOCALE =
  globalThis.navigator?.languages?.find((tag) => tag.includes('-') && tag.split('-')[0] === LANGUAGE) ?? TAGS[LANGUAGE]

type Part = string | [name: string] | [name: string, kind: 'plural', forms: Record<string, Part[]>]

/** A sentence as the engine takes it: text, and names of values. */
const partsOf = (sentence: string): Part[] =>
  sentence.split(/\{(\w+)\}/).flatMap((part, index): Part[] => (index % 2 === 1 ? [[part]] : part === '' ? [] : [part]))

const messageOf = (entry: string | Readonly<Record<string, string>>): Part[] =>
  typeof entry === 'string'
    ? partsOf(entry)
    : [['count', 'plural', Object.fromEntries(Object.entries(entry).map(([form, text]) => [form, partsOf(text)]))]]

const engine = setupI18n()
engine.setMessagesCompiler(partsOf)
// Sentences are looked up while modules are evaluated, so whoever imports this waits for the catalog.
const catalog = await CATALOGS[LANGUAGE]()
engine.load(LANGUAGE, Object.fromEntries(Object.entries(catalog).map(([key, entry]) => [key, messageOf(entry)])))
engine.activate(LANGUAGE)

type Values = Readonly<Record<string, string | number>>

/** A sentence in the person's language. One that a catalog lacks does not compile. */
export const t = (sentence: Sentence, values?: Values): string => engine.t(sentence, values)

/** So many of something, in the form that the language has for this number; `written` is the number as text. */
export const tCount = (thing: Countable, count: number, written: string): string =>
  engine.t(thing, { count, n: written })

speakWith(LOCALE, t)
if (typeof document !== 'undefined') {
  document.documentElement.lang = LANGUAGE
  document.documentElement.dir = DIRECTION
}
