import type { JsonObject, JsonValue } from '@imperal/contract'
import type { StoreScope } from '../../foundation/scope.ts'

export interface SkeletonRow {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly section: string
  readonly data: JsonObject | null
  /** Unix seconds. */
  readonly refreshedAt: number | null
  readonly ttl: number
}

/** Short-lived facts: `ctx.cache` values and skeleton snapshots. The kernel is the only writer of skeletons (kernel 5). */
export interface State {
  cacheGet(scope: StoreScope, key: string, model: string): Promise<JsonValue | null>
  cacheSet(scope: StoreScope, key: string, model: string, envelope: JsonValue, ttlSeconds: number): Promise<void>
  cacheDelete(scope: StoreScope, key: string): Promise<void>
  cacheDrop(scope: Omit<StoreScope, 'userId'> & { userId: string | null }): Promise<void>

  skeletonGet(scope: StoreScope, section: string): Promise<SkeletonRow | null>
  skeletonsOf(tenantId: string, userId: string): Promise<SkeletonRow[]>
  /** Makes the (user, section) pairs due; idempotent. */
  skeletonEnsure(
    rows: readonly { tenantId: string; userId: string; appId: string; section: string; ttl: number }[],
  ): Promise<void>
  skeletonPut(
    scope: StoreScope,
    section: string,
    data: JsonObject,
  ): Promise<{ previous: JsonObject | null; changed: boolean }>
  /** Claims rows whose TTL has passed, `for update skip locked`, and leases them for 60 s. */
  skeletonClaimDue(limit: number): Promise<SkeletonRow[]>
  skeletonDrop(scope: { tenantId: string; userId: string; appId: string }): Promise<void>
}
