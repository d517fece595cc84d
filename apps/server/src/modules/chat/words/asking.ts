import { termsOf } from '../../../foundation/words.ts'
import { isDenied } from '../truth/claims.ts'
import { withoutQuotes, withoutReminders } from './removal.ts'

/** Words that begin a question, or ask to be shown or told something: whoever says them asks for no change. */
const READS =
  /^\W*(?:(?:and|so|please|now|then|und|bitte|y|et|и|а|well|oh|hm+)\s+)*(?:what|who|whom|whose|when|where|why|which|how|is|are|was|were|do (?:i|you|we|they)|does|did|has|have (?:i|you|we|they)|any(?:thing|one)?|show|read|list|display|describe|explain|tell me|look at|see|was|wer|wen|wem|wann|wo|warum|wie|welche[rsnm]?|worum|gibt es|ist|sind|zeige?|lies|lese|erkläre?|qué|quién|cuándo|dónde|cómo|cuál(?:es)?|hay|muestra|muéstrame|lee|léeme|quoi|que dit|qui|quand|où|pourquoi|comment|quel(?:le)?s?|montre|lis|что|кто|когда|где|почему|какие|какой|какая|какое|как|есть ли|покажи|прочитай|прочти|расскажи)(?!\p{L})/iu
/** Questions that ask for something to be done. */
const REQUESTS =
  /(?<!\p{L})(?:(?:can|could|would|will) you|shall (?:we|you)|(?:what|how) about|why don['’]?t (?:you|we)|is it possible|please|wie wäre|kannst du|können sie|könntest du|würdest du|bitte|puedes|podrías|por favor|peux-tu|pouvez-vous|s['’]il (?:te|vous) pla[iî]t|можешь|можете|пожалуйста)(?!\p{L})/iu
/** Words that answer and ask for nothing. */
const RECEIVED =
  /^\W*(?:interesting|thanks?|thank you|ok(?:ay)?|great|good|nice|cool|wow|hm+|i see|aha|interessant|danke|gut|gracias|vale|merci|d['’]accord|спасибо|интересно|хорошо)\W*$/iu

const clausesOf = (text: string): string[] =>
  text
    .split(/(?<=[.!?…。！？])\s*|\n+|[,;:—–]\s+|\s+(?=(?:and|then|but|und|dann|aber|y|luego|et|puis|и|потом)\s)/iu)
    .filter((clause) => clause.trim() !== '')

const isReading = (clause: string): boolean =>
  !REQUESTS.test(clause) && (READS.test(clause) || /[?？]\s*$/.test(clause))

/** The clauses of a message that ask for something to be done: no questions, no wishes to be shown something, no denials. */
export const requestsIn = (said: string): string[] =>
  clausesOf(said).filter(
    (clause) => !isReading(clause) && !RECEIVED.test(clause) && !isDenied(withoutReminders(withoutQuotes(clause))),
  )

/** Whether a message does nothing but ask, wish to be shown something, or thank. */
export const wantsNothingDone = (said: string): boolean =>
  clausesOf(said).every((clause) => isReading(clause) || RECEIVED.test(clause))

/** The terms of what a message asks to be done. */
export const requestedTerms = (said: string): ReadonlySet<string> => new Set(requestsIn(said).flatMap(termsOf))
