import { sql } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { eventMessage, type Outbox } from '../outbox/index.ts'
import { noticeInstall } from './announce.ts'
import type { DueHook, DueHooks, LifecycleHook } from './types.ts'

interface Hooking {
  readonly db: Database
  readonly outbox: Pick<Outbox, 'publish'>
}

const LEASE_S = 90
/** Seconds before the second, third and fourth try. */
const BACKOFF_S = [5, 30, 120]

interface ClaimedRow {
  id: number
  tenant_id: string
  user_id: string
  app_id: string
  hook: LifecycleHook
  from_version: string | null
  to_version: string | null
  attempts: number
}

const toHook = (row: ClaimedRow): DueHook => ({
  id: row.id,
  tenantId: row.tenant_id,
  userId: row.user_id,
  appId: row.app_id,
  hook: row.hook,
  fromVersion: row.from_version,
  toVersion: row.to_version,
  attempt: row.attempts,
})

function claim(db: Database, now: string, limit: number): Promise<DueHook[]> {
  return db.everyTenant(async (tx) => {
    // A later hook of the same user and app waits for the earlier one: an uninstall must not overtake its install.
    const { rows } = await sql<ClaimedRow>`
      update registry.due_hook set
        attempts = attempts + 1,
        next_at = ${now}::timestamptz + make_interval(secs => ${LEASE_S})
      where id in (
        select h.id from registry.due_hook h
        where h.next_at <= ${now}::timestamptz and not h.gave_up and not exists (
          select 1 from registry.due_hook e
          where e.tenant_id = h.tenant_id and e.user_id = h.user_id and e.app_id = h.app_id and e.id < h.id and not e.gave_up
        )
        order by h.id limit ${limit} for update skip locked
      )
      returning id, tenant_id, user_id, app_id, hook, from_version, to_version, attempts`.execute(tx)
    return rows.map(toHook).sort((a, b) => a.id - b.id)
  })
}

async function done({ db, outbox }: Hooking, hook: DueHook, now: string): Promise<void> {
  await db.tenant(hook.tenantId, async (tx) => {
    const gone = await tx
      .deleteFrom('registry.due_hook')
      .where('id', '=', hook.id)
      .where('to_version', 'is not distinct from', hook.toVersion)
      .executeTakeFirst()
    // A deploy moved the target while the hook ran; the row stays and runs again from the version reached.
    const moved = gone.numDeletedRows === 0n
    if (moved) {
      await tx
        .updateTable('registry.due_hook')
        .set({ next_at: now, from_version: hook.toVersion, attempts: 0 })
        .where('id', '=', hook.id)
        .execute()
    }
    if (hook.hook === 'on_install' || hook.hook === 'on_upgrade') {
      await sql`
        update registry.install i set
          needs_attention = false,
          installed_version = coalesce(${hook.toVersion}, (select live_version from registry.app a where a.app_id = i.app_id), '')
        where i.tenant_id = ${hook.tenantId} and i.user_id = ${hook.userId} and i.app_id = ${hook.appId}`.execute(tx)
    }
    if (hook.hook === 'on_upgrade' && hook.toVersion !== null)
      await outbox.publish(tx, upgraded(hook, hook.toVersion, now))
    await noticeInstall(tx, { user: hook, appId: hook.appId, hooks: moved })
  })
}

/** The user is on another version now, and every hook between the two has run (kernel K6.3). */
const upgraded = (hook: DueHook, version: string, timestamp: string) =>
  eventMessage({
    type: 'extension.upgraded',
    source: 'system',
    tenantId: hook.tenantId,
    userId: hook.userId,
    data: { app_id: hook.appId, change: 'upgraded', from_version: hook.fromVersion, to_version: version },
    timestamp,
  }).message

function failed(db: Database, hook: DueHook, options: { reason: string; nowMs: number }): Promise<'retry' | 'gave_up'> {
  const wait = BACKOFF_S[hook.attempt - 1]
  return db.tenant(hook.tenantId, async (tx) => {
    await tx
      .updateTable('registry.due_hook')
      .set({
        last_error: options.reason.slice(0, 2000),
        gave_up: wait === undefined,
        next_at: new Date(options.nowMs + (wait ?? 0) * 1000).toISOString(),
      })
      .where('id', '=', hook.id)
      .execute()
    if (wait !== undefined) return 'retry'
    await tx
      .updateTable('registry.install')
      .set({ needs_attention: true })
      .where('tenant_id', '=', hook.tenantId)
      .where('user_id', '=', hook.userId)
      .where('app_id', '=', hook.appId)
      .execute()
    await noticeInstall(tx, { user: hook, appId: hook.appId, hooks: false })
    return 'gave_up'
  })
}

/** The queue of lifecycle hooks on the database. `onAdded` is fed by the registry's notices. */
export function openDueHooks(
  parts: Hooking & { readonly clock: Clock },
  onAdded: (listener: () => void) => () => void,
): DueHooks {
  const { db, clock } = parts
  return {
    claim: (limit) => claim(db, clock.iso(), limit),
    done: (hook) => done(parts, hook, clock.iso()),
    failed: (hook, reason) => failed(db, hook, { reason, nowMs: clock.now() }),
    nextIn: () =>
      db.everyTenant(async (tx) => {
        const row = await tx
          .selectFrom('registry.due_hook')
          .select((eb) => eb.fn.min('next_at').as('next'))
          .where('gave_up', '=', false)
          .executeTakeFirst()
        return row?.next ? Math.max(0, row.next.getTime() - clock.now()) : null
      }),
    onAdded,
  }
}
