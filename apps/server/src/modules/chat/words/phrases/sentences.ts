import type { EN } from './en.ts'

export type PhraseKey = keyof typeof EN
/** Every fixed sentence of one language. */
export type Sentences = Readonly<Record<PhraseKey, string>>
