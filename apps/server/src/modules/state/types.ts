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
  /** Why the last refresh did not work; null when it did. */
  readonly staleReason: string | null
}

/** Short-lived facts: `ctx.cache` values and skeleton snapshots. The kernel is the only writer of skeletons (kernel 5). */
export interface State {
  /** Null when there is nothing, it expired, or it was stored for another model. */
  cacheGet(scope: StoreScope, key: string, model: string): Promise<JsonValue | null>
  /** @throws STATE_BAD_KEY, STATE_BAD_TTL (5 to 300 s), STATE_CACHE_TOO_LARGE (64 KiB as a body) */
  cacheSet(scope: StoreScope, key: string, model: string, envelope: JsonValue, ttlSeconds: number): Promise<void>
  /**
   * The right to fetch a value that is missing, for ten seconds or until it is stored or released (E16): the value when there
   * is one, else a claim for one caller at a time; null while somebody else has it.
   * @throws STATE_BAD_KEY
   */
  cacheClaim(
    scope: StoreScope,
    key: string,
    model: string,
  ): Promise<{ readonly envelope: JsonValue } | { readonly claim: string } | null>
  /** Gives a claim back without a value, so that whoever waits may try. */
  cacheRelease(scope: StoreScope, key: string, model: string, claim: string): Promise<void>
  /** Under every model, unless one is named. */
  cacheDelete(scope: StoreScope, key: string, model?: string): Promise<void>
  /** Everything of an app for one user, or with `userId: null` for all users of the tenant. */
  cacheDrop(scope: Omit<StoreScope, 'userId'> & { userId: string | null }): Promise<void>

  skeletonGet(scope: StoreScope, section: string): Promise<SkeletonRow | null>
  skeletonsOf(tenantId: string, userId: string): Promise<SkeletonRow[]>
  /**
   * Says that the user is present: the pairs are kept fresh for the next 30 minutes (K5.5). New pairs and stale ones are due
   * at once. Idempotent; call it at every turn and stream opening. A TTL below 30 s is raised to 30 s (K5.2).
   * @throws STATE_BAD_SECTION
   */
  skeletonEnsure(
    rows: readonly {
      tenantId: string
      userId: string
      appId: string
      section: string
      ttl: number
      /** Kept fresh whether or not the user is there: it has alerts. */
      always?: boolean
    }[],
  ): Promise<void>
  /** Makes all sections of one app and user due now, after a call that changed something (K5.6). */
  skeletonInvalidate(scope: StoreScope): Promise<void>
  /**
   * Stores a snapshot and its time. `changed` ignores members that begin with `_`; the first snapshot is no change.
   * A section that was dropped meanwhile stays dropped.
   * @throws STATE_SKELETON_TOO_LARGE (64 KiB)
   */
  skeletonPut(
    scope: StoreScope,
    section: string,
    data: JsonObject,
  ): Promise<{
    previous: JsonObject | null
    changed: boolean
    /** An earlier change has not been told yet. */
    untold: boolean
  }>
  /**
   * Whether a change may be told now (K5.18), and since which snapshot: changes that were not told are told with the next
   * one that is. Null: not now. Otherwise nobody else may until the cooldown is over, unless `skeletonAlerted` gives `at` back.
   */
  skeletonAlert(
    scope: StoreScope,
    section: string,
    previous: JsonObject,
    limits: { readonly cooldownSeconds: number; readonly perHour: number },
  ): Promise<{ since: JsonObject; at: string } | null>
  /** The changes until `current` are told, or there was nothing to tell, which uses up no alert: the next begins there. */
  skeletonAlerted(
    scope: StoreScope,
    section: string,
    alert: { readonly current: JsonObject; readonly at: string; readonly told: boolean },
  ): Promise<void>
  /**
   * A refresh failed: the last snapshot stays, and the next try comes after TTL × 2, × 4, … at most an hour (K5.7). `passes`: the
   * machine may have been too busy for it, so the pauses begin with 5 s, 10 s, 20 s: nothing is stale for much longer than
   * the trouble lasts. A change that came meanwhile makes it due at once. Gives the failures in a row.
   */
  skeletonFailed(
    scope: StoreScope,
    section: string,
    failure: { readonly reason: string; readonly passes: boolean },
  ): Promise<number>
  /**
   * Claims rows whose TTL has passed and whose user is present, `for update skip locked`, and leases them for 60 s. The
   * others are put aside until somebody is there, so that a claim costs the same however many of them there are. `late` is
   * how long each was due, in seconds.
   */
  skeletonClaimDue(limit: number): Promise<(SkeletonRow & { readonly late: number })[]>
  /** Seconds that the section which has waited longest is overdue; 0 when none waits. */
  skeletonLag(): Promise<number>
  /**
   * The same for the rows of one user that are older than twice their TTL, due or not (K5.6). What failed waits for the end of
   * its pause here too (K5.7), and comes after what did not.
   */
  skeletonClaimStale(user: { tenantId: string; userId: string }, limit: number): Promise<SkeletonRow[]>
  /** @throws STATE_BAD_SECTION when an id holds a wildcard (K5.13) */
  skeletonDrop(scope: { tenantId: string; userId: string; appId: string }): Promise<void>
  close(): Promise<void>
}
