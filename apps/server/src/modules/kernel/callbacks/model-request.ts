import type { JsonObject, JsonValue } from '@imperal/contract'
import { PlatformError } from '../../../foundation/errors.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'

const STATUS: Readonly<Record<string, number>> = { LLM_TIMEOUT: 504 }

/** A failure of a model as the author sees it: an `APIError` with the status that says whether to try again. */
export function toApiError(error: unknown) {
  if (error instanceof PlatformError && error.kind === 'payment_required')
    return refusedCallback('api_error', error.message, { status_code: 402 })
  if (!(error instanceof PlatformError) || !error.code.startsWith('LLM_')) return toCallbackError(error)
  if (error.code === 'LLM_RATE_LIMITED') return toCallbackError(error, { retry_after: 5 })
  if (error.code === 'LLM_UNAVAILABLE') return refusedCallback('llm_unavailable', error.message, { status_code: 503 })
  return refusedCallback('api_error', error.message, { status_code: STATUS[error.code] ?? 502 })
}

const wrong = (field: string, message: string) => refusedCallback('validation_error', message, { field })

/** A text that must not be empty. */
export function neededText(value: JsonValue | undefined, field: string, message: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw wrong(field, message)
}

/** A number within bounds, or undefined when none was given. */
export function boundedNumber(
  given: JsonObject,
  field: string,
  { least, most, whole = false }: { least: number; most: number; whole?: boolean },
): number | undefined {
  const value = given[field]
  if (value === undefined || value === null) return undefined
  const fits = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
  if (fits) return value
  throw wrong(field, `${field} is a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`)
}

/** Tokens of one answer: what the quality ceiling allows at most (kernel 9.2). */
export const MOST_TOKENS = 50_000
export const tokensOf = (given: JsonObject) =>
  boundedNumber(given, 'max_tokens', { least: 1, most: MOST_TOKENS, whole: true })
export const temperatureOf = (given: JsonObject) => boundedNumber(given, 'temperature', { least: 0, most: 2 })
