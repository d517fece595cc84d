import { DEFAULT_TENANT } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit, RefusedRequest } from './types.ts'

const MINUTE = 60_000
const PER_PLACE = 5
// At most 86,400 rows a day and node, some 25 MB, whoever knocks.
const PER_MINUTE = 60
// A client finds out that its token has expired by being told so, every hour.
const EVERYDAY: ReadonlySet<string> = new Set(['IDENTITY_TOKEN_EXPIRED'])

/** Writes requests without a usable credential to the log, a sample of them when there are many. */
export function noteRefusals(options: {
  readonly clock: Clock
  readonly log?: Log
  readonly record: Audit['record']
}): Audit['refused'] {
  let window = 0
  let written = 0
  let suppressed = 0
  const places = new Map<string, number>()

  function mayWrite(ip: string): boolean {
    const now = Math.floor(options.clock.now() / MINUTE)
    if (now !== window) {
      window = now
      written = 0
      places.clear()
    }
    const seen = places.get(ip) ?? 0
    if (written >= PER_MINUTE || seen >= PER_PLACE) return false
    places.set(ip, seen + 1)
    written++
    return true
  }

  return ({ code, method, route, ip, requestId }: RefusedRequest) => {
    if (EVERYDAY.has(code)) return
    if (!mayWrite(ip)) {
      suppressed++
      return
    }
    const missed = suppressed
    suppressed = 0
    options
      .record({
        tenantId: DEFAULT_TENANT,
        actorId: 'anonymous',
        actorType: 'anonymous',
        action: 'auth.refused',
        targetType: 'route',
        targetId: `${method} ${route}`,
        metadata: { code, ...(missed === 0 ? {} : { suppressed: missed }) },
        source: 'api',
        status: 'denied',
        ip,
        requestId,
        // Anybody can cause these, so they are not kept for ever.
        retentionClass: 'standard_90d',
      })
      .catch((error) => options.log?.error({ err: error, requestId }, 'a refused request was not audited'))
  }
}
