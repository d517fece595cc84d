import { sql } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Statement, Tx } from '../../foundation/db/index.ts'
import { newCallId } from '../../foundation/ids.ts'
import { eventMessage, type Outbox } from '../outbox/index.ts'
import { noticeInstall } from './announce.ts'
import { openUpgradeRetries } from './retry-upgrade.ts'
import type { DueHook, DueHooks, LifecycleHook, RunningHooks } from './types.ts'

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
  claim: string
  lost: string | null
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
  claim: row.claim,
  lost: row.lost,
})

const leaseEnd = (now: string) => sql<string>`${now}::timestamptz + make_interval(secs => ${LEASE_S})`
/** What a hook that nobody runs any more has instead of a claim. */
const RELEASED = { claim: null, claimed_until: null } as const

const NOTHING_RUNS: RunningHooks = { byTenant: new Map(), perTenant: 2 ** 31 - 1 }
/** How deep a claim looks into the queue of each tenant, for nodes that look at the same moment take the first of them. */
const DEPTH = 1_000

// Of each tenant its first one, then of each its second one; what runs on this node counts as come before.
function claim(db: Database, now: string, limit: number, running: RunningHooks): Promise<DueHook[]> {
  const claims = Array.from({ length: limit }, newCallId)
  const [tenants, counts] = [[...running.byTenant.keys()], [...running.byTenant.values()]]
  const isDue = sql`h.next_at <= ${now}::timestamptz and not h.gave_up
    and (h.claimed_until is null or h.claimed_until <= ${now}::timestamptz)`
  return db.everyTenant(async (tx) => {
    // A later hook of the same user and app waits for the earlier one: an uninstall must not overtake its install.
    const { rows } = await sql<ClaimedRow>`
      with recursive busy as (
        select * from unnest(${tenants}::text[], ${counts}::integer[]) as b (tenant_id, running)
      ), tenants as (
        (select tenant_id from registry.due_hook where not gave_up order by tenant_id limit 1)
        union all
        select (select n.tenant_id from registry.due_hook n where not n.gave_up and n.tenant_id > t.tenant_id
          order by n.tenant_id limit 1) from tenants t where t.tenant_id is not null
      ), waiting as (
        select f.id, coalesce(b.running, 0) + row_number() over (partition by t.tenant_id order by f.id) as place
        from tenants t left join busy b using (tenant_id) cross join lateral (
            select h.id from registry.due_hook h where h.tenant_id = t.tenant_id and ${isDue}
              and not exists (
                select 1 from registry.due_hook e
                where e.tenant_id = h.tenant_id and e.user_id = h.user_id and e.app_id = h.app_id and e.id < h.id and not e.gave_up
              )
            order by h.id limit ${DEPTH}
          ) f
      ), due as (
        select h.id, h.tenant_id, h.claim as lost from registry.due_hook h join waiting w using (id) where ${isDue}
        order by w.place, h.id limit ${limit} for update of h skip locked
      ), shared as (
        select d.id, d.lost, coalesce(b.running, 0) + row_number() over (partition by d.tenant_id order by d.id) as held
        from due d left join busy b using (tenant_id)
      ), numbered as (
        select id, lost, row_number() over (order by id) as n from shared where held <= ${running.perTenant}::integer
      )
      update registry.due_hook h set attempts = h.attempts + 1, claim = c.claim, claimed_until = ${leaseEnd(now)}
      from numbered d join unnest(${claims}::text[]) with ordinality as c (claim, n) using (n)
      where h.id = d.id
      returning h.id, h.tenant_id, h.user_id, h.app_id, h.hook, h.from_version, h.to_version, h.attempts, h.claim, d.lost`.execute(
      tx,
    )
    return rows.map(toHook).sort((a, b) => a.id - b.id)
  })
}

async function renew(
  db: Database,
  hooks: readonly Pick<DueHook, 'id' | 'claim'>[],
  now: string,
): Promise<ReadonlySet<number>> {
  const [ids, claims] = [hooks.map(({ id }) => id), hooks.map((hook) => hook.claim)]
  const { rows } = await db.everyTenant((tx) =>
    sql<{ id: number }>`
      update registry.due_hook h set claimed_until = ${leaseEnd(now)}
      from unnest(${ids}::bigint[], ${claims}::text[]) as held (id, claim)
      where h.id = held.id and h.claim = held.claim returning h.id`.execute(tx),
  )
  return new Set(rows.map(({ id }) => id))
}

