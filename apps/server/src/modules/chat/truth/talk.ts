import { claimsAction } from './claims.ts'
import { type Grounds, inventedIdentifiers, inventedNumbers } from './grounding.ts'
import { claimsUnknownPresence, type Presence } from './presence.ts'

/** What an answer for which nothing ran may rest on. */
export interface TalkGrounds extends Grounds {
  /** What is known to be there, or not to be. */
  readonly presence: Presence
}

// A point inside a link or a number ends nothing.
const SENTENCE_END = /(?:[.!?…:]\s+|[。！？\n]\s*)(?=\S)/g
// Nor does that of a date: "12. März", "on Dec. 3".
const MONTHS =
  'Jan(?:uary?)?|Feb(?:ruary?)?|Mar(?:ch)?|März|Mrz|Apr(?:il)?|Ma[iy]|Jun[ei]?|Jul[iy]?|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?'
const SHORT_MONTHS = 'Jan|Feb|Mar|Mär|Apr|Jun|Jul|Aug|Sept?|O[ck]t|Nov|De[cz]|Janv|Févr|Avr|Juil|Déc|Ene|Abr|Dic'
const inAnyCase = (months: string): string => `${months}|${months.toLowerCase()}`
const IN_DATE = `(?<=\\d\\.[^\\S\\n]+)(?=(?:${inAnyCase(MONTHS)})(?!\\p{L}))|(?<=(?<!\\p{L})(?:${inAnyCase(SHORT_MONTHS)})\\.[^\\S\\n]+)(?=\\d)`
const BETWEEN = new RegExp(`(?!${IN_DATE})(?<=[.!?…]\\s+|[。！？]|\\n)`, 'u')
/** The sentences of a text, each with what follows it. */
export const sentences = (text: string): string[] => text.split(BETWEEN)

const OF_THE_PERSON =
  /(?<!\p{L})(?:you have|you['’]ve got|there (?:are|is)|your|у вас|у тебя|ваш\p{L}*|sie haben|du hast|ihre?|deine?|tienes|tiene|hay|tus?|vous avez|tu as|il y a|vos|votre|hai|tem|seus?)(?!\p{L})/iu

/** A sentence that states something about the person's data which no call of this turn and nothing said before supports. */
function isUngrounded(sentence: string, grounds: TalkGrounds): boolean {
  if (inventedIdentifiers(sentence, grounds.text).length > 0) return true
  if (claimsUnknownPresence(sentence, grounds.presence)) return true
  return OF_THE_PERSON.test(sentence) && inventedNumbers(sentence, grounds).length > 0
}

export type TalkVerdict =
  | { readonly kind: 'fine'; readonly text: string }
  /** Some sentences were taken out. */
  | { readonly kind: 'trimmed'; readonly text: string }
  /** It claims something done where nothing ran: no word of it is shown (K3.45). */
  | { readonly kind: 'fabrication' }

/** Judges a conversational answer, for which nothing ran (K2.10, K3.45, I-AH-2). */
export function judgeTalk(text: string, grounds: TalkGrounds): TalkVerdict {
  if (claimsAction(text)) return { kind: 'fabrication' }
  const kept = sentences(text).filter((sentence) => !isUngrounded(sentence, grounds))
  const left = kept.join('').trim()
  return left === text.trim() ? { kind: 'fine', text: left } : { kind: 'trimmed', text: left }
}

/**
 * Passes streamed text on sentence by sentence, up to the first one that may not be shown: shown text cannot be taken back.
 * Call `end` when the stream ended.
 */
export function truthfulStream(
  onText: (delta: string) => void,
  grounds: TalkGrounds,
): { onText(delta: string): void; end(): void } {
  let text = ''
  let shown = 0
  let stopped = false
  const show = (end: number) => {
    if (stopped || end <= shown) return
    const piece = text.slice(shown, end)
    if (claimsAction(text.slice(0, end)) || sentences(piece).some((sentence) => isUngrounded(sentence, grounds))) {
      stopped = true
      return
    }
    onText(piece)
    shown = end
  }
  return {
    onText(delta) {
      text += delta
      // Sentence by sentence, so that one which may not be shown keeps back only itself and what follows.
      for (const match of text.matchAll(SENTENCE_END)) show(match.index + match[0].length)
    },
    end: () => show(text.length),
  }
}
