import type { WireError } from '@imperal/contract/host-protocol'
import type { JsonObject, JsonValue } from '@imperal/contract/json'
import * as errors from './errors.ts'
import { membersToWire } from './values/codec.ts'
import { fromEntries } from './values/json.ts'

const CLIENT_UNAVAILABLE: Readonly<Record<string, () => errors.ImperalError>> = {
  store: () => new errors.StoreUnavailable(),
  secrets: () => new errors.SecretVaultUnavailable(),
}

/** What a class of error has beyond its sentence and code, as it crosses a process boundary; undefined when nothing. */
function detailOf({ code: _code, cause: _cause, ...own }: errors.ImperalError): JsonObject | undefined {
  try {
    const { document_id: id, ...members } = membersToWire(own)
    const detail: JsonObject = { ...(id === undefined ? {} : { doc_id: id }), ...members }
    return Object.keys(detail).length === 0 ? undefined : detail
  } catch {
    return undefined // a class of the author whose members are no JSON
  }
}

/** An error as plain data. Whatever was thrown gives a name, a code and a message; a non-error is named by its type. */
export function errorToWire(thrown: unknown): WireError {
  if (thrown instanceof errors.ImperalError) {
    const detail = detailOf(thrown)
    return { ...base(thrown, thrown.code), ...(detail === undefined ? {} : { detail }) }
  }
  if (thrown instanceof Error) return base(thrown, 'internal')
  return { name: 'NonError', code: 'internal', message: `The handler threw a ${typeof thrown} instead of an error` }
}

function base(error: Error, code: string): WireError {
  return {
    name: error.name,
    code,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  }
}

/** Makes the members of the wire form visible on a thrown error, for a guest that reads only `name`, `code` and `detail`. */
export function withWireDetail(thrown: unknown): unknown {
  if (!(thrown instanceof errors.ImperalError)) return thrown
  const detail = detailOf(thrown)
  if (detail !== undefined) Object.defineProperty(thrown, 'detail', { value: detail, enumerable: false })
  return thrown
}

interface Received {
  readonly name: string
  readonly code: string
  readonly message: string
  readonly detail: JsonObject
}

/** What a rejected callback carries, whoever made the error object. */
function received(thrown: unknown): Received | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  const { name, code, message, detail } = thrown as Partial<Record<keyof Received, unknown>>
  return {
    name: typeof name === 'string' ? name : 'Error',
    code: String(code),
    message: typeof message === 'string' ? message : String(code),
    detail: typeof detail === 'object' && detail !== null ? (detail as JsonObject) : {},
  }
}

const text = (value: JsonValue | undefined, fallback = ''): string =>
  value === undefined || value === null ? fallback : String(value)
const number = (value: JsonValue | undefined, fallback: number): number =>
  typeof value === 'number' ? value : fallback

type Reviver = (error: Received, client: string) => errors.ImperalError

/** Classes that carry nothing but their sentence, by their code. */
const WORDED: Readonly<Record<string, new (message: string) => errors.ImperalError>> = {
  forbidden: errors.AuthError,
  ...fromEntries(
    [
      errors.AuthError,
      errors.SkeletonAccessForbidden,
      errors.StoreError,
      errors.StoreContractError,
      errors.SecretError,
      errors.SecretVaultUnavailable,
      errors.CallTokenError,
    ].map((errorClass) => [new errorClass('').code, errorClass]),
  ),
}

/** Nobody answered: the client's own class where it has one. */
const unanswered =
  (status: number): Reviver =>
  ({ message, detail }, client) =>
    CLIENT_UNAVAILABLE[client]?.() ?? new errors.APIError(message, number(detail.status_code, status))

/** A service said no; its code tells more than the status when it is not the general one. */
const refused: Reviver = ({ code, message, detail }) =>
  new errors.APIError(message, number(detail.status_code, 500), { code })

const invalid: Reviver = ({ message, detail }) => new errors.ValidationError(text(detail.field), message)

const REVIVERS: Readonly<Record<string, Reviver>> = {
  not_found: ({ detail }) => new errors.NotFoundError(text(detail.resource, 'resource'), text(detail.id)),
  rate_limited: ({ detail }) => new errors.RateLimitError(number(detail.retry_after, 60)),
  api_error: refused,
  llm_unavailable: refused,
  validation_error: invalid,
  invalid,
  extension_error: ({ name, message, detail }) =>
    name === 'CircularCallError'
      ? circular(detail)
      : new errors.ExtensionError(text(detail.app_id), message, text(detail.error_code, 'INTERNAL')),
  circular_call_error: ({ detail }) => circular(detail),
  quota_exceeded: ({ detail }) => new errors.QuotaExceededError(text(detail.resource), number(detail.limit, 0)),
  store_unavailable: ({ message, detail }) => new errors.StoreUnavailable(number(detail.retry_after, 30), message),
  store_conflict: ({ detail }) =>
    new errors.StoreConflict(text(detail.doc_id), text(detail.expected_etag), text(detail.current_etag)),
  secret_not_declared_error: ({ detail }) => new errors.SecretNotDeclaredError(text(detail.name)),
  secret_write_forbidden: ({ detail }) => new errors.SecretWriteForbidden(text(detail.name)),
  secret_value_too_large: ({ detail }) =>
    new errors.SecretValueTooLarge(text(detail.name), number(detail.max_bytes, 0)),
  token_refresh_error: ({ message, detail }) =>
    new errors.TokenRefreshError(message, detail.reconnect_required === true, number(detail.status_code, 0)),
  http_status_error: ({ detail }) => new errors.HttpStatusError(number(detail.status_code, 500), detail.body ?? null),
  task_cancelled: ({ detail }) => new errors.TaskCancelled(detail.task_id ? text(detail.task_id) : null),
  unavailable: unanswered(503),
  timeout: unanswered(504),
}

function circular({ call_stack: chain }: JsonObject): errors.CircularCallError {
  return new errors.CircularCallError(Array.isArray(chain) ? chain.map((entry) => text(entry)) : [])
}

/** The SDK error that a refused callback stands for; a code without a class of its own stays an `ImperalError` with that code. */
export function reviveError(thrown: unknown, client: string): unknown {
  if (thrown instanceof errors.ImperalError) return thrown
  const error = received(thrown)
  if (error === undefined) return thrown
  const revived = REVIVERS[error.code]?.(error, client) ?? worded(error) ?? plainError(error, client)
  revived.cause = thrown
  return revived
}

function worded({ code, message }: Received): errors.ImperalError | undefined {
  const errorClass = WORDED[code]
  return errorClass === undefined ? undefined : new errorClass(message)
}

function plainError(error: Received, client: string): errors.ImperalError {
  return client === 'store'
    ? new errors.StoreError(error.message, { code: error.code })
    : new errors.ImperalError(error.message, { code: error.code })
}
