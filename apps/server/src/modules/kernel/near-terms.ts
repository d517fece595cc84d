/** How much of a near term's weight counts. */
const DISCOUNT = 0.7
/** Likeness from which two words are taken for kin, such as “produkt” and “product”. */
const LEAST = 0.4
const SHORTEST = 4
const MOST = 3

const CYRILLIC: Readonly<Record<string, string>> = Object.fromEntries(
  'а a|б b|в v|г g|д d|е e|ж j|з s|и i|й i|к c|л l|м m|н n|о o|п p|р r|с s|т t|у u|ф f|х h|ц c|ч c|ш s|щ s|ъ|ы i|ь|э e|ю u|я a'
    .split('|')
    .map((pair) => pair.split(' '))
    .map(([letter = '', latin = '']) => [letter, latin]),
)

/** A word as it sounds across European spellings: `документ` and `document`, `kontakt` and `contact` become one. */
export const sounded = (word: string): string =>
  [...word]
    .map((letter) => CYRILLIC[letter] ?? letter)
    .join('')
    .replaceAll('ph', 'f')
    .replaceAll('th', 't')
    .replaceAll(/[kq]/g, 'c')
    .replaceAll('z', 's')
    .replaceAll('y', 'i')
    .replaceAll('w', 'v')
    .replaceAll(/(.)\1/g, '$1')

/** Pieces of three letters, the ends marked: they are what kin words, other endings and slips of the pen have in common. */
function pieces(word: string): string[] {
  const marked = `^${sounded(word)}$`
  return Array.from({ length: marked.length - 2 }, (_, at) => marked.slice(at, at + 3))
}

export interface NearTerms {
  /** Known terms that are written much like the word, with their likeness, discounted; the likest first. None for short words. */
  of(word: string): readonly { readonly term: string; readonly likeness: number }[]
}

/** Finds terms by their spelling. A search that is built once for a vocabulary. */
export function nearTerms(vocabulary: Iterable<string>): NearTerms {
  const holders = new Map<string, string[]>()
  const sizes = new Map<string, number>()
  for (const term of vocabulary) {
    if (term.length < SHORTEST) continue
    const own = new Set(pieces(term))
    sizes.set(term, own.size)
    for (const piece of own) {
      const list = holders.get(piece)
      if (list === undefined) holders.set(piece, [term])
      else list.push(term)
    }
  }
  const found = new Map<string, ReturnType<NearTerms['of']>>()
  const search = (word: string) => {
    const own = new Set(pieces(word))
    const shared = new Map<string, number>()
    for (const piece of own) for (const term of holders.get(piece) ?? []) shared.set(term, (shared.get(term) ?? 0) + 1)
    return [...shared]
      .map(([term, count]) => ({ term, likeness: (2 * count) / (own.size + (sizes.get(term) ?? 0)) }))
      .filter(({ likeness }) => likeness >= LEAST)
      .sort((a, b) => b.likeness - a.likeness)
      .slice(0, MOST)
      .map(({ term, likeness }) => ({ term, likeness: likeness * DISCOUNT }))
  }
  return {
    of(word) {
      if (word.length < SHORTEST) return []
      const known = found.get(word) ?? search(word)
      if (found.size > 10_000) found.clear()
      found.set(word, known)
      return known
    },
  }
}
