/** Why an outbound request did not happen, or did not end. Codes are permanent. */
export type EgressCode =
  | 'EGRESS_REFUSED'
  | 'EGRESS_INVALID'
  | 'EGRESS_UNREACHABLE'
  | 'EGRESS_TIMEOUT'
  | 'EGRESS_TOO_LARGE'
  | 'EGRESS_TOO_MANY_REDIRECTS'
  | 'EGRESS_ABORTED'

/** An outbound request that failed. The message is a sentence for the author; it names the host, never an address. */
export class EgressError extends Error {
  readonly code: EgressCode
  constructor(code: EgressCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'EgressError'
    this.code = code
  }
}
