import { sql } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { noticeInstall } from './announce.ts'
import type { DueHooks, UserKey } from './types.ts'

const PAUSE_MS = 10 * 60_000
/** Users and apps that a node keeps in mind; the oldest is asked about once too often. */
const MOST = 10_000

/** Makes an upgrade due that was given up, unless the user has another version by now or a later upgrade is on its way. */
function revive(db: Database, { user, appId }: { user: UserKey; appId: string }, nowMs: number): Promise<boolean> {
  const [now, before] = [nowMs, nowMs - PAUSE_MS].map((time) => new Date(time).toISOString())
  return db.tenant(user.tenantId, async (tx) => {
    // A hook has `next_at` of the moment when it was given up.
    const { rows } = await sql`
      update registry.due_hook h set gave_up = false, attempts = 0, next_at = ${now}::timestamptz
      from registry.install i
      where (i.tenant_id, i.user_id, i.app_id) = (h.tenant_id, h.user_id, h.app_id) and i.installed_version = h.from_version
        and h.tenant_id = ${user.tenantId} and h.user_id = ${user.userId} and h.app_id = ${appId}
        and h.hook = 'on_upgrade' and h.gave_up and h.next_at <= ${before}::timestamptz
        and not exists (
          select from registry.due_hook e
          where (e.tenant_id, e.user_id, e.app_id, e.hook) = (h.tenant_id, h.user_id, h.app_id, h.hook)
            and (not e.gave_up or e.id > h.id)
        )
      returning 1`.execute(tx)
    if (rows.length > 0) await noticeInstall(tx, { user, appId, hooks: true })
    return rows.length > 0
  })
}

export function openUpgradeRetries({
  db,
  clock,
}: {
  readonly db: Database
  readonly clock: Clock
}): DueHooks['retryUpgrade'] {
  const asked = new Map<string, number>()
  return async (user, appId) => {
    const [key, now] = [JSON.stringify([user.tenantId, user.userId, appId]), clock.now()]
    if (now - (asked.get(key) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS) return false
    asked.delete(key)
    const oldest = asked.keys().next()
    if (asked.size >= MOST && !oldest.done) asked.delete(oldest.value)
    asked.set(key, now)
    return revive(db, { user, appId }, now)
  }
}
