import type { JsonObject } from '@imperal/contract'

const RETRYABLE: ReadonlySet<string> = new Set(['IR_CONFLICT', 'BACKEND_TIMEOUT', 'BACKEND_5XX', 'RATE_LIMITED'])

/** A run that ends early, with a code of ir 10.4 and a sentence for the person who called. */
export class RunError extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly detail: JsonObject
  /** Names the step; set by the interpreter. */
  step: string | null = null

  constructor(code: string, message: string, detail: JsonObject = {}, retryable = RETRYABLE.has(code)) {
    super(message)
    this.name = 'RunError'
    this.code = code
    this.detail = detail
    this.retryable = retryable
  }
}
