import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { stateErrors } from './errors.ts'
import { checkPlain } from './skeleton-claims.ts'
import { COLUMNS, type SkeletonTableRow, toSkeleton } from './skeleton-rows.ts'
import type { State } from './types.ts'

const MAX_BYTES = 65_536

const GET = `
select ${COLUMNS} from state.skeleton s where s.tenant_id = $1 and s.app_id = $2 and s.user_id = $3 and s.section = $4`
const LIST = `
select ${COLUMNS} from state.skeleton s where s.tenant_id = $1 and s.user_id = $2 order by s.app_id, s.section`
// An invalidation that came while the probe ran stays owed.
const PUT = `
with target as (
  select data, alert_base is not null as untold from state.skeleton
   where tenant_id = $1 and app_id = $2 and user_id = $3 and section = $4 for update
), changed as (
  update state.skeleton s
     set data = $5, refreshed_at = $6::timestamptz, failures = 0, leased_until = null, stale_reason = null,
         invalidated = false,
         due_at = $6::timestamptz + case when s.invalidated then interval '0' else s.ttl * interval '1 second' end
    from target where s.tenant_id = $1 and s.app_id = $2 and s.user_id = $3 and s.section = $4
  returning 1
)
select target.data as previous, target.untold from target, changed`

// What was not told is told with the next alert: it begins at the snapshot that the last one ended with. Whoever may tell
// has taken the time at once: another node that meets a further change meanwhile is within the cooldown.
const ALERT = `
with target as (
  select alert_base, array(select t from unnest(alert_times) t where t > $6::timestamptz - interval '1 hour' order by t) as recent
    from state.skeleton where tenant_id = $1 and app_id = $2 and user_id = $3 and section = $4 for update
), verdict as (
  select alert_base, recent, cardinality(recent) < $8 and
    coalesce(recent[cardinality(recent)] <= $6::timestamptz - $7 * interval '1 second', true) as allowed from target
), noted as (
  update state.skeleton s set alert_base = coalesce(s.alert_base, $5::json),
      alert_times = case when v.allowed then v.recent || $6::timestamptz else v.recent end
    from verdict v where s.tenant_id = $1 and s.app_id = $2 and s.user_id = $3 and s.section = $4
)
select allowed, alert_base from verdict`

// A snapshot of meanwhile has not been told. Compared as text, which it is stored as.
const ALERTED = `
update state.skeleton set alert_base = case when data::text = $6 then null else $6::json end,
  alert_times = case when $5 then alert_times else array_remove(alert_times, $7::timestamptz) end
where tenant_id = $1 and app_id = $2 and user_id = $3 and section = $4`

type Snapshots = Pick<State, 'skeletonGet' | 'skeletonsOf' | 'skeletonPut' | 'skeletonAlert' | 'skeletonAlerted'>

const visible = (data: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !name.startsWith('_')))

export function skeletonSnapshots(db: Database, clock: Clock): Snapshots {
  return {
    async skeletonGet(scope, section) {
      const values = [scope.tenantId, scope.appId, scope.userId, section]
      const [result] = await db.atomic(scope.tenantId, [{ text: GET, values }])
      const row = result?.rows[0] as SkeletonTableRow | undefined
      return row === undefined ? null : toSkeleton(row)
    },
    async skeletonsOf(tenantId, userId) {
      const [result] = await db.atomic(tenantId, [{ text: LIST, values: [tenantId, userId] }])
      return ((result?.rows ?? []) as SkeletonTableRow[]).map(toSkeleton)
    },
    async skeletonPut(scope, section, data) {
      checkPlain(scope.appId, scope.userId, section)
      const text = JSON.stringify(data)
      const bytes = Buffer.byteLength(text)
      if (bytes > MAX_BYTES) throw stateErrors.SKELETON_TOO_LARGE({ bytes, limit: MAX_BYTES })
      const values = [scope.tenantId, scope.appId, scope.userId, section, text, clock.iso()]
      const [result] = await db.atomic(scope.tenantId, [{ text: PUT, values }])
      const previous: JsonObject | null = result?.rows[0]?.previous ?? null
      const untold: boolean = result?.rows[0]?.untold ?? false
      const changed = previous !== null && !isDeepStrictEqual(visible(previous), visible(JSON.parse(text)))
      return { previous, changed, untold }
    },
    async skeletonAlert(scope, section, previous, limits) {
      const at = clock.iso()
      const values = [
        scope.tenantId,
        scope.appId,
        scope.userId,
        section,
        JSON.stringify(previous),
        at,
        limits.cooldownSeconds,
        limits.perHour,
      ]
      const [result] = await db.atomic(scope.tenantId, [{ text: ALERT, values }])
      const row = result?.rows[0] as { allowed: boolean; alert_base: JsonObject | null } | undefined
      return row?.allowed === true ? { since: row.alert_base ?? previous, at } : null
    },
    async skeletonAlerted(scope, section, { current, at, told }) {
      const values = [scope.tenantId, scope.appId, scope.userId, section, told, JSON.stringify(current), at]
      await db.atomic(scope.tenantId, [{ text: ALERTED, values }])
    },
  }
}
