import { CacheKey } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { stateErrors } from './errors.ts'
import type { State } from './types.ts'

/** Bytes of `{"envelope": …, "ttl_seconds": …}` as compact JSON (K8.30). */
const MAX_BODY_BYTES = 65_536
const TTL = { minimum: 5, maximum: 300 }

const GET = `
select envelope from state.cache
 where tenant_id = $1 and app_id = $2 and user_id = $3 and key = $4 and model = $5 and expires_at > $6`
const SET = `
insert into state.cache (tenant_id, app_id, user_id, key, model, envelope, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (tenant_id, app_id, user_id, key, model) do update set envelope = excluded.envelope, expires_at = excluded.expires_at`
const DELETE = `
delete from state.cache
 where tenant_id = $1 and app_id = $2 and user_id = $3 and key = $4 and ($5::text is null or model = $5)`
const DROP = 'delete from state.cache where tenant_id = $1 and app_id = $2 and ($3::text is null or user_id = $3)'
const EXPIRE = `
with dead as (
  select tenant_id, app_id, user_id, key, model from state.cache where expires_at <= $1 order by expires_at limit $2
  for update skip locked
)
delete from state.cache c using dead d
 where (c.tenant_id, c.app_id, c.user_id, c.key, c.model) = (d.tenant_id, d.app_id, d.user_id, d.key, d.model)`
const BATCH = 1_000

type CacheState = Pick<State, 'cacheGet' | 'cacheSet' | 'cacheDelete' | 'cacheDrop'>

function checkKey(key: string): void {
  if (!CacheKey.safeParse(key).success) throw stateErrors.BAD_KEY()
}

export function cacheState(db: Database, clock: Clock): CacheState {
  return {
    async cacheGet(scope, key, model) {
      checkKey(key)
      const values = [scope.tenantId, scope.appId, scope.userId, key, model, clock.iso()]
      const [result] = await db.atomic(scope.tenantId, [{ text: GET, values }])
      return result?.rows[0]?.envelope ?? null
    },
    async cacheSet(scope, key, model, envelope, ttlSeconds) {
      checkKey(key)
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < TTL.minimum || ttlSeconds > TTL.maximum) {
        throw stateErrors.BAD_TTL()
      }
      const bytes = Buffer.byteLength(JSON.stringify({ envelope, ttl_seconds: ttlSeconds }))
      if (bytes > MAX_BODY_BYTES) throw stateErrors.CACHE_TOO_LARGE({ bytes, limit: MAX_BODY_BYTES })
      const expires = new Date(clock.now() + ttlSeconds * 1_000)
      const place = [scope.tenantId, scope.appId, scope.userId, key, model]
      await db.atomic(scope.tenantId, [{ text: SET, values: [...place, JSON.stringify(envelope), expires] }])
    },
    async cacheDelete(scope, key, model) {
      checkKey(key)
      const values = [scope.tenantId, scope.appId, scope.userId, key, model ?? null]
      await db.atomic(scope.tenantId, [{ text: DELETE, values }])
    },
    async cacheDrop(scope) {
      await db.atomic(scope.tenantId, [{ text: DROP, values: [scope.tenantId, scope.appId, scope.userId] }])
    },
  }
}

/** Removes what has expired, in batches; nodes may do it at the same time. */
export async function expireCache(db: Database, clock: Clock): Promise<void> {
  for (;;) {
    const [result] = await db.atomic(EVERY_TENANT, [{ text: EXPIRE, values: [clock.iso(), BATCH] }])
    if ((result?.rowCount ?? 0) < BATCH) return
  }
}
