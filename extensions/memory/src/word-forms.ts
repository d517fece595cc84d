import { stemmer as arabic } from '@orama/stemmers/arabic'
import { stemmer as dutch } from '@orama/stemmers/dutch'
import { stemmer as english } from '@orama/stemmers/english'
import { stemmer as french } from '@orama/stemmers/french'
import { stemmer as german } from '@orama/stemmers/german'
import { stemmer as italian } from '@orama/stemmers/italian'
import { stemmer as portuguese } from '@orama/stemmers/portuguese'
import { stemmer as russian } from '@orama/stemmers/russian'
import { stemmer as spanish } from '@orama/stemmers/spanish'

const STEMS: Readonly<Record<string, (word: string) => string>> = {
  ...{
    ar: arabic,
    de: german,
    en: english,
    es: spanish,
    fr: french,
    it: italian,
    nl: dutch,
    pt: portuguese,
    ru: russian,
  },
}
/** Languages whose word forms are known. */
export const LANGUAGES: readonly string[] = Object.keys(STEMS)

/** Without accents, which people leave out. */
const folded = (word: string): string => word.normalize('NFKD').replaceAll(/\p{M}/gu, '')

export const wordsOf = (text: string): string[] =>
  (
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  ).filter((word) => word.length > 1)

export interface Word {
  readonly itself: string
  /** Its stems, each with the language in which it is one. */
  readonly stems: ReadonlySet<string>
}

export const wordIn = (word: string, languages: readonly string[]): Word => ({
  itself: folded(word),
  stems: new Set(
    languages.flatMap((language) => {
      const stem = STEMS[language]?.(word) ?? ''
      // What is left of a short word is shared by too many others.
      return stem.length < 2 ? [] : [`${language} ${folded(stem)}`]
    }),
  ),
})
