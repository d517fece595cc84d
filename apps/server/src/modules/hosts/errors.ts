import type { WireError } from '@imperal/contract'

/** Why a call into an extension gave no result. Codes are permanent. */
export type HostErrorCode =
  | 'EXT_HUNG'
  | 'EXT_CRASHED'
  | 'EXT_TIMEOUT'
  | 'EXT_DISABLED'
  | 'EXT_DISABLED_FOR_CALLER'
  | 'EXT_START_FAILED'
  | 'EXT_OUT_OF_MEMORY'
  | 'EXT_THREW'
  | 'EXT_ABORTED'
  | 'EXT_PROTOCOL'
  | 'RESULT_TOO_LARGE'

const SENTENCES: Readonly<Record<HostErrorCode, string>> = {
  EXT_HUNG: 'The extension stopped answering and was ended.',
  EXT_CRASHED: 'The extension ended unexpectedly.',
  EXT_TIMEOUT: 'The extension did not finish in time.',
  EXT_DISABLED: 'This version of the extension is switched off after repeated crashes, until it is deployed again.',
  EXT_DISABLED_FOR_CALLER:
    'This version of the extension is switched off for one user, whose calls crashed it three times within an hour.',
  EXT_START_FAILED: 'The extension could not be started.',
  EXT_OUT_OF_MEMORY: 'The extension used more memory than it may and was ended.',
  EXT_THREW: 'The extension failed with an error.',
  EXT_ABORTED: 'The call was cancelled.',
  EXT_PROTOCOL: 'The extension broke the rules of its connection and was ended.',
  RESULT_TOO_LARGE: 'The result of the extension is too large.',
}

/**
 * A call that failed in its host. `error` is the author's own error, its stack pointing into the author's source; the
 * message is for people and never holds a stack.
 */
export class HostError extends Error {
  readonly code: HostErrorCode
  readonly error: WireError | undefined
  constructor(code: HostErrorCode, options: { message?: string | undefined; error?: WireError | undefined } = {}) {
    super(options.message ?? SENTENCES[code])
    this.name = 'HostError'
    this.code = code
    this.error = options.error
  }
}

/** Thrown by an implementation of callbacks to refuse one with an error that the author's code receives as it is. */
export class CallbackError extends Error {
  readonly wire: WireError
  constructor(wire: WireError) {
    super(wire.message)
    this.name = 'CallbackError'
    this.wire = wire
  }
}
