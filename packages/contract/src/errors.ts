import * as z from 'zod'

/** Kinds of failure; only the gateway knows the HTTP status that belongs to each. */
export const ErrorKind = z.enum([
  'invalid',
  'unauthenticated',
  'payment_required',
  'forbidden',
  'not_found',
  'conflict',
  'gone',
  'too_large',
  'unsupported',
  'unprocessable',
  'rate_limited',
  'timeout',
  'unavailable',
  'internal',
])
export type ErrorKind = z.infer<typeof ErrorKind>

/** The closed platform taxonomy (sdk.md 4.12, K3.40) and the kernel's own codes beside it. */
export const PLATFORM_ERROR_CODES = [
  'VALIDATION_MISSING_FIELD',
  'VALIDATION_TYPE_ERROR',
  'FABRICATED_ID_SHAPE',
  'UNKNOWN_TOOL',
  'UNKNOWN_SUB_FUNCTION',
  'PERMISSION_DENIED',
  'BACKEND_TIMEOUT',
  'BACKEND_5XX',
  'RATE_LIMITED',
  'INTERNAL',
  'EXT_UNSTRUCTURED_ERROR',
] as const
export const KERNEL_ERROR_CODES = [
  'TENANT_SCOPE_VIOLATION',
  'CONFIRMATION_REQUIRED',
  'CONFIRMATION_CONSUMED',
  'CONFIRMATION_EXPIRED',
  'MONEY_RELEASE_DENIED',
  'MONEY_RELEASE_ALREADY_CONSUMED_OR_EXPIRED',
  'SECRET_MISSING',
  'INSUFFICIENT_CREDITS',
  'LLM_UNAVAILABLE',
  'TASK_LIMIT_REACHED',
  'RESULT_TOO_LARGE',
  'WRITE_NOT_REFLECTED',
  'UNRESOLVED_REFS',
] as const
export type PlatformErrorCode = (typeof PLATFORM_ERROR_CODES)[number]
export type KernelErrorCode = (typeof KERNEL_ERROR_CODES)[number]

/** Body of every answer that is not 2xx (api.md 1.10). */
export const ErrorBody = z.object({
  detail: z.unknown(),
  error: z.string(),
  message: z.string(),
  status: z.number().int(),
  request_id: z.string(),
})
export type ErrorBody = z.infer<typeof ErrorBody>
