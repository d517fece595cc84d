import { CacheKey, type JsonValue } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { randomId } from '../../foundation/ids.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { stateErrors } from './errors.ts'
import type { State } from './types.ts'

/** Bytes of `{"envelope": …, "ttl_seconds": …}` as compact JSON (K8.30). */
const MAX_BODY_BYTES = 65_536
const TTL = { minimum: 5, maximum: 300 }

const GET = `
select envelope from state.cache
 where tenant_id = $1 and app_id = $2 and user_id = $3 and key = $4 and model = $5 and expires_at > $6`
// Whoever fetched it, others need not wait any longer.
const SET = `
with fetched as (
  delete from state.cache_fetch where tenant_id = $1 and app_id = $2 and user_id = $3 and key = $4 and model = $5
)
insert into state.cache (tenant_id, app_id, user_id, key, model, envelope, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (tenant_id, app_id, user_id, key, model) do update set envelope = excluded.envelope, expires_at = excluded.expires_at`
const CLAIM = `
insert into state.cache_fetch (tenant_id, app_id, user_id, key, model, claim, until) values ($1, $2, $3, $4, $5, $6, $8)
on conflict (tenant_id, app_id, user_id, key, model) do update set claim = excluded.claim, until = excluded.until
 where state.cache_fetch.until <= $7
returning claim`
const RELEASE = `
delete from state.cache_fetch
 where tenant_id = $1 and app_id = $2 and user_id = $3 and key = $4 and model = $5 and claim = $6`
// A fetch that is under way may bring what was true before: the next one does not wait for it.
const DELETE = `
with fetched as (
  delete from state.cache_fetch
   where tenant_id = $1 and app_id = $2 and user_id = $3 and key = $4 and ($5::text is null or model = $5)
)
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
const FORGET_FETCHES = 'delete from state.cache_fetch where until <= $1'
const CLAIM_MS = 10_000

type CacheState = Pick<State, 'cacheGet' | 'cacheSet' | 'cacheClaim' | 'cacheRelease' | 'cacheDelete' | 'cacheDrop'>

function checkKey(key: string): void {
  if (!CacheKey.safeParse(key).success) throw stateErrors.BAD_KEY()
}

export function cacheState(db: Database, clock: Clock): CacheState {
  const read = async (scope: StoreScope, key: string, model: string): Promise<JsonValue | null> => {
    const values = [scope.tenantId, scope.appId, scope.userId, key, model, clock.iso()]
    const [result] = await db.atomic(scope.tenantId, [{ text: GET, values }])
    return result?.rows[0]?.envelope ?? null
  }
  const release = async (scope: StoreScope, key: string, model: string, claim: string): Promise<void> => {
    const values = [scope.tenantId, scope.appId, scope.userId, key, model, claim]
    await db.atomic(scope.tenantId, [{ text: RELEASE, values }])
  }
  return {
    async cacheGet(scope, key, model) {
      checkKey(key)
      return read(scope, key, model)
    },
    async cacheClaim(scope, key, model) {
      checkKey(key)
      const known = await read(scope, key, model)
      if (known !== null) return { envelope: known }
      const claim = randomId('fet')
      const until = new Date(clock.now() + CLAIM_MS)
      const place = [scope.tenantId, scope.appId, scope.userId, key, model]
      const [taken] = await db.atomic(scope.tenantId, [{ text: CLAIM, values: [...place, claim, clock.iso(), until] }])
      if (taken?.rows.length !== 1) return null
      // It may have come between the look and the claim.
      const envelope = await read(scope, key, model)
      if (envelope === null) return { claim }
      await release(scope, key, model, claim)
      return { envelope }
    },
    cacheRelease: release,
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
  await db.atomic(EVERY_TENANT, [{ text: FORGET_FETCHES, values: [clock.iso()] }])
  for (;;) {
    const [result] = await db.atomic(EVERY_TENANT, [{ text: EXPIRE, values: [clock.iso(), BATCH] }])
    if ((result?.rowCount ?? 0) < BATCH) return
  }
}
