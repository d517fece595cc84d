import { AR } from './phrases/ar.ts'
import { DE } from './phrases/de.ts'
import { EN } from './phrases/en.ts'
import { ES } from './phrases/es.ts'
import { FR } from './phrases/fr.ts'
import { RU } from './phrases/ru.ts'
import type { PhraseKey, Sentences } from './phrases/sentences.ts'

export type { PhraseKey }

/** Languages of the fixed sentences (K1.4); every other one is answered in English. */
export const SPOKEN = ['en', 'ru', 'de', 'es', 'fr', 'ar'] as const
export type Spoken = (typeof SPOKEN)[number]

/** Fixed sentences by language and key. */
const SENTENCES: Readonly<Record<Spoken, Sentences>> = { en: EN, ru: RU, de: DE, es: ES, fr: FR, ar: AR }

const isSpoken = (language: string): language is Spoken => (SPOKEN as readonly string[]).includes(language)

/** The language of the fixed sentences for somebody who speaks `language` (ISO 639-1, with or without a region). */
export function spoken(language: string | null | undefined): Spoken {
  const base = (language ?? 'en').slice(0, 2).toLowerCase()
  return isSpoken(base) ? base : 'en'
}

/** A fixed sentence in the user's language. A value that is not given stays out. */
export function phrase(
  key: PhraseKey,
  language: string | null | undefined,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return SENTENCES[spoken(language)][key]
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
    .trim()
}
