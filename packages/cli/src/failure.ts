import type { ApiError } from '@imperal/client'
import type { Issue } from '@imperal/validators'

interface FailureOptions {
  readonly hint?: string
  readonly details?: readonly string[]
  readonly issues?: readonly Issue[]
  readonly cause?: unknown
}

/** Why a command cannot go on, as a sentence, and what to do about it. */
export class CliFailure extends Error {
  readonly hint: string | undefined
  /** Lines to print above the sentence. */
  readonly details: readonly string[]
  /** The same as findings, for programs that read them. */
  readonly issues: readonly Issue[]

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CliFailure'
    this.hint = options.hint
    this.details = options.details ?? []
    this.issues = options.issues ?? []
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** By its name, so that a command that asks no platform does not load the client for it. */
const isApiError = (error: unknown): error is ApiError => error instanceof Error && error.name === 'ApiError'

/** What to print about whatever a command threw. */
export function linesOf(error: unknown): string[] {
  if (error instanceof CliFailure) {
    return [...error.details, error.message, ...(error.hint === undefined ? [] : [error.hint])]
  }
  if (isApiError(error)) {
    const where = error.requestId === null ? '' : ` (request ${error.requestId})`
    return [
      `${error.message}${where}`,
      ...(error.status === 0
        ? ['Is the platform running? Start it with `npm start`, or name another one with --api.']
        : []),
    ]
  }
  return [error instanceof Error && error.stack !== undefined ? error.stack : String(error)]
}
