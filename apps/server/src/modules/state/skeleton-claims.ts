import { SkeletonSection } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { stateErrors } from './errors.ts'
import { COLUMNS, type SkeletonTableRow, toSkeleton } from './skeleton-rows.ts'
import type { State } from './types.ts'

const MINIMUM_TTL_S = 30
const PRESENCE_MS = 30 * 60_000
const LEASE_MS = 60_000
const LONGEST_PAUSE_S = 3_600
const SHORTEST_PAUSE_S = 5

// A row that exists keeps its own rhythm: it is due at once only when its TTL has passed since the last snapshot. One that was
// parked because nobody was there comes back to it, and was not late meanwhile.
const ENSURE = `
insert into state.skeleton as s (tenant_id, user_id, app_id, section, ttl, due_at, wanted_until)
select tenant_id, user_id, app_id, section, ttl, $7::timestamptz, case when always then 'infinity' else $8::timestamptz end
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::boolean[]) as r (tenant_id, user_id, app_id, section, ttl, always)
 order by tenant_id, user_id, app_id, section
on conflict (tenant_id, user_id, app_id, section) do update
   set wanted_until = excluded.wanted_until, ttl = excluded.ttl,
       due_at = case
         when s.ttl = excluded.ttl and s.due_at <> 'infinity' then s.due_at
         else least(s.due_at, greatest(s.refreshed_at + excluded.ttl * interval '1 second', excluded.due_at)) end`
const INVALIDATE = `update state.skeleton set due_at = $4::timestamptz, invalidated = true
where tenant_id = $1 and app_id = $2 and user_id = $3 and due_at <> 'infinity'`
const PICK = `
with due as (
  select tenant_id, user_id, app_id, section, due_at from state.skeleton
   where due_at <= $1 and (leased_until is null or leased_until <= $1)
   order by due_at limit $2 for update skip locked
)
update state.skeleton s set
    leased_until = case when s.wanted_until > $1 then $3::timestamptz end,
    due_at = case when s.wanted_until > $1 then s.due_at else 'infinity' end, invalidated = false
  from due d where (s.tenant_id, s.user_id, s.app_id, s.section) = (d.tenant_id, d.user_id, d.app_id, d.section)
returning ${COLUMNS}, s.due_at <> 'infinity' as wanted, extract(epoch from $1::timestamptz - d.due_at)::float8 as late`
const LAG = `
select extract(epoch from $1::timestamptz - min(due_at))::float8 as late from state.skeleton
 where due_at <= $1 and (leased_until is null or leased_until <= $1)`
// What failed is left to its pause, and to a change that ends it; and what never succeeded keeps none of the others out.
const CLAIM_STALE = `
with stale as (
  select tenant_id, user_id, app_id, section from state.skeleton
   where tenant_id = $1 and user_id = $2 and (leased_until is null or leased_until <= $3)
     and (refreshed_at is null or refreshed_at < $3::timestamptz - 2 * ttl * interval '1 second')
     and (failures = 0 or due_at <= $3)
   order by failures > 0, refreshed_at nulls first limit $5 for update skip locked
)
update state.skeleton s set leased_until = $4, invalidated = false
  from stale d where (s.tenant_id, s.user_id, s.app_id, s.section) = (d.tenant_id, d.user_id, d.app_id, d.section)
returning ${COLUMNS}`
// A change that came while the probe ran stays owed, whatever became of the probe.
const FAILED = `
update state.skeleton s set failures = failures + 1, leased_until = null, stale_reason = $6, invalidated = false,
   due_at = $5::timestamptz + case
     when invalidated then interval '0'
     when $7 then least(${SHORTEST_PAUSE_S} * power(2, least(failures, 12)), ${LONGEST_PAUSE_S}) * interval '1 second'
     else least(ttl * power(2, least(failures + 1, 12)), ${LONGEST_PAUSE_S}) * interval '1 second' end
 where tenant_id = $1 and app_id = $2 and user_id = $3 and section = $4
returning failures`
const DROP = 'delete from state.skeleton where tenant_id = $1 and app_id = $2 and user_id = $3'

type Claims = Pick<
  State,
  | 'skeletonEnsure'
  | 'skeletonInvalidate'
  | 'skeletonClaimDue'
  | 'skeletonLag'
  | 'skeletonClaimStale'
  | 'skeletonFailed'
  | 'skeletonDrop'
>

interface PickedRow extends SkeletonTableRow {
  readonly wanted: boolean
  readonly late: number
}

/** Wildcards in names could widen a purge one day; they are refused at the door (K5.13). @throws STATE_BAD_SECTION */
export function checkPlain(...names: readonly string[]): void {
  for (const name of names) {
    if (!SkeletonSection.safeParse(name).success || /\s|\0/.test(name)) throw stateErrors.BAD_SECTION()
  }
}

export function skeletonClaims(db: Database, clock: Clock): Claims {
  return {
    async skeletonEnsure(rows) {
      if (rows.length === 0) return
      for (const row of rows) checkPlain(row.userId, row.appId, row.section)
      // One statement may meet a row only once.
      const unique = [
        ...new Map(
          rows.map((row) => [JSON.stringify([row.tenantId, row.userId, row.appId, row.section]), row]),
        ).values(),
      ]
      const values = [
        unique.map((row) => row.tenantId),
        unique.map((row) => row.userId),
        unique.map((row) => row.appId),
        unique.map((row) => row.section),
        unique.map((row) => Math.max(MINIMUM_TTL_S, Math.trunc(row.ttl))),
        unique.map((row) => row.always === true),
        clock.iso(),
        new Date(clock.now() + PRESENCE_MS),
      ]
      await db.atomic(EVERY_TENANT, [{ text: ENSURE, values }])
    },
    async skeletonInvalidate(scope) {
      const values = [scope.tenantId, scope.appId, scope.userId, clock.iso()]
      await db.atomic(scope.tenantId, [{ text: INVALIDATE, values }])
    },
    async skeletonClaimDue(limit) {
      for (;;) {
        const values = [clock.iso(), limit, new Date(clock.now() + LEASE_MS)]
        const [result] = await db.atomic(EVERY_TENANT, [{ text: PICK, values }])
        const picked = (result?.rows ?? []) as PickedRow[]
        const wanted = picked.filter((row) => row.wanted)
        // Those that nobody wants were parked; behind them others may wait.
        if (wanted.length > 0 || picked.length < limit)
          return wanted.map((row) => ({ ...toSkeleton(row), late: row.late }))
      }
    },
    async skeletonLag() {
      const [result] = await db.atomic(EVERY_TENANT, [{ text: LAG, values: [clock.iso()] }])
      return (result?.rows[0] as { late: number | null } | undefined)?.late ?? 0
    },
    async skeletonClaimStale(user, limit) {
      const values = [user.tenantId, user.userId, clock.iso(), new Date(clock.now() + LEASE_MS), limit]
      const [result] = await db.atomic(user.tenantId, [{ text: CLAIM_STALE, values }])
      return ((result?.rows ?? []) as SkeletonTableRow[]).map(toSkeleton)
    },
    async skeletonFailed(scope, section, { reason, passes }) {
      const values = [scope.tenantId, scope.appId, scope.userId, section, clock.iso(), reason.slice(0, 200), passes]
      const [result] = await db.atomic(scope.tenantId, [{ text: FAILED, values }])
      return result?.rows[0]?.failures ?? 0
    },
    async skeletonDrop(scope) {
      checkPlain(scope.userId, scope.appId)
      await db.atomic(scope.tenantId, [{ text: DROP, values: [scope.tenantId, scope.appId, scope.userId] }])
    },
  }
}
