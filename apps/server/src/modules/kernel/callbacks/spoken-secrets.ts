import type { JsonObject, JsonValue, WireError } from '@imperal/contract'
import { refusedCallback } from './refuse-callback.ts'
import type { CallSession } from './session.ts'

type Scope = 'user' | 'app'

// Values that a call has read. They are kept as long as the call, to be kept out of what leaves it, and no longer.
const heard = new WeakMap<CallSession, Map<string, Scope>>()
// Shorter texts occur by chance.
const SHORTEST = 6
const MARK = '[secret]'

/** Remembers the value of a secret that the call was given. */
export function rememberSecret(session: CallSession, value: string, scope: Scope): void {
  if (value.length < SHORTEST) return
  const values = heard.get(session) ?? new Map<string, Scope>()
  heard.set(session, values.set(value, scope))
}

/** Work that a call detaches knows what the call knew. */
export function inheritSecrets(from: CallSession, to: CallSession): void {
  const values = heard.get(from)
  if (values !== undefined) heard.set(to, new Map(values))
}

const valuesOf = (session: CallSession, scope?: Scope): string[] =>
  [...(heard.get(session) ?? [])].flatMap(([value, own]) => (scope === undefined || own === scope ? [value] : []))

const without = (text: string, values: readonly string[]): string =>
  values.reduce((rest, value) => rest.replaceAll(value, MARK), text)

/** A text without any secret that the call has read (K8.21). */
export const withoutSecrets = (session: CallSession, text: string): string => without(text, valuesOf(session))

/** Every text inside a value. */
export function textsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return [value]
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(textsOf)
}

/** App-wide secrets never reach a model (I-SECRET-APP-NO-LLM-EGRESS). @throws CallbackError forbidden */
export function keepSecretsFromModels(session: CallSession, texts: readonly string[]): void {
  for (const value of valuesOf(session, 'app'))
    if (texts.some((text) => text.includes(value)))
      throw refusedCallback('forbidden', 'The request holds a secret of the app, which is never sent to a model.')
}

function replaced(value: JsonValue, values: readonly string[]): JsonValue {
  if (typeof value === 'string') return without(value, values)
  if (Array.isArray(value)) return value.map((entry) => replaced(entry, values))
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value as JsonObject).map(([key, member]) => [key, replaced(member, values)])
  return Object.fromEntries(members) as JsonObject
}

/** What a handler answered, without app-wide secrets: users and models read it (I-SECRET-APP-READ-NOT-USER). */
export function withoutAppSecrets(session: CallSession, value: JsonValue): JsonValue {
  const values = valuesOf(session, 'app')
  return values.length === 0 ? value : replaced(value, values)
}

/**
 * Sentences of a result go into the chat, the ledger and whatever tells of a call; so no secret that the call has read stays
 * in them, the user's own included. Data is the answer itself, and the user's.
 */
export function withoutSpokenSecrets(session: CallSession, value: JsonValue): JsonValue {
  const cleaned = withoutAppSecrets(session, value)
  const values = valuesOf(session, 'user')
  if (values.length === 0 || typeof cleaned !== 'object' || cleaned === null || Array.isArray(cleaned)) return cleaned
  const said = (['summary', 'error'] as const).flatMap((member) => {
    const text = cleaned[member]
    return typeof text === 'string' ? [[member, without(text, values)] as const] : []
  })
  return said.length === 0 ? cleaned : { ...cleaned, ...Object.fromEntries(said) }
}

/** An exception of the author's code without any secret that the call has read, in whichever part. */
export function errorWithoutSecrets(session: CallSession, error: WireError): WireError {
  const values = valuesOf(session)
  return values.length === 0 ? error : (replaced(error as JsonValue, values) as unknown as WireError)
}
