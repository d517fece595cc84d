import { termsOf, wordsOf } from '../../../foundation/words.ts'
import { isDenied } from '../truth/claims.ts'
import { withoutQuotes, withoutReminders } from './removal.ts'

/** Words that begin a question, or ask to be shown or told something: whoever says them asks for no change. */
const READS =
  /^[^\p{L}\p{N}]*(?:(?:and|so|please|now|then|und|bitte|y|et|и|а|well|oh|hm+)\s+)*(?:what|who|whom|whose|when|where|why|which|how|is|are|was|were|do (?:i|you|we|they)|does|did|has|have (?:i|you|we|they)|any(?:thing|one)?|show|read|list|display|describe|explain|tell me|look at|see(?! to\b)|was|wer|wen|wem|wann|wo|warum|wie|welche[rsnm]?|worum|gibt es|ist|sind|zeige?|lies|lese|erkläre?|qué|quién|cuándo|dónde|cómo|cuál(?:es)?|hay|muestra|muéstrame|lee|léeme|quoi|que dit|qui|quand|où|pourquoi|comment|quel(?:le)?s?|montre|lis|что|кто|когда|где|почему|какие|какой|какая|какое|как|есть ли|покажи|прочитай|прочти|расскажи)(?!\p{L})/iu
/** Verbs of those who only want to read, behind a word of courtesy too: "please summarise my mail" asks for no change. */
const READING_VERBS =
  /^[^\p{L}\p{N}]*(?:summ?ari[sz]e|sum up|recap|brief me|catch me up|give me (?:an? |the )?(?:\p{L}+ )?(?:summary|overview|list|gist|rundown|recap)|get me (?:an? |the )?(?:\p{L}+ )?(?:summary|overview|list)|show|read|list|display|describe|explain|tell me|look (?:at|up|for|through|into)|go through|see(?! to\b)|view|check(?! (?:off|in|out))|search|find|fetch|count|compare|translate|review|analy[sz]e|proofread|open (?:my|the|this|that|it|all|her|his|their)|pull up|bring up|quote|what|who|when|where|why|which|how|fass(?:e|en sie)?(?!\p{L}).*zusammen|zeige?n?|nenne?n?|lies|lesen sie|such(?:e|en sie)?|finden?|prüfen?|übersetz(?:e|en sie)?|zähle?n?|durchsuche?n?|schaue?n?|sag(?:e|en sie)? mir|gib mir (?:einen |eine )?(?:überblick|zusammenfassung|liste)|resume (?:el|la|los|las|lo|mis?|est[aeo]s?)|resúme(?:me|lo)?|resumir|busca(?:r|me)?|encuentra|traduce|revisa|comprueba|dime|enséñame|dame (?:un |una )?(?:resumen|lista)|résumez?|cherchez?|trouvez?|traduis(?:ez)?|vérifiez?|dis-moi|affichez?|regardez?|donnez?-moi (?:un |une )?(?:résumé|liste|aperçu)|найди|найдите|переведи|проверь|резюмируй|перескажи|подведи|кратко|посмотри|скажи|поищи|открой|mostra(?:mi)?|leggi|riassumi|cerca|trova|dimmi|elenca|traduci|leia|resuma|procure?|procura|diga-me|لخص|لخّص|اعرض|أظهر|اقرأ|ابحث|ترجم|أخبرني|اشرح)(?!\p{L})|^[^\p{L}\p{N}]*(?:总结|概括|显示|查看|阅读|翻译|搜索|告诉我|读)|(?:要約|表示|翻訳|検索)(?:して|を)|(?:見せて|読んで|教えて)/iu
/** German puts the verb last behind a polite opening: "kannst du mir die Mails zusammenfassen". */
const READING_LAST =
  /(?<!\p{L}|(?<!\p{L})zu )(?:zusammenfassen|zusammengefasst|vorlesen|anzeigen|zeigen|auflisten|lesen|erklären|übersetzen|nachsehen|prüfen|suchen|zählen)[^\p{L}\p{N}]*$/iu
