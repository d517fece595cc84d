import type { JsonValue } from '@imperal/contract'

const SHAPED = [
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  /\bhttps?:\/\/[^\s)>\]"'`]+/g,
  /(?<![\w@./-])(?:[\w-]+\.)+(?:com|org|net|io|dev|app|example|ru|de|co|ai|info|biz|xyz)(?:\/[^\s)>\]"'`]*)?(?![\w-])/gi,
  /\b(?:[a-z]{2,10}_[A-Za-z0-9]{6,}|[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{24,})\b/g,
  /(?<![\w-])[a-z][a-z0-9]*-[a-z][a-z0-9]*-\d+\b/g,
  /(?<!\w)\+\d[\d ().-]{6,18}\d/g,
]

/** Every id, address, phone number or link in the text that does not occur in the evidence (N5). */
export function inventedIdentifiers(text: string, evidence: string): string[] {
  const known = evidence.toLowerCase()
  return SHAPED.flatMap((shape) => [...text.matchAll(shape)].map((match) => match[0].replace(/[.,;:!?]+$/, ''))).filter(
    (token) => !known.includes(token.toLowerCase()),
  )
}

const LINK = /\]\(\s*<?([^\s)>]+)|(?<![\w:/])((?:[a-z][a-z0-9+.-]*:\/\/|www\.|\/\/)[^\s)>\]"'`]+)/gi

