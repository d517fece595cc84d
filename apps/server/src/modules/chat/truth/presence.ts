import type { JsonObject, JsonValue } from '@imperal/contract'
import { isFiller, termsOf } from '../../../foundation/words.ts'
import type { CatalogFunction } from '../../kernel/index.ts'
import type { Fact } from '../messages.ts'
import { listIn } from '../plan/markdown.ts'
import { wantsNothingDone } from '../words/asking.ts'
import { isDenied, isOffered } from './claims.ts'
import { numbersIn } from './grounding.ts'

/** Something that is known to be there or not: a value of a section, or the result of an earlier call. */
interface Known {
  /** Words of the value itself, and those of its section and its app. */
  readonly own: ReadonlySet<string>
  readonly around: ReadonlySet<string>
  readonly isThere: boolean
  /** How many there are, as a result says it: lengths of its lists and its own figures. */
  readonly counts?: readonly number[]
}

/** What may be said of the things of the person's apps: that there are some, or none (kernel 18, scenario 1). */
export interface Presence {
  /** Words that name things of the apps, whether something is known of them or not. */
  readonly things: ReadonlySet<string>
  /** Results of this turn. They count before everything else. */
  readonly read: readonly Known[]
  /** Terms of everything that those results hold. */
  readonly evidence: ReadonlySet<string>
  readonly now: readonly Known[]
  readonly before: readonly Known[]
  /** What the person said. */
  readonly said: string
}

const NOTHING = /^(?:0(?:\.0+)?|null|none|false|no|\[\]|list\[0\]|dict\[0\]|)$/i
const LINE = /^- ([\w-]+)\.([\w-]+) \([^)]*\): (.*)$/
const words = (text: string): string[] => termsOf(text.replaceAll(/[_.-]/g, ' '))

/** Reads the lines of the classifier's envelope (K5.14). */
function fromLines(lines: string): Known[] {
  return lines.split('\n').flatMap((line) => {
    const [, app = '', section = '', values = ''] = LINE.exec(line) ?? []
    return values.split(/, (?=[^\s=,]+=)/).flatMap((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) return []
      return [
        {
          own: new Set(words(pair.slice(0, at))),
          around: new Set(words(`${app} ${section}`)),
          isThere: !NOTHING.test(pair.slice(at + 1).trim()),
        },
      ]
    })
  })
}

/** The things that a function is about: its name without the verb. */
const thingsOf = (name: string): string[] => words(name).slice(1)

const isThere = (data: JsonValue): boolean => {
  const list = listIn(data)
  return list === null ? true : list.length > 0
}

const isWhole = (value: JsonValue): value is number => typeof value === 'number' && Number.isInteger(value)

/** Lists and figures of a result by their names: `{ notes: […], unread: 3 }`. */
function members(data: JsonValue, around: ReadonlySet<string>): Known[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return []
  return Object.entries(data).flatMap(([key, value]) => {
    const count = Array.isArray(value) ? value.length : isWhole(value) ? value : null
    return count === null ? [] : [{ own: new Set(words(key)), around, isThere: count > 0, counts: [count] }]
  })
}

const FIGURES = ['total', 'count', 'total_count']

function countsOf(data: JsonValue): number[] {
  const list = listIn(data)
  if (list === null) return []
  const figures = Array.isArray(data) ? [] : FIGURES.map((name) => (data as JsonObject)[name] ?? null)
  return [list.length, ...figures.filter(isWhole)]
}

const fromFacts = (facts: readonly Fact[]): Known[] =>
  facts.map(({ app_id, function: name, data }) => ({
    own: new Set(thingsOf(name)),
    around: new Set(words(app_id)),
    isThere: isThere(data),
    counts: countsOf(data),
  }))

export function presenceOf(known: {
  readonly skeletons: string
  readonly catalog: readonly CatalogFunction[]
  readonly facts: readonly Fact[]
  readonly said: string
  /** Results of this turn. */
  readonly read?: readonly Fact[]
}): Presence {
  const now = fromLines(known.skeletons)
  const { read = [] } = known
  const about = ({ app_id, function: name }: Fact) => new Set([...words(app_id), ...thingsOf(name)])
  return {
    things: new Set([
      ...known.catalog.flatMap((entry) => [...words(entry.appId), ...thingsOf(entry.name)]),
      ...read.flatMap((fact) => [...about(fact)]),
      ...now.flatMap(({ own, around }) => [...own, ...around]),
    ]),
    read: [...fromFacts(read), ...read.flatMap((fact) => members(fact.data, about(fact)))],
    evidence: new Set(read.flatMap((fact) => words(JSON.stringify(fact.data)))),
    now,
    before: fromFacts(known.facts),
    said: known.said,
  }
}

