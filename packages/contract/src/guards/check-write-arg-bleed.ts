import type { ActionType } from '../action-result.ts'
import { PLATFORM_ERROR_CODES } from '../errors.ts'
import type { ProposedCall } from './check-placeholder-args.ts'
import { errorCodeOf, type LedgerEntry } from './ledger.ts'

function argumentsText(call: Pick<ProposedCall, 'input'>): string | undefined {
  try {
    return JSON.stringify(call.input)
  } catch {
    return undefined // arguments that are no JSON pass; validation speaks about them
  }
}

/** Codes with an underscore are found in any case; a bare word only in capitals and alone (D35). */
export function mentionsCode(text: string, code: string): boolean {
  if (code.includes('_')) return text.toUpperCase().includes(code.toUpperCase())
  return new RegExp(`(?<![A-Za-z0-9_])${code.replaceAll(/\W/g, '\\$&')}(?![A-Za-z0-9_])`).test(text)
}

/** The code of the taxonomy that stands in the arguments of a change; null when there is none (K3.17). */
export function errorCodeIn(call: Pick<ProposedCall, 'input'>): string | null {
  const text = argumentsText(call)
  return (text === undefined ? undefined : PLATFORM_ERROR_CODES.find((known) => mentionsCode(text, known))) ?? null
}

/** Refuses a change whose arguments carry the error of an earlier failure; null otherwise (sdk.md 9.2, guard 3). */
export function checkWriteArgBleed(
  call: ProposedCall,
  ledger: readonly LedgerEntry[],
  actionType: ActionType,
): string | null {
  if (actionType === 'read' || !ledger.some((entry) => errorCodeOf(entry) !== undefined)) return null
  const code = errorCodeIn(call)
  if (code === null) return null
  return `WRITE_ARG_BLEED rejected: the arguments of ${call.name} carry the error ${code} of an earlier call. Repeat it with what the user asked for.`
}
