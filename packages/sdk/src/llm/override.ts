import type { LLMProvider } from './types.ts'

// On the global object, so that it holds for every copy of this package in a test.
const OVERRIDE = Symbol.for('imperal.llm-provider.v1')
type Holder = { [OVERRIDE]?: LLMProvider }

/** What a test put in the place of every provider. */
export const overriddenProvider = (): LLMProvider | undefined => (globalThis as Holder)[OVERRIDE]

/** Puts a provider in the place of every other, until the function that it gives is called. */
export function overrideProvider(provider: LLMProvider): () => void {
  const holder = globalThis as Holder
  holder[OVERRIDE] = provider
  return () => {
    if (holder[OVERRIDE] === provider) delete holder[OVERRIDE]
  }
}
