/** What a contribution's `when` may ask about (ui 5.11). */
export interface WhenFacts {
  /** The app is the one that is open. */
  readonly app: boolean
  /** Panels of the app that are on the screen. */
  readonly panels: readonly string[]
  readonly admin: boolean
  readonly phone: boolean
}

function holds(term: string, facts: WhenFacts): boolean {
  if (term.startsWith('!')) return !holds(term.slice(1).trim(), facts)
  if (term.startsWith('panel.')) return facts.panels.includes(term.slice('panel.'.length))
  if (term === 'app' || term === 'admin' || term === 'phone') return facts[term]
  return false
}

const KNOWN = /^!?\s*(?:app|admin|phone|panel\..+)$/

/**
 * Whether a contribution is offered now: all terms of `when` hold. One with a term that this panel does not know is not
 * offered, because whatever it asks for cannot be said to be so.
 */
export function isOffered(when: string, facts: WhenFacts): boolean {
  if (when.trim() === '') return true
  return when.split('&&').every((term) => KNOWN.test(term.trim()) && holds(term.trim(), facts))
}
