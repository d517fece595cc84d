import type { KitSentence } from '@imperal/ui-kit/words'
import type { Countable } from '../pages/parts/figures.ts'
import type { SENTENCES } from './sentences.ts'

/** Everything that the panel says, in English: a sentence is its own key, `{name}` stands for a value. */
export type Sentence = (typeof SENTENCES)[number] | KitSentence

/** The forms of what is counted, as the language has them (CLDR). */
export type Counts<Form extends Intl.LDMLPluralRule> = Readonly<
  Record<Countable, Readonly<Record<Form | 'other', string>>>
>
/** All sentences in another language. One that is missing does not compile. */
export type Catalog<Form extends Intl.LDMLPluralRule> = Readonly<Record<Sentence, string>> & Counts<Form>
