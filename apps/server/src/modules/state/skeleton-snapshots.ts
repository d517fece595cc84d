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
  select data from state.skeleton
   where tenant_id = $1 and app_id = $2 and user_id = $3 and section = $4 for update
), changed as (
  update state.skeleton s
     set data = $5, refreshed_at = $6::timestamptz, failures = 0, leased_until = null,
         invalidated = false,
         due_at = $6::timestamptz + case when s.invalidated then interval '0' else s.ttl * interval '1 second' end
    from target where s.tenant_id = $1 and s.app_id = $2 and s.user_id = $3 and s.section = $4
  returning 1
)
select target.data as previous from target, changed`

type Snapshots = Pick<State, 'skeletonGet' | 'skeletonsOf' | 'skeletonPut'>

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
      const changed = previous !== null && !isDeepStrictEqual(visible(previous), visible(JSON.parse(text)))
      return { previous, changed }
    },
  }
}
