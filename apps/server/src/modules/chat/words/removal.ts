import { wordsOf } from '../../../foundation/words.ts'

/** Beginnings of words, and whole words where a beginning would say something else; by language. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  en: 'delet remov trash discard purg wip forget forgot cancel destroy revok uninstall unsubscrib terminat eliminat',
  de: 'lösch gelösch entfern vergiss vergess storni kündig widerruf verwirf verwerf',
  es: 'borra bórra elimin olvid cancel anula suprim descart vacia vací',
  fr: 'supprim efface enlev oubli annul résili',
  ru: 'удал убер убра забуд забы отмен очист выброс сотри',
  it: 'elimin cancell rimuov dimentic annull',
  pt: 'apag exclu remov esque cancel',
}
const WHOLE: Readonly<Record<string, string>> = {
  en: 'erase erases erased erasing clear clears cleared clearing drop drops dropped dropping empty reset',
  de: 'leere leeren absagen wegwerfen',
  es: 'quita quitar',
  fr: 'retire retirer retirez vide vider jette jeter',
  ru: 'стереть',
}
/** "Do not forget the milk" asks to keep something in mind. */
const REMINDERS =
  /\b(?:do not|don['’]?t|never) forget\b|\bverg(?:iss|iß|esst|essen sie) (?:bitte )?nicht\b|\bnicht vergessen\b|\bno (?:te |se )?olvid\p{L}*|\bn['’](?:oublie[zs]?|oublier) pas\b|\bne pas oublier\b|не забу\p{L}*|\bnon dimentic\p{L}*|\bn[ãa]o (?:te |se )?esque\p{L}*|لا تنس(?:ى|ي|وا)?(?!\p{L})/giu
const QUOTED = /["“”«»„][^"“”«»„]*["“”«»„]/g

const beginnings = Object.values(BEGINNINGS).flatMap(wordsOf)
const whole = new Set(Object.values(WHOLE).flatMap(wordsOf))

/** A message without what it quotes: its own words. */
export const withoutQuotes = (text: string): string => text.replaceAll(QUOTED, ' ')

/** A message without its "do not forget", which denies nothing. */
export const withoutReminders = (text: string): string => text.replaceAll(REMINDERS, ' ')

/** Whether a message speaks of deleting, removing, forgetting or cancelling, outside of what it quotes. */
export const speaksOfRemoval = (text: string): boolean =>
  wordsOf(withoutReminders(withoutQuotes(text))).some(
    (word) => whole.has(word) || beginnings.some((beginning) => word.startsWith(beginning)),
  )
