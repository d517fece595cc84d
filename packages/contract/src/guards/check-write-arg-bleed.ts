import type { ActionType } from '../action-result.ts'
import { PLATFORM_ERROR_CODES } from '../errors.ts'
import type { ProposedCall } from './check-placeholder-args.ts'
import { errorCodeOf, type LedgerEntry } from './ledger.ts'
import { isObject } from './values.ts'

/** What lies deeper is no text that a model wrote, and must not exhaust the stack. */
const DEEPEST = 64

/** Codes with an underscore are found in any case; a bare word only in capitals and alone (D35). */
export function mentionsCode(text: string, code: string): boolean {
  if (code.includes('_')) return text.toUpperCase().includes(code.toUpperCase())
  return new RegExp(`(?<![A-Za-z0-9_])${code.replaceAll(/\W/g, '\\$&')}(?![A-Za-z0-9_])`).test(text)
}

/** Every text among the values, with its path: names of members are the author's, and no content. */
function* textsOf(value: unknown, path = '', depth = 0): Generator<[path: string, text: string]> {
  if (depth > DEEPEST) return
  if (typeof value === 'string') yield [path, value]
  else if (Array.isArray(value))
    for (const [index, entry] of value.entries()) yield* textsOf(entry, `${path}[${index}]`, depth + 1)
  else if (isObject(value))
    for (const [key, entry] of Object.entries(value))
      yield* textsOf(entry, path === '' ? key : `${path}.${key}`, depth + 1)
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false // arguments that are no JSON pass; validation speaks about them
  }
}

/** An error code that stands where a function is given something to write. */
export interface BledCode {
  readonly path: string
  readonly code: string
}

/**
 * The first value that carries the code of an error into a change: any code of the taxonomy, and the codes that earlier
 * calls of the turn failed with. Null for reads, where nothing failed before, and where there is none (K3.17).
 */
export function bledCode(
  input: ProposedCall['input'],
  { actionType, failedCodes }: { readonly actionType: ActionType; readonly failedCodes: readonly string[] },
): BledCode | null {
  if (actionType === 'read' || failedCodes.length === 0 || !isJson(input)) return null
  const codes = new Set([...failedCodes, ...PLATFORM_ERROR_CODES])
  for (const [path, text] of textsOf(input))
    for (const code of codes) if (mentionsCode(text, code)) return { path, code }
  return null
}

/** Refuses a change whose arguments carry the error of an earlier failure; null otherwise (sdk.md 9.2, guard 3). */
export function checkWriteArgBleed(
  call: ProposedCall,
  ledger: readonly LedgerEntry[],
  actionType: ActionType,
): string | null {
  const failedCodes = ledger.flatMap((entry) => errorCodeOf(entry) ?? [])
  const bled = bledCode(call.input, { actionType, failedCodes })
  if (bled === null) return null
  return `WRITE_ARG_BLEED rejected: the arguments of ${call.name} carry the error ${bled.code} of an earlier call. Repeat it with what the user asked for.`
}
