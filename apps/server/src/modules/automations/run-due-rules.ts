import { uuidv7 } from '../../foundation/ids.ts'
import { parseCron } from '../../foundation/jobs/index.ts'
import { SCHEDULED } from './ground-rule.ts'
import { notePaused, tellNotices } from './notify-owner.ts'
import type { RuleRow } from './tables.ts'
import { noteSkip, triggerRule } from './trigger-rule.ts'
import type { Parts } from './types.ts'

const EVERY_SECONDS = 15
const AT_ONCE = 100
/** A time that passed while nothing ran is made up for within so long, and only counted after that (K6.26). */
const CATCH_UP_MS = 15 * 60_000

/** Takes the rules whose time has come; of the times that passed meanwhile the last one counts. */
async function runBatch(parts: Parts): Promise<number> {
  const now = new Date(parts.clock.now())
  const { count, notices } = await parts.db.everyTenant(async (tx) => {
    const rules = await tx
      .selectFrom('automations.rule')
      .selectAll()
      .where('status', '=', 'active')
      .where('next_due_at', '<=', now)
      .orderBy('next_due_at')
      .limit(AT_ONCE)
      .forUpdate()
      .skipLocked()
      .execute()
    const notices = []
    for (const rule of rules) {
      const recurrence = rule.cron === null ? null : parseCron(rule.cron, rule.zone)
      await tx
        .updateTable('automations.rule')
        .set({ next_due_at: recurrence?.nextDue(now) ?? null })
        .where('rule_id', '=', rule.rule_id)
        .execute()
      const minute = recurrence?.lastDue(now) ?? null
      if (minute === null) continue
      if (now.getTime() - minute.getTime() > CATCH_UP_MS) {
        await noteSkip(parts, tx, rule, 'missed')
        continue
      }
      const { paused: one } = await triggerRule(parts, tx, rule, {
        cause: `due_${minute.toISOString()}`,
        event: scheduledEvent(rule, minute, now),
        traceId: undefined,
      })
      if (one !== null) notices.push(await notePaused(parts, tx, one))
    }
    return { count: rules.length, notices }
  })
  await tellNotices(parts, notices)
  return count
}

/** What templates of such a rule see. */
const scheduledEvent = (rule: RuleRow, minute: Date, now: Date) => ({
  event_type: SCHEDULED,
  type: SCHEDULED,
  event_id: uuidv7(),
  source: 'system',
  tenant_id: rule.tenant_id,
  user_id: rule.user_id,
  timestamp: now.toISOString(),
  data: { due: minute.toISOString(), schedule: rule.cron, timezone: rule.zone },
})

/** Each due minute makes a rule run once, on whatever node: the row is locked, and its next time is set with it. */
export async function runDueRules(parts: Parts, stopping?: AbortSignal): Promise<void> {
  while (stopping?.aborted !== true) if ((await runBatch(parts)) < AT_ONCE) return
}

/** Returns a function that stops it. */
export const openDueRules = (parts: Parts): (() => Promise<void>) =>
  parts.jobs.upkeep('automations.due', EVERY_SECONDS, (signal) => runDueRules(parts, signal))
