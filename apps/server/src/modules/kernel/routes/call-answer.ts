import type { PlatformError } from '../../../foundation/errors.ts'
import type { Principal } from '../../../foundation/http/index.ts'
import { kernelErrors } from '../errors.ts'
import type { CallOutcome, CallSource, KernelCaller } from '../types.ts'

/** The error of an outcome whose HTTP status is not 200 (decisions: refusals on the wire). */
export function refusalError(refusal: NonNullable<CallOutcome['refusal']>, appId: string): PlatformError {
  if (refusal.status === 404) return kernelErrors.APP_NOT_FOUND({ appId })
  if (refusal.code === 'TASK_LIMIT_REACHED')
    return kernelErrors.TASK_LIMIT_REACHED({ reason: refusal.message, retryAfter: refusal.retryAfter ?? 5 })
  if (refusal.status === 429) return kernelErrors.RATE_LIMITED({ retryAfter: refusal.retryAfter ?? 1 })
  if (refusal.status === 503) return kernelErrors.UNAVAILABLE({ retryAfter: refusal.retryAfter ?? 2 })
  if (refusal.code === 'TENANT_SCOPE_VIOLATION') return kernelErrors.TENANT_SCOPE_VIOLATION()
  return kernelErrors.APP_DENIED({ reason: refusal.message })
}

/** The panel's own sign-in is a person clicking; keys and services are programs. */
export const sourceOf = (principal: Principal): CallSource =>
  principal.kind === 'user' && principal.credential === 'jwt' && principal.tokenUse === null ? 'panel' : 'api'

/** In whose name a signed-in person calls. */
export const callerOf = ({ tenantId, userId, limitedTo }: Principal & { readonly userId: string }): KernelCaller => ({
  tenantId,
  userId,
  limitedTo,
})
