export {
  administers,
  isAdministrator,
  isAdminScope,
  mayAdminister,
  requireInstallation,
  runsInstallation,
} from './administration.ts'
export { pageOf } from './bare-lists.ts'
export { drained } from './drained.ts'
export { type FailedCredentials, openFailedCredentials } from './failed-credentials.ts'
export {
  HIJACKED,
  implement,
  type MountedRoute,
  RouteReply,
  type RouteRequest,
  reply,
  type UploadedFile,
} from './handler.ts'
export { type Idempotency, openIdempotency } from './idempotency.ts'
export { installMalformedRequests, malformedRequestOptions } from './malformed-requests.ts'
export { installErrorHandling, type MountOptions, mountRoutes, pattern, requestIdOf } from './mount.ts'
export { installNotFound, type MethodsAt, methodsAt, sendNotFound } from './not-found.ts'
export { openApi } from './openapi.ts'
export { installJsonBodies } from './parse-json.ts'
export type { CallClaims, Principal } from './principal.ts'
export { httpErrors, isDatabaseDown, RequestInvalid, toErrorAnswer } from './problem.ts'
export { createRateLimiter, type RateLimiter, tidyRateCounters, type Window } from './rate-limiter.ts'
export { LARGEST_UPLOAD, readInTime, readSecondsOf, readWithin } from './read-within.ts'
export { STATUS } from './status.ts'
