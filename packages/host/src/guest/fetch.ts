import { EGRESS_CALL_HEADER, EGRESS_REFUSED_HEADER } from '@imperal/contract/host-limits'
import type { Call } from './call.ts'
import {
  getHeader,
  headersOf,
  headersOfResponse,
  NativeError,
  NativePromise,
  NativeRequest,
  nativeFetch,
  setHeader,
  whenSettled,
} from './intrinsics.ts'

/**
 * Ties every plain `fetch` of author code to its call, and turns a refusal of the egress into a rejection: an
 * answer that the platform made up must never look like one of the remote server.
 */
export function captureFetch(current: () => Call | null): void {
  globalThis.fetch = function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return new NativePromise((resolve, reject) => {
      const call = current()
      if (call === null) throw new NativeError('fetch works only while the platform runs one of your handlers.')
      if (call.ended !== null) throw call.ended()
      const request = new NativeRequest(input, init)
      setHeader(headersOf(request), EGRESS_CALL_HEADER, call.token)
      whenSettled(
        nativeFetch(request),
        (response) => {
          const refusal = getHeader(headersOfResponse(response as Response), EGRESS_REFUSED_HEADER)
          if (refusal === null) resolve(response as Response)
          else reject(new NativeError(refusal))
        },
        reject,
      )
    })
  } as typeof globalThis.fetch
}
