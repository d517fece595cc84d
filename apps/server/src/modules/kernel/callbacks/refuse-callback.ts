import type { JsonObject } from '@imperal/contract'
import { PlatformError } from '../../../foundation/errors.ts'
import { isDatabaseDown } from '../../../foundation/http/index.ts'
import { CallbackError } from '../../hosts/index.ts'

const nameOf = (code: string): string =>
  code
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')

/** An error that the author's code receives under one of the SDK's codes (sdk.md 4.13). */
export const refusedCallback = (code: string, message: string, detail: JsonObject = {}): CallbackError =>
  new CallbackError({ name: nameOf(code), code, message, detail })

const KNOWN: Readonly<Record<string, string>> = {
  STORE_NOT_FOUND: 'not_found',
  STORE_CONFLICT: 'store_conflict',
  SECRETS_NOT_DECLARED: 'secret_not_declared_error',
  SECRETS_WRITE_FORBIDDEN: 'secret_write_forbidden',
  SECRETS_TOO_LARGE: 'secret_value_too_large',
  SECRETS_VAULT_UNAVAILABLE: 'secret_vault_unavailable',
  KEYRING_UNUSABLE: 'secret_vault_unavailable',
}

/** Failures that the SDK shows as `APIError` with this status. */
const STATUS: Partial<Record<PlatformError['kind'], number>> = { conflict: 409 }

const BY_KIND: Partial<Record<PlatformError['kind'], string>> = {
  invalid: 'validation_error',
  unprocessable: 'validation_error',
  too_large: 'validation_error',
  not_found: 'not_found',
  forbidden: 'forbidden',
  unauthenticated: 'auth_error',
  rate_limited: 'rate_limited',
  unavailable: 'unavailable',
  timeout: 'timeout',
  payment_required: 'quota_exceeded',
  conflict: 'api_error',
}

/**
 * What a module threw, as the author sees it: refusals keep their sentence, an outage of the database is `unavailable`
 * (so that `ctx.store` throws `StoreUnavailable`), anything unexpected says nothing about the platform. `detail` adds what only the caller knows, such as the id that was not found.
 */
export function toCallbackError(error: unknown, detail: JsonObject = {}): CallbackError {
  if (error instanceof CallbackError) return error
  if (isDatabaseDown(error))
    return refusedCallback('unavailable', 'The platform cannot reach its data at the moment.', detail)
  if (!(error instanceof PlatformError))
    return refusedCallback('internal', 'The platform could not do this at the moment.')
  const code = KNOWN[error.code] ?? BY_KIND[error.kind] ?? 'internal'
  const status = STATUS[error.kind]
  return refusedCallback(code, error.message, {
    ...detail,
    ...(error.details as JsonObject),
    ...(code === 'api_error' && status !== undefined ? { status_code: status } : {}),
  })
}
