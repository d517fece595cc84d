import { JsonObject } from '@imperal/contract'
import { wordsOf } from '../../../foundation/words.ts'
import type { CatalogFunction } from '../../kernel/index.ts'
import type { RoutingHint } from '../memory/session.ts'
import { bareWord } from '../words/languages.ts'

export type ShortCircuit =
  | {
      readonly kind: 'decide'
      readonly confirmationId: string
      readonly decision: 'confirm' | 'cancel'
      readonly language: string
    }
  | { readonly kind: 'capabilities'; readonly language: string | null }
  | { readonly kind: 'greeting'; readonly language: string }
  | { readonly kind: 'acknowledgement'; readonly language: string | null }
  | { readonly kind: 'follow_up'; readonly question: string }
  | { readonly kind: 'command'; readonly function: CatalogFunction; readonly args: JsonObject }
  | { readonly kind: 'bad_command'; readonly problem: CommandProblem }

/** What is wrong with a command; its words are those of the fixed sentences. */
export type CommandProblem =
  | { readonly kind: 'shape' }
  | { readonly kind: 'arguments'; readonly command: string }
  /** `known`: functions of the app. */
  | { readonly kind: 'no_function'; readonly command: string; readonly known: readonly string[] }
  /** `known`: installed apps. */
  | { readonly kind: 'no_app'; readonly command: string; readonly known: readonly string[] }

export interface ShortCircuitInput {
  readonly text: string
  readonly catalog: readonly CatalogFunction[]
  readonly surface?: string
  /** Cards that wait for the user. */
  readonly pending?: readonly { readonly confirmation_id: string }[]
  /** Of the last turn, when it is fresh. */
  readonly hint?: RoutingHint | null
}

const CAPABILITIES: readonly [pattern: RegExp, language: string | null][] = [
  [/^(?:what (?:can|could) you do|what are you able to do)\b/i, 'en'],
  [/^help[!?.]*$/i, null],
  [/^was kannst du\b/i, 'de'],
  [/^что ты умеешь/i, 'ru'],
  [/^qué puedes hacer/i, 'es'],
  [/^que peux-tu faire/i, 'fr'],
  [/^ماذا يمكنك/, 'ar'],
]

/** Channels whose cards have buttons: there a bare word decides nothing. */
const WITH_BUTTONS: ReadonlySet<string> = new Set(['panel'])

function command(text: string, catalog: readonly CatalogFunction[]): ShortCircuit {
  const match = /^\/([a-z0-9-]+)[.:\s]([A-Za-z_]\w*)\s*([\s\S]*)$/.exec(text)
  if (!match) return { kind: 'bad_command', problem: { kind: 'shape' } }
  const [, appId = '', name = '', rest = ''] = match
  const found = catalog.find((entry) => entry.appId === appId && entry.name === name)
  if (!found) {
    const names = catalog.filter((entry) => entry.appId === appId).map((entry) => entry.name)
    const apps = [...new Set(catalog.map((entry) => entry.appId))]
    const problem =
      names.length > 0 ? { kind: 'no_function' as const, known: names } : { kind: 'no_app' as const, known: apps }
    return { kind: 'bad_command', problem: { ...problem, command: `${appId}.${name}` } }
  }
  try {
    const args = JsonObject.safeParse(rest.trim() === '' ? {} : JSON.parse(rest))
    if (args.success) return { kind: 'command', function: found, args: args.data }
  } catch {
    // Falls through to the same sentence as an array or a bare value.
  }
  return { kind: 'bad_command', problem: { kind: 'arguments', command: `/${appId}.${name}` } }
}

function bareDecision({ text, surface = 'panel', pending = [] }: ShortCircuitInput): ShortCircuit | null {
  const [only, ...others] = pending
  if (only === undefined || others.length > 0 || WITH_BUTTONS.has(surface)) return null
  const yes = bareWord(text, 'yes')
  const no = bareWord(text, 'no')
  const said = yes ?? no
  if (said === null) return null
  const decision = yes === null ? 'cancel' : 'confirm'
  return { kind: 'decide', confirmationId: only.confirmation_id, decision, language: said.language }
}

/** What needs no model (kernel 2.3), in the documented order; null when the message must be understood first. */
export function shortCircuit(input: ShortCircuitInput): ShortCircuit | null {
  const text = input.text.trim()
  const decided = bareDecision({ ...input, text })
  if (decided !== null) return decided
  const asked = CAPABILITIES.find(([pattern]) => pattern.test(text))
  if (asked !== undefined) return { kind: 'capabilities', language: asked[1] }
  const assent = bareWord(text, 'yes')
  if (assent !== null && input.hint?.pending_question != null)
    return { kind: 'follow_up', question: input.hint.pending_question }
  if (text.startsWith('/')) return command(text, input.catalog)
  if (wordsOf(text).length === 0) return { kind: 'acknowledgement', language: null }
  const thanks = bareWord(text, 'thanks') ?? assent
  if (thanks !== null) return { kind: 'acknowledgement', language: thanks.language }
  const hello = bareWord(text, 'hello')
  return hello === null ? null : { kind: 'greeting', language: hello.language }
}
