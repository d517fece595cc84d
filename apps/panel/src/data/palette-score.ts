/** An app stands before its panels, these before its functions: all of them bear its name. */
const KINDS: Readonly<Record<string, number>> = { app: 1, page: 0.95, panel: 0.9, run: 0.8 }
const INSIDE = 0.5

const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()

/** 1 for a whole word, less for its beginning, least inside of one; 0 where the letters do not stand together. */
function scoreOf(sought: string, name: string, words: ReadonlySet<string>): number {
  if (words.has(sought)) return 1
  const beginning = [...words].some((word) => word.startsWith(sought))
  if (beginning) return 0.9
  return name.includes(sought) ? INSIDE : 0
}

/**
 * How well an entry of the palette, its kind and then its names, fits what was typed, from 0 (not at all) to 1. Each word that
 * was typed has to be in a name as it is.
 */
export function paletteScore(value: string, typed: string): number {
  const [kind = '', ...names] = plain(value).split(' ')
  const words = new Set(names.flatMap((name) => name.split(/[^\p{L}\p{N}]+/u)).filter((word) => word !== ''))
  const name = names.join(' ')
  const scores = plain(typed)
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => scoreOf(word, name, words))
  return scores.reduce((product, score) => product * score, KINDS[kind] ?? 1)
}

export interface PaletteMark {
  /** The place of the part in the text. */
  readonly at: number
  readonly part: string
  readonly isMarked: boolean
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** A name cut where the words that were typed stand in it. */
export function paletteMarks(text: string, typed: string): readonly PaletteMark[] {
  const words = typed.split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return [{ at: 0, part: text, isMarked: false }]
  // The longest first, since the first alternative that fits is taken.
  const sought = words.sort((a, b) => b.length - a.length).map(escaped)
  let at = 0
  return text.split(new RegExp(`(${sought.join('|')})`, 'giu')).flatMap((part, index) => {
    const mark = { at, part, isMarked: index % 2 === 1 }
    at += part.length
    return part === '' ? [] : [mark]
  })
}
