import type { Window } from '../../../foundation/http/index.ts'
import type { ActingUser } from '../context/acting-user.ts'
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

/** The calendar month (UTC), as usage is shown. */
const monthOf = (now: number): Window => {
  const at = new Date(now)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  return { from: Date.UTC(year, month), until: Date.UTC(year, month + 1) }
}

/** Actions that somebody may do in a month, as plan and role say; null: any number. */
export function monthlyActions(parts: KernelParts, actor: Pick<ActingUser, 'limits'>): number | null {
  const { actionsPerMonth } = parts.settings.limits
  if (actionsPerMonth === null) return null
  const most = actor.limits?.monthlyActions ?? actionsPerMonth
  return most < 0 ? null : most
}

/**
 * G5: calls per minute of a user and of an app (as many as the tier of its developer allows, kernel 10.5), and actions per month. Counters are leased to this node in blocks, so a
 * warm call reads nothing (decision 8). Reads do not use up the monthly allowance.
 */
export async function checkQuota(parts: KernelParts, call: AuthorizedCall): Promise<AuthorizedCall | RefusedCall> {
  const { limits } = parts.settings
  const { intent, actor } = call.pass
  const full = await refuseWithoutPlace(parts, call)
  if (full !== null) return full
  if (limits.factor === 0 || !COUNTED.has(intent.source)) return call
  // The factor is the operator's, and the tier's figure is one of production as well.
  const ofTier = intent.partOfBatch === true ? null : ((await parts.callRate?.(call.use.app)) ?? null)
  const appCalls = Math.min(limits.callsPerAppMinute, ofTier ?? limits.callsPerAppMinute)
  const appKey = `calls:app:${intent.appId}`
  const counters: (readonly [string, number, number | Window])[] = []
  if (intent.partOfBatch !== true)
    counters.push(
      [`calls:user:${actor.tenantId}:${actor.userId}`, limits.callsPerUserMinute * limits.factor, 60],
      [appKey, appCalls * limits.factor, 60],
    )
  if (call.handler.actionType !== 'read') {
    const most = monthlyActions(parts, actor)
    if (most !== null) counters.push([`actions:${actor.tenantId}:${actor.userId}`, most, monthOf(parts.clock.now())])
  }
  for (const [key, limit, window] of counters) {
    const verdict = await parts.limiter.take(key, limit, window)
    if (verdict.allowed) continue
    return refuse(call, {
      ledger: 'denied',
      code: 'RATE_LIMITED',
      message:
        typeof window !== 'number'
          ? `You have used all ${limit} actions of this month.`
          : key === appKey && ofTier !== null
            ? `The app has had the ${limit} calls of a minute that its developer's tier allows. Try again in ${verdict.reset} s.`
            : `Too many calls in a short time. Try again in ${verdict.reset} s.`,
      retryable: true,
      http: { status: 429, retryAfter: verdict.reset },
    })
  }
  return call
}
