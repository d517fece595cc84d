import type { ErrorBody } from '@imperal/contract'
import { defineErrors, PlatformError } from '../errors.ts'
import { STATUS } from './status.ts'

export const httpErrors = defineErrors('HTTP', {
  NOT_FOUND: { kind: 'not_found', message: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: {
    kind: 'not_found',
    message: (details: { method: string; allowed: string }) =>
      `This address does not answer ${details.method}, only ${details.allowed}.`,
  },
  BAD_ADDRESS: { kind: 'invalid', message: 'The address of the request is not a valid URL.' },
  UNREADABLE: { kind: 'invalid', message: 'What arrived is not a valid HTTP request.' },
  UNAUTHENTICATED: {
    kind: 'unauthenticated',
    message: 'Sign in first: this address needs a valid access token or API key.',
  },
  FORBIDDEN: {
    kind: 'forbidden',
    message: (details: { reason?: string }) => details.reason ?? 'You may not do that.',
  },
  PANEL_REQUIRED: { kind: 'forbidden', wireCode: 'panel_required', message: 'This is only possible in the panel.' },
  AMBIGUOUS_CREDENTIALS: { kind: 'invalid', message: 'The request carries two different credentials; send one.' },
  BAD_JSON: { kind: 'invalid', message: 'The body is not valid JSON.' },
  PROTO_NAME: {
    kind: 'invalid',
    message:
      'The body has a member named `__proto__`, which means something to the language itself. Give it another name.',
  },
  BAD_FORM: { kind: 'invalid', message: 'The body is not a whole form: it is cut off, or its parts are malformed.' },
  TOO_DEEP: {
    kind: 'invalid',
    message: (details: { most: number }) => `The JSON of the body is nested more than ${details.most} levels deep.`,
  },
  WRONG_MEDIA_TYPE: { kind: 'unsupported', message: 'Send the body as application/json.' },
  TOO_LARGE: { kind: 'too_large', message: 'The body is larger than this address accepts.' },
  RATE_LIMITED: {
    kind: 'rate_limited',
    message: (details: { retryAfter?: number }) => `Too many requests. Try again in ${details.retryAfter ?? 1} s.`,
  },
  IDEMPOTENCY_KEY_INVALID: {
    kind: 'invalid',
    message: 'Idempotency-Key must be 1 to 128 visible ASCII characters without blanks.',
  },
  IDEMPOTENCY_CONFLICT: {
    kind: 'conflict',
    message: 'This Idempotency-Key was used with another body.',
    hint: 'Use a new key for every new request.',
    wireCode: 'idempotency_conflict',
  },
  IDEMPOTENCY_RUNNING: {
    kind: 'conflict',
    message: 'The first request with this Idempotency-Key is still running.',
    hint: 'Ask again in a second.',
  },
  IDEMPOTENCY_UNKNOWN: {
    kind: 'conflict',
    message: 'The first request with this Idempotency-Key was cut off, and nobody knows whether it was done.',
    hint: 'Look whether it was; if not, repeat it with a new key.',
  },
  NO_KERNEL: {
    kind: 'unavailable',
    message: 'No process of this installation runs apps at the moment. Try again in a moment.',
  },
  NODE_LOST: {
    kind: 'unavailable',
    message: 'The process that answered ended before it was done, and nobody knows whether it was.',
    hint: 'Look whether it was; repeat it with the same Idempotency-Key if it carried one.',
  },
  SHUTTING_DOWN: { kind: 'unavailable', message: 'The server is stopping. Try again in a moment.' },
})

/** One problem of a request that did not match its schema, in the shape of `detail` for 422. */
export interface ValidationProblem {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

export class RequestInvalid extends Error {
  readonly problems: readonly ValidationProblem[]
  constructor(problems: readonly ValidationProblem[]) {
    super(problems.map((problem) => `${problem.loc.slice(1).join('.') || problem.loc[0]}: ${problem.msg}`).join('; '))
    this.name = 'RequestInvalid'
    this.problems = problems
  }
}

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
}

// Connection failures of the database must not look like a verdict about the caller (api 1.10: 503, never 401).
const DATABASE_DOWN = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08003',
  '53300',
])

const UNSTORABLE: ReadonlySet<string> = new Set(['22021', '22P05'])

function isUnstorable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  // What we send as JSON is JSON; PostgreSQL takes only half of a surrogate pair in it for a mistake in the syntax.
  return UNSTORABLE.has(String(code)) || (code === '22P02' && /for type json/.test(String(message)))
}

/** A failed or lost connection to the database, as opposed to an answer of it. */
export function isDatabaseDown(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  const message = error instanceof Error ? error.message : ''
  return (typeof code === 'string' && DATABASE_DOWN.has(code)) || message.startsWith('Connection terminated')
}

function answer(
  status: number,
  wire: string,
  message: string,
  options: { detail?: unknown; requestId: string; headers?: Record<string, string> },
): ErrorAnswer {
  return {
    status,
    headers: options.headers ?? {},
    body: { detail: options.detail ?? message, error: wire, message, status, request_id: options.requestId },
  }
}

/** The documented error body for anything that was thrown. Unknown errors tell nothing but the request id. */
export function toErrorAnswer(error: unknown, requestId: string): ErrorAnswer {
  if (error instanceof RequestInvalid)
    return answer(422, 'validation_error', error.message, { detail: error.problems, requestId })
  if (error instanceof PlatformError) {
    const [status, wire] = STATUS[error.kind]
    const headers: Record<string, string> = {}
    if (status === 401) headers['www-authenticate'] = 'Bearer'
    const retryAfter = error.details.retryAfter
    if (typeof retryAfter === 'number') headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfter)))
    else if (status === 503) headers['retry-after'] = '2'
    const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`
    return answer(status, error.wireCode ?? wire, message, { detail: error.wireDetail ?? message, requestId, headers })
  }
  if (isDatabaseDown(error)) {
    return answer(503, 'unavailable', 'The database does not answer. Try again in a moment.', {
      requestId,
      headers: { 'retry-after': '2' },
    })
  }
  // Text that the database cannot hold is its sender's mistake: U+0000, or half of a surrogate pair.
  if (isUnstorable(error))
    return answer(400, 'invalid_request', 'The request holds a character that cannot be stored, such as U+0000.', {
      requestId,
    })
  return answer(500, 'internal_error', `Something went wrong on our side. Quote ${requestId} when you report it.`, {
    requestId,
  })
}
