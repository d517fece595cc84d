import { wordsOf } from '../../../foundation/words.ts'

const WORDS: Readonly<Record<string, { yes: string; no: string; thanks: string; hello: string }>> = {
  en: {
    yes: 'yes yep yeah sure ok okay confirm agreed',
    no: 'no nope cancel stop',
    thanks: 'thanks thank you thx great nice cool perfect good bye',
    hello: 'hi hello hey',
  },
  ru: {
    yes: 'да ага конечно подтверждаю хорошо',
    no: 'нет отмена отменить стоп',
    thanks: 'спасибо отлично супер пока',
    hello: 'привет здравствуйте здравствуй',
  },
  de: {
    yes: 'ja klar gerne okay bestätigen',
    no: 'nein abbrechen stopp',
    thanks: 'danke super prima gut tschüss',
    hello: 'hallo servus moin',
  },
  es: {
    yes: 'si sí claro vale confirmar',
    no: 'no cancelar',
    thanks: 'gracias genial perfecto adiós',
    hello: 'hola buenas',
  },
  fr: {
    yes: 'oui daccord ouais confirmer',
    no: 'non annuler',
    thanks: 'merci super parfait',
    hello: 'bonjour salut coucou',
  },
  ar: {
    yes: 'نعم أجل موافق حسنا أكيد',
    no: 'لا إلغاء ألغ توقف',
    thanks: 'شكرا شكرًا رائع ممتاز',
    hello: 'مرحبا مرحبًا أهلا السلام',
  },
  it: { yes: 'si sì certo confermo', no: 'no annulla', thanks: 'grazie perfetto', hello: 'ciao buongiorno' },
  pt: { yes: 'sim claro confirmo', no: 'não cancelar', thanks: 'obrigado obrigada', hello: 'olá oi' },
}

type Kind = 'yes' | 'no' | 'thanks' | 'hello'

const table = (kind: Kind): ReadonlyMap<string, string> => {
  const known = new Map<string, string>()
  for (const [language, words] of Object.entries(WORDS))
    for (const word of wordsOf(words[kind])) if (!known.has(word)) known.set(word, language)
  return known
}
const TABLES: Readonly<Record<Kind, ReadonlyMap<string, string>>> = {
  yes: table('yes'),
  no: table('no'),
  thanks: table('thanks'),
  hello: table('hello'),
}

const SHORT = 2

/** Whether a message is one or two words of one kind, and in which language. */
export function bareWord(text: string, kind: Kind): { readonly language: string } | null {
  const words = wordsOf(text)
  const known = TABLES[kind]
  if (words.length === 0 || words.length > SHORT) return null
  if (!words.every((word) => known.has(word) || word === 'there' || word === 'you')) return null
  const languages = words.flatMap((word) => known.get(word) ?? [])
  return languages.length === 0 ? null : { language: languages[0] ?? 'en' }
}

const COMMON: Readonly<Record<string, ReadonlySet<string>>> = {
  de: new Set(
    'der die das und ist nicht ich mir meine zeige bitte mit für alle eine ein notiz notizen aufgabe loesche lösche was welche'.split(
      ' ',
    ),
  ),
  es: new Set('el los las una por para que mis muestra quiero crea nota notas borra tarea con'.split(' ')),
  fr: new Set('le les des une pour que mes montre veux crée note supprime avec tâche est'.split(' ')),
  en: new Set('the my is are what show create make please with and for of note notes delete task'.split(' ')),
}

/** The language of a text by its letters and commonest words, without a model; null when it could be any. */
export function guessLanguage(text: string): string | null {
  if (/\p{Script=Cyrillic}/u.test(text)) return 'ru'
  if (/\p{Script=Arabic}/u.test(text)) return 'ar'
  const words = wordsOf(text)
  const scores = Object.entries(COMMON).map(
    ([language, common]) => [language, words.filter((word) => common.has(word)).length] as const,
  )
  const [best, second] = scores.sort(([, a], [, b]) => b - a)
  return best !== undefined && best[1] > 0 && best[1] > (second?.[1] ?? 0) ? best[0] : null
}
