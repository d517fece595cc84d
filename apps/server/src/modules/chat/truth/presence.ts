import type { JsonValue } from '@imperal/contract'
import { termsOf } from '../../../foundation/words.ts'
import type { CatalogFunction } from '../../kernel/index.ts'
import type { Fact } from '../messages.ts'
import { listIn } from '../plan/markdown.ts'
import { isDenied, isOffered } from './claims.ts'

/** Something that is known to be there or not: a value of a section, or the result of an earlier call. */
interface Known {
  /** Words of the value itself, and those of its section and its app. */
  readonly own: ReadonlySet<string>
  readonly around: ReadonlySet<string>
  readonly isThere: boolean
}

/** What a turn without calls may say of the things of the person's apps: that there are some, or none (kernel 18, scenario 1). */
export interface Presence {
  /** Words that name things of the apps, whether something is known of them or not. */
  readonly things: ReadonlySet<string>
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

const fromFacts = (facts: readonly Fact[]): Known[] =>
  facts.map(({ app_id, function: name, data }) => ({
    own: new Set(thingsOf(name)),
    around: new Set(words(app_id)),
    isThere: isThere(data),
  }))

export function presenceOf(known: {
  readonly skeletons: string
  readonly catalog: readonly CatalogFunction[]
  readonly facts: readonly Fact[]
  readonly said: string
}): Presence {
  const now = fromLines(known.skeletons)
  return {
    things: new Set([
      ...known.catalog.flatMap((entry) => [...words(entry.appId), ...thingsOf(entry.name)]),
      ...now.flatMap(({ own, around }) => [...own, ...around]),
    ]),
    now,
    before: fromFacts(known.facts),
    said: known.said,
  }
}

/** Words that say that the person has something, or that something is there. */
const THERE =
  /(?<!\p{L})(?:you have|you['’]ve|you (?:do not|don['’]t) have|you got|there (?:are|is|were|was|aren['’]t|isn['’]t)|there['’]s|(?:du hast|hast du|sie haben|es gibt|es liegen|es sind)|tienes|tiene usted|hay|vous avez|tu as|il y a|у (?:вас|тебя)|есть|hai|ci sono|c['’]è|você tem|tens|há)(?! to\b)(?!\p{L})/iu
/** Words that say the same of a place: "your inbox is empty". */
const EMPTY =
  /(?<!\p{L})(?:(?:is|are|looks?) (?:still |now |completely |not )?(?:empty|clear|full)|caught up|ist (?:noch |nicht )?(?:leer|voll)|sind leer|est (?:vide|pleine?)|está (?:vac[ií][oa]|llen[oa])|пуст[аоы]?)(?!\p{L})/iu
const IS_EMPTY = /(?<!\p{L})(?:empty|clear|caught up|leer|vide|vac[ií][oa]|пуст[аоы]?)(?!\p{L})/iu
/** "No unread mail." says it without a verb. */
const BARE =
  /^\W*(?:no|nothing|none|zero|keine?|nichts|ning[uú]n[oa]?|nada|aucune?|rien|нет|никаких|nessun[oa]?|nenhum[a]?)(?!\p{L})/iu
/** What is installed is no data of an app. */
const OF_APPS =
  /(?<!\p{L})(?:apps?|functions?|installed|installiert\w*|instalad\w*|installée?s?|приложени\p{L}*|funktion\w*|funci\w*|fonction\w*)(?!\p{L})/iu

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
    const says = THERE.test(piece) || EMPTY.test(piece) || BARE.test(piece)
    // "notes and tasks": a short part goes on with what the one before said.
    const goesOn = last !== null && piece.trim().split(/\s+/).length <= 4
    if (isOffered(piece) || OF_APPS.test(piece) || !(says || goesOn)) {
      last = null
      continue
    }
    const isEmptied = EMPTY.test(piece) && IS_EMPTY.test(piece)
    const isDenial = isDenied(piece) || /(?<!\p{L})zero(?!\p{L})/iu.test(piece)
    last = { text: piece, isNone: isEmptied !== isDenial || (!says && last !== null && last.isNone) }
    found.push(last)
  }
  return found
}

/** What is known of the things that a part names: those that have most of its words; null when nothing has them all. */
function verdictOf(known: readonly Known[], named: readonly string[], isNone: boolean): boolean | null {
  const fitting = known
    .filter(({ own, around }) => named.every((word) => own.has(word) || around.has(word)))
    .map((one) => ({ one, score: named.filter((word) => one.own.has(word)).length }))
  if (fitting.length === 0) return null
  const best = Math.max(...fitting.map(({ score }) => score))
  const isAny = fitting.some(({ one, score }) => score === best && one.isThere)
  return isAny !== isNone
}

/**
 * Whether a sentence says of things of the person's apps that they are there, or are not, where what is known says otherwise or
 * says nothing. What the sections hold now counts before the results of earlier calls, and those before the person's own words.
 */
export function claimsUnknownPresence(sentence: string, { things, now, before, said }: Presence): boolean {
  return presenceParts(sentence).some(({ text, isNone }) => {
    const named = words(text).filter((word) => things.has(word))
    if (named.length === 0) return false
    const verdict = verdictOf(now, named, isNone) ?? verdictOf(before, named, isNone)
    if (verdict !== null) return !verdict
    const own = new Set(words(/[?？]\s*$/.test(said.trim()) ? '' : said))
    return !named.every((word) => own.has(word))
  })
}
