import type { KernelParts } from '../parts.ts'
import { refuseTooMany } from '../tasks/queue-call.ts'
import { limitsFor, tooMany } from '../tasks/task-limits.ts'
import type { CallSource } from '../types.ts'
import { type AuthorizedCall, type RefusedCall, refuse } from './stages.ts'

/** A background function that would find no place is refused before it asks its user for anything (K4.3). */
async function refuseWithoutPlace(parts: KernelParts, call: AuthorizedCall): Promise<RefusedCall | null> {
  const { actor } = call.pass
  if (!call.handler.background || actor.kind !== 'user') return null
  const limits = limitsFor(parts.settings.limits, actor.limits ?? {})
  const whose = { tenant_id: actor.tenantId, user_id: actor.userId, app_id: call.use.app.appId }
  const full = await parts.db.tenant(actor.tenantId, (tx) => tooMany(tx, whose, limits, 'waiting'))
  return full === null ? null : refuseTooMany(call, full)
}

const COUNTED: ReadonlySet<CallSource> = new Set(['chat', 'panel', 'api', 'mcp', 'automation', 'tools'])
const MONTH_SECONDS = 30 * 86_400

/**
 * G5: calls per minute of a user and of an app, and actions per month. Counters are leased to this node in blocks, so a
 * warm call reads nothing (decision 8). Reads do not use up the monthly allowance.
 */
export async function checkQuota(parts: KernelParts, call: AuthorizedCall): Promise<AuthorizedCall | RefusedCall> {
  const { limits } = parts.settings
  const { intent, actor } = call.pass
  const full = await refuseWithoutPlace(parts, call)
  if (full !== null) return full
  if (limits.factor === 0 || !COUNTED.has(intent.source)) return call
  const counters: (readonly [string, number, number])[] = []
  if (intent.partOfBatch !== true)
    counters.push(
      [`calls:user:${actor.tenantId}:${actor.userId}`, limits.callsPerUserMinute * limits.factor, 60],
      [`calls:app:${intent.appId}`, limits.callsPerAppMinute * limits.factor, 60],
    )
  if (limits.actionsPerMonth !== null && call.handler.actionType !== 'read') {
    // A role may allow less than the installation.
    const most = Math.min(limits.actionsPerMonth, actor.limits?.monthlyActions ?? limits.actionsPerMonth)
    counters.push([`actions:${actor.tenantId}:${actor.userId}`, most, MONTH_SECONDS])
  }
  for (const [key, limit, seconds] of counters) {
    const verdict = await parts.limiter.take(key, limit, seconds)
    if (verdict.allowed) continue
    return refuse(call, {
      ledger: 'denied',
      code: 'RATE_LIMITED',
      message:
        seconds === MONTH_SECONDS
          ? `You have used all ${limit} actions of this month.`
          : `Too many calls in a short time. Try again in ${verdict.reset} s.`,
      retryable: true,
      http: { status: 429, retryAfter: verdict.reset },
    })
  }
  return call
}
