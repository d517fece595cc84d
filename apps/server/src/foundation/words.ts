/** Words of a text for matching: lower case, without marks, split at everything that is no letter or digit. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
}

const ENDINGS = /(?:ing|ed|es|s)$/

/** A crude stem, good enough to join "notes" with "note" and "adding" with "add". */
export function stem(word: string): string {
  return word.length > 4 ? word.replace(ENDINGS, '') : word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word
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

/** Verbs that people use for the same thing. */
const SYNONYMS: Readonly<Record<string, string>> = {
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
}

export function termsOf(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !EMPTY.has(word))
    .map(stem)
    .map((word) => SYNONYMS[word] ?? word)
}
