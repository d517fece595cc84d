/** The languages of the panel, by their own names. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const
export type Language = keyof typeof LANGUAGES

const KEY = 'imperal.language'
const RIGHT_TO_LEFT: readonly Language[] = ['ar']

/** The language of a tag such as `de-AT`, where the panel speaks it. */
export function languageOf(tag: string | null | undefined): Language | null {
  const base = tag?.toLowerCase().split('-')[0]
  return base !== undefined && base in LANGUAGES ? (base as Language) : null
}

export const directionOf = (language: Language): 'ltr' | 'rtl' => (RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr')

function stored(): Language | null {
  try {
    return languageOf(localStorage.getItem(KEY))
  } catch {
    return null // storage may be closed to this page
  }
}

/** What this browser was told, else the first of its own languages that the panel speaks, else English. */
export const chosenLanguage = (): Language =>
  stored() ?? globalThis.navigator?.languages?.map(languageOf).find((one) => one !== null) ?? 'en'

/**
 * Speaks another language from now on; null follows the browser. Loads the page again: its words are looked up once,
 * where they stand, and nothing of the workspace is lost by it.
 */
export function speak(language: Language | null): void {
  if (language === null) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, language)
  location.reload()
}
