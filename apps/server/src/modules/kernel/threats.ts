import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { ConfirmedCall } from './corridor/stages.ts'

/** Attempts of extension code to reach beyond its call; every figure should be zero (I-STORE-THREAT-COUNTER-1). */
export interface ThreatCounters {
  count(what: string, call: ConfirmedCall): void
  readonly counts: ReadonlyMap<string, number>
}

export function createThreatCounters(audit: Audit, log: Log): ThreatCounters {
  const counts = new Map<string, number>()
  return {
    counts,
    count(what, { pass, use, handler }) {
      counts.set(what, (counts.get(what) ?? 0) + 1)
      audit
        .record({
          tenantId: pass.actor.tenantId,
          actorId: pass.actor.userId,
          actorType: pass.actor.kind === 'user' ? 'user' : 'system',
          action: 'extension.boundary_attempt',
          targetType: 'app',
          targetId: use.app.appId,
          metadata: { what, function: handler.functionName, call_id: pass.callId },
          source: 'kernel',
          retentionClass: 'security_forever',
        })
        .catch((error) => log.error({ err: error, call: pass.callId, what }, 'a boundary attempt was not audited'))
    },
  }
}
