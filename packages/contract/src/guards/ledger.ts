import type { ActionType } from '../action-result.ts'
import { isObject, type Members } from './values.ts'

/** One refused or executed call of a chat turn (sdk.md 9.1). */
export interface LedgerEntry {
  readonly name: string
  readonly params: Members
  readonly actionType: ActionType
  readonly success: boolean
  readonly intercepted: boolean
  readonly event: string
  /** What the function answered, in code or on the wire. */
  readonly result: object | null
}

const SHORT = 200
const PAIRS = 4

const resultOf = ({ result }: LedgerEntry): Record<string, unknown> => (isObject(result) ? result : {})
const cut = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT)}...` : text)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The code of a failed entry, in code or on the wire. */
export function errorCodeOf(entry: LedgerEntry): string | undefined {
  const { errorCode, error_code: wire } = resultOf(entry)
  const code = errorCode ?? wire
  return entry.success || typeof code !== 'string' ? undefined : code
}

function shortData(data: unknown): string {
  if (Array.isArray(data)) return `${data.length} items`
  if (!isObject(data)) return data === undefined || data === null ? '' : cut(textOf(data))
  const pairs = Object.entries(data).map(([key, value]) => `${key}=${textOf(value)}`)
  return cut(pairs.slice(0, PAIRS).join(', ') + (pairs.length > PAIRS ? ', ...' : ''))
}

function line(entry: LedgerEntry): string {
  if (entry.intercepted) return `- ${entry.name} — CONFIRM_REQUIRED: awaiting user confirmation`
  const { summary, data, error } = resultOf(entry)
  if (!entry.success) return `- ${entry.name} — ERROR: ${textOf(error || 'failed')}`
  return `- ${entry.name} — SUCCESS: ${typeof summary === 'string' && summary !== '' ? summary : shortData(data)}`
}

/** What happened in a turn as the list that a narration may describe, and nothing else (sdk.md 9.10). */
export function formatLedger(ledger: readonly LedgerEntry[]): string {
  if (ledger.length === 0) return '(no operations were performed)'
  const waiting = ledger.filter(({ intercepted }) => intercepted).length
  const succeeded = ledger.filter(({ success, intercepted }) => success && !intercepted).length
  const failed = ledger.length - succeeded - waiting
  const noun = ledger.length === 1 ? 'operation' : 'operations'
  const more = waiting === 0 ? '' : `, ${waiting} awaiting confirmation`
  return [
    ...ledger.map(line),
    `(${ledger.length} ${noun} total: ${succeeded} succeeded, ${failed} failed${more})`,
  ].join('\n')
}
