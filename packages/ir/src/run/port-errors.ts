import { RunError } from './run-error.ts'

const CODES: Readonly<Record<string, string>> = {
  not_found: 'IR_NOT_FOUND',
  store_conflict: 'IR_CONFLICT',
  validation_error: 'VALIDATION_TYPE_ERROR',
  rate_limited: 'RATE_LIMITED',
  timeout: 'BACKEND_TIMEOUT',
  unavailable: 'BACKEND_5XX',
  store_unavailable: 'BACKEND_5XX',
  call_aborted: 'BACKEND_TIMEOUT',
  auth_error: 'PERMISSION_DENIED',
  forbidden: 'PERMISSION_DENIED',
  quota_exceeded: 'PERMISSION_DENIED',
  context_unavailable: 'PERMISSION_DENIED',
  circular_call_error: 'IR_CALL_CYCLE',
  internal: 'INTERNAL',
}
const APP_CODE = /^[A-Z][A-Z0-9_]{2,63}$/

interface PortError extends Error {
  readonly code: string
  readonly detail?: { readonly [key: string]: unknown }
}

const carriesCode = (error: unknown): error is PortError =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'string'

function codeOf({ code, detail }: PortError): string {
  if (code === 'api_error') return detail?.status_code === 504 ? 'BACKEND_TIMEOUT' : 'BACKEND_5XX'
  if (code === 'extension_error') {
    const callee = detail?.error_code
    return typeof callee === 'string' && APP_CODE.test(callee) ? callee : 'EXT_UNSTRUCTURED_ERROR'
  }
  return CODES[code] ?? 'INTERNAL'
}

/** Runs a callback; a refusal of the platform becomes a failure of the step, anything else is thrown on (ir 10.4). */
export async function withPortErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RunError || !carriesCode(error)) throw error
    const code = codeOf(error)
    throw new RunError(code, code === 'INTERNAL' ? 'The platform could not do this at the moment.' : error.message)
  }
}
