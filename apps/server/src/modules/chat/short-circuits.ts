import { JsonObject } from '@imperal/contract'
import { wordsOf } from '../../foundation/words.ts'
import type { CatalogFunction } from '../kernel/index.ts'

export type ShortCircuit =
  | { readonly kind: 'capabilities' }
  | { readonly kind: 'greeting' }
  | { readonly kind: 'acknowledgement' }
  | { readonly kind: 'command'; readonly function: CatalogFunction; readonly args: JsonObject }
  | { readonly kind: 'bad_command'; readonly message: string }

const ACKNOWLEDGEMENTS = new Set(
  'ok okay thanks thank you thx great nice cool perfect good danke merci gracias спасибо ок хорошо bye'.split(' '),
)
const GREETINGS = new Set('hi hello hey hallo hola bonjour привет servus moin ciao'.split(' '))
const CAPABILITIES =
  /^(what (can|could) you do|help|what are you able to do|was kannst du|что ты умеешь|qué puedes hacer)\b/i

function command(text: string, catalog: readonly CatalogFunction[]): ShortCircuit {
  const match = /^\/([a-z0-9-]+)[.:\s]([A-Za-z_]\w*)\s*([\s\S]*)$/.exec(text)
  if (!match) return { kind: 'bad_command', message: 'A command looks like /notes.create_note {"title": "Groceries"}.' }
  const [, appId = '', name = '', rest = ''] = match
  const found = catalog.find((entry) => entry.appId === appId && entry.name === name)
  if (!found) {
    const names = catalog.filter((entry) => entry.appId === appId).map((entry) => entry.name)
    const known =
      names.length > 0
        ? `It has: ${names.join(', ')}.`
        : `Installed apps: ${[...new Set(catalog.map((entry) => entry.appId))].join(', ') || 'none'}.`
    return { kind: 'bad_command', message: `There is no function ${appId}.${name}. ${known}` }
  }
  try {
    const args = JsonObject.safeParse(rest.trim() === '' ? {} : JSON.parse(rest))
    if (args.success) return { kind: 'command', function: found, args: args.data }
  } catch {
    // Falls through to the same sentence as an array or a bare value.
  }
  return {
    kind: 'bad_command',
    message: `The arguments after /${appId}.${name} must be one JSON object, for example {"title": "Groceries"}.`,
  }
}

/** What needs no model (kernel 2.3), in the documented order; null when the message must be understood first. */
export function shortCircuit(text: string, catalog: readonly CatalogFunction[]): ShortCircuit | null {
  const trimmed = text.trim()
  if (CAPABILITIES.test(trimmed)) return { kind: 'capabilities' }
  if (trimmed.startsWith('/')) return command(trimmed, catalog)
  const words = wordsOf(trimmed)
  if (words.length === 0) return { kind: 'acknowledgement' }
  if (words.length <= 2 && words.every((word) => ACKNOWLEDGEMENTS.has(word))) return { kind: 'acknowledgement' }
  if (words.length <= 2 && words.every((word) => GREETINGS.has(word) || word === 'there')) return { kind: 'greeting' }
  return null
}