/** What stands in front of the verb of a polite request. */
const COURTESY =
  /^[^\p{L}\p{N}]*(?:(?:(?:can|could|would|will) you|please|kindly|i(?:['’]d| would) like (?:you )?to|i want (?:you )?to|i need (?:you )?to|let me|help me(?: to)?|and|then|now|so|also|just|hey|hi|ok(?:ay)?|bitte|kannst du|können sie|könntest du|könnten sie|würdest du|und|dann|mir|puedes|podrías|por favor|quiero|y|luego|peux-tu|pouvez-vous|s['’]il (?:te|vous) pla[iî]t|je voudrais|et|puis|можешь|можете|пожалуйста|и|потом|puoi|per favore|você pode|pode|من فضلك|هل يمكنك|رجاءً|请|帮我|能不能)[\s,]*)+/iu
/** Questions that ask for something to be done. */
const REQUESTS =
  /(?<!\p{L})(?:(?:can|could|would|will) you|shall (?:we|you)|(?:what|how) about|why don['’]?t (?:you|we)|is it possible|please|wie wäre|kannst du|können sie|könntest du|würdest du|bitte|puedes|podrías|por favor|peux-tu|pouvez-vous|s['’]il (?:te|vous) pla[iî]t|можешь|можете|пожалуйста)(?!\p{L})/iu
/** Words that answer and ask for nothing. */
const RECEIVED =
  /^[^\p{L}\p{N}]*(?:interesting|thanks?|thank you|ok(?:ay)?|great|good|nice|cool|wow|hm+|i see|aha|interessant|danke|gut|gracias|vale|merci|d['’]accord|спасибо|интересно|хорошо)[^\p{L}\p{N}]*$/iu

const clausesOf = (text: string): string[] =>
  text
    .split(
      /(?<=[.!?…。！？，、；])\s*|\n+|[,;:—–]\s+|\s+(?=(?:and|then|but|und|dann|aber|y|luego|et|puis|и|потом)\s)/iu,
    )
    .filter((clause) => clause.trim() !== '')

function isReading(clause: string): boolean {
  const asked = clause.replace(COURTESY, '')
  if (READING_VERBS.test(asked) || (asked !== clause && READING_LAST.test(asked))) return true
  return !REQUESTS.test(clause) && (READS.test(clause) || /[?？]\s*$/.test(clause))
}

/** The clauses of a message that ask for something to be done: no questions, no wishes to be shown something, no denials. */
export const requestsIn = (said: string): string[] =>
  clausesOf(said).filter(
    (clause) => !isReading(clause) && !RECEIVED.test(clause) && !isDenied(withoutReminders(withoutQuotes(clause))),
  )

/**
 * Whether a clause of a message begins with the own verb of a function: "Resume the timer" asks for `resume_timer`, though "resume"
 * may mean a summary elsewhere. Other words for the same verb count unless they ask to be shown something.
 */
export function asksByVerb(said: string, functionName: string): boolean {
  const [verb = ''] = wordsOf(functionName.replaceAll('_', ' '))
  const [term] = termsOf(verb)
  return clausesOf(said).some((clause) => {
    const own = withoutReminders(withoutQuotes(clause))
    if (isDenied(own) || (/[?？]\s*$/.test(own) && !REQUESTS.test(own))) return false
    const [first = ''] = wordsOf(own.replace(COURTESY, ''))
    if (first === '') return false
    return first === verb || (term !== undefined && termsOf(first)[0] === term && !isReading(first))
  })
}

/** Whether a message does nothing but ask, wish to be shown something, or thank. */
export const wantsNothingDone = (said: string): boolean =>
  clausesOf(said).every((clause) => isReading(clause) || RECEIVED.test(clause))

/** Whether a message asks something, or wishes to be shown something, besides whatever else it says. */
export const wantsToRead = (said: string): boolean => clausesOf(said).some(isReading)

/** The terms of what a message asks to be done. */
export const requestedTerms = (said: string): ReadonlySet<string> => new Set(requestsIn(said).flatMap(termsOf))
