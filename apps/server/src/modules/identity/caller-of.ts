import type { Caller } from './context.ts'

/** What of a request says where it came from. */
export interface CallerRequest {
  readonly ip: string
  readonly requestId: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export function callerOf(request: CallerRequest): Caller {
  const agent = request.headers['user-agent']
  return { ip: request.ip, requestId: request.requestId, userAgent: typeof agent === 'string' ? agent : null }
}