/** Words that say that the person has something, or that something is there. */
const THERE =
  /(?<!\p{L})(?:you have|you['’]ve|you (?:do not|don['’]t) have|you got|there (?:are|is|were|was|aren['’]t|isn['’]t)|there['’]s|(?:du hast|hast du|sie haben|es gibt|es liegen|es sind)|tienes|tiene usted|hay|vous avez|vous n['’]avez|tu as|tu n['’]as|il y a|il n['’]y a|у (?:вас|тебя)|есть|hai|ci sono|c['’]è|você tem|tens|há)(?! to\b)(?!\p{L})/iu
/** Words that say the same of a place: "your inbox is empty". */
const EMPTY =
  /(?<!\p{L})(?:(?:is|are|looks?) (?:still |now |completely |not )?(?:empty|clear|full)|caught up|ist (?:noch |nicht )?(?:leer|voll)|sind leer|est (?:vide|pleine?)|está (?:vac[ií][oa]|llen[oa])|пуст[аоы]?)(?!\p{L})/iu
const IS_EMPTY = /(?<!\p{L})(?:empty|clear|caught up|leer|vide|vac[ií][oa]|пуст[аоы]?)(?!\p{L})/iu
/** Words that say that somebody looked and found something, or nothing: "I could not find any notes". */
const FOUND =
  /(?<!\p{L})(?:found|(?:could|can|did|do)(?:n['’]t| not) (?:find|see)|cannot (?:find|see)|gefunden|(?:finde|sehe|fand) (?:ich )?keine?|se encontr\p{L}+|encontr[eéaá]\p{L}*|trouv\p{L}+|найден\p{L}*|наш[её]л|нашла|нашлось|trovat[oaie]|encontrad[oa]s?|encontrei)(?!\p{L})|(?:لم أجد|لم يتم العثور|لا توجد|لا يوجد|ليس لديك|ليست لديك|没有找到|没有|見つかりません|ありません)/iu
/** "No unread mail." says it without a verb. */
const BARE =
  /^[^\p{L}\p{N}]*(?:no|nothing|none|zero|keine?|nichts|ning[uú]n[oa]?|nada|aucune?|rien|нет|никаких|nessun[oa]?|nenhum[a]?)(?!\p{L})/iu
/** What is installed is no data of an app. */
const OF_APPS =
  /(?<!\p{L})(?:apps?|functions?|installed|installiert\w*|instalad\w*|installée?s?|приложени\p{L}*|funktion\w*|funci\w*|fonction\w*)(?!\p{L})/iu

const ZERO = /(?<!\p{L})zero(?!\p{L})|(?<![\d.,])0(?![\d.,]*\d)|لا توجد|لا يوجد|ليس|لم /iu

interface Part {
  readonly text: string
  readonly isNone: boolean
}

/** The parts of a sentence that say of something that it is there or not. */
function presenceParts(sentence: string): Part[] {
  if (/[?？]\s*$/.test(sentence.trim())) return []
  const found: Part[] = []
  let last: Part | null = null
  for (const piece of sentence.split(
    /([,;:—–]\s+|\s+(?:and|or|but|nor|und|oder|aber|noch|y|o|pero|ni|et|ou|mais|и|или|но|e)\s+)/iu,
  )) {
    const joins = /^\s+(?:or|nor|oder|noch|o|ni|ou|или)\s+$/iu.test(piece)
    if (joins || /^(?:[,;:—–]\s+|\s+\p{L}+\s+)$/u.test(piece)) continue
    const says = THERE.test(piece) || EMPTY.test(piece) || BARE.test(piece) || FOUND.test(piece)
    // "notes and tasks": a short part goes on with what the one before said.
    const goesOn = last !== null && piece.trim().split(/\s+/).length <= 4
    const isOffer = isOffered(piece) && !(FOUND.test(piece) && isDenied(piece))
    if (isOffer || OF_APPS.test(piece) || !(says || goesOn)) {
      last = null
      continue
    }
    const isEmptied = EMPTY.test(piece) && IS_EMPTY.test(piece)
    const isDenial = isDenied(piece) || ZERO.test(piece)
    last = { text: piece, isNone: isEmptied !== isDenial || (!says && last !== null && last.isNone) }
    found.push(last)
  }
  return found
}

/** What is known of the things that a part names: that of those which have most of its words. */
function fittingOf(known: readonly Known[], named: readonly string[]): Known[] {
  const scored = known
    .filter(({ own, around }) => named.every((word) => own.has(word) || around.has(word)))
    .map((one) => ({ one, score: named.filter((word) => one.own.has(word)).length }))
  const best = Math.max(...scored.map(({ score }) => score))
  return scored.filter(({ score }) => score === best).map(({ one }) => one)
}

/** Null when nothing is known of all the words. */
function verdictOf(known: readonly Known[], named: readonly string[], isNone: boolean): boolean | null {
  const fitting = fittingOf(known, named)
  return fitting.length === 0 ? null : fitting.some(({ isThere }) => isThere) !== isNone
}

/** Words in front of what narrows a thing down: "no notes about milk". */
const NARROWED =
  /(?<!\p{L})(?:about|called|named|titled|with|containing|mentioning|from|tagged|due|that|which|who|for|über|namens|mit|von|zu|für|sobre|llamad[oa]s?|con|que|para|sur|avec|nommée?s?|pour|об?|про|от|для|su|chiamat[oaie])(?!\p{L})\s+(.+)$/iu

/** A text that nothing is narrowed down to anything which the results hold: whether it is there cannot be said from a list. */
const isNarrowedElsewhere = (text: string, { things, evidence }: Presence): boolean =>
  words(NARROWED.exec(text)?.[1] ?? '').some((word) => !things.has(word) && !isFiller(word) && !evidence.has(word))

const ADVERBS = new Set(
  words(
    'you have has your yours there any total altogether now currently right moment just only exactly still left in all here insgesamt gerade nur derzeit genau ahora solo actualmente seulement actuellement сейчас всего только yet da',
  ),
)

/** How many a part says that there are, when it says nothing else about them; null: it does not. */
function countSaid(text: string, named: readonly string[]): number | null {
  const [number, second] = numbersIn(text)
  if (number === undefined || second !== undefined) return null
  const others = text
    .replace(THERE, ' ')
    .replace(FOUND, ' ')
    .replaceAll(/[\p{L}\d]+/gu, (word) => (numbersIn(word).length === 0 ? word : ' '))
  const rest = words(others).filter((word) => !named.includes(word) && !ADVERBS.has(word))
  return rest.length === 0 ? number : null
}

function miscounts({ text }: Part, named: readonly string[], { read }: Presence): boolean {
  const said = countSaid(text, named)
  const counts = fittingOf(read, named).flatMap((known) => known.counts ?? [])
  return said !== null && counts.length > 0 && !counts.includes(said)
}

/** "Nothing was found", with no word for what: a lie where everything that was read holds something. */
const NOTHING_AT_ALL =
  /(?<!\p{L})(?:nothing|none|anything|no (?:results?|match(?:es)?|entries|items|data)|nichts|keine (?:ergebnisse|treffer|einträge)|nada|ning[uú]n (?:resultado|elemento)|rien|aucun (?:résultat|élément)|ничего|niente|nessun risultato|nenhum resultado)(?!\p{L})|没有|لا توجد|لا يوجد|لم أجد|لم يتم|ليس|見つかりません|ありません/iu
const OF_THEM = /(?<!\p{L})(?:of (?:them|those|these|which)|davon|de ellos|de ellas|d['’]entre|из них)(?!\p{L})/iu
const LONGEST_BARE = 6

/** "Nothing." and "None yet.", not "Nothing is overdue.": that denies a quality, and not that anything is there. */
const isBareDenial = (text: string): boolean =>
  words(text.replace(NOTHING_AT_ALL, ' ')).every((word) => isFiller(word) || ADVERBS.has(word))

function deniesEverything({ text, isNone }: Part, { read }: Presence): boolean {
  if (!isNone || read.length === 0 || OF_THEM.test(text) || NARROWED.test(text)) return false
  if (text.trim().split(/\s+/).length > LONGEST_BARE || !(NOTHING_AT_ALL.test(text) || EMPTY.test(text))) return false
  if (!FOUND.test(text) && !THERE.test(text) && !EMPTY.test(text) && !isBareDenial(text)) return false
  return read.every(({ isThere, counts = [] }) => isThere && (counts[0] ?? 1) > 0)
}

const clauses = (said: string): string[] => said.split(/(?<=[.!?…。！？])\s*|\n+/).filter((one) => one.trim() !== '')

/** The person said it themselves: there are such things, or none. A wish to be shown some says neither. */
const isOwnWord = (said: string, named: readonly string[], isNone: boolean): boolean =>
  clauses(said)
    .filter((clause) => !wantsNothingDone(clause) && isDenied(clause) === isNone)
    .some((clause) => {
      const own = new Set(words(clause))
      return named.every((word) => own.has(word))
    })

/**
 * Whether a sentence says of things of the person's apps that they are there, or are not, or how many, where what is known says
 * otherwise or says nothing. Results of this turn count before what the sections hold, those before the results of earlier
 * calls, and those before the person's own words.
 */
export function claimsUnknownPresence(sentence: string, presence: Presence): boolean {
  const { things, read, now, before, said } = presence
  return presenceParts(sentence).some((part) => {
    const { text, isNone } = part
    const named = words(text).filter((word) => things.has(word))
    if (named.length === 0) return deniesEverything(part, presence)
    if (miscounts(part, named, presence)) return true
    const ofResults = verdictOf(read, named, isNone)
    if (ofResults !== null) return !ofResults && !(isNone && isNarrowedElsewhere(text, presence))
    const verdict = verdictOf(now, named, isNone) ?? verdictOf(before, named, isNone)
    return verdict === null ? !isOwnWord(said, named, isNone) : !verdict
  })
}

/** Whether a sentence says of anything that it is there, or how many there are. */
export const saysPresence = (sentence: string): boolean => THERE.test(sentence) || FOUND.test(sentence)
