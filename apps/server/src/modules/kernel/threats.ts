import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { ConfirmedCall, RefusedCall } from './corridor/stages.ts'

/** Attempts to reach beyond what a call may; every figure should be zero (I-STORE-THREAT-COUNTER-1). */
export interface ThreatCounters {
  /** Extension code reached beyond its call. Counted and audited. */
  count(what: string, call: ConfirmedCall): void
  /** Arguments named another tenant (K3.20). Counted, and told in the log; the refusal has its row and its audit entry. */
  tenantMismatch(call: RefusedCall): void
  readonly counts: ReadonlyMap<string, number>
}

export function createThreatCounters(audit: Audit, log: Log): ThreatCounters {
  const counts = new Map<string, number>()
  const add = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  return {
    counts,
    tenantMismatch({ pass }) {
      add('tenant_mismatch')
      const { actor, intent } = pass
      log.error(
        { call: pass.callId, tenant: actor.tenantId, user: actor.userId, app: intent.appId, function: intent.function },
        'a call named another tenant and was refused',
      )
    },
    count(what, { pass, use, handler }) {
      add(what)
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
