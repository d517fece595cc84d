import type { JsonValue } from '@imperal/contract'
import { refusedCallback } from './refuse-callback.ts'
import type { CallSession } from './session.ts'

// Values that a call has read and that no model may hear. They are kept as long as the call, and no longer.
const heard = new WeakMap<CallSession, Set<string>>()
// Shorter texts occur by chance.
const SHORTEST = 6

/** Remembers the value of an app-wide secret that the call was given. */
export function rememberAppSecret(session: CallSession, value: string): void {
  if (value.length < SHORTEST) return
  const values = heard.get(session) ?? new Set()
  heard.set(session, values.add(value))
}

/** Every text inside a value. */
export function textsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return [value]
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(textsOf)
}

/** App-wide secrets never reach a model (I-SECRET-APP-NO-LLM-EGRESS). @throws CallbackError forbidden */
export function keepSecretsFromModels(session: CallSession, texts: readonly string[]): void {
  const values = heard.get(session)
  if (values === undefined) return
  for (const value of values)
    if (texts.some((text) => text.includes(value)))
      throw refusedCallback('forbidden', 'The request holds a secret of the app, which is never sent to a model.')
}

/** The app-wide secrets that a call has read, for whoever shows its answer to a model. */
export const appSecretsHeard = (session: CallSession): ReadonlySet<string> => heard.get(session) ?? new Set()