const FENCE = `select 1 / count(*) as ours from (
  select from registry.due_hook where id = $1 and claim = $2 for share
) held`

const fence = ({ id, claim: held }: DueHook): Statement => ({ text: FENCE, values: [id, held] })

function reached(db: Database, hook: DueHook, to: { version: string; now: string }): Promise<DueHook | null> {
  const next = newCallId()
  return db.tenant(hook.tenantId, async (tx) => {
    const moved = await tx
      .updateTable('registry.due_hook')
      .set({ from_version: to.version, claim: next, claimed_until: leaseEnd(to.now) })
      .where('id', '=', hook.id)
      .where('claim', '=', hook.claim)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n) return null
    await tx
      .updateTable('registry.install')
      .set({ installed_version: to.version })
      .where('tenant_id', '=', hook.tenantId)
      .where('user_id', '=', hook.userId)
      .where('app_id', '=', hook.appId)
      .execute()
    await noticeInstall(tx, { user: hook, appId: hook.appId, hooks: false })
    return { ...hook, fromVersion: to.version, claim: next, lost: null }
  })
}

/** Takes the hook off the queue, or back to its start when a deploy moved the target while it ran. */
async function finish(tx: Tx, hook: DueHook, now: string): Promise<'gone' | 'moved' | 'lost'> {
  const gone = await tx
    .deleteFrom('registry.due_hook')
    .where('id', '=', hook.id)
    .where('claim', '=', hook.claim)
    .where('to_version', 'is not distinct from', hook.toVersion)
    .executeTakeFirst()
  if (gone.numDeletedRows > 0n) return 'gone'
  const moved = await tx
    .updateTable('registry.due_hook')
    .set({ next_at: now, from_version: hook.toVersion, attempts: 0, ...RELEASED })
    .where('id', '=', hook.id)
    .where('claim', '=', hook.claim)
    .executeTakeFirst()
  return moved.numUpdatedRows > 0n ? 'moved' : 'lost'
}

function done({ db, outbox }: Hooking, hook: DueHook, now: string): Promise<boolean> {
  return db.tenant(hook.tenantId, async (tx) => {
    const end = await finish(tx, hook, now)
    if (end === 'lost') return false
    if (hook.hook === 'on_install' || hook.hook === 'on_upgrade') {
      await sql`
        update registry.install i set
          needs_attention = false,
          installed_version = coalesce(${hook.toVersion}, (select live_version from registry.app a where a.app_id = i.app_id), '')
        where i.tenant_id = ${hook.tenantId} and i.user_id = ${hook.userId} and i.app_id = ${hook.appId}`.execute(tx)
    }
    if (hook.hook === 'on_upgrade' && hook.toVersion !== null)
      await outbox.publish(tx, upgraded(hook, hook.toVersion, now))
    await noticeInstall(tx, { user: hook, appId: hook.appId, hooks: end === 'moved' })
    return true
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

function failed(
  db: Database,
  hook: DueHook,
  options: { reason: string; nowMs: number },
): Promise<'retry' | 'gave_up' | 'lost'> {
  const wait = BACKOFF_S[hook.attempt - 1]
  return db.tenant(hook.tenantId, async (tx) => {
    const noted = await tx
      .updateTable('registry.due_hook')
      .set({
        last_error: options.reason.slice(0, 2000),
        gave_up: wait === undefined,
        next_at: new Date(options.nowMs + (wait ?? 0) * 1000).toISOString(),
        ...RELEASED,
      })
      .where('id', '=', hook.id)
      .where('claim', '=', hook.claim)
      .executeTakeFirst()
    if (noted.numUpdatedRows === 0n) return 'lost'
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
    claim: (limit, running = NOTHING_RUNS) => claim(db, clock.iso(), limit, running),
    renew: (hooks) => renew(db, hooks, clock.iso()),
    fence,
    reached: (hook, version) => reached(db, hook, { version, now: clock.iso() }),
    done: (hook) => done(parts, hook, clock.iso()),
    failed: (hook, reason) => failed(db, hook, { reason, nowMs: clock.now() }),
    retryUpgrade: openUpgradeRetries(parts),
    nextIn: () =>
      db.everyTenant(async (tx) => {
        const row = await tx
          .selectFrom('registry.due_hook')
          .select(sql<Date | null>`min(greatest(next_at, claimed_until))`.as('next'))
          .where('gave_up', '=', false)
          .executeTakeFirst()
        return row?.next ? Math.max(0, row.next.getTime() - clock.now()) : null
      }),
    onAdded,
  }
}
