import { englishOf } from './foreign-words.ts'
import { wordsOf } from './words-of.ts'

export { wordsOf } from './words-of.ts'

/** A crude stem: joins "notes" with "note", "adding" with "add" and "created" with "create". */
export function stem(word: string): string {
  if (word.length < 4) return word
  const singular = word
    .replace(/ies$/, 'y')
    .replace(/(x|ch|sh|ss)es$/, '$1')
    .replace(/([^siu])s$/, '$1')
  const plain = singular.length > 4 ? singular.replace(/(?:ing|ed)$/, '') : singular
  return plain.length > 4 ? plain.replace(/e$/, '') : plain
}

const EMPTY = new Set(
  'a an the to of for in on at my me i is are it this that and or with please can you what which how do does all'.split(
    ' ',
  ),
)

const LINKS = new Set('about called named titled saying that says from by as'.split(' '))

/** A word that says nothing by itself, such as "please" or "about". */
export function isFiller(word: string): boolean {
  return wordsOf(word).every((one) => EMPTY.has(one) || LINKS.has(one))
}

const stemmed = (words: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(words).map(([said, meant]) => [stem(said), stem(meant)]))

/** Verbs that people use for the same thing. */
const SYNONYMS: Readonly<Record<string, string>> = stemmed({
  make: 'create',
  new: 'create',
  write: 'create',
  add: 'create',
  remove: 'delete',
  erase: 'delete',
  trash: 'delete',
  find: 'search',
  look: 'search',
  todo: 'task',
  change: 'update',
  edit: 'update',
  rename: 'update',
  finish: 'complete',
  done: 'complete',
  display: 'list',
  show: 'list',
  see: 'list',
})

function inEnglish(word: string): readonly string[] {
  const english = englishOf(word)
  return english.length > 0 ? english : [word]
}

/**
 * The terms that a text is matched by: English words as functions are described with, stemmed, one for all that mean the same.
 * Whoever speaks German, Spanish, French or Russian is understood as far as `foreign-words.ts` goes.
 */
export function termsOf(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !EMPTY.has(word))
    .flatMap(inEnglish)
    .map(stem)
    .map((word) => SYNONYMS[word] ?? word)
}
