import { createStore } from './store.ts'

/** What the polite live region says; the number makes the same sentence twice in a row two messages. */
export const announcement = createStore({ text: '', number: 0 })

/** Tells people who do not see the screen what happened. */
export function announce(text: string): void {
  announcement.set(({ number }) => ({ text: text.slice(0, 300), number: number + 1 }))
}
