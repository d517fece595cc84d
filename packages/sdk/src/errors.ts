import type { HandlerKind } from '@imperal/contract/host-protocol'
import type { JsonValue } from '@imperal/contract/json'

/** Options of the error base class; `code` is a permanent snake_case name. */
export interface ImperalErrorOptions {
  code?: string
  cause?: unknown
}

/** `StoreConflict` gives `store_conflict`: the code of a class that sets no other. */
function codeOf(name: string): string {
  return name === 'ImperalError'
    ? 'unknown'
    : name.replace(/([a-z])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])/g, '$1_$2$3').toLowerCase()
}

/** Root of every error that the SDK throws (sdk.md 4.13). */
export class ImperalError extends Error {
  readonly code: string
  constructor(message: string, options: ImperalErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = options.code ?? codeOf(this.name)
  }
}

/** A backend answered with a failure. */
export class APIError extends ImperalError {
  readonly statusCode: number
  constructor(message: string, statusCode: number, options: ImperalErrorOptions = {}) {
    super(message, options)
    this.statusCode = statusCode
  }
}

/** Nothing is there under this id: `deal 'd-1' not found`. */
export class NotFoundError extends APIError {
  readonly resource: string
  readonly id: string
  constructor(resource: string, id: string) {
    super(`${resource} '${id}' not found`, 404, { code: 'not_found' })
    this.resource = resource
    this.id = id
  }
}

/** Too many requests; `retryAfter` is in seconds. */
export class RateLimitError extends APIError {
  readonly retryAfter: number
  constructor(retryAfter = 60) {
    super(`Rate limit exceeded, try again in ${retryAfter} s`, 429, { code: 'rate_limited' })
    this.retryAfter = retryAfter
  }
}

/** The caller may not do this. */
export class AuthError extends ImperalError {
  constructor(message = 'Unauthorized') {
    super(message)
  }
}

/** An argument of a call is wrong; `field` is its dotted path. */
export class ValidationError extends ImperalError {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

/** Another extension, or this one, failed. */
export class ExtensionError extends ImperalError {
  readonly appId: string
  /** Why, as the other extension's result says it: `NOT_CONNECTED`, `CONFIRMATION_REQUIRED`, … */
  readonly errorCode: string
  constructor(appId: string, message: string, errorCode = 'INTERNAL') {
    super(message, { code: 'extension_error' })
    this.appId = appId
    this.errorCode = errorCode
  }
}

/** A chain of `ctx.extensions.call` came back to an app that is already in it. */
export class CircularCallError extends ExtensionError {
  readonly callStack: readonly string[]
  constructor(callStack: readonly string[]) {
    super(callStack.at(-1) ?? '', `Circular call detected: ${callStack.join(' -> ')}`)
    this.callStack = callStack
  }
}

/** A limit of the plan or the operator is reached. */
export class QuotaExceededError extends ImperalError {
  readonly resource: string
  readonly limit: number
  constructor(resource: string, limit: number) {
    super(`Quota of ${resource} exceeded (limit ${limit})`, { code: 'quota_exceeded' })
    this.resource = resource
    this.limit = limit
  }
}

/** Only skeleton handlers read skeletons. */
export class SkeletonAccessForbidden extends ImperalError {
  constructor(message = 'Only skeleton handlers may read ctx.skeleton') {
    super(message)
  }
}

export class StoreError extends ImperalError {}

/** The document store did not answer; `retryAfter` is in seconds. */
export class StoreUnavailable extends StoreError {
  readonly retryAfter: number
  constructor(retryAfter = 30, message = 'The document store is unavailable') {
    super(message)
    this.retryAfter = retryAfter
  }
}

/** The store answered something that is not in its contract. */
export class StoreContractError extends StoreError {}

/** `ifMatch` did not match: somebody else changed the document, nothing was written. */
export class StoreConflict extends StoreError {
  readonly documentId: string
  readonly expectedEtag: string
  readonly currentEtag: string
  constructor(documentId: string, expectedEtag: string, currentEtag: string) {
    super(`Document '${documentId}' was changed by somebody else`)
    this.documentId = documentId
    this.expectedEtag = expectedEtag
    this.currentEtag = currentEtag
  }
}

/** Errors of `ctx.secrets` never carry a value. */
export class SecretError extends ImperalError {}

export class SecretNotDeclaredError extends SecretError {
  constructor(name: string) {
    super(`Secret '${name}' is not declared with ext.secret`)
  }
}

export class SecretWriteForbidden extends SecretError {
  constructor(name: string) {
    super(`Secret '${name}' may only be written by the user`)
  }
}

export class SecretVaultUnavailable extends SecretError {
  constructor(message = 'The secret store is unavailable') {
    super(message)
  }
}

export class SecretValueTooLarge extends SecretError {
  constructor(name: string, maxBytes: number) {
    super(`The value of secret '${name}' is larger than ${maxBytes} bytes`)
  }
}

export class SecretDeclarationConflict extends SecretError {
  constructor(name: string) {
    super(`Secret '${name}' is declared twice`)
  }
}

const BODY_EXCERPT = 200

/** An HTTP answer of 400 or above; the message carries at most 200 characters of the body. */
export class HttpStatusError extends ImperalError {
  readonly statusCode: number
  readonly body: JsonValue
  constructor(statusCode: number, body: JsonValue) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    super(`HTTP ${statusCode}: ${text.slice(0, BODY_EXCERPT)}`)
    this.statusCode = statusCode
    this.body = body
  }
}

/** The user cancelled the task; let it pass through. */
export class TaskCancelled extends ImperalError {
  readonly taskId: string | null
  constructor(taskId: string | null = null) {
    super('Task cancelled.')
    this.taskId = taskId
  }
}

export class CallTokenError extends ImperalError {
  constructor(message = 'The call token is not valid') {
    super(message)
  }
}

/** An access token could not be renewed. */
export class TokenRefreshError extends ImperalError {
  readonly reconnectRequired: boolean
  readonly statusCode: number
  constructor(message: string, reconnectRequired: boolean, statusCode: number) {
    super(message)
    this.reconnectRequired = reconnectRequired
    this.statusCode = statusCode
  }
}

/** A registration is wrong; thrown while the module loads, so that it never reaches a platform. */
export class DeclarationError extends ImperalError {}

/** This member of ctx does not exist in this kind of handler (sdk.md 3.1). */
export class ContextUnavailable extends ImperalError {
  readonly member: string
  readonly handlerKind: HandlerKind
  constructor(member: string, handlerKind: HandlerKind, why?: string) {
    super(`ctx.${member} is not available in a ${handlerKind} handler${why === undefined ? '' : `: ${why}`}`)
    this.member = member
    this.handlerKind = handlerKind
  }
}

const CLASSES = {
  ImperalError,
  APIError,
  NotFoundError,
  RateLimitError,
  AuthError,
  ValidationError,
  ExtensionError,
  CircularCallError,
  QuotaExceededError,
  SkeletonAccessForbidden,
  StoreError,
  StoreUnavailable,
  StoreContractError,
  StoreConflict,
  SecretError,
  SecretNotDeclaredError,
  SecretWriteForbidden,
  SecretVaultUnavailable,
  SecretValueTooLarge,
  SecretDeclarationConflict,
  HttpStatusError,
  TaskCancelled,
  CallTokenError,
  TokenRefreshError,
  DeclarationError,
  ContextUnavailable,
}

// A minified bundle renames classes; the names that people and the wire see must not change with it.
for (const [name, errorClass] of Object.entries(CLASSES)) {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, writable: true, configurable: true })
}