/** Every link to somewhere else that does not occur in the evidence, however it is written. */
export function foreignLinks(text: string, evidence: string): string[] {
  const known = evidence.toLowerCase()
  return [...text.matchAll(LINK)]
    .map(([, target, bare]) => (target ?? bare ?? '').replace(/[.,;:!?]+$/, ''))
    .filter((link) => !/^(?:\/(?!\/)|#)/.test(link) && !known.includes(link.toLowerCase()))
}

const NUMBER = /\d+(?:[.,:\u00a0]\d+)*/g
const WORDS: Readonly<Record<string, number>> = {
  two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, dozen: 12, twenty: 20, hundred: 100,
  zwei: 2, drei: 3, vier: 4, fünf: 5, sechs: 6, sieben: 7, acht: 8, neun: 9, zehn: 10,
  два: 2, две: 2, три: 3, четыре: 4, пять: 5, шесть: 6, семь: 7, восемь: 8, девять: 9, десять: 10,
  dos: 2, tres: 3, cuatro: 4, cinco: 5, seis: 6, siete: 7, ocho: 8, nueve: 9, diez: 10,
  deux: 2, trois: 3, quatre: 4, cinq: 5, sept: 7, huit: 8, neuf: 9, dix: 10,
} // biome-ignore format: a table

const NONE_AND_ONE: Readonly<Record<string, number>> = {
  zero: 0, one: 1, ein: 1, eine: 1, einen: 1, una: 1, uno: 1, un: 1, une: 1, один: 1, одна: 1, одну: 1, одно: 1, cero: 0, zéro: 0, ноль: 0,
} // biome-ignore format: a table

const plain = (number: string): string => number.replaceAll(/[.,\u00a0]/g, '').replace(/^0+(?=\d)/, '')
const pieces = (number: string): string[] => number.split(/[.,:\u00a0]/).map((piece) => piece.replace(/^0+(?=\d)/, ''))

/** Whole numbers of a text, in digits or as a word. */
export const numbersIn = (text: string): number[] =>
  (text.toLowerCase().match(/\d+(?:[.,:]\d+)*|\p{L}+/gu) ?? []).flatMap((token) => {
    if (/^\d/.test(token)) return /^\d+$/.test(token) ? [Number(token)] : []
    const value = Object.hasOwn(WORDS, token) ? WORDS[token] : NONE_AND_ONE[token]
    return value === undefined ? [] : [value]
  })

/** Lengths of all lists in a result: a person may be told how many there are. */
function lengthsOf(value: JsonValue, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) {
    found.add(String(value.length))
    for (const entry of value) lengthsOf(entry, found)
  } else if (value !== null && typeof value === 'object')
    for (const entry of Object.values(value)) lengthsOf(entry, found)
  return found
}

/** What a text may rest on: the words of the person, and what calls were given and gave. */
export interface Grounds {
  readonly text: string
  readonly data: JsonValue
  /** Numbers that are right whatever the data says: calls, successes. */
  readonly counts: readonly number[]
}

const MOMENT = /\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?/g
const ID = /\b[a-z]{2,10}_[A-Za-z0-9]{6,}\b|\b[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b/g
const MONTH =
  /jan|feb|m[aä]r|mrz|apr|ma[iy]|jun|jul|aug|sep|oct|okt|nov|de[cz]|enero|abril|ago|dic|févr|août|déc|январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр/i

function knownNumbers(grounds: Grounds): {
  readonly plain: ReadonlySet<string>
  readonly moments: ReadonlySet<string>
} {
  const known = lengthsOf(grounds.data)
  for (const count of grounds.counts) known.add(String(count))
  // Digits of ids and of times are no counts of anything.
  for (const [number] of grounds.text.replaceAll(MOMENT, ' ').replaceAll(ID, ' ').matchAll(NUMBER)) {
    known.add(plain(number))
    for (const piece of pieces(number)) known.add(piece)
  }
  const moments = [...grounds.text.matchAll(MOMENT)].flatMap(([moment]) => moment.split(/\D+/).map(plain))
  return { plain: known, moments: new Set(moments.filter((piece) => piece !== '')) }
}

/** Numbers in a text, written in digits or as a word, that nothing in the grounds supports. */
export function inventedNumbers(text: string, grounds: Grounds): string[] {
  const known = knownNumbers(grounds)
  const isKnown = (number: string) =>
    known.plain.has(plain(number)) || pieces(number).every((piece) => known.plain.has(piece))
  // Part of a date or a time of day that the data holds.
  const isMoment = (number: string, around: string) =>
    (MONTH.test(around) || /[:.]/.test(number) || /^\d{4}$/.test(number)) &&
    pieces(number).every((piece) => known.moments.has(piece))
  // "1." in front of an entry counts the entries, not things.
  // Digits of a known id are no number; an unknown id has fallen at its own gate.
  const unnumbered = text
    .replaceAll(/^\s*\d+[.)]\s/gm, '')
    .replaceAll(ID, (id) => (grounds.text.includes(id) ? ' ' : id))
  const digits = [...unnumbered.matchAll(NUMBER)]
    .filter(({ 0: number, index }) => {
      const around = unnumbered.slice(Math.max(0, index - 12), index + number.length + 12)
      return !isKnown(number) && !isMoment(number, around)
    })
    .map(([number]) => number)
  const words = (text.toLowerCase().match(/\p{L}+/gu) ?? []).filter(
    (word) =>
      Object.hasOwn(WORDS, word) && !known.plain.has(String(WORDS[word])) && !grounds.text.toLowerCase().includes(word),
  )
  return [...digits, ...words]
}

const flat = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[\s*_`]+/g, ' ')
    .trim()
const QUOTED = /["“„«]([^"“”„«»\n]{2,200})["”“»]/g
const BOLD = /\*\*([^*\n]{2,200})\*\*/g
const NAMES = /(?<=[\p{Ll},;:)] )(\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)*)/gu
const CALENDAR = new Set(
  'monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec lunes martes miércoles jueves viernes sábado domingo lundi mardi mercredi jeudi vendredi samedi dimanche i utc ok'.split(
    ' ',
  ),
)
/** Languages that write names, and not every noun, with a capital. */
const CAPITALS_ARE_NAMES: ReadonlySet<string> = new Set(['en', 'es', 'fr', 'it', 'pt', 'nl', 'ru'])

/** Quoted words, bold words and names in the middle of a sentence that nothing in the grounds contains (I-AH-4). */
export function inventedNames(text: string, grounds: Grounds, language: string): string[] {
  const evidence = flat(grounds.text)
  const words = new Set(evidence.match(/[\p{L}\p{N}]+/gu) ?? [])
  const isKnown = (phrase: string) =>
    evidence.includes(flat(phrase)) ||
    (flat(phrase).match(/[\p{L}\p{N}]{3,}/gu) ?? []).every((word) => words.has(word) || CALENDAR.has(word))
  const quoted = [...text.matchAll(QUOTED)]
    .map((match) => match[1] ?? '')
    .filter((phrase) => !evidence.includes(flat(phrase)))
  const bold = [...text.matchAll(BOLD)].map((match) => match[1] ?? '').filter((phrase) => !isKnown(phrase))
  const names = CAPITALS_ARE_NAMES.has(language.slice(0, 2))
    ? [...text.matchAll(NAMES)].map((match) => match[1] ?? '').filter((phrase) => !isKnown(phrase))
    : []
  return [...quoted, ...bold, ...names]
}
