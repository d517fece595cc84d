import { ApiError } from '@imperal/client'

/** Why a command cannot go on, as a sentence, and what to do about it. */
export class CliFailure extends Error {
  readonly hint: string | undefined
  /** Lines to print above the sentence. */
  readonly details: readonly string[]

  constructor(message: string, options: { hint?: string; details?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CliFailure'
    this.hint = options.hint
    this.details = options.details ?? []
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What to print about whatever a command threw. */
export function linesOf(error: unknown): string[] {
  if (error instanceof CliFailure) {
    return [...error.details, error.message, ...(error.hint === undefined ? [] : [error.hint])]
  }
  if (error instanceof ApiError) {
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
