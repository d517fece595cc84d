import type { ErrorKind } from '@imperal/contract'

/** HTTP status and wire code of each error kind (api.md 1.10, decisions on kinds). */
export const STATUS: Readonly<Record<ErrorKind, readonly [number, string]>> = {
  invalid: [400, 'invalid_request'],
  unauthenticated: [401, 'unauthorized'],
  payment_required: [402, 'payment_required'],
  forbidden: [403, 'forbidden'],
  not_found: [404, 'not_found'],
  conflict: [409, 'conflict'],
  gone: [410, 'gone'],
  too_large: [413, 'payload_too_large'],
  unsupported: [415, 'unsupported_media_type'],
  unprocessable: [422, 'validation_error'],
  rate_limited: [429, 'rate_limited'],
  internal: [500, 'internal_error'],
  unavailable: [503, 'unavailable'],
  timeout: [504, 'upstream_timeout'],
}
