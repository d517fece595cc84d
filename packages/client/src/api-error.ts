import type { ErrorBody } from '@imperal/contract'

/** An answer that was not 2xx, or no answer at all (`status` 0). `message` is a sentence for people. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: unknown
  readonly requestId: string | null
  /** Seconds to wait before the next try, when the server said so. */
  readonly retryAfter: number | null
  constructor(options: {
    status: number
    code: string
    message: string
    detail?: unknown
    requestId?: string | null
    retryAfter?: number | null
    cause?: unknown
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.status = options.status
    this.code = options.code
    this.detail = options.detail ?? null
    this.requestId = options.requestId ?? null
    this.retryAfter = options.retryAfter ?? null
  }
}

/** Reads the documented error body; anything else becomes a plain sentence with the status. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const text = await response.text()
  let body: Partial<ErrorBody> = {}
  try {
    body = JSON.parse(text) as Partial<ErrorBody>
  } catch {
    // A proxy in between answered with a page of its own.
  }
  const retry = Number(response.headers.get('retry-after'))
  return new ApiError({
    status: response.status,
    code: body.error ?? `http_${response.status}`,
    message:
      body.message ?? (typeof body.detail === 'string' ? body.detail : `The server answered ${response.status}.`),
    detail: body.detail,
    requestId: body.request_id ?? response.headers.get('x-request-id'),
    retryAfter: Number.isFinite(retry) && retry > 0 ? retry : null,
  })
}
